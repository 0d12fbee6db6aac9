// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/json/document_writer.h"

namespace lunargate::ollama_api {

/// Writes the array `messages` of a chat-completions body from that of POST /api/chat. Tool calls without an id get
/// one, always the same for the same conversation, and results that only name their tool the id of the call that they
/// answer. Fails with InvalidRequest, naming the client's own field.
Result<void> writeMessages(json::DocumentWriter &json, json::Value messages);

/// Writes the `content` of a message with this text (none, if it is no string) and these images, which are base64 (or
/// data URLs); `place` is what the client calls the images.
Result<void> writeContent(json::DocumentWriter &json, json::Value text, json::Value images, const QByteArray &place);

} // namespace lunargate::ollama_api
