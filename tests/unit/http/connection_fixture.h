// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/client_connection.h"
#include "tests/unit/http/connected_client.h"
#include "tests/unit/http/recording_handler.h"

#include <QSignalSpy>
#include <QTest>

// What the tests of connections share.
namespace lunargate::test {

inline constexpr char kGet[] = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";

/// A connection and its client.
struct Connected
{
    explicit Connected(RecordingHandler::Answer answer = RecordingHandler::answerTarget, qint64 clientBuffer = 0,
                       const ConnectionLimits &connectionLimits = {})
        : client(clientBuffer),
          limits(connectionLimits),
          handler(answer),
          connection(std::make_unique<ClientConnection>(client.takePeer(), limits, handler)),
          closed(connection.get(), &ClientConnection::closed),
          settled(connection.get(), &ClientConnection::settled)
    {
    }

    explicit Connected(const ConnectionLimits &connectionLimits)
        : Connected(RecordingHandler::answerTarget, 0, connectionLimits)
    {
    }

    /// The answers' bodies, which never hold a line end here.
    QByteArrayList answers()
    {
        QByteArrayList bodies;
        const QByteArray &text = client.received();
        for (qsizetype at = text.indexOf("\r\n\r\n"); at >= 0; at = text.indexOf("\r\n\r\n", at + 4)) {
            const qsizetype end = text.indexOf("HTTP/1.1 ", at + 4);
            bodies.append(text.sliced(at + 4, (end < 0 ? text.size() : end) - at - 4));
        }
        return bodies;
    }

    ConnectedClient client;
    ConnectionLimits limits;
    RecordingHandler handler;
    std::unique_ptr<ClientConnection> connection;
    QSignalSpy closed;
    QSignalSpy settled;
};

/// More than the kernel takes for a client that reads nothing.
inline Task<> answerTooMuch(RecordingHandler &, Exchange &exchange)
{
    exchange.response.send(200, "text/plain", QByteArray(32 * 1024 * 1024, 'x'));
    co_return;
}

/// Ends once `go` is notified.
inline Task<> streamAndWait(RecordingHandler &handler, Exchange &exchange)
{
    exchange.response.startStream(200, "text/plain");
    exchange.response.write("piece");
    co_await handler.go.wait();
    exchange.response.finishStream();
}

/// As much as the client takes, without an end.
inline Task<> streamUntilCongested(RecordingHandler &, Exchange &exchange)
{
    exchange.response.startStream(200, "text/plain");
    for (;;) {
        exchange.response.write(QByteArray(64 * 1024, 'x'));
        while (exchange.response.isCongested())
            co_await exchange.response.drained();
    }
}

} // namespace lunargate::test
