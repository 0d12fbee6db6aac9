// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/call_results.h"

#include "gateway/chat/invalid_value.h"

#include <map>
#include <set>

namespace lunargate::gemini {

namespace {

QByteArray placeOf(const ChatMessage &message)
{
    return "messages[" + QByteArray::number(message.index) + ']';
}

} // namespace

Result<CallResults> CallResults::of(const std::vector<ChatMessage> &messages)
{
    CallResults results;
    std::map<QByteArray, const ToolCall *> lastCalls; // by id
    std::set<QByteArray> turn;                        // the ids of the model's turn
    for (const ChatMessage &message : messages) {
        if (message.role == ChatRole::User || message.role == ChatRole::Tool)
            turn.clear();
        for (const ToolCall &call : message.toolCalls) {
            if (!turn.insert(call.id).second) {
                const auto index = &call - message.toolCalls.data();
                return invalidValue(placeOf(message) + ".tool_calls[" + QByteArray::number(index) + "].id",
                                    "is the id of another call of the same turn");
            }
            lastCalls.insert_or_assign(call.id, &call);
        }
        if (message.role != ChatRole::Tool)
            continue;
        const auto call = lastCalls.find(message.toolCallId);
        if (call == lastCalls.end())
            return invalidValue(placeOf(message) + ".tool_call_id",
                                "answers no call of an assistant message before it");
        const auto [first, isFirst] = results.m_results.emplace(call->second, &message);
        if (!isFirst) {
            return invalidValue(placeOf(message) + ".tool_call_id",
                                "answers a call that " + placeOf(*first->second) + " has answered");
        }
        results.m_calls.emplace(&message, call->second);
    }
    return results;
}

const ChatMessage *CallResults::resultOf(const ToolCall &call) const
{
    const auto found = m_results.find(&call);
    return found == m_results.end() ? nullptr : found->second;
}

} // namespace lunargate::gemini
