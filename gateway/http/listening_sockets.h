// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/error.h"

#include <QByteArray>
#include <QHostAddress>
#include <QTcpServer>

#include <memory>
#include <vector>

namespace lunargate {

/// The sockets that wait for clients: one an address, all on the same port. Every worker accepts from duplicates of
/// them.
class ListeningSockets
{
public:
    /// Binds `host` (empty or `localhost`: 127.0.0.1 and, where the machine has it, ::1). Port 0 lets the system
    /// choose. On failure the message says what to change in the configuration; `portSetting` is where the port stands.
    static Result<ListeningSockets> bind(const QByteArray &host, quint16 port,
                                         QByteArrayView portSetting = "server.port or --port");

    quint16 port() const { return m_port; }
    const std::vector<QHostAddress> &addresses() const { return m_addresses; }
    bool isLoopbackOnly() const;

    /// A new descriptor for each socket; the caller owns them.
    std::vector<qintptr> duplicates() const;

    /// Stops waiting here; duplicates stay open.
    void close();

private:
    std::vector<std::unique_ptr<QTcpServer>> m_servers;
    std::vector<QHostAddress> m_addresses; // these two stay when the sockets are closed
    quint16 m_port = 0;
};

} // namespace lunargate
