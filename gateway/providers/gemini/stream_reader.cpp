// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/stream_reader.h"

#include "gateway/providers/gemini/error_reader.h"

namespace lunargate::gemini {

namespace {

// A signature alone is worth nothing: the answer may still be empty.
bool isUseful(const ChatDelta &delta)
{
    return !delta.text.isEmpty() || !delta.reasoning.isEmpty() || !delta.refusal.isEmpty() || delta.toolCall ||
           delta.finishReason;
}

qsizetype textBytes(const ChatDelta &delta)
{
    return delta.text.size() + delta.reasoning.size() + (delta.toolCall ? delta.toolCall->arguments.size() : 0);
}

} // namespace

void StreamReader::read(SseEvent event, Events &events)
{
    const std::optional<json::Document> document = json::Document::parse(event.data);
    if (!document) {
        fail(malformedEvent(), events);
        return;
    }
    if (const json::Value error = errorObject(document->root()); error.exists()) {
        fail(readErrorObject(error, m_key), events);
        return;
    }
    const size_t before = events.size();
    const bool isRead = m_reader.read(document->root(), m_deltas);
    if (!std::exchange(m_hasStarted, true)) {
        events.push_back(
            {.kind = ChatStreamEvent::Kind::Delta, .delta = {.id = m_reader.id(), .model = m_reader.model()}});
    }
    appendDeltas(events);
    if (m_reader.hasNewUsage()) {
        if (events.size() == before)
            events.push_back({.kind = ChatStreamEvent::Kind::Delta});
        events.back().usage = m_reader.usage();
    }
    if (!isRead)
        fail(malformedEvent(), events);
}

void StreamReader::closed(Events &events)
{
    if (!m_reader.hasFinished()) {
        fail(incompleteStream(), events);
        return;
    }
    if (Result<void> concluded = m_reader.conclude(m_deltas, m_isCommitted); !concluded) {
        fail(std::move(concluded.error()), events);
        return;
    }
    appendDeltas(events);
    end(events);
}

void StreamReader::appendDeltas(Events &events)
{
    for (ChatDelta &delta : m_deltas) {
        ChatStreamEvent event{
            .kind = ChatStreamEvent::Kind::Delta, .isUseful = isUseful(delta), .textBytes = textBytes(delta)};
        m_isCommitted = m_isCommitted || event.isUseful;
        event.delta = std::move(delta);
        events.push_back(std::move(event));
    }
    m_deltas.clear();
}

} // namespace lunargate::gemini
