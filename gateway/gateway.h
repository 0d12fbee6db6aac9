// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/dispatcher.h"
#include "gateway/http/http_server.h"
#include "gateway/reload/config_reloader.h"
#include "gateway/remote_control/remote_control.h"

#include <QObject>

#include <memory>

namespace lunargate {

/// The gateway as a whole: what the program starts and stops, and what the desktop app watches. Lives in the main
/// thread.
class Gateway : public QObject
{
    Q_OBJECT

public:
    /// `loaded` must have a configuration. `source` reads it anew for a reload; without one there are no reloads.
    explicit Gateway(LoadedConfig loaded, ConfigSource source = {});
    ~Gateway() override;

    /// Binds the address, starts the workers and begins to watch the configuration's files. On failure the message says
    /// what to change.
    Result<void> start();

    /// Accepts no more and lets running requests finish, for as long as server.shutdown_timeout allows; stopped()
    /// follows.
    void stop();

    /// `http://127.0.0.1:8080`; after start().
    QByteArray address() const;
    /// Where /admin is: the same, or with admin.port another one.
    QByteArray adminAddress() const;
    /// The file with the admin token; empty: it stands in the configuration, or there is none.
    QString adminTokenFile() const;
    bool isLoopbackOnly() const { return m_server->sockets().isLoopbackOnly(); }

    /// What is running.
    std::shared_ptr<const Config> config() const { return m_runtimes.current()->config; }
    /// Has the configuration read anew and take over, if it can be used; configReloaded() says what came of it.
    void reload(ReloadTrigger trigger) { m_reloader->reload(trigger); }

Q_SIGNALS:
    void stopped();
    /// The configuration was read anew, by reload(), by request or because a file changed.
    void configReloaded(const lunargate::ReloadReport &report);

private:
    Gateway(const LoadedConfig &loaded, std::shared_ptr<const Config> config, ConfigSource source);

    /// In the thread that it is for.
    std::unique_ptr<RequestHandler> makeHandler(Dispatcher::Port port);
    /// Begins to answer requests for endpoints of these roles; logs each address as `event`.
    std::unique_ptr<HttpServer> serve(ListeningSockets sockets, ServedRoles served, int workers, QByteArrayView event);

    Services m_services;
    RuntimeStore m_runtimes;
    GatewayStatus m_status;
    std::unique_ptr<ConfigReloader> m_reloader;
    int m_serving = 0; // servers that have not stopped
    // First to go: their workers use all of the above.
    std::unique_ptr<HttpServer> m_server;
    std::unique_ptr<HttpServer> m_adminServer; // with admin.port
    std::unique_ptr<RemoteControl> m_remoteControl;
};

} // namespace lunargate
