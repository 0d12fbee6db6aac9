// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/stream_assembly.h"

#include "gateway/chat/chat_answer.h"
#include "gateway/dialects/openai_chat/completion_writer.h"
#include "gateway/json/document.h"
#include "gateway/json/writer.h"
#include "gateway/observability/request_record.h"
#include "gateway/upstream/sse_reader.h"

#include <map>
#include <ranges>

namespace lunargate {

namespace {

/// Adds up what chunks say.
class Assembly
{
public:
    void add(json::Value chunk)
    {
        if (m_completion.model.isEmpty())
            m_completion.model = chunk["model"].toByteArray();
        if (m_completion.created == 0)
            m_completion.created = chunk["created"].integer().value_or(0);
        for (const json::Value choice : chunk["choices"].elements()) {
            if (choice["index"].integer().value_or(0) != 0)
                continue;
            addDelta(choice["delta"]);
            if (choice["finish_reason"].isString())
                setFinishReason(choice["finish_reason"].string());
        }
    }

    Completion take(const RequestRecord &record)
    {
        m_completion.id = record.requestId;
        if (!m_hasFinished && record.hasFailed())
            m_completion.finishReason = FinishReason::Error;
        for (AnsweredToolCall &call : m_calls | std::views::values)
            m_completion.toolCalls.push_back(std::move(call));
        return std::move(m_completion);
    }

private:
    void addDelta(json::Value delta)
    {
        m_completion.text.append(delta["content"].string());
        // Two names of one thing; who sends both says the same in both.
        const QByteArrayView reasoning = delta["reasoning_content"].string();
        m_completion.reasoning.append(reasoning.isEmpty() ? delta["reasoning"].string() : reasoning);
        m_completion.refusal.append(delta["refusal"].string());
        for (const json::Value detail : delta["reasoning_details"].elements())
            m_completion.reasoningDetails.push_back(json::toText(detail));
        for (const json::Value annotation : delta["annotations"].elements())
            m_completion.annotations.push_back(json::toText(annotation));
        for (const json::Value call : delta["tool_calls"].elements())
            addCall(call);
    }

    void addCall(json::Value piece)
    {
        AnsweredToolCall &call = m_calls[piece["index"].integer().value_or(0)];
        call.isCustom = call.isCustom || piece["custom"].isObject();
        const json::Value named = piece[call.isCustom ? "custom" : "function"];
        if (call.id.isEmpty())
            call.id = piece["id"].toByteArray();
        if (call.name.isEmpty())
            call.name = named["name"].toByteArray();
        call.arguments.append(named[call.isCustom ? "input" : "arguments"].string());
        if (piece["extra_content"].exists())
            call.extraContent = json::toText(piece["extra_content"]);
    }

    void setFinishReason(QByteArrayView text)
    {
        m_hasFinished = true;
        for (const FinishReason reason :
             {FinishReason::Stop, FinishReason::Length, FinishReason::ToolCalls, FinishReason::ContentFilter}) {
            if (text == openai_chat::finishReasonText(reason))
                m_completion.finishReason = reason;
        }
    }

    Completion m_completion;
    bool m_hasFinished = false;
    std::map<qint64, AnsweredToolCall> m_calls;
};

} // namespace

QByteArray assembledCompletion(QByteArrayView frames, const RequestRecord &record)
{
    std::vector<SseEvent> events;
    SseReader reader(frames.size());
    reader.feed(frames, events);
    Assembly assembly;
    for (const SseEvent &event : events) {
        if (const auto chunk = json::Document::parse(event.data); chunk && !event.isComment)
            assembly.add(chunk->root());
    }
    const auto created = std::chrono::floor<std::chrono::seconds>(record.time).time_since_epoch().count();
    return openai_chat::completionBody(assembly.take(record), record.usage, record.requestId, record.model,
                                       static_cast<qint64>(created));
}

} // namespace lunargate
