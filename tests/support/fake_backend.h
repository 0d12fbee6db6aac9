// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/wait.h"

#include <QByteArrayList>
#include <QWebSocketServer>

class QWebSocket;

namespace lunargate::test {

/// The backend of `data_sharing` as remote control sees it: a WebSocket server on 127.0.0.1 that remembers what it was
/// sent. Driven by the test's event loop.
class FakeBackend : public QObject
{
    Q_OBJECT

public:
    FakeBackend();
    ~FakeBackend() override;

    /// A `data_sharing.backend_url`.
    QByteArray url() const;

    /// Connections so far, and whether the last one is open.
    int connectionCount() const { return m_connections; }
    bool isConnected() const { return m_socket != nullptr; }
    /// Of the last connection.
    QByteArray path() const { return m_path; }
    QByteArray authorization() const { return m_authorization; }
    /// How the other side closed the last one that it closed.
    int closeCode() const { return m_closeCode; }

    /// Nothing without a connection.
    void send(const QByteArray &message);
    /// `sandbox.execute`.
    void execute(const QByteArray &id, const QByteArray &target, const QByteArray &request);
    /// Hands what was sent to the system now, without the event loop.
    void flush() const;
    /// Ends the connection in order.
    void close();

    /// Messages of that type, of all connections, in the order that they came.
    QByteArrayList messages(const QByteArray &type) const;
    /// Waits until there are that many.
    bool waitForMessages(const QByteArray &type, int count) const;
    bool waitForConnections(int count) const;
    /// Waits for the answer to a command; empty if none comes.
    QByteArray answerTo(const QByteArray &commandId) const;

private:
    void accept();

    QWebSocketServer m_server;
    QWebSocket *m_socket = nullptr; // the last one while it is open
    int m_connections = 0;
    QByteArray m_path;
    QByteArray m_authorization;
    int m_closeCode = 0;
    QByteArrayList m_messages;
};

} // namespace lunargate::test
