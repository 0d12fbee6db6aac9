// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/gateway.h"

#include "gateway/observability/logging.h"
#include "gateway/upstream/curl_transport.h"

#include <QThread>

namespace lunargate {

namespace {

ConnectionLimits limitsOf(const ServerConfig &server)
{
    return {.maxHeaderBytes = server.maxHeaderBytes,
            .maxBodyBytes = server.maxBodyBytes,
            .headerTimeout = server.headerTimeout,
            .readTimeout = server.readTimeout,
            .idleTimeout = server.idleTimeout,
            .writeTimeout = server.writeTimeout};
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

Gateway::Gateway(std::shared_ptr<const Config> config)
    : m_config(std::move(config)),
      m_services(*m_config),
      m_runtimes(std::make_shared<const Runtime>(m_config, m_services))
{
}

Gateway::~Gateway() = default;

Result<void> Gateway::start()
{
    const ServerConfig &server = m_config->server;
    Result<ListeningSockets> sockets = ListeningSockets::bind(server.host, static_cast<quint16>(server.port));
    if (!sockets)
        return std::unexpected(sockets.error());

    m_status.isLoopbackOnly = sockets->isLoopbackOnly();
    const HttpWorker::Settings settings{.limits = limitsOf(server), .maxConnections = server.maxConnections};
    m_server = std::make_unique<HttpServer>(*std::move(sockets), settings);
    connect(m_server.get(), &HttpServer::stopped, this, &Gateway::stopped);
    const int workers = server.workers > 0 ? server.workers : QThread::idealThreadCount();
    m_server->start(workers, [this]() -> std::unique_ptr<RequestHandler> {
        return std::make_unique<Dispatcher>(Dispatcher::Shared{m_runtimes, m_services, m_status},
                                            std::make_unique<CurlTransport>());
    });
    for (const QHostAddress &address : m_server->sockets().addresses()) {
        const QByteArray url = urlOf(address, m_server->sockets().port());
        logEvent(httpLog(), LogLevel::Info, "gateway listening", {{"address", url}, {"workers", workers}});
    }
    return {};
}

void Gateway::stop()
{
    m_status.isReady = false;
    m_server->stop(m_config->server.shutdownTimeout);
}

QByteArray Gateway::address() const
{
    return urlOf(reachable(m_server->sockets().addresses().front()), m_server->sockets().port());
}

} // namespace lunargate
