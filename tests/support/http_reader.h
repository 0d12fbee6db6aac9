// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/header_list.h"

#include <QByteArray>
#include <QByteArrayView>

namespace lunargate::test {

/// Reads one HTTP/1.1 message as its bytes arrive and accepts nothing that RFC 9112 does not allow: it is the judge of
/// what the gateway puts on the wire, so it shares no code with it.
class HttpReader
{
public:
    enum class Kind { Request, Response, ResponseToHead };

    explicit HttpReader(Kind kind) : m_kind(kind) {}

    /// Takes bytes up to the end of this message and returns how many.
    qsizetype feed(QByteArrayView bytes);
    /// The connection ended; completes a message that is delimited by it, is an error in the midst of any other.
    void feedEnd();

    bool hasHead() const { return m_state > State::Head; }
    bool isComplete() const { return m_state == State::Complete; }
    bool failed() const { return !m_error.isEmpty(); }
    /// What is wrong with the message; empty if nothing is.
    QByteArray error() const { return m_error; }
    bool endsWithConnection() const { return m_untilClose; }

    QByteArray startLine() const { return m_startLine; }
    /// Request only.
    QByteArray method() const { return m_startLine.left(m_startLine.indexOf(' ')); }
    QByteArray target() const;
    /// Response only; 0 before the head.
    int status() const { return m_status; }
    const HeaderList &headers() const { return m_headers; }
    QByteArray header(QByteArrayView name) const { return m_headers.value(name).value_or(QByteArray()); }
    /// Decoded so far.
    const QByteArray &body() const { return m_body; }

private:
    enum class State { Head, FixedBody, ChunkSize, ChunkData, ChunkEnd, Trailer, BodyUntilClose, Complete };

    bool step(QByteArrayView &rest);
    /// The next line without its CRLF; false if it is not there as a whole.
    bool takeLine(QByteArrayView &rest, QByteArray &line);
    void takeBody(QByteArrayView &rest, qint64 limit);
    void readHeadLine(const QByteArray &line);
    void readStartLine(const QByteArray &line);
    void startBody();
    void readChunkSize(const QByteArray &line);
    void fail(QByteArray error);

    Kind m_kind;
    State m_state = State::Head;
    QByteArray m_line; // what has come of the present line
    QByteArray m_startLine;
    int m_status = 0;
    HeaderList m_headers;
    QByteArray m_body;
    qint64 m_remaining = 0; // of the fixed body or the present chunk
    bool m_untilClose = false;
    QByteArray m_error;
};

} // namespace lunargate::test
