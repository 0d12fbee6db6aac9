// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/line_stream_reader.h"

namespace lunargate {

void LineStreamReader::feed(QByteArrayView bytes, Events &events)
{
    if (m_ended)
        return;
    m_lines.clear();
    const bool fits = m_ndjson.feed(bytes, m_lines);
    for (const QByteArray &line : m_lines)
        dispatch(line, events);
    if (!fits)
        fail(tooLargeEvent(), events);
}

void LineStreamReader::finish(Events &events)
{
    if (m_ended)
        return;
    // The last line may lack its line feed; half a line is not one.
    if (const std::optional<QByteArray> last = m_ndjson.finish(); last && json::Document::parse(*last))
        dispatch(*last, events);
    fail(incompleteStream(), events);
}

void LineStreamReader::end(Events &events)
{
    if (!std::exchange(m_ended, true))
        events.push_back({.kind = ChatStreamEvent::Kind::End});
}

void LineStreamReader::fail(Error error, Events &events)
{
    if (!std::exchange(m_ended, true))
        events.push_back({.kind = ChatStreamEvent::Kind::Failure, .error = std::move(error)});
}

void LineStreamReader::dispatch(const QByteArray &line, Events &events)
{
    if (m_ended)
        return;
    if (const std::optional<json::Document> document = json::Document::parse(line))
        readLine(line, document->root(), events);
    else
        fail(malformedEvent(), events);
}

} // namespace lunargate
