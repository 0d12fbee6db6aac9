// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHostAddress>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>

#include <memory>
#include <vector>

namespace lunargate::test {

/// An HTTP proxy on 127.0.0.1 that leads every tunnel, whatever host it is asked for, to one port of 127.0.0.1. It
/// holds little: who does not read stops the other end.
class ConnectProxy : public QTcpServer
{
public:
    explicit ConnectProxy(quint16 target)
    {
        if (!listen(QHostAddress::LocalHost))
            qFatal("no port on 127.0.0.1");
        connect(this, &QTcpServer::newConnection, this, [this, target] {
            while (QTcpSocket *client = nextPendingConnection())
                m_tunnels.push_back(std::make_unique<Tunnel>(client, target));
        });
    }

    QByteArray address() const { return "http://127.0.0.1:" + QByteArray::number(serverPort()); }

private:
    class Tunnel : public QObject
    {
    public:
        Tunnel(QTcpSocket *client, quint16 target) : m_client(client), m_target(target)
        {
            connect(client, &QTcpSocket::readyRead, this, &Tunnel::readHead);
            connect(&m_server, &QTcpSocket::connected, this, &Tunnel::open);
        }
        ~Tunnel() override
        {
            m_server.disconnect(this); // it closes now, and says so
            if (m_client)
                m_client->disconnect(this);
        }

    private:
        void readHead()
        {
            m_head += m_client->readAll();
            if (!m_head.endsWith("\r\n\r\n")) // nothing follows before the answer
                return;
            m_client->disconnect(this);
            m_server.connectToHost(QHostAddress::LocalHost, m_target);
        }
        void open()
        {
            if (m_client->state() != QAbstractSocket::ConnectedState)
                return m_server.abort();
            join(m_client, &m_server);
            join(&m_server, m_client);
            m_client->write("HTTP/1.1 200 Connection established\r\n\r\n");
        }
        void join(QTcpSocket *from, QTcpSocket *to)
        {
            constexpr qint64 most = 64 * 1024;
            from->setReadBufferSize(most);
            from->setSocketOption(QAbstractSocket::LowDelayOption, 1);
            const auto move = [from, to] {
                while (to->state() == QAbstractSocket::ConnectedState && to->bytesToWrite() < most &&
                       from->bytesAvailable() > 0)
                    to->write(from->read(most));
            };
            connect(from, &QTcpSocket::readyRead, this, move);
            connect(to, &QTcpSocket::bytesWritten, this, move);
            connect(from, &QTcpSocket::disconnected, this, [from, to] {
                if (to->state() == QAbstractSocket::ConnectedState)
                    to->write(from->readAll());
                to->disconnectFromHost();
            });
        }

        QPointer<QTcpSocket> m_client;
        quint16 m_target;
        QByteArray m_head;
        QTcpSocket m_server;
    };

    std::vector<std::unique_ptr<Tunnel>> m_tunnels;
};

} // namespace lunargate::test
