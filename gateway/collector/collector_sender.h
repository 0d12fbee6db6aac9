// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/async/task_runner.h"
#include "gateway/collector/batch_in_delivery.h"
#include "gateway/collector/collector_queue.h"
#include "gateway/collector/spool.h"
#include "gateway/config/config.h"
#include "gateway/delivery/delivery_decision.h"
#include "gateway/delivery/delivery_world.h"
#include "gateway/observability/told_problem.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <functional>
#include <memory>

namespace lunargate {

/// Takes requests from the queue and brings them to the collector, batch by batch, each as often as it takes. What the
/// queue has no room for waits in the spool, if there is one: what is in delivery is older than the spool's files, and
/// these are older than the queue's requests.
/// Everything but the counters belongs to the collector's own thread.
class CollectorSender : public QObject
{
    Q_OBJECT

public:
    /// A disk that took nothing is tried again after `diskRetry`.
    CollectorSender(CollectorQueue &queue, DeliveryWorld world,
                    std::chrono::milliseconds diskRetry = std::chrono::seconds(5));

    /// Takes over these settings, also for what waits. Without sharing what waits is forgotten. If they are no others,
    /// only the disk is tried again.
    void apply(const DataSharingConfig &settings);

    /// What the queue asks for.
    void wake(CollectorQueue::Wake wake);

    /// Sends what waits, without waiting itself, as far as `deadline` allows, and leaves the rest to the spool; then
    /// calls `closed` from the event loop.
    void close(TimePoint deadline, std::function<void()> closed);

    // Any thread. Of requests, see CollectorStatus.
    qint64 sent() const { return m_sent.load(std::memory_order_relaxed); }
    qint64 failed() const { return m_failed.load(std::memory_order_relaxed); }
    qint64 beingSent() const { return m_beingSent.load(std::memory_order_relaxed); }
    qint64 attempts() const { return m_attempts.load(std::memory_order_relaxed); }
    qint64 refusedEvents() const { return m_refusedEvents.load(std::memory_order_relaxed); }
    const Spool &spool() const { return m_spool; }

private:
    void start();
    Task<> deliverWaiting();
    bool takeBatch();
    Task<> deliver();
    void settle(const DeliveryOutcome &outcome, DeliveryDecision::Step step, qsizetype payloadBytes);
    void refusePiece();
    DeliveryDecision giveUpBatch(const DeliveryOutcome &outcome);
    void interrupt();
    bool isActive() const { return m_network && m_settings.isCollecting(); }
    Sharing sharing() const;
    void tendDisk();
    void relieveQueue();
    std::vector<WrittenReport> written(const std::vector<CollectedRequest> &requests) const;
    qint64 storeWaiting();
    void note(const DeliveryOutcome &outcome, DeliveryDecision::Step step);
    void finished();
    void endClosing();

    CollectorQueue &m_queue;
    const DeliveryWorld m_world;
    std::unique_ptr<Transport> m_network; // from the first settings on
    DataSharingConfig m_settings;
    Spool m_spool;
    BatchInDelivery m_batch;
    qsizetype m_refusedBytes; // a payload of that size was too large
    int m_refusals = 0;       // in a row, with nothing taken
    int m_hopeless = 0;       // batches, likewise
    TaskRunner m_runner;
    QTimer m_lingerTimer;
    QTimer m_closeTimer;
    QTimer m_diskTimer;             // runs while the disk is to be tried again
    Event m_hurry;                  // a pause is to end
    std::function<void()> m_closed; // set while closing
    TimePoint m_sendBy = kNever;    // while closing, likewise
    TimePoint m_storeBy = kNever;   // likewise
    bool m_hasGivenUp = false;      // while closing: the collector is not there
    bool m_isAway = false;          // and that was told
    ToldProblem m_toldProblem;
    std::atomic<qint64> m_sent = 0;
    std::atomic<qint64> m_failed = 0;
    std::atomic<qint64> m_beingSent = 0;
    std::atomic<qint64> m_attempts = 0;
    std::atomic<qint64> m_refusedEvents = 0;
};

} // namespace lunargate
