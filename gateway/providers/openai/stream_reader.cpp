// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/stream_reader.h"

#include "gateway/providers/openai/answer_reader.h"
#include "gateway/providers/openai/error_reader.h"

namespace lunargate::openai {

namespace {

// Images and encrypted reasoning come as single events of several megabytes.
constexpr qsizetype kMaxEventBytes = 4 * 1024 * 1024;

bool hasContent(json::Value value)
{
    return (value.isString() && !value.string().isEmpty()) || (value.isArray() && value.size() > 0) ||
           (value.isObject() && value.size() > 0);
}

// Whether a delta says anything beyond "I am the assistant".
bool isUsefulDelta(json::Value delta)
{
    if (!delta.isObject())
        return false;
    size_t index = 0;
    size_t count = 0;
    yyjson_val *key = nullptr;
    yyjson_val *value = nullptr;
    yyjson_obj_foreach(delta.raw(), index, count, key, value)
    {
        if (!yyjson_equals_str(key, "role") && hasContent(json::Value(value)))
            return true;
    }
    return false;
}

bool isUsefulChunk(json::Value chunk)
{
    for (const json::Value choice : chunk["choices"].elements()) {
        if (choice["finish_reason"].isString() || isUsefulDelta(choice["delta"]) || hasContent(choice["text"]))
            return true;
    }
    return false;
}

} // namespace

StreamReader::StreamReader(const SecretString &key) : m_key(key), m_sse(kMaxEventBytes) {}

void StreamReader::feed(QByteArrayView bytes, std::vector<ChatStreamEvent> &events)
{
    if (m_ended)
        return;
    m_parsed.clear();
    const bool fits = m_sse.feed(bytes, m_parsed);
    for (SseEvent &event : m_parsed)
        read(std::move(event), events);
    if (!fits)
        fail("upstream_event_too_large", "the provider sent a stream event over 4 MiB", events);
}

void StreamReader::finish(std::vector<ChatStreamEvent> &events)
{
    if (m_ended)
        return;
    // The last event may lack its blank line; half an event is not one.
    if (std::optional<SseEvent> last = m_sse.finish();
        last && (last->data == "[DONE]" || json::Document::parse(last->data)))
        read(*std::move(last), events);
    fail("upstream_incomplete", "the provider's stream ended without its end mark: the answer is incomplete", events);
}

void StreamReader::read(SseEvent event, std::vector<ChatStreamEvent> &events)
{
    if (m_ended)
        return;
    const QByteArrayView data = QByteArrayView(event.data).trimmed();
    // `data: : keepalive` is how some servers misspell a comment; an empty event says nothing either.
    if (event.isComment || data.isEmpty() || data.startsWith(':')) {
        events.push_back({.kind = ChatStreamEvent::Kind::Comment, .payload = std::move(event.data)});
        return;
    }
    if (data == "[DONE]") {
        m_ended = true;
        events.push_back({.kind = ChatStreamEvent::Kind::End});
        return;
    }
    ChatStreamEvent chunk = readChunk(std::move(event.data));
    m_ended = chunk.kind == ChatStreamEvent::Kind::Failure;
    events.push_back(std::move(chunk));
}

ChatStreamEvent StreamReader::readChunk(QByteArray payload)
{
    using Kind = ChatStreamEvent::Kind;
    const std::optional<json::Document> document = json::Document::parse(payload);
    if (!document || !document->root().isObject()) {
        return {.kind = Kind::Failure,
                .error = {.kind = ErrorKind::UpstreamProtocol,
                          .reason = "upstream_malformed_event",
                          .message = "the provider sent a stream event that is not a JSON object"}};
    }
    const json::Value chunk = document->root();
    if (const json::Value error = chunk["error"]; error.exists() && !error.isNull())
        return {.kind = Kind::Failure, .error = readErrorObject(error, 0, m_key).error};
    if (const json::Value error = choiceError(chunk); error.exists())
        return {.kind = Kind::Failure, .error = readErrorObject(error, 0, m_key).error};

    ChatStreamEvent event{.kind = Kind::Chunk, .isUseful = isUsefulChunk(chunk), .usage = readUsage(chunk["usage"])};
    event.isUsageOnly = event.usage && chunk["choices"].isArray() && chunk["choices"].size() == 0;
    event.payload = std::move(payload);
    return event;
}

void StreamReader::fail(QByteArray reason, QByteArray message, std::vector<ChatStreamEvent> &events)
{
    if (std::exchange(m_ended, true))
        return;
    events.push_back(
        {.kind = ChatStreamEvent::Kind::Failure,
         .error = {.kind = ErrorKind::UpstreamProtocol, .reason = std::move(reason), .message = std::move(message)}});
}

} // namespace lunargate::openai
