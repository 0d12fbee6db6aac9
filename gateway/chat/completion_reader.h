// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_answer.h"
#include "gateway/chat/tool_call_order.h"
#include "gateway/json/document.h"

#include <map>
#include <vector>

// Answers of OpenAI's chat protocol in canonical form: their first choice, as most callers ask for no second one.
namespace lunargate {

/// A whole chat.completion. What it lacks stays empty; ids of tool calls that are missing are made up.
Completion readCompletion(json::Value root);

/// What a chat.completion.chunk adds, in the order in which it is to be told: one delta, and one more for each further
/// tool call, thought or annotation in it. None for a chunk that says nothing of the first choice. `calls` is the
/// stream's, the same for all its chunks.
std::vector<ChatDelta> readChunk(json::Value chunk, ToolCallOrder &calls);

/// Adds up deltas to the answer that they make.
class CompletionAssembly
{
public:
    void add(const ChatDelta &delta);

    bool hasFinished() const { return m_hasFinished; }
    /// Everything so far; `Stop` if no reason was told.
    Completion take();

private:
    void addCall(const ChatDelta::ToolCall &piece);

    Completion m_completion;
    bool m_hasFinished = false;
    std::map<int, AnsweredToolCall> m_calls; // by index
};

} // namespace lunargate
