// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/http_response_writer.h"

#include "gateway/http/socket_memory.h"

#include <QDateTime>
#include <QLocale>
#include <QTcpSocket>
#include <QTimeZone>

#include <algorithm>

namespace lunargate {

namespace {

// More than most heads take; the body follows in the same block.
constexpr qsizetype kUsualHead = 640;

// What stands around a chunk: its size in up to 16 digits, and two line ends.
constexpr qsizetype kChunkFrame = 20;

QByteArrayView reasonPhrase(int status)
{
    switch (status) {
    case 101:
        return "Switching Protocols";
    case 200:
        return "OK";
    case 204:
        return "No Content";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 413:
        return "Content Too Large";
    case 426:
        return "Upgrade Required";
    case 429:
        return "Too Many Requests";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 502:
        return "Bad Gateway";
    case 503:
        return "Service Unavailable";
    default:
        return "Status"; // the phrase has no meaning (RFC 9112 section 4)
    }
}

// IMF-fixdate, RFC 9110 section 5.6.7; made once a second for each thread.
QByteArrayView httpDate()
{
    thread_local qint64 second = 0;
    thread_local QByteArray text;
    const qint64 now = QDateTime::currentSecsSinceEpoch();
    if (now != second) {
        second = now;
        const QDateTime time = QDateTime::fromSecsSinceEpoch(now, QTimeZone::UTC);
        text = QLocale::c().toString(time, u"ddd, dd MMM yyyy hh:mm:ss 'GMT'").toLatin1();
    }
    return text;
}

bool isControl(char c)
{
    return static_cast<unsigned char>(c) < 0x20 && c != '\t';
}

void appendField(QByteArray &out, QByteArrayView name, QByteArrayView value)
{
    const qsizetype begin = out.size();
    out.resizeForOverwrite(begin + name.size() + value.size() + 4);
    char *at = std::copy(name.begin(), name.end(), out.data() + begin);
    *at++ = ':';
    *at++ = ' ';
    // A value must never end its line (RFC 9110 section 5.5).
    at = std::ranges::transform(value, at, [](char c) { return isControl(c) ? ' ' : c; }).out;
    *at++ = '\r';
    *at = '\n';
}

} // namespace

HttpResponseWriter::HttpResponseWriter(QTcpSocket *socket, int minorVersion, bool keepAlive, bool headOnly)
    : ResponseWriter(headOnly), m_socket(socket), m_minorVersion(minorVersion), m_keepAlive(keepAlive)
{
}

void HttpResponseWriter::releaseHeaders()
{
    if (state() != State::NotStarted) // from then on they stand in the head
        clearHeaders();
}

void HttpResponseWriter::putWhole(QByteArrayView contentType, QByteArrayView body)
{
    QByteArray message = head(contentType, body.size());
    if (!isHeadOnly())
        message.append(body);
    writeNow(*m_socket, message);
}

void HttpResponseWriter::putHead(QByteArrayView contentType)
{
    m_chunked = m_minorVersion >= 1;
    if (!m_chunked)
        m_keepAlive = false; // to an HTTP/1.0 client the end of the connection is the end of the body
    m_head = head(contentType, std::nullopt);
}

void HttpResponseWriter::flushHead()
{
    if (const QByteArray out = std::exchange(m_head, {}); !out.isEmpty())
        writeNow(*m_socket, out);
}

void HttpResponseWriter::putPiece(QByteArrayView bytes)
{
    QByteArray out = std::exchange(m_head, {});
    out.reserve(out.size() + bytes.size() + kChunkFrame);
    if (m_chunked)
        out.append(QByteArray::number(bytes.size(), 16)).append("\r\n").append(bytes).append("\r\n");
    else
        out.append(bytes);
    writeNow(*m_socket, out);
}

void HttpResponseWriter::putEnd()
{
    QByteArray out = std::exchange(m_head, {}); // of a stream without a piece
    if (m_chunked && !isHeadOnly())
        out.append("0\r\n\r\n");
    if (!out.isEmpty())
        writeNow(*m_socket, out);
}

qint64 HttpResponseWriter::waitingBytes() const
{
    return m_socket->bytesToWrite();
}

QByteArray HttpResponseWriter::head(QByteArrayView contentType, std::optional<qsizetype> length) const
{
    QByteArray out;
    out.reserve(kUsualHead + length.value_or(0));
    out.append("HTTP/1.1 ")
        .append(QByteArray::number(status()))
        .append(' ')
        .append(reasonPhrase(status()))
        .append("\r\n");
    appendField(out, "Date", httpDate());
    if (!contentType.isEmpty())
        appendField(out, "Content-Type", contentType);
    for (const HeaderList::Field &field : headers())
        appendField(out, field.name, field.value);
    const bool isUpgrade = status() == kSwitchingProtocols;
    if (length && status() != 204 && !isUpgrade)
        appendField(out, "Content-Length", QByteArray::number(*length));
    else if (m_chunked)
        appendField(out, "Transfer-Encoding", "chunked");
    if (isUpgrade)
        appendField(out, "Connection", "Upgrade");
    else if (!m_keepAlive)
        appendField(out, "Connection", "close");
    else if (m_minorVersion == 0)
        appendField(out, "Connection", "keep-alive");
    out.append("\r\n");
    return out;
}

} // namespace lunargate
