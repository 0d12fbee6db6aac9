// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/http_server.h"

#ifdef Q_OS_LINUX
#include "gateway/async/epoll_dispatcher.h"
#endif

#include <QThread>
#include <QTimer>

namespace lunargate {

namespace {

// The part of the shutdown's time in which clients may take what they are told when their requests are cut.
constexpr std::chrono::milliseconds kLastWords{1000};

} // namespace

struct HttpServer::Worker
{
    QThread thread;
    std::unique_ptr<HttpWorker> worker; // lives in the thread
};

HttpServer::HttpServer(ListeningSockets sockets, const HttpWorker::Settings &settings)
    : m_sockets(std::move(sockets)), m_settings(settings)
{
}

HttpServer::~HttpServer()
{
    // None may go while another still accepts: they hand connections to each other.
    for (const auto &entry : m_workers)
        QMetaObject::invokeMethod(entry->worker.get(), &HttpWorker::drain, Qt::BlockingQueuedConnection);
    for (const auto &entry : m_workers) {
        // What belongs to the thread is destroyed in it, while its timers and sockets still work.
        QMetaObject::invokeMethod(
            entry->worker.get(), [&entry] { entry->worker.reset(); }, Qt::BlockingQueuedConnection);
        entry->thread.quit();
        entry->thread.wait();
    }
}

void HttpServer::start(int workers, HandlerFactory makeHandler)
{
    m_loads = std::make_unique<WorkerLoads>(workers);
    for (int i = 0; i < workers; ++i) {
        auto entry = std::make_unique<Worker>();
        entry->worker = std::make_unique<HttpWorker>(m_settings, *m_loads, static_cast<size_t>(i));
#ifdef Q_OS_LINUX
        entry->thread.setEventDispatcher(new EpollDispatcher); // the thread's from now on
#endif
        entry->worker->moveToThread(&entry->thread);
        entry->thread.setObjectName(QStringLiteral("worker-%1").arg(i + 1));
        entry->thread.start();
        connect(entry->worker.get(), &HttpWorker::drained, this, &HttpServer::workerDrained);
        m_workers.push_back(std::move(entry));
    }
    const auto inEachThread = [this](auto work) {
        for (const auto &entry : m_workers) {
            QMetaObject::invokeMethod(entry->worker.get(), [&] { work(*entry->worker); }, Qt::BlockingQueuedConnection);
        }
    };
    // All workers have their handlers before the first accepts, since they hand connections to each other.
    inEachThread([&](HttpWorker &worker) { worker.setHandler(makeHandler()); });
    inEachThread([this](HttpWorker &worker) { worker.accept(m_sockets.duplicates()); });
    m_sockets.close();
}

void HttpServer::apply(const HttpWorker::Settings &settings)
{
    m_settings = settings;
    for (const auto &entry : m_workers) {
        HttpWorker *worker = entry->worker.get();
        QMetaObject::invokeMethod(worker, [worker, settings] { worker->apply(settings); }, Qt::QueuedConnection);
    }
}

void HttpServer::stop(std::chrono::milliseconds timeout)
{
    if (std::exchange(m_stopping, true))
        return;
    for (const auto &entry : m_workers)
        QMetaObject::invokeMethod(entry->worker.get(), &HttpWorker::drain, Qt::QueuedConnection);
    if (timeout.count() > 0) {
        const auto later = [this](std::chrono::milliseconds time, void (HttpWorker::*end)()) {
            QTimer::singleShot(time, this, [this, end] {
                for (const auto &entry : m_workers)
                    QMetaObject::invokeMethod(entry->worker.get(), end, Qt::QueuedConnection);
            });
        };
        later(std::max(timeout - kLastWords, timeout / 2), &HttpWorker::cutAll);
        later(timeout, &HttpWorker::abortAll);
    }
}

void HttpServer::workerDrained()
{
    if (++m_drained < m_workers.size())
        return;
    // Until here idle connections stayed open, for probes of /ready, and a request may have begun on one.
    m_drained = 0;
    for (const auto &entry : m_workers) {
        bool isDone = false;
        QMetaObject::invokeMethod(
            entry->worker.get(), [&] { isDone = entry->worker->finishDraining(); }, Qt::BlockingQueuedConnection);
        m_drained += isDone ? 1 : 0;
    }
    if (m_drained == m_workers.size())
        Q_EMIT stopped();
}

} // namespace lunargate
