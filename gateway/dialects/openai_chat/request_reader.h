// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/error.h"

namespace lunargate::openai_chat {

/// Reads the body of POST /v1/chat/completions. What the gateway does not decide by is not looked at, so that new
/// fields and odd values reach the provider. Fails with InvalidRequest, naming the place or the field at fault.
Result<ChatRequest> readRequest(QByteArray body, int maxJsonDepth);

/// The request that says what a dialect has written from another protocol: an object, with members of the right types.
ChatRequest writtenRequest(json::Document document);

} // namespace lunargate::openai_chat
