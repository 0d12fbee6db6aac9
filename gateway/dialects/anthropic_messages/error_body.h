// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

namespace lunargate::anthropic_messages {

/// The reason of an error about a thread that cannot be had: by it Anthropic's SDK knows that it has to send the whole
/// conversation instead (beta `message-threads-2026-08-12`, `thread_unsupported_request`).
inline constexpr QByteArrayView kThreadRefusal = "thread_unsupported_request";

/// `{"type":"error","error":{…}}` (Anthropic API reference, "Errors"), with `request_id` unless that is empty.
QByteArray errorBody(const Error &error, QByteArrayView requestId = {});

/// The same as an event of a stream.
QByteArray errorFrame(const Error &error);

/// An event of a stream; `data` is one line of JSON.
void appendEvent(QByteArray &out, QByteArrayView type, QByteArrayView data);

} // namespace lunargate::anthropic_messages
