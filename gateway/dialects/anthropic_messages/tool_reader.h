// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/anthropic_messages/content_reader.h"

namespace lunargate::anthropic_messages {

/// Writes `tools` and `tool_choice` as members of a chat request, if there are tools: the client's own as functions,
/// those that Anthropic runs or defines (`web_search_20250305` …) as they are. Fails with InvalidRequest for what is no
/// tool or choice.
Result<void> writeTools(json::DocumentWriter &json, json::Value root, LostNames &lost);

} // namespace lunargate::anthropic_messages
