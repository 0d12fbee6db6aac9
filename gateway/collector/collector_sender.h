// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/async/task_runner.h"
#include "gateway/collector/collector_queue.h"
#include "gateway/delivery/delivery_decision.h"
#include "gateway/config/config.h"
#include "gateway/upstream/transport.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <functional>
#include <memory>

namespace lunargate {

/// What the sender has of the world; tests have a time of their own.
struct CollectorWorld
{
    std::function<std::unique_ptr<Transport>()> makeTransport;
    std::function<TimePoint()> now;
    /// Ends at that time, or when the event happens.
    std::function<Task<>(Event &, TimePoint)> pause;
    std::function<double()> random;
    std::chrono::milliseconds linger{2000}; ///< how long a request may wait for others to be sent with it

    static CollectorWorld real();
};

/// Takes requests from the queue and brings them to the collector, batch by batch, each as often as it takes.
/// Everything but the counters belongs to the collector's own thread.
class CollectorSender : public QObject
{
    Q_OBJECT

public:
    CollectorSender(CollectorQueue &queue, CollectorWorld world);

    /// Takes over these settings, also for what waits. Without sharing what waits is forgotten.
    void apply(const DataSharingConfig &settings);

    /// What the queue asks for.
    void wake(CollectorQueue::Wake wake);

    /// Sends what waits, without waiting itself, as far as `deadline` allows; then calls `closed` from the event loop.
    void close(TimePoint deadline, std::function<void()> closed);

    // Any thread. Of requests, see CollectorStatus.
    qint64 sent() const { return m_sent.load(std::memory_order_relaxed); }
    qint64 failed() const { return m_failed.load(std::memory_order_relaxed); }
    qint64 beingSent() const { return m_beingSent.load(std::memory_order_relaxed); }
    qint64 attempts() const { return m_attempts.load(std::memory_order_relaxed); }

private:
    using Batch = std::vector<CollectedRequest>;

    void start();
    Task<> deliverWaiting();
    Task<> deliver(Batch batch);
    bool isActive() const { return m_network && m_settings.isCollecting(); }
    void note(const DeliveryOutcome &outcome, const DeliveryDecision &decision);
    void finished();
    void endClosing();

    CollectorQueue &m_queue;
    const CollectorWorld m_world;
    std::unique_ptr<Transport> m_network; // from the first settings on
    DataSharingConfig m_settings;
    TaskRunner m_runner;
    QTimer m_lingerTimer;
    QTimer m_closeTimer;
    Event m_hurry;                  // a pause is to end
    std::function<void()> m_closed; // set while closing
    TimePoint m_closeBy = kNever;
    bool m_hasGivenUp = false; // while closing: the collector is not there
    QByteArray m_problem;      // the last one that was told; empty: it works
    TimePoint m_toldAt{};
    std::atomic<qint64> m_sent = 0;
    std::atomic<qint64> m_failed = 0;
    std::atomic<qint64> m_beingSent = 0;
    std::atomic<qint64> m_attempts = 0;
};

} // namespace lunargate
