// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_backend.h"

#include "tests/support/json_path.h"

#include <QNetworkRequest>
#include <QWebSocket>

#include <algorithm>

namespace lunargate::test {

FakeBackend::FakeBackend() : m_server(QString(), QWebSocketServer::NonSecureMode)
{
    connect(&m_server, &QWebSocketServer::newConnection, this, &FakeBackend::accept);
    m_server.listen(QHostAddress::LocalHost);
}

FakeBackend::~FakeBackend()
{
    if (m_socket)
        m_socket->disconnect(this);
}

QByteArray FakeBackend::url() const
{
    return "http://127.0.0.1:" + QByteArray::number(m_server.serverPort()) + "/v1";
}

void FakeBackend::accept()
{
    QWebSocket *const socket = m_server.nextPendingConnection();
    socket->setParent(this);
    m_socket = socket;
    ++m_connections;
    m_path = socket->requestUrl().path().toUtf8();
    m_authorization = socket->request().rawHeader("Authorization");
    connect(socket, &QWebSocket::textMessageReceived, this,
            [this](const QString &message) { m_messages.append(message.toUtf8()); });
    connect(socket, &QWebSocket::disconnected, this, [this, socket] {
        m_closeCode = socket->closeCode();
        if (m_socket == socket)
            m_socket = nullptr;
        socket->deleteLater();
    });
}

void FakeBackend::send(const QByteArray &message)
{
    if (m_socket)
        m_socket->sendTextMessage(QString::fromUtf8(message));
}

void FakeBackend::execute(const QByteArray &id, const QByteArray &target, const QByteArray &request)
{
    send(R"({"type":"sandbox.execute","command_id":")" + id + R"(","target":)" + target + R"(,"request":)" + request +
         '}');
}

void FakeBackend::flush() const
{
    if (m_socket)
        m_socket->flush();
}

void FakeBackend::close()
{
    m_socket->close();
}

QByteArrayList FakeBackend::messages(const QByteArray &type) const
{
    QByteArrayList found;
    std::ranges::copy_if(m_messages, std::back_inserter(found),
                         [&](const QByteArray &message) { return textAt(message, "type") == type; });
    return found;
}

bool FakeBackend::waitForMessages(const QByteArray &type, int count) const
{
    return waitUntil([&] { return messages(type).size() >= count; });
}

bool FakeBackend::waitForConnections(int count) const
{
    return waitUntil([&] { return m_connections >= count; });
}

QByteArray FakeBackend::answerTo(const QByteArray &commandId) const
{
    QByteArray found;
    waitUntil([&] {
        for (const QByteArray &message : messages("sandbox.response")) {
            if (textAt(message, "command_id") == commandId)
                found = message;
        }
        return !found.isEmpty();
    });
    return found;
}

} // namespace lunargate::test
