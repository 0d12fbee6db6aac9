// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/dialects/anthropic_messages/thoughts.h"

namespace lunargate::anthropic_messages {

/// What comes with a body.
struct CallHead
{
    HeaderList headers = {}; ///< that Anthropic is to get
    QByteArray query = {};   ///< likewise
};

/// That of a client's call: its headers, and the address that it asked (empty: none).
CallHead callHead(const HeaderList &clientHeaders, QByteArrayView target);

/// A call as it is read.
struct ReadCall
{
    ChatRequest request;
    Thoughts thoughts = Thoughts::None;
};

/// Reads the body of POST /v1/messages (Anthropic API reference, "Create a Message") and writes it as one of the chat
/// protocol. Fails with InvalidRequest for what no provider could be asked, naming the client's own field; what only
/// Anthropic can be asked is `untranslatable`.
Result<ReadCall> readRequest(QByteArray body, int maxJsonDepth, CallHead head = {});

} // namespace lunargate::anthropic_messages
