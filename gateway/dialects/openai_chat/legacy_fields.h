// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"

#include <optional>

namespace lunargate::openai_chat {

/// The body in today's spelling, for providers that know no other: `functions` and `function_call` become tools, role
/// `function` becomes `tool`, tool calls get the ids and types that they lack, `input_text` parts become `text`.
/// Nothing if it is spelled so already, which is the rule; what is not affected keeps its bytes. `request.conversation`
/// must be there: the ids are its.
std::optional<QByteArray> modernised(const ChatRequest &request);

} // namespace lunargate::openai_chat
