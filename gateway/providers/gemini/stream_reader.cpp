// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/stream_reader.h"

#include "gateway/providers/gemini/error_reader.h"

namespace lunargate::gemini {

namespace {

// A picture is one event, its megabytes in base64.
constexpr qsizetype kMaxPictureEventBytes = 32 * 1024 * 1024;

// Each part becomes an event of hundreds of bytes. Google sends a handful at a time.
constexpr size_t kMaxPartsOfAnEvent = 10'000;

// A signature alone is worth nothing: the answer may still be empty.
bool isUseful(const ChatDelta &delta)
{
    return !delta.text.isEmpty() || !delta.reasoning.isEmpty() || !delta.refusal.isEmpty() || delta.toolCall ||
           delta.finishReason;
}

qsizetype textBytes(const ChatDelta &delta, DeltaKind kind)
{
    const qsizetype words = kind == DeltaKind::Words ? delta.text.size() : 0;
    return words + delta.reasoning.size() + (delta.toolCall ? delta.toolCall->arguments.size() : 0);
}

} // namespace

StreamReader::StreamReader(ResponseReader reader, const SecretString &key)
    : EventStreamReader(kMaxPictureEventBytes), m_reader(std::move(reader)), m_key(key)
{
}

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
    if (document->root()["candidates"].at(0)["content"]["parts"].size() > kMaxPartsOfAnEvent) {
        fail(malformedEvent(), events);
        return;
    }
    const size_t before = events.size();
    const DeltaSink sink = [&](ChatDelta delta, DeltaKind kind) { append(std::move(delta), kind, events); };
    const bool isRead = m_reader.read(document->root(), sink);
    start(events);
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
    const DeltaSink sink = [&](ChatDelta delta, DeltaKind kind) { append(std::move(delta), kind, events); };
    const Result<void> concluded = m_reader.conclude(sink, m_isCommitted);
    if (concluded)
        end(events);
    else
        fail(concluded.error(), events);
}

// The answer's name goes before everything else.
void StreamReader::start(Events &events)
{
    if (!std::exchange(m_hasStarted, true)) {
        events.push_back(
            {.kind = ChatStreamEvent::Kind::Delta, .delta = {.id = m_reader.id(), .model = m_reader.model()}});
    }
}

void StreamReader::append(ChatDelta delta, DeltaKind kind, Events &events)
{
    start(events);
    ChatStreamEvent event{
        .kind = ChatStreamEvent::Kind::Delta, .isUseful = isUseful(delta), .textBytes = textBytes(delta, kind)};
    m_isCommitted = m_isCommitted || event.isUseful;
    event.delta = std::move(delta);
    events.push_back(std::move(event));
}

} // namespace lunargate::gemini
