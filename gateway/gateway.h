// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/dispatcher.h"
#include "gateway/http/http_server.h"
#include "gateway/own_requests/own_requests.h"
#include "gateway/pipeline/explain.h"
#include "gateway/reload/config_reloader.h"
#include "gateway/remote_control/remote_control.h"

#include <QObject>

#include <memory>
#include <vector>

namespace lunargate {

/// An explanation of the running gateway's, and the configuration that it was made with.
struct ExplainedByGateway
{
    std::shared_ptr<const Runtime> runtime; ///< that the explanation refers to
    Explanation explanation;
};

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

    /// Accepts no more and lets running requests finish, those of send() too, for as long as server.shutdown_timeout
    /// allows; stopped() follows.
    void stop();

    /// `http://127.0.0.1:8080`; after start().
    QByteArray address() const;
    /// Where /admin is: the same, or with admin.port another one.
    QByteArray adminAddress() const;
    /// Where clients find the gateway that know Ollama only; empty: nowhere (server.ollama_port).
    QByteArray ollamaAddress() const;
    /// The file with the admin token; empty: it stands in the configuration, or there is none.
    QString adminTokenFile() const;
    bool isLoopbackOnly() const { return m_server->sockets().isLoopbackOnly(); }

    /// While paused, model calls are refused (503 `gateway_paused`); those that run already go on.
    void setPaused(bool paused) { m_status.isPaused = paused; }
    bool isPaused() const { return m_status.isPaused; }
    /// Model calls that run now.
    qint64 activeRequests() const { return m_services.metrics.activeRequests(); }

    // What the desktop app looks into; any thread may, see there.
    History &history() const { return *m_services.history; }
    CircuitBreakers &circuits() const { return *m_services.breakers; }
    const ConcurrencySlots &callSlots() const { return *m_services.slots; }
    RunningRequests &running() const { return *m_services.running; }

    /// Sends a request as clients do, but inside the process.
    std::unique_ptr<OwnCall> send(HttpRequest request) { return m_ownRequests->send(std::move(request)); }

    /// What would become of a request from this machine now, without calling anybody and without using up anything, and
    /// the call that would be made; see explainWithServices(). Fails as the endpoint would where it is no request. The
    /// gateway outlives the task.
    Task<Result<ExplainedByGateway>> explain(ExplainedEndpoint endpoint, QByteArray body, HeaderList headers);

    /// What is running.
    std::shared_ptr<const Config> config() const { return m_runtimes.current()->config; }
    /// How the configuration stands: what is running, what the files say, what went wrong last.
    ConfigOverview configOverview() const { return m_reloader->overview(); }
    /// The text that the running configuration was read from, built in or a file's; keys may stand in it.
    const SecretString &configText() const { return m_reloader->runningText(); }
    /// Has the configuration read anew and take over, if it can be used; configReloaded() says what came of it.
    void reload(ReloadTrigger trigger) { m_reloader->reload(trigger); }

Q_SIGNALS:
    void stopped();
    /// The configuration was read anew, by reload(), by request or because a file changed.
    void configReloaded(const lunargate::ReloadReport &report);

private:
    Gateway(const LoadedConfig &loaded, std::shared_ptr<const Config> config, ConfigSource source);

    /// What serves takes over another configuration.
    void apply(const Config &config);
    /// In the thread that it is for.
    std::unique_ptr<RequestHandler> makeHandler(Dispatcher::Port port);
    /// Begins to answer requests for endpoints of these roles; logs each address as `event`.
    std::unique_ptr<HttpServer> serve(ListeningSockets sockets, ServedRoles served, int workers, QByteArrayView event);
    /// One of those that serve.
    void noteStopped();
    /// All that listen.
    std::vector<HttpServer *> servers() const;

    Services m_services;
    RuntimeStore m_runtimes;
    GatewayStatus m_status;
    std::unique_ptr<ConfigReloader> m_reloader;
    int m_serving = 0; // servers, and m_ownRequests, that have not stopped
    // First to go: their workers use all of the above.
    std::unique_ptr<HttpServer> m_server;
    std::unique_ptr<HttpServer> m_adminServer;  // with admin.port
    std::unique_ptr<HttpServer> m_ollamaServer; // with server.ollama_port
    std::unique_ptr<RemoteControl> m_remoteControl;
    std::unique_ptr<OwnRequests> m_ownRequests;
};

} // namespace lunargate
