// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/error.h"
#include "gateway/json/text_writer.h"

namespace lunargate::ollama {

/// Which tools the model is shown and what it is told about them. Ollama has no `tool_choice`: tools that must not be
/// called are not shown, and that one must be called can only be said in words.
struct ToolUse
{
    std::vector<const ToolDefinition *> tools; ///< of the conversation
    QByteArray instruction;                    ///< a sentence for the system message; empty: none
};

/// Fails with InvalidRequest for a choice of tools that are not there, and for tools that are no functions.
Result<ToolUse> chooseTools(const Conversation &conversation, const QByteArray &providerId);

/// The array `tools`.
void writeTools(json::TextWriter &json, const std::vector<const ToolDefinition *> &tools);

} // namespace lunargate::ollama
