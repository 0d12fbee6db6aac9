// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/json/document.h"
#include "gateway/security/secret_string.h"
#include "gateway/upstream/transport.h"

namespace lunargate::anthropic {

/// Reads an answer with an error status (Anthropic API reference, "Errors"); HTML and plain text too.
UpstreamFailure readError(const UpstreamHead &head, QByteArrayView body, const SecretString &key);

/// Reads `{"type":"error","error":{…}}` that came with a success status or inside a stream: as the status that it
/// stands for.
Error readErrorObject(json::Value root, const SecretString &key);

/// Whether an answer or event is an error object.
bool isErrorObject(json::Value root);

} // namespace lunargate::anthropic
