// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/sse_events.h"

#include "tests/support/json_path.h"

namespace lunargate::test {

SseEvents SseEvents::parse(const QByteArray &body)
{
    SseEvents out;
    Event event;
    bool hasData = false;
    QByteArray text = QByteArray(body).replace("\r\n", "\n").replace('\r', '\n');
    qsizetype start = 0;
    qsizetype lastEnd = 0;
    for (qsizetype end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        const QByteArray line = text.mid(start, end - start);
        start = end + 1;
        if (line.isEmpty()) {
            if (hasData)
                out.events.push_back(event);
            event = {};
            hasData = false;
            lastEnd = start;
            continue;
        }
        const qsizetype colon = line.indexOf(':');
        if (colon == 0) {
            ++out.comments;
            continue;
        }
        const QByteArray field = colon < 0 ? line : line.left(colon);
        QByteArray value = colon < 0 ? QByteArray() : line.mid(colon + 1);
        if (value.startsWith(' '))
            value.remove(0, 1);
        if (field == "event")
            event.type = value;
        if (field == "data") {
            event.data += (hasData ? "\n" : "") + value;
            hasData = true;
        }
    }
    out.rest = text.mid(lastEnd);
    return out;
}

std::vector<QByteArray> SseEvents::data() const
{
    std::vector<QByteArray> out;
    for (const Event &event : events)
        out.push_back(event.data);
    return out;
}

std::vector<QByteArray> SseEvents::chunks() const
{
    std::vector<QByteArray> out;
    for (const Event &event : events) {
        if (event.data != "[DONE]" && jsonAt(event.data, "error").isUndefined())
            out.push_back(event.data);
    }
    return out;
}

QByteArray SseEvents::content() const
{
    QByteArray out;
    for (const QByteArray &chunk : chunks())
        out += textAt(chunk, "choices.0.delta.content");
    return out;
}

QByteArray SseEvents::error() const
{
    for (const Event &event : events) {
        if (jsonAt(event.data, "error").isObject())
            return event.data;
    }
    return {};
}

} // namespace lunargate::test
