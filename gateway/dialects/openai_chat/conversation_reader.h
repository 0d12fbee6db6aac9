// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/error.h"

namespace lunargate::openai_chat {

/// The canonical form of a chat request's root object, normalised on the way: legacy `functions`, `function_call` and
/// role `function` become tools, missing ids and types of tool calls are made up, `max_tokens` and `reasoning` find
/// their one place. Fails with InvalidRequest, naming the field, for what has no meaning. The result refers to the
/// document.
Result<Conversation> readConversation(json::Value root);

} // namespace lunargate::openai_chat
