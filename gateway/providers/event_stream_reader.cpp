// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/event_stream_reader.h"

#include "gateway/json/document.h"

namespace lunargate {

void EventStreamReader::feed(QByteArrayView bytes, Events &events)
{
    if (m_ended)
        return;
    m_parsed.clear();
    const bool fits = m_sse.feed(bytes, m_parsed);
    for (SseEvent &event : m_parsed)
        dispatch(std::move(event), events);
    if (!fits)
        fail(tooLargeEvent(m_maxEventBytes), events);
}

void EventStreamReader::finish(Events &events)
{
    if (m_ended)
        return;
    // The last event may lack its blank line; half an event is not one.
    if (std::optional<SseEvent> last = m_sse.finish();
        last && (last->data == "[DONE]" || json::Document::parse(last->data)))
        dispatch(*std::move(last), events);
    if (!m_ended)
        closed(events);
    m_ended = true;
}

void EventStreamReader::end(Events &events)
{
    if (!std::exchange(m_ended, true))
        events.push_back({.kind = ChatStreamEvent::Kind::End});
}

void EventStreamReader::fail(Error error, Events &events)
{
    if (!std::exchange(m_ended, true))
        events.push_back({.kind = ChatStreamEvent::Kind::Failure, .error = std::move(error)});
}

void EventStreamReader::dispatch(SseEvent event, Events &events)
{
    if (m_ended)
        return;
    const QByteArrayView data = QByteArrayView(event.data).trimmed();
    // `data: : keepalive` is how some servers misspell a comment; an empty event says nothing either.
    if (event.isComment || data.isEmpty() || data.startsWith(':'))
        events.push_back({.kind = ChatStreamEvent::Kind::Comment, .payload = std::move(event.data)});
    else
        read(std::move(event), events);
}

} // namespace lunargate
