// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/gateway.h"

#include "gateway/api/ollama_names.h"
#include "gateway/collector/collector.h"
#include "gateway/history/history.h"
#include "gateway/observability/logging.h"
#include "gateway/pipeline/admin_access.h"
#include "gateway/pipeline/explain_services.h"
#include "gateway/telemetry/telemetry.h"
#include "gateway/upstream/curl_transport.h"
#include "gateway/upstream/direct_transport.h"

#include <QThread>

namespace lunargate {

namespace {

HttpWorker::Settings settingsOf(const ServerConfig &server)
{
    return {.limits = {.maxHeaderBytes = server.maxHeaderBytes,
                       .maxBodyBytes = server.maxBodyBytes,
                       .maxUploadBytes = server.maxUploadBytes,
                       .headerTimeout = server.headerTimeout,
                       .readTimeout = server.readTimeout,
                       .idleTimeout = server.idleTimeout,
                       .writeTimeout = server.writeTimeout,
                       .webSocketPing = server.webSocketPing,
                       .webSocketMaxAge = server.webSocketMaxAge},
            .maxConnections = server.maxConnections};
}

QByteArray urlOf(const QHostAddress &address, quint16 port)
{
    QByteArray host = address.toString().toUtf8();
    if (address.protocol() == QAbstractSocket::IPv6Protocol)
        host = '[' + host + ']';
    return "http://" + host + ':' + QByteArray::number(port);
}

// An address that a client on this machine can use.
QHostAddress reachable(const QHostAddress &address)
{
    if (address == QHostAddress(QHostAddress::Any) || address == QHostAddress(QHostAddress::AnyIPv4))
        return QHostAddress(QHostAddress::LocalHost);
    return address == QHostAddress(QHostAddress::AnyIPv6) ? QHostAddress(QHostAddress::LocalHostIPv6) : address;
}

using OptionalSockets = std::optional<ListeningSockets>;

// For what is listened to only if the configuration says so.
Result<OptionalSockets> bindIf(bool isWanted, const QByteArray &host, int port, QByteArrayView setting)
{
    if (!isWanted)
        return OptionalSockets();
    return ListeningSockets::bind(host, static_cast<quint16>(port), setting).transform([](ListeningSockets sockets) {
        return OptionalSockets(std::move(sockets));
    });
}

QByteArray addressOf(const ListeningSockets &sockets)
{
    return urlOf(reachable(sockets.addresses().front()), sockets.port());
}

} // namespace

Gateway::Gateway(LoadedConfig loaded, ConfigSource source)
    : Gateway(loaded, std::make_shared<const Config>(*std::move(loaded.reading.config)), std::move(source))
{
}

Gateway::Gateway(const LoadedConfig &loaded, std::shared_ptr<const Config> config, ConfigSource source)
    : m_services(*config),
      m_runtimes(std::make_shared<const Runtime>(config, m_services)),
      m_reloader(std::make_unique<ConfigReloader>(loaded, std::move(source), m_runtimes, m_services))
{
    m_status.configuration = m_reloader.get();
    connect(m_reloader.get(), &ConfigReloader::reloaded, this, [this](const ReloadReport &report) {
        if (report.result == ReloadResult::Applied)
            apply(*this->config());
        Q_EMIT configReloaded(report);
    });
}

void Gateway::apply(const Config &config)
{
    for (HttpServer *server : servers())
        server->apply(settingsOf(config.server));
    if (m_remoteControl)
        m_remoteControl->apply(config);
}

Gateway::~Gateway() = default;

Result<void> Gateway::start()
{
    const ServerConfig server = config()->server;
    const std::optional<int> adminPort = config()->admin.port;
    Result<ListeningSockets> sockets = ListeningSockets::bind(server.host, static_cast<quint16>(server.port));
    if (!sockets)
        return std::unexpected(sockets.error());
    Result<OptionalSockets> adminSockets =
        bindIf(adminPort.has_value(), "localhost", adminPort.value_or(0), "admin.port");
    if (!adminSockets)
        return std::unexpected(adminSockets.error());
    Result<OptionalSockets> ollamaSockets =
        bindIf(server.ollamaPort > 0, server.host, server.ollamaPort, "server.ollama_port");
    if (!ollamaSockets)
        return std::unexpected(ollamaSockets.error());

    m_services.history->start(); // the first request is kept, too
    m_services.collector->start();
    m_services.telemetry->start();
    m_services.adminAccess->start();
    m_server = serve(*std::move(sockets), {.inference = true, .admin = !adminPort},
                     server.workers > 0 ? server.workers : QThread::idealThreadCount(), "gateway listening");
    if (*adminSockets)
        m_adminServer = serve(**std::move(adminSockets), {.inference = false, .admin = true}, 1, "admin API listening");
    if (*ollamaSockets) {
        m_ollamaServer = serve(**std::move(ollamaSockets), {.inference = true, .admin = false, .isOllama = true}, 1,
                               "Ollama API listening");
    }
    const auto makeOwnHandler = [this] {
        return makeHandler({.served = {.inference = true, .admin = false}, .isLoopbackOnly = true});
    };
    m_ownRequests = std::make_unique<OwnRequests>(makeOwnHandler);
    connect(m_ownRequests.get(), &OwnRequests::stopped, this, &Gateway::noteStopped);
    ++m_serving;
    m_remoteControl = std::make_unique<RemoteControl>(*m_services.remoteControl, makeOwnHandler);
    m_remoteControl->apply(*config());
    m_reloader->watch();
    return {};
}

namespace {

std::unique_ptr<Transport> makeTransport(TransportKind kind)
{
    auto curl = std::make_unique<CurlTransport>();
    if (kind == TransportKind::Curl)
        return curl;
    return std::make_unique<DirectTransport>(std::move(curl));
}

} // namespace

std::unique_ptr<RequestHandler> Gateway::makeHandler(Dispatcher::Port port)
{
    return std::make_unique<Dispatcher>(Dispatcher::Shared{m_runtimes, m_services, m_status}, port,
                                        makeTransport(config()->upstream.transport));
}

std::unique_ptr<HttpServer> Gateway::serve(ListeningSockets sockets, ServedRoles served, int workers,
                                           QByteArrayView event)
{
    const Dispatcher::Port port{.served = served, .isLoopbackOnly = sockets.isLoopbackOnly()};
    auto server = std::make_unique<HttpServer>(std::move(sockets), settingsOf(config()->server));
    connect(server.get(), &HttpServer::stopped, this, &Gateway::noteStopped);
    ++m_serving;
    server->start(workers, [this, port] { return makeHandler(port); });
    for (const QHostAddress &address : server->sockets().addresses()) {
        const QByteArray url = urlOf(address, server->sockets().port());
        logEvent(httpLog(), LogLevel::Info, event, {{"address", url}, {"workers", workers}});
    }
    return server;
}

std::vector<HttpServer *> Gateway::servers() const
{
    std::vector<HttpServer *> all;
    for (HttpServer *server : {m_server.get(), m_adminServer.get(), m_ollamaServer.get()}) {
        if (server)
            all.push_back(server);
    }
    return all;
}

void Gateway::noteStopped()
{
    if (--m_serving == 0)
        Q_EMIT stopped();
}

void Gateway::stop()
{
    m_status.isReady = false;
    m_services.history->feed().close();
    m_reloader->stop();
    if (m_remoteControl)
        m_remoteControl->stop();
    if (m_ownRequests)
        m_ownRequests->stop(config()->server.shutdownTimeout);
    for (HttpServer *server : servers())
        server->stop(config()->server.shutdownTimeout);
}

QByteArray Gateway::address() const
{
    return addressOf(m_server->sockets());
}

QByteArray Gateway::adminAddress() const
{
    return m_adminServer ? addressOf(m_adminServer->sockets()) : address();
}

QByteArray Gateway::ollamaAddress() const
{
    return m_ollamaServer ? addressOf(m_ollamaServer->sockets()) : QByteArray();
}

Task<Result<ExplainedByGateway>> Gateway::explain(ExplainedEndpoint endpoint, QByteArray body, HeaderList headers)
{
    const std::shared_ptr<const Runtime> runtime = m_runtimes.current();
    const QHostAddress here(QHostAddress::LocalHost);
    Caller caller{.address = here.toString().toLatin1()};
    Result<void> known = speakFor(*runtime, m_services, headers, here, caller);
    const Result<ExplainedRequest> request =
        readExplainedRequest(*runtime->config, endpoint, std::move(body), std::move(headers),
                             [&runtime](QByteArrayView name) { return api::modelMeant(*runtime, name); });
    if (!request)
        co_return std::unexpected(request.error());
    ExplainedByGateway explained{.runtime = runtime, .explanation = {}};
    explained.explanation = co_await explainWithServices(*runtime, m_services, caller, *request);
    if (const std::optional<RoutePlan> plan = likelyPlan(explained.explanation))
        explained.explanation.call = plannedCall(*runtime, *request, plan->candidates.front());
    if (!known)
        explained.explanation.error = std::move(known.error());
    co_return explained;
}

QString Gateway::adminTokenFile() const
{
    const std::shared_ptr<const AdminToken> token = m_services.adminAccess->token();
    return token->value.isEmpty() ? QString() : token->file;
}

} // namespace lunargate
