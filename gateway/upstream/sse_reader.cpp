// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/sse_reader.h"

#include <algorithm>
#include <cstring>

namespace lunargate {

namespace {

constexpr QByteArrayView kByteOrderMark = "\xEF\xBB\xBF";

/// Finds one character after the other in [at, end). Remembers the next one, so that asking again before it is free.
class NextCharacter
{
public:
    NextCharacter(char wanted, const char *begin, const char *end) : m_wanted(wanted), m_end(end) { search(begin); }

    /// The first one at or behind `at`, which never goes back; or the end.
    const char *from(const char *at)
    {
        if (m_found < at)
            search(at);
        return m_found;
    }

private:
    void search(const char *at)
    {
        const void *found = at < m_end ? std::memchr(at, m_wanted, static_cast<size_t>(m_end - at)) : nullptr;
        m_found = found ? static_cast<const char *>(found) : m_end;
    }

    char m_wanted;
    const char *m_end;
    const char *m_found = nullptr;
};

} // namespace

bool SseReader::feed(QByteArrayView bytes, std::vector<SseEvent> &events)
{
    const char *at = bytes.data();
    const char *const end = at + bytes.size();
    NextCharacter carriageReturn('\r', at, end);
    NextCharacter lineFeed('\n', at, end);
    while (at < end) {
        if (std::exchange(m_afterCarriageReturn, false) && *at == '\n') {
            ++at;
            continue;
        }
        const char *lineEnd = std::min(carriageReturn.from(at), lineFeed.from(at));
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
