// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"

#include <QNetworkRequest>
#include <QWebSocket>

// What the tests of the Responses over a WebSocket share.
namespace lunargate::test {

inline const QByteArray kHandshake =
    "GET /v1/responses HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

inline const QByteArray kOneKey = "security:\n"
                                  "  enabled: true\n"
                                  "  provider: api_key\n"
                                  "  api_key:\n"
                                  "    keys:\n"
                                  "      - name: ann\n"
                                  "        value: key-of-ann\n";

/// A client with Qt's WebSocket, which knows nothing of the gateway's code.
class Client
{
public:
    explicit Client(quint16 port, const HeaderList &headers = {})
    {
        QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket,
                         [this](const QString &text) { messages.append(text.toUtf8()); });
        QNetworkRequest request(QUrl(QStringLiteral("ws://127.0.0.1:%1/v1/responses").arg(port)));
        for (const HeaderList::Field &field : headers)
            request.setRawHeader(field.name, field.value);
        socket.open(request);
    }

    bool isOpen() const { return socket.state() == QAbstractSocket::ConnectedState; }
    bool waitForOpen() const
    {
        return waitUntil([this] { return isOpen(); });
    }
    bool waitForClose() const
    {
        return waitUntil([this] { return socket.state() == QAbstractSocket::UnconnectedState; });
    }

    void send(const QByteArray &text) { socket.sendTextMessage(QString::fromUtf8(text)); }
    /// `more` is spliced in.
    void create(const QByteArray &input, const QByteArray &more = {})
    {
        send(R"({"type":"response.create","model":"fake-model","store":false,"input":")" + input + "\"" + more + '}');
    }
    /// Waits for the next message of one of these types that nobody waited for yet, and gives it; empty if none comes.
    QByteArray next(const QByteArrayList &types)
    {
        QByteArray found;
        waitUntil([&] {
            while (found.isEmpty() && m_seen < messages.size()) {
                const QByteArray message = messages[m_seen++];
                if (types.contains(textAt(message, "type")))
                    found = message;
            }
            return !found.isEmpty();
        });
        return found;
    }
    QByteArray nextCompleted() { return next({"response.completed"}); }
    QByteArray nextError() { return next({"error"}); }

    QWebSocket socket;
    QByteArrayList messages;

private:
    qsizetype m_seen = 0;
};

} // namespace lunargate::test
