// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/error.h"
#include "gateway/json/text_writer.h"

namespace lunargate::openai_responses {

/// Writes the member `tools`, if there are any. `webSearch` (missing: none) is chat's `web_search_options`, which are
/// a tool here. Fails with InvalidRequest for tools of the provider whose calls or results a chat answer cannot hold.
Result<void> writeTools(json::TextWriter &json, const Conversation &conversation, json::Value webSearch,
                        const QByteArray &providerId);

/// Writes the member `tool_choice`, if the client said something.
Result<void> writeToolChoice(json::TextWriter &json, const Conversation &conversation, const QByteArray &providerId);

} // namespace lunargate::openai_responses
