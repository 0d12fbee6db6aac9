// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"
#include "gateway/async/time.h"
#include "gateway/config/config.h"
#include "gateway/error.h"

#include <QByteArray>

#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

namespace lunargate {

/// How many calls to each provider may run at once, and the queue of those that wait for their turn, first come first
/// served across all workers. It outlives configurations; every function may be called from any thread.
class ConcurrencySlots
{
    class Queue;

public:
    explicit ConcurrencySlots(const Config &config);
    ~ConcurrencySlots();
    ConcurrencySlots(const ConcurrencySlots &) = delete;
    ConcurrencySlots &operator=(const ConcurrencySlots &) = delete;

    /// A newer configuration: a higher limit lets waiters go at once, a lower one takes nobody's slot.
    void configure(const Config &config);

    /// The right to have one call running, as long as it lives. An empty one holds nothing.
    class Slot
    {
    public:
        Slot() = default;
        Slot(Slot &&other) noexcept = default;
        Slot &operator=(Slot &&other) noexcept;
        ~Slot() { release(); }

        void release();

    private:
        friend ConcurrencySlots;
        explicit Slot(std::shared_ptr<Queue> queue) : m_queue(std::move(queue)) {}

        std::shared_ptr<Queue> m_queue;
    };

    /// Whether acquire() would fail at once.
    bool isFull(const QByteArray &provider) const;

    /// Waits for a slot, in the calling thread's event loop. Fails with Overloaded (`provider_queue_full`,
    /// `provider_queue_timeout`), or at `deadline` with DeadlineExceeded and no more words than for the log. Destroying
    /// the task leaves the queue. This must outlive it.
    Task<Result<Slot>> acquire(QByteArray provider, TimePoint deadline = kNever);

    struct View
    {
        QByteArray provider;
        int limit = 0;
        int running = 0;
        int waiting = 0;
        quint64 refusedFull = 0;
        quint64 refusedTimeout = 0;
    };
    /// Of the providers that have a limit.
    std::vector<View> views() const;

private:
    class Waiter;
    std::shared_ptr<Queue> find(const QByteArray &provider) const;

    mutable std::shared_mutex m_mutex; // protects the map, but not the queues themselves
    std::map<QByteArray, std::shared_ptr<Queue>> m_queues;
};

} // namespace lunargate
