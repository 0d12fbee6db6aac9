// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/websocket_connection.h"

#include <QTcpSocket>

namespace lunargate {

namespace {

constexpr qint64 kReadPiece = 64 * 1024;
// More may not wait for a client whose messages are still read. Streams are held back earlier (ResponseWriter).
constexpr qint64 kMostUnsent = 512 * 1024;
// So many pings in a row may stay without any sign of life.
constexpr int kMostSilentPings = 3;

} // namespace

WebSocketConnection::WebSocketConnection(QTcpSocket &socket, const ConnectionLimits &limits,
                                         std::unique_ptr<WebSocketSession> session, std::function<void()> closed)
    : m_socket(socket),
      m_limits(limits),
      m_closed(std::move(closed)),
      m_reader(limits),
      m_pingTimer([this] { onPingTime(); }),
      m_ageTimer([this] { end(WebSocketSession::End::TooOld); }),
      m_messageTimer([this] { close(WebSocketClose::PolicyViolation, "a message came too slowly"); }),
      m_session(std::move(session))
{
}

void WebSocketConnection::begin(RequestHandler &handler, QByteArray ahead)
{
    m_unread = std::move(ahead);
    startPingTimer();
    m_ageTimer.start(deadlineIn(m_limits.webSocketMaxAge));
    m_session->begin(*this, handler);
    read();
}

void WebSocketConnection::read()
{
    if (m_socket.bytesAvailable() > 0)
        m_silentPings = 0;
    if (std::exchange(m_isReading, true)) // what is sent leads back here
        return;
    // What is sent may find that the client is gone.
    while (!m_isClosed && m_socket.isOpen() && waitingBytes() <= kMostUnsent) {
        if (m_unread.isEmpty())
            m_unread = m_socket.read(kReadPiece);
        if (m_unread.isEmpty())
            break;
        m_unread.remove(0, m_reader.feed(m_unread));
        if (m_reader.state() == WebSocketReader::State::Complete) {
            take(m_reader.takeMessage());
        } else if (m_reader.state() == WebSocketReader::State::Failed) {
            close(m_reader.failure(), m_reader.failureText());
        }
    }
    m_isReading = false;
    watchMessage();
}

void WebSocketConnection::bytesWritten()
{
    if (m_isClosed)
        return;
    m_session->onBytesWritten();
    read();
}

void WebSocketConnection::cut()
{
    if (m_isClosed)
        return;
    end(WebSocketSession::End::Shutdown);
    if (!m_isClosed)
        m_session->cut();
}

void WebSocketConnection::end(WebSocketSession::End why)
{
    if (!m_isClosed)
        m_session->end(why);
}

void WebSocketConnection::take(WebSocketMessage message)
{
    // Pings and pongs may come in the middle of a message, which goes on being late.
    if (message.kind == WebSocketOpcode::Text || message.kind == WebSocketOpcode::Binary)
        m_messageTimer.stop();
    switch (message.kind) {
    case WebSocketOpcode::Text:
        m_session->onText(std::move(message.payload));
        break;
    case WebSocketOpcode::Ping:
        send(webSocketFrame(WebSocketOpcode::Pong, message.payload));
        break;
    case WebSocketOpcode::Close: // it gets its own code back (RFC 6455 section 5.5.1)
        close(message.closeCode == WebSocketClose::NoStatus ? WebSocketClose::Normal : message.closeCode, {});
        break;
    case WebSocketOpcode::Binary:
        close(WebSocketClose::UnsupportedData, "send text");
        break;
    case WebSocketOpcode::Pong:
    case WebSocketOpcode::Continuation:
        break;
    }
}

void WebSocketConnection::sendTexts(const QByteArrayList &texts)
{
    QByteArray frames;
    for (const QByteArray &text : texts)
        frames += webSocketFrame(WebSocketOpcode::Text, text);
    send(frames);
}

qint64 WebSocketConnection::waitingBytes() const
{
    return m_socket.bytesToWrite();
}

void WebSocketConnection::close(WebSocketClose code, QByteArrayView reason)
{
    if (m_isClosed)
        return;
    send(webSocketCloseFrame(code, reason));
    m_isClosed = true;
    m_pingTimer.stop();
    m_ageTimer.stop();
    m_messageTimer.stop();
    m_closed();
}

void WebSocketConnection::send(const QByteArray &frames)
{
    if (m_isClosed || m_socket.state() != QAbstractSocket::ConnectedState)
        return;
    m_socket.write(frames);
    m_socket.flush();
}

// A message that comes in drops would hold memory for as long as its sender likes.
void WebSocketConnection::watchMessage()
{
    const bool isWaiting = !m_isClosed && m_reader.isInMessage() && waitingBytes() <= kMostUnsent;
    if (!isWaiting)
        m_messageTimer.stop();
    else if (!m_messageTimer.isActive())
        m_messageTimer.start(deadlineIn(m_limits.readTimeout));
}

void WebSocketConnection::onPingTime()
{
    if (m_silentPings >= kMostSilentPings) {
        m_socket.abort();
        return;
    }
    startPingTimer();
    if (waitingBytes() > 0) // it takes its time over what came before: that is the write timeout's matter
        return;
    ++m_silentPings;
    send(webSocketFrame(WebSocketOpcode::Ping, {}));
}

void WebSocketConnection::startPingTimer()
{
    m_pingTimer.start(deadlineIn(m_limits.webSocketPing));
}

} // namespace lunargate
