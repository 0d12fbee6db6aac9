// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/gateway.h"

#include "gateway/collector/collector.h"
#include "gateway/history/history.h"
#include "gateway/observability/logging.h"
#include "gateway/telemetry/telemetry.h"
#include "gateway/upstream/curl_transport.h"

#include <QThread>

namespace lunargate {

namespace {

HttpWorker::Settings settingsOf(const ServerConfig &server)
{
    return {.limits = {.maxHeaderBytes = server.maxHeaderBytes,
                       .maxBodyBytes = server.maxBodyBytes,
                       .headerTimeout = server.headerTimeout,
                       .readTimeout = server.readTimeout,
                       .idleTimeout = server.idleTimeout,
                       .writeTimeout = server.writeTimeout},
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
        if (report.result == ReloadResult::Applied && m_server)
            m_server->apply(settingsOf(this->config()->server));
        Q_EMIT configReloaded(report);
    });
}

Gateway::~Gateway() = default;

Result<void> Gateway::start()
{
    const ServerConfig server = config()->server;
    Result<ListeningSockets> sockets = ListeningSockets::bind(server.host, static_cast<quint16>(server.port));
    if (!sockets)
        return std::unexpected(sockets.error());

    m_status.isLoopbackOnly = sockets->isLoopbackOnly();
    m_server = std::make_unique<HttpServer>(*std::move(sockets), settingsOf(server));
    connect(m_server.get(), &HttpServer::stopped, this, &Gateway::stopped);
    m_services.history->start(); // the first request is kept, too
    const int workers = server.workers > 0 ? server.workers : QThread::idealThreadCount();
    m_services.history->start();
    m_services.collector->start();
    m_services.telemetry->start();
    m_server->start(workers, [this]() -> std::unique_ptr<RequestHandler> {
        return std::make_unique<Dispatcher>(Dispatcher::Shared{m_runtimes, m_services, m_status},
                                            std::make_unique<CurlTransport>());
    });
    for (const QHostAddress &address : m_server->sockets().addresses()) {
        const QByteArray url = urlOf(address, m_server->sockets().port());
        logEvent(httpLog(), LogLevel::Info, "gateway listening", {{"address", url}, {"workers", workers}});
    }
    m_reloader->watch();
    return {};
}

void Gateway::stop()
{
    m_status.isReady = false;
    m_services.history->feed().close();
    m_reloader->stop();
    m_server->stop(config()->server.shutdownTimeout);
}

QByteArray Gateway::address() const
{
    return urlOf(reachable(m_server->sockets().addresses().front()), m_server->sockets().port());
}

} // namespace lunargate
