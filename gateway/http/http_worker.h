// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/connection_limits.h"
#include "gateway/http/exchange.h"

#include <QObject>
#include <QTcpServer>

#include <atomic>
#include <memory>
#include <unordered_set>
#include <vector>

namespace lunargate {

class ClientConnection;
class HttpWorker;

/// How busy the workers are, so that connections go to the one with the fewest. Shared by all; lock-free.
struct WorkerLoads
{
    struct Load
    {
        HttpWorker *worker = nullptr;
        std::atomic<int> connections = 0;
    };

    explicit WorkerLoads(int workers) : loads(static_cast<size_t>(workers)) {}

    int total() const;
    Load &least();

    std::vector<Load> loads; ///< the workers are set before the first connection comes
};

/// One thread's share of the HTTP side: accepts connections and holds them. Lives in its thread.
class HttpWorker : public QObject
{
    Q_OBJECT

public:
    struct Settings
    {
        ConnectionLimits limits;
        int maxConnections = 10'000; ///< over all workers
    };

    HttpWorker(const Settings &settings, WorkerLoads &loads, size_t index);
    ~HttpWorker() override;

    /// In the worker's thread, before any worker accepts: as soon as one does, it may hand connections to the others.
    void setHandler(std::unique_ptr<RequestHandler> handler)
    {
        m_handler = std::move(handler);
        m_handler->configurationApplied();
    }
    /// In the worker's thread: begins to accept from these sockets (and owns them).
    void accept(const std::vector<qintptr> &sockets);
    /// In the worker's thread, after a reload: other limits, from the next byte on; the handler is told, too.
    void apply(const Settings &settings)
    {
        m_settings = settings;
        m_handler->configurationApplied();
    }
    /// In the worker's thread: accepts no more; running requests go on. drained() follows.
    void drain();
    /// In the worker's thread, after drained(): closes the idle connections, so that no request begins any more. False
    /// if one began meanwhile; then drained() comes again.
    bool finishDraining();
    /// In the worker's thread: ends what still runs, with a last word to its client.
    void cutAll();
    /// In the worker's thread: closes what is left, whether its client took its last bytes or not.
    void abortAll();

    /// From any thread: serve this connected socket.
    void adopt(qintptr socket);

Q_SIGNALS:
    /// After drain(): no request runs here any more.
    void drained();

private:
    class Listener;

    void onIncoming(qintptr socket);
    void serve(qintptr descriptor);
    bool isBusy() const;
    void checkDrained();

    Settings m_settings; // connections refer to the limits in it
    WorkerLoads &m_loads;
    WorkerLoads::Load &m_load;
    std::unique_ptr<RequestHandler> m_handler;
    std::vector<std::unique_ptr<Listener>> m_listeners;
    std::unordered_set<ClientConnection *> m_connections; // owned: deleted when closed, or with the worker
    bool m_draining = false;
    bool m_drainedTold = false;
};

} // namespace lunargate
