// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>
#include <vector>

namespace lunargate {

/// One event of an event stream, or a comment between events.
struct SseEvent
{
    bool isComment = false;
    QByteArray type; ///< the `event` field; empty if there was none
    QByteArray data; ///< data lines joined with line feeds; a comment's text
};

/// Reads text/event-stream from bytes at any split, as the WHATWG HTML standard (section 9.2.6) says: lines end with
/// CR, LF or CRLF, one space behind the colon is dropped, several data lines make one event, a leading byte order mark
/// is skipped, unknown fields are ignored. Works on bytes: a character split over two reads stays whole.
class SseReader
{
public:
    explicit SseReader(qsizetype maxEventBytes) : m_maxEventBytes(maxEventBytes) {}

    /// Appends what `bytes` complete to `events`; false if an event grew over the limit (then the reader is done).
    bool feed(QByteArrayView bytes, std::vector<SseEvent> &events);

    /// At the end of the stream: the last event, if no blank line closed it. The standard drops such events; some
    /// providers forget the blank line, so the caller decides whether it makes sense.
    std::optional<SseEvent> finish();

private:
    void endLine(std::vector<SseEvent> &events);
    void readField(QByteArrayView line, std::vector<SseEvent> &events);

    qsizetype m_maxEventBytes;
    QByteArray m_line; // the current line as far as it came
    SseEvent m_event;
    bool m_hasData = false;
    bool m_afterCarriageReturn = false; // a line feed now belongs to it
    bool m_atStart = true;
};

} // namespace lunargate
