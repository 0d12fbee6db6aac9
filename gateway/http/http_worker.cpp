// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/http_worker.h"

#include "gateway/http/client_connection.h"
#include "gateway/observability/logging.h"

#include <QTcpSocket>
#include <QTimer>

#include <algorithm>

#include <unistd.h>

namespace lunargate {

namespace {

// After accept() failed (out of descriptors, usually) it would fail again at once: wait for some to be closed.
constexpr std::chrono::milliseconds kAcceptPause{100};

} // namespace

/// A duplicate of a listening socket, accepting for one worker.
class HttpWorker::Listener : public QTcpServer
{
public:
    explicit Listener(HttpWorker *worker) : m_worker(worker)
    {
        connect(this, &QTcpServer::acceptError, this, [this] {
            qCWarning(httpLog, "cannot accept a connection: %s", qPrintable(errorString()));
            QTimer::singleShot(kAcceptPause, this, &QTcpServer::resumeAccepting);
        });
    }

protected:
    void incomingConnection(qintptr socket) override { m_worker->onIncoming(socket); }

private:
    HttpWorker *m_worker;
};

int WorkerLoads::total() const
{
    int sum = 0;
    for (const Load &load : loads)
        sum += load.connections.load(std::memory_order_relaxed);
    return sum;
}

WorkerLoads::Load &WorkerLoads::least()
{
    return *std::ranges::min_element(loads, {},
                                     [](const Load &load) { return load.connections.load(std::memory_order_relaxed); });
}

HttpWorker::HttpWorker(const Settings &settings, WorkerLoads &loads, size_t index)
    : m_settings(settings), m_loads(loads), m_load(loads.loads[index])
{
    m_load.worker = this;
}

HttpWorker::~HttpWorker()
{
    // Connections hold requests that use the handler: they go first.
    for (ClientConnection *connection : m_connections)
        delete connection;
}

void HttpWorker::accept(const std::vector<qintptr> &sockets)
{
    for (const qintptr socket : sockets) {
        auto listener = std::make_unique<Listener>(this);
        if (!listener->setSocketDescriptor(socket))
            qCCritical(httpLog, "cannot accept from the listening socket: %s", qPrintable(listener->errorString()));
        m_listeners.push_back(std::move(listener));
    }
}

void HttpWorker::drain()
{
    m_draining = true;
    m_listeners.clear();
    for (ClientConnection *connection : std::vector(m_connections.begin(), m_connections.end()))
        connection->drain(false);
    checkDrained();
}

void HttpWorker::cutAll()
{
    for (ClientConnection *connection : std::vector(m_connections.begin(), m_connections.end()))
        connection->cut();
}

void HttpWorker::abortAll()
{
    for (ClientConnection *connection : std::vector(m_connections.begin(), m_connections.end()))
        connection->abort();
}

void HttpWorker::adopt(qintptr socket)
{
    m_load.connections.fetch_add(1, std::memory_order_relaxed); // counts from now, so that it is not chosen again
    QMetaObject::invokeMethod(this, [this, socket] { serve(socket); }, Qt::QueuedConnection);
}

void HttpWorker::onIncoming(qintptr socket)
{
    // Whoever wakes first takes all that wait; the idle ones get their share.
    WorkerLoads::Load &least = m_loads.least();
    const int mine = m_load.connections.load(std::memory_order_relaxed);
    if (&least != &m_load && least.connections.load(std::memory_order_relaxed) < mine) {
        least.worker->adopt(socket);
        return;
    }
    m_load.connections.fetch_add(1, std::memory_order_relaxed);
    serve(socket);
}

void HttpWorker::serve(qintptr descriptor)
{
    auto socket = std::make_unique<QTcpSocket>();
    if (!socket->setSocketDescriptor(descriptor)) {
        ::close(static_cast<int>(descriptor));
        m_load.connections.fetch_sub(1, std::memory_order_relaxed);
        return; // the client is gone already
    }
    auto *connection = new ClientConnection(std::move(socket), m_settings.limits, *m_handler);
    m_connections.insert(connection);
    connect(connection, &ClientConnection::settled, this, &HttpWorker::checkDrained);
    connect(connection, &ClientConnection::closed, this, [this, connection] {
        m_connections.erase(connection);
        m_load.connections.fetch_sub(1, std::memory_order_relaxed);
        connection->deleteLater();
        checkDrained();
    });
    if (m_draining) {
        connection->drain(true);
    } else if (m_loads.total() > m_settings.maxConnections) {
        connection->refuse({.kind = ErrorKind::Overloaded,
                            .reason = "too_many_connections",
                            .message = "the gateway holds as many connections as it may (server.max_connections); "
                                       "try again shortly",
                            .retryAfter = std::chrono::seconds(1)});
    }
}

bool HttpWorker::isBusy() const
{
    return std::ranges::any_of(m_connections, [](const ClientConnection *connection) { return connection->isBusy(); });
}

bool HttpWorker::finishDraining()
{
    if (isBusy()) {
        m_drainedTold = false;
        return false;
    }
    for (ClientConnection *connection : std::vector(m_connections.begin(), m_connections.end()))
        connection->drain(true);
    return true;
}

void HttpWorker::checkDrained()
{
    if (!m_draining || m_drainedTold)
        return;
    if (isBusy())
        return;
    m_drainedTold = true;
    Q_EMIT drained();
}

} // namespace lunargate
