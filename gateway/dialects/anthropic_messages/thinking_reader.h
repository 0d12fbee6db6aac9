// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/anthropic_messages/content_reader.h"
#include "gateway/dialects/anthropic_messages/thoughts.h"

namespace lunargate::anthropic_messages {

/// What the client wants to see, by its `thinking`.
Thoughts thoughtsWanted(json::Value root);

/// Writes `thinking` and `output_config` as members of a chat request: `reasoning_effort`, `reasoning.max_tokens`,
/// `response_format`. Fails with InvalidRequest for values that mean nothing.
Result<void> writeThinking(json::DocumentWriter &json, json::Value root, LostNames &lost);

} // namespace lunargate::anthropic_messages
