// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"
#include "gateway/json/text_writer.h"
#include "gateway/providers/anthropic/model_traits.h"
#include "gateway/providers/tool_names.h"

#include "gateway/chat/conversation.h"

#include <vector>

namespace lunargate::anthropic {

/// A tool that is sent.
struct Tool
{
    const ToolDefinition *definition = nullptr;
    json::Value cacheControl = {};
    bool isOwn = false; ///< one of Anthropic's own (`web_search_20250305` …), in its own form
};

/// The tools to send: all, or those that `tool_choice` allows. Fails with InvalidRequest for tools that Anthropic does
/// not have, and for a choice of what is not there.
Result<std::vector<Tool>> selectTools(const Conversation &conversation, const QByteArray &providerId);

/// Writes the array of tools.
void writeTools(json::TextWriter &json, const std::vector<Tool> &tools, ToolNames &names, const ModelTraits &model);

/// Writes the member `tool_choice`, if the client said anything about it.
void writeToolChoice(json::TextWriter &json, const Conversation &conversation, ToolNames &names, bool isForceRefused);

/// Whether the model must call a tool.
bool forcesTool(const Conversation &conversation);

/// Names as Anthropic takes them: `[a-zA-Z0-9_-]`, at most 64.
ToolNames toolNames();

} // namespace lunargate::anthropic
