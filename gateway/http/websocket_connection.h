// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/timer.h"
#include "gateway/http/websocket_reader.h"
#include "gateway/http/websocket_session.h"

#include <functional>
#include <memory>

class QTcpSocket;

namespace lunargate {

/// The WebSocket that a client's connection has become: frames, pings, limits, the closing handshake. Reads no faster
/// than the client takes what it is sent, answers to its pings included.
class WebSocketConnection final : public WebSocketChannel
{
public:
    /// Socket and limits outlive this. `closed` is called once, when the last frame was handed to the socket, possibly
    /// from inside the session: destroy this later. Breaks the connection where the client is gone or is too slow.
    WebSocketConnection(QTcpSocket &socket, const ConnectionLimits &limits, std::unique_ptr<WebSocketSession> session,
                        std::function<void()> closed);

    /// `ahead`: what was read of the socket already.
    void begin(RequestHandler &handler, QByteArray ahead);

    /// There is something to read.
    void read();
    /// The client took something.
    void bytesWritten();

    bool isBusy() const { return !m_isClosed && m_session->isBusy(); }
    /// Begins nothing more, and closes when nothing runs.
    void drain() { end(WebSocketSession::End::Shutdown); }
    /// The same, and ends what runs with a last word.
    void cut();

    void sendTexts(const QByteArrayList &texts) override;
    qint64 waitingBytes() const override;
    void close(WebSocketClose code, QByteArrayView reason) override;

private:
    void end(WebSocketSession::End why);
    void take(WebSocketMessage message);
    void send(const QByteArray &frames);
    void watchMessage();
    void onPingTime();
    void startPingTimer();

    QTcpSocket &m_socket;
    const ConnectionLimits &m_limits;
    const std::function<void()> m_closed;
    WebSocketReader m_reader;
    QByteArray m_unread; // bytes that came behind the current message
    bool m_isReading = false;
    bool m_isClosed = false;
    int m_silentPings = 0; // since there was a sign of life
    Timer m_pingTimer;
    Timer m_ageTimer;
    Timer m_messageTimer;                              // runs while a message has begun and not ended
    const std::unique_ptr<WebSocketSession> m_session; // first to go: it sends
};

} // namespace lunargate
