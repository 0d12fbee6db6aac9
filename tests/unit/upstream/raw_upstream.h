// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>

#include <sys/socket.h>

#include <functional>
#include <map>

namespace lunargate::test {

/// A server on 127.0.0.1 whose answers are bytes that the test writes, valid HTTP or not.
class RawUpstream : public QTcpServer
{
public:
    RawUpstream() : RawUpstream(QByteArray(), QByteArray()) {}
    /// Over TLS, if there is a certificate; clients are offered the protocols (ALPN).
    RawUpstream(const QByteArray &certificate, const QByteArray &key, const QList<QByteArray> &protocols = {})
        : m_isTls(!certificate.isEmpty())
    {
        if (m_isTls) {
            m_tls = QSslConfiguration::defaultConfiguration();
            m_tls.setLocalCertificate(QSslCertificate(certificate));
            m_tls.setPrivateKey(QSslKey(key, QSsl::Ec));
            m_tls.setAllowedNextProtocols(protocols);
        }
        if (!listen(QHostAddress::LocalHost))
            qFatal("no port on 127.0.0.1");
        connect(this, &QTcpServer::newConnection, this, [this] {
            while (QTcpSocket *socket = nextPendingConnection()) {
                ++connections;
                sockets.append(socket);
                connect(socket, &QTcpSocket::readyRead, this, [this, socket] { onBytes(socket); });
                connect(socket, &QTcpSocket::disconnected, this, [this] { ++disconnections; });
            }
        });
    }

    QUrl url(const QString &path = QStringLiteral("/v1/chat")) const
    {
        const QString scheme = m_isTls ? QStringLiteral("https") : QStringLiteral("http");
        return QUrl(QStringLiteral("%1://127.0.0.1:%2%3").arg(scheme).arg(serverPort()).arg(path));
    }

    /// Called with each complete request (head and body).
    std::function<void(QTcpSocket *)> answer;
    /// Takes the bytes instead of answer(), as they come.
    std::function<void(QTcpSocket *)> onReadyRead;

    QList<QByteArray> requests;
    QList<QPointer<QTcpSocket>> sockets;
    int connections = 0;
    int disconnections = 0;

    static QByteArray ok(const QByteArray &body)
    {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
    }
    static QByteArray chunk(const QByteArray &bytes)
    {
        return QByteArray::number(bytes.size(), 16) + "\r\n" + bytes + "\r\n";
    }
    /// Closing with a linger time of zero sends RST, which discards what the other side has not read.
    static void reset(QTcpSocket *socket)
    {
        const linger hard{.l_onoff = 1, .l_linger = 0};
        setsockopt(int(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
        socket->abort();
    }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        if (!m_isTls)
            return QTcpServer::incomingConnection(descriptor);
        auto *socket = new QSslSocket(this);
        socket->setSslConfiguration(m_tls);
        socket->setSocketDescriptor(descriptor);
        socket->startServerEncryption();
        addPendingConnection(socket);
    }

    /// Bytes of a client have come.
    virtual void onBytes(QTcpSocket *socket)
    {
        if (onReadyRead)
            return onReadyRead(socket);
        QByteArray &received = m_received[socket];
        received += socket->readAll();
        const qsizetype headEnd = received.indexOf("\r\n\r\n");
        if (headEnd < 0)
            return;
        qsizetype length = 0;
        const QByteArray head = received.first(headEnd).toLower();
        if (const qsizetype at = head.indexOf("\r\ncontent-length:"); at >= 0) {
            const qsizetype begin = at + 17;
            const qsizetype end = head.indexOf('\r', begin);
            length = head.sliced(begin, (end < 0 ? head.size() : end) - begin).trimmed().toLongLong();
        }
        if (received.size() < headEnd + 4 + length)
            return;
        requests.append(std::exchange(received, {}));
        if (answer)
            answer(socket);
    }

private:
    bool m_isTls;
    QSslConfiguration m_tls;
    std::map<QTcpSocket *, QByteArray> m_received;
};

} // namespace lunargate::test
