// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/dispatcher.h"
#include "gateway/http/http_server.h"

#include <QObject>

#include <memory>

namespace lunargate {

/// The gateway as a whole: what the program starts and stops, and what the desktop app watches. Lives in the main
/// thread.
class Gateway : public QObject
{
    Q_OBJECT

public:
    explicit Gateway(std::shared_ptr<const Config> config);
    ~Gateway() override;

    /// Binds the address and starts the workers. On failure the message says what to change.
    Result<void> start();

    /// Accepts no more and lets running requests finish, for as long as server.shutdown_timeout allows; stopped()
    /// follows.
    void stop();

    /// `http://127.0.0.1:8080`; after start().
    QByteArray address() const;
    bool isLoopbackOnly() const { return m_server->sockets().isLoopbackOnly(); }

Q_SIGNALS:
    void stopped();

private:
    std::shared_ptr<const Config> m_config;
    Services m_services;
    RuntimeStore m_runtimes;
    GatewayStatus m_status;
    std::unique_ptr<HttpServer> m_server; // first to go: its workers use all of the above
};

} // namespace lunargate
