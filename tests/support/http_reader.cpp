// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/http_reader.h"

#include <algorithm>

namespace lunargate::test {

namespace {

bool isTokenCharacter(char c)
{
    // RFC 9110 section 5.6.2
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           QByteArrayView("!#$%&'*+-.^_`|~").contains(c);
}

bool isToken(QByteArrayView text)
{
    return !text.isEmpty() && std::ranges::all_of(text, isTokenCharacter);
}

} // namespace

QByteArray HttpReader::target() const
{
    const QList<QByteArray> parts = m_startLine.split(' ');
    return parts.size() == 3 ? parts[1] : QByteArray();
}

qsizetype HttpReader::feed(QByteArrayView bytes)
{
    QByteArrayView rest = bytes;
    while (!isComplete() && !failed() && step(rest)) {
    }
    return bytes.size() - rest.size();
}

void HttpReader::feedEnd()
{
    if (m_state == State::BodyUntilClose)
        m_state = State::Complete;
    else if (!isComplete())
        fail(m_state == State::Head && m_startLine.isEmpty() && m_line.isEmpty()
                 ? "the connection ended without a message"
                 : "the connection ended inside the message");
}

bool HttpReader::step(QByteArrayView &rest)
{
    QByteArray line;
    switch (m_state) {
    case State::Head:
        if (!takeLine(rest, line))
            return false;
        readHeadLine(line);
        return true;
    case State::FixedBody:
    case State::ChunkData:
        takeBody(rest, m_remaining);
        if (m_remaining > 0)
            return false;
        m_state = m_state == State::FixedBody ? State::Complete : State::ChunkEnd;
        return true;
    case State::ChunkSize:
        if (!takeLine(rest, line))
            return false;
        readChunkSize(line);
        return true;
    case State::ChunkEnd:
        if (!takeLine(rest, line))
            return false;
        if (!line.isEmpty())
            fail("a chunk is longer than its size says");
        m_state = State::ChunkSize;
        return true;
    case State::Trailer:
        if (!takeLine(rest, line))
            return false;
        if (line.isEmpty())
            m_state = State::Complete;
        return true;
    case State::BodyUntilClose:
        takeBody(rest, rest.size());
        return false;
    case State::Complete:
        return false;
    }
    Q_UNREACHABLE_RETURN(false);
}

bool HttpReader::takeLine(QByteArrayView &rest, QByteArray &line)
{
    const qsizetype end = rest.indexOf('\n');
    const qsizetype taken = end < 0 ? rest.size() : end + 1;
    m_line += rest.first(taken);
    rest = rest.sliced(taken);
    if (end < 0)
        return false;
    if (!m_line.endsWith("\r\n")) {
        fail("a line ends without CR LF: " + m_line);
        return false;
    }
    line = std::exchange(m_line, {}).chopped(2);
    return true;
}

void HttpReader::takeBody(QByteArrayView &rest, qint64 limit)
{
    const qsizetype taken = std::min<qint64>(rest.size(), limit);
    m_body += rest.first(taken);
    rest = rest.sliced(taken);
    m_remaining -= taken;
}

void HttpReader::readHeadLine(const QByteArray &line)
{
    if (m_startLine.isEmpty())
        return readStartLine(line);
    if (line.isEmpty())
        return startBody();
    const qsizetype colon = line.indexOf(':');
    if (colon < 0 || !isToken(QByteArrayView(line).first(colon)))
        return fail("not a header field: " + line);
    m_headers.add(line.left(colon), line.mid(colon + 1).trimmed());
}

void HttpReader::readStartLine(const QByteArray &line)
{
    m_startLine = line;
    if (m_kind == Kind::Request) {
        const QList<QByteArray> parts = line.split(' ');
        if (parts.size() != 3 || !isToken(parts[0]) || parts[1].isEmpty() || !parts[2].startsWith("HTTP/1."))
            fail("not a request line: " + line);
        return;
    }
    if (!line.startsWith("HTTP/1.1 ") || line.size() < 13 || line[12] != ' ')
        return fail("not a status line of HTTP/1.1: " + line);
    m_status = line.mid(9, 3).toInt();
    if (m_status < 100 || m_status > 599)
        fail("not a status: " + line);
}

void HttpReader::startBody()
{
    // RFC 9112 section 6.3
    const QByteArray encoding = header("Transfer-Encoding").toLower();
    const bool hasLength = m_headers.contains("Content-Length");
    bool isNumber = true;
    m_remaining = hasLength ? header("Content-Length").toLongLong(&isNumber) : 0;
    if (!isNumber || m_remaining < 0 || m_headers.count("Content-Length") > 1)
        return fail("Content-Length makes no sense");
    if (hasLength && !encoding.isEmpty())
        return fail("Content-Length together with Transfer-Encoding");
    if (!encoding.isEmpty() && encoding != "chunked")
        return fail("unknown Transfer-Encoding " + encoding);

    const bool isBodiless = m_kind == Kind::ResponseToHead ||
                            (m_kind == Kind::Response && (m_status < 200 || m_status == 204 || m_status == 304));
    if (isBodiless && m_kind != Kind::ResponseToHead && !encoding.isEmpty())
        return fail("Transfer-Encoding in an answer that has no body");
    if (isBodiless)
        m_state = State::Complete;
    else if (!encoding.isEmpty())
        m_state = State::ChunkSize;
    else if (hasLength || m_kind == Kind::Request)
        m_state = m_remaining > 0 ? State::FixedBody : State::Complete;
    else
        m_state = State::BodyUntilClose;
    m_untilClose = m_state == State::BodyUntilClose;
}

void HttpReader::readChunkSize(const QByteArray &line)
{
    const QByteArray digits = line.split(';').first();
    bool isNumber = false;
    m_remaining = digits.toLongLong(&isNumber, 16);
    // toLongLong() would take signs and spaces.
    const bool isPlain = std::ranges::all_of(digits, [](char c) { return isxdigit(static_cast<unsigned char>(c)); });
    if (!isNumber || !isPlain)
        return fail("not a chunk size: " + line);
    m_state = m_remaining == 0 ? State::Trailer : State::ChunkData;
}

void HttpReader::fail(QByteArray error)
{
    if (m_error.isEmpty())
        m_error = std::move(error);
}

} // namespace lunargate::test
