// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/stream_assembly.h"

#include "gateway/chat/completion_reader.h"
#include "gateway/dialects/openai_chat/completion_writer.h"
#include "gateway/json/document.h"
#include "gateway/observability/request_record.h"
#include "gateway/upstream/sse_reader.h"

namespace lunargate {

namespace {

/// Adds up what chunks say.
class Assembly
{
public:
    void add(json::Value chunk)
    {
        if (m_model.isEmpty())
            m_model = chunk["model"].toByteArray();
        if (m_created == 0)
            m_created = chunk["created"].integer().value_or(0);
        for (const ChatDelta &delta : readChunk(chunk, m_calls))
            m_assembly.add(delta);
    }

    Completion take(const RequestRecord &record)
    {
        const bool isWhole = m_assembly.hasFinished() || !record.hasFailed();
        Completion completion = m_assembly.take();
        completion.id = record.requestId;
        completion.model = std::move(m_model);
        completion.created = m_created;
        if (!isWhole)
            completion.finishReason = FinishReason::Error;
        return completion;
    }

private:
    ToolCallOrder m_calls;
    CompletionAssembly m_assembly;
    QByteArray m_model;
    qint64 m_created = 0;
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
