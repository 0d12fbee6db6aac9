// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/conversation.h"
#include "gateway/error.h"
#include "gateway/json/text_writer.h"
#include "gateway/providers/gemini/call_results.h"
#include "gateway/providers/gemini/media.h"
#include "gateway/providers/gemini/request_context.h"
#include "gateway/providers/gemini/turn_writer.h"

#include <QByteArray>

#include <unordered_set>
#include <utility>
#include <vector>

namespace lunargate::gemini {

/// Writes the messages of a conversation: `systemInstruction` and `contents`. Neighbours of the same role become one
/// content, and nothing empty is written, as Gemini wants it.
class ContentsWriter
{
public:
    ContentsWriter(const RequestContext &context, json::TextWriter &json)
        : m_context(context), m_json(json), m_turns(json)
    {
    }

    /// Fails with InvalidRequest.
    Result<void> write();

private:
    struct FunctionResult
    {
        QByteArray text;
        std::vector<Media> media;
    };

    Result<void> writeSystemInstruction();
    Result<void> writeMessages(bool isSystemInside);
    Result<void> writeSystemParts();
    Result<void> writeUser(const ChatMessage &message);
    Result<void> writeAssistant(const ChatMessage &message);
    Result<void> writeCall(const ChatMessage &message, const ToolCall &call, const QByteArray &signature);
    Result<void> writeResponse(const ToolCall &call, const ChatMessage &message);
    void writeMissingResponse(const ToolCall &call);
    Result<FunctionResult> readResult(const ChatMessage &message) const;

    Result<void> endResponses();

    const RequestContext &m_context;
    json::TextWriter &m_json;
    TurnWriter m_turns;
    CallResults m_results;
    std::vector<const ToolCall *> m_openCalls;              // of the model's last turn
    std::unordered_set<const ToolCall *> m_answered;        // of all calls
    std::vector<std::pair<QByteArray, Media>> m_laterMedia; // by call; for models that take none in a response
};

} // namespace lunargate::gemini
