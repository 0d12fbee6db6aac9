// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/sse_reader.h"

#include <algorithm>
#include <cstring>

namespace lunargate {

namespace {

constexpr QByteArrayView kByteOrderMark = "\xEF\xBB\xBF";

// The first CR or LF in [at, end), or end.
const char *findLineEnd(const char *at, const char *end)
{
    const auto find = [at](char c, const char *limit) {
        const void *found = std::memchr(at, c, static_cast<size_t>(limit - at));
        return found ? static_cast<const char *>(found) : limit;
    };
    return find('\r', find('\n', end));
}

} // namespace

bool SseReader::feed(QByteArrayView bytes, std::vector<SseEvent> &events)
{
    const char *at = bytes.data();
    const char *const end = at + bytes.size();
    while (at < end) {
        if (std::exchange(m_afterCarriageReturn, false) && *at == '\n') {
            ++at;
            continue;
        }
        const char *lineEnd = findLineEnd(at, end);
        m_line.append(at, lineEnd - at);
        if (m_line.size() + m_event.data.size() > m_maxEventBytes)
            return false;
        if (lineEnd == end)
            break;
        m_afterCarriageReturn = *lineEnd == '\r';
        at = lineEnd + 1;
        endLine(events);
    }
    return true;
}

std::optional<SseEvent> SseReader::finish()
{
    std::vector<SseEvent> events;
    if (!m_line.isEmpty())
        endLine(events);
    if (!m_hasData)
        return std::nullopt;
    m_hasData = false;
    return std::exchange(m_event, {});
}

void SseReader::endLine(std::vector<SseEvent> &events)
{
    QByteArrayView line = m_line;
    if (std::exchange(m_atStart, false) && line.startsWith(kByteOrderMark))
        line = line.sliced(kByteOrderMark.size());
    if (!line.isEmpty()) {
        readField(line, events);
    } else if (std::exchange(m_hasData, false)) {
        events.push_back(std::exchange(m_event, {}));
    } else {
        m_event = {}; // an event without data is none
    }
    m_line.resize(0); // keeps its memory
}

void SseReader::readField(QByteArrayView line, std::vector<SseEvent> &events)
{
    const qsizetype colon = line.indexOf(':');
    const QByteArrayView name = colon < 0 ? line : line.first(colon);
    QByteArrayView value = colon < 0 ? QByteArrayView() : line.sliced(colon + 1);
    if (value.startsWith(' '))
        value = value.sliced(1);
    if (colon == 0) {
        events.push_back({.isComment = true, .type = {}, .data = value.toByteArray()});
    } else if (name == "data") {
        if (std::exchange(m_hasData, true))
            m_event.data.append('\n');
        m_event.data.append(value);
    } else if (name == "event") {
        m_event.type = value.toByteArray();
    }
}

} // namespace lunargate
