// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/http/http_worker.h"
#include "gateway/http/listening_sockets.h"

#include <QObject>

#include <functional>
#include <memory>
#include <vector>

class QThread;

namespace lunargate {

/// The HTTP side as a whole: listening sockets and the worker threads behind them. Lives in the main thread.
class HttpServer : public QObject
{
    Q_OBJECT

public:
    /// Makes a worker's handler; called once in each worker's thread.
    using HandlerFactory = std::function<std::unique_ptr<RequestHandler>()>;

    HttpServer(ListeningSockets sockets, const HttpWorker::Settings &settings);
    /// Cuts what still runs and ends the threads.
    ~HttpServer() override;

    /// Starts `workers` threads; returns when all of them accept.
    void start(int workers, HandlerFactory makeHandler);

    /// Takes over other limits: running connections have them at once.
    void apply(const HttpWorker::Settings &settings);

    /// Accepts no more. stopped() follows when the last running request ended, or after `timeout` (zero: wait for
    /// ever), when the rest is cut.
    void stop(std::chrono::milliseconds timeout);

    const ListeningSockets &sockets() const { return m_sockets; }

Q_SIGNALS:
    void stopped();

private:
    struct Worker;

    void workerDrained();

    ListeningSockets m_sockets;
    HttpWorker::Settings m_settings;
    std::unique_ptr<WorkerLoads> m_loads;
    std::vector<std::unique_ptr<Worker>> m_workers;
    size_t m_drained = 0;
    bool m_stopping = false;
};

} // namespace lunargate
