// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/error.h"
#include "gateway/json/text_writer.h"

namespace lunargate::ollama {

/// Writes the array `messages` (Ollama API reference, "Generate a chat message"). `instruction`, if there is one, joins
/// the first system message, or becomes one. Fails with InvalidRequest for content that Ollama does not take, and for
/// calls and tool answers that make no sense.
Result<void> writeMessages(json::TextWriter &json, const std::vector<ChatMessage> &messages,
                           const QByteArray &instruction, const QByteArray &providerId);

} // namespace lunargate::ollama
