// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/error.h"

#include <unordered_map>
#include <vector>

namespace lunargate::gemini {

/// Which tool message answers which function call of a conversation. An id means the last call of that id, since
/// clients that count their calls use the same ids in every turn. Refers to the messages.
class CallResults
{
public:
    /// Fails with InvalidRequest for a result of no call, for a second result of the same call, and for two calls of
    /// one turn with the same id.
    static Result<CallResults> of(const std::vector<ChatMessage> &messages);

    /// The message that answers `call`, wherever it is; null if none does.
    const ChatMessage *resultOf(const ToolCall &call) const;
    /// What `result` answers.
    const ToolCall &callOf(const ChatMessage &result) const { return *m_calls.at(&result); }

private:
    std::unordered_map<const ToolCall *, const ChatMessage *> m_results;
    std::unordered_map<const ChatMessage *, const ToolCall *> m_calls;
};

} // namespace lunargate::gemini
