// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QByteArray>
#include <QByteArrayView>

namespace lunargate::api {

/// What a client said over its WebSocket (OpenAI API reference, "WebSocket mode" of the Responses).
struct SessionMessage
{
    QByteArray lane;               ///< `stream_id`; empty: it named none
    QByteArray body;               ///< as for POST /v1/responses, streamed; empty: the message asks for nothing
    QByteArray previousResponseId; ///< as it stands there
};

/// A message that cannot be understood.
struct SessionMistake
{
    QByteArray lane; ///< as far as it is known
    Error error;
};

/// The members of a `response.create` may stand in the message or in its member `response`; the former win.
std::expected<SessionMessage, SessionMistake> readSessionMessage(const QByteArray &text, int maxJsonDepth);

} // namespace lunargate::api
