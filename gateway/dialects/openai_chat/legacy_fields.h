// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"

#include <optional>

namespace lunargate::openai_chat {

/// The body in today's spelling, for providers that know no other: `functions` and `function_call` become tools, role
/// `function` becomes `tool`, tool calls get the ids and types that they lack, `input_text` parts become `text`.
/// Nothing if it is spelled so already, which is the rule; what is not affected keeps its bytes. `request.conversation`
/// must be there: the ids are its. Writes the request's own text where it has none and must change.
std::optional<QByteArray> modernised(ChatRequest &request);

} // namespace lunargate::openai_chat
