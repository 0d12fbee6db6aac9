// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTcpServer>
#include <QTcpSocket>

#include <memory>

#include <sys/socket.h>

namespace lunargate::test {

/// A client's socket that is connected to one of this process.
class ConnectedClient
{
public:
    /// `readBuffer` bytes are taken from the network ahead of read(); 0: all there are.
    explicit ConnectedClient(qint64 readBuffer = 0)
    {
        socket.setReadBufferSize(readBuffer);
        QTcpServer server;
        if (!server.listen(QHostAddress::LocalHost))
            qFatal("no port on 127.0.0.1");
        socket.connectToHost(QHostAddress(QHostAddress::LocalHost), server.serverPort());
        if (!server.waitForNewConnection(10'000) || !socket.waitForConnected(10'000))
            qFatal("cannot connect to 127.0.0.1");
        m_peer.reset(server.nextPendingConnection());
        m_peer->setParent(nullptr);
    }

    /// The other end; to be taken once.
    std::unique_ptr<QTcpSocket> takePeer() { return std::move(m_peer); }

    void send(const QByteArray &bytes) { socket.write(bytes); }

    /// Sends this and breaks the connection off behind it.
    void sendAndReset(const QByteArray &bytes)
    {
        socket.write(bytes);
        socket.flush();
        const linger noLinger = {.l_onoff = 1, .l_linger = 0};
        ::setsockopt(static_cast<int>(socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &noLinger, sizeof(noLinger));
        socket.abort();
    }

    /// Everything that came so far.
    const QByteArray &received()
    {
        m_received += socket.readAll();
        return m_received;
    }

    /// What came so far is done with: received() begins anew.
    void forget()
    {
        received();
        m_received.clear();
    }

    bool isClosed() const { return socket.state() == QAbstractSocket::UnconnectedState; }

    QTcpSocket socket;

private:
    std::unique_ptr<QTcpSocket> m_peer;
    QByteArray m_received;
};

} // namespace lunargate::test
