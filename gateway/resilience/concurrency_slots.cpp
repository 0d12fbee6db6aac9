// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/concurrency_slots.h"

#include "gateway/async/event.h"

#include <QMetaObject>
#include <QObject>

#include <algorithm>
#include <ranges>
#include <utility>

namespace lunargate {

namespace {

// Nobody knows when a call will end; a second is soon enough for a client, and long enough not to be a nuisance.
constexpr milliseconds kTryAgainAfter = 1s;

Error queueFull(const QByteArray &provider, const ConcurrencyConfig &settings)
{
    const QByteArray waiting = settings.queueSize == 0 ? QByteArray("none may wait")
                                                       : QByteArray::number(settings.queueSize) + " more are waiting";
    return {.kind = ErrorKind::Overloaded,
            .reason = "provider_queue_full",
            .message = "provider '" + provider + "' has " + QByteArray::number(settings.limit) +
                       " calls running, which is its limit, and " + waiting + "; try again later",
            .retryAfter = kTryAgainAfter};
}

QByteArray noneEnded(const QByteArray &provider, const ConcurrencyConfig &settings)
{
    return "provider '" + provider + "' has " + QByteArray::number(settings.limit) +
           " calls running, which is its limit, and none ended in time";
}

Error queueTimeout(const QByteArray &provider, const ConcurrencyConfig &settings)
{
    return {.kind = ErrorKind::Overloaded,
            .reason = "provider_queue_timeout",
            .message = noneEnded(provider, settings) + "; try again later",
            .retryAfter = kTryAgainAfter};
}

} // namespace

/// One provider's running calls and those that wait. Any thread.
class ConcurrencySlots::Queue
{
public:
    enum class Entry { Unlimited, Granted, MustWait };

    void configure(const ConcurrencyConfig &settings);
    ConcurrencyConfig settings() const;
    Entry tryEnter();
    /// False if there is no room for another waiter. It may have its slot when this returns.
    bool join(Waiter &waiter);
    /// The waiter goes, with its slot if it takes it. Whether it had one.
    bool leave(Waiter &waiter, bool takesSlot);
    void release();
    bool isFull() const;
    void countTimeout() { m_refusedTimeout.fetch_add(1, std::memory_order_relaxed); }
    View view(const QByteArray &provider) const;

private:
    // With the lock.
    bool hasFreeSlot() const { return m_settings.limit == 0 || m_running < m_settings.limit; }
    bool hasRoom() const { return hasFreeSlot() || std::ssize(m_waiters) < m_settings.queueSize; }
    void grantWhatIsFree();

    mutable std::mutex m_mutex; // protects what follows, with the state of the waiters
    ConcurrencyConfig m_settings;
    int m_running = 0;
    std::list<Waiter *> m_waiters; // first come, first served; never any while a slot is free
    std::atomic<quint64> m_refusedFull = 0;
    std::atomic<quint64> m_refusedTimeout = 0;
};

/// A coroutine that waits in its own thread; whoever gives it its slot may be in another.
class ConcurrencySlots::Waiter : public QObject
{
public:
    explicit Waiter(std::shared_ptr<Queue> queue) : m_queue(std::move(queue)) {}
    ~Waiter() override
    {
        if (m_hasJoined)
            m_queue->leave(*this, false);
    }

    bool join() { return m_hasJoined = m_queue->join(*this); }
    Event::Awaiter turn(TimePoint deadline) { return m_turn.wait(deadline); }
    /// After the wait, however it ended: whether there is a slot, which is the caller's from now on.
    bool takeSlot()
    {
        m_hasJoined = false;
        return m_queue->leave(*this, true);
    }

private:
    friend Queue;

    // With the queue locked, so that this cannot go meanwhile.
    void wake()
    {
        QMetaObject::invokeMethod(this, [this] { m_turn.notify(); }, Qt::QueuedConnection);
    }

    const std::shared_ptr<Queue> m_queue;
    Event m_turn;
    bool m_hasJoined = false;
    // Protected by the queue's mutex.
    bool m_isGranted = false;
    std::list<Waiter *>::iterator m_position;
};

void ConcurrencySlots::Queue::configure(const ConcurrencyConfig &settings)
{
    const std::scoped_lock lock(m_mutex);
    m_settings = settings;
    grantWhatIsFree();
}

ConcurrencyConfig ConcurrencySlots::Queue::settings() const
{
    const std::scoped_lock lock(m_mutex);
    return m_settings;
}

ConcurrencySlots::Queue::Entry ConcurrencySlots::Queue::tryEnter()
{
    const std::scoped_lock lock(m_mutex);
    if (m_settings.limit == 0)
        return Entry::Unlimited;
    if (!hasFreeSlot())
        return Entry::MustWait;
    ++m_running;
    return Entry::Granted;
}

bool ConcurrencySlots::Queue::join(Waiter &waiter)
{
    const std::scoped_lock lock(m_mutex);
    if (!hasRoom()) {
        m_refusedFull.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    waiter.m_position = m_waiters.insert(m_waiters.end(), &waiter);
    grantWhatIsFree(); // one may have been given back since tryEnter()
    return true;
}

bool ConcurrencySlots::Queue::leave(Waiter &waiter, bool takesSlot)
{
    const std::scoped_lock lock(m_mutex);
    if (!waiter.m_isGranted) {
        m_waiters.erase(waiter.m_position);
        return false;
    }
    if (!takesSlot) {
        --m_running;
        grantWhatIsFree();
    }
    return true;
}

void ConcurrencySlots::Queue::release()
{
    const std::scoped_lock lock(m_mutex);
    --m_running;
    grantWhatIsFree();
}

bool ConcurrencySlots::Queue::isFull() const
{
    const std::scoped_lock lock(m_mutex);
    return !hasRoom();
}

void ConcurrencySlots::Queue::grantWhatIsFree()
{
    while (!m_waiters.empty() && hasFreeSlot()) {
        Waiter *first = m_waiters.front();
        m_waiters.pop_front();
        ++m_running;
        first->m_isGranted = true;
        first->wake();
    }
}

ConcurrencySlots::View ConcurrencySlots::Queue::view(const QByteArray &provider) const
{
    const std::scoped_lock lock(m_mutex);
    return {.provider = provider,
            .limit = m_settings.limit,
            .running = m_running,
            .waiting = static_cast<int>(m_waiters.size()),
            .refusedFull = m_refusedFull.load(std::memory_order_relaxed),
            .refusedTimeout = m_refusedTimeout.load(std::memory_order_relaxed)};
}

ConcurrencySlots::Slot &ConcurrencySlots::Slot::operator=(Slot &&other) noexcept
{
    if (this != &other) {
        release();
        m_queue = std::move(other.m_queue);
    }
    return *this;
}

void ConcurrencySlots::Slot::release()
{
    if (const std::shared_ptr<Queue> queue = std::exchange(m_queue, nullptr))
        queue->release();
}

ConcurrencySlots::ConcurrencySlots(const Config &config)
{
    configure(config);
}

ConcurrencySlots::~ConcurrencySlots() = default;

void ConcurrencySlots::configure(const Config &config)
{
    const std::unique_lock lock(m_mutex);
    std::map<QByteArray, std::shared_ptr<Queue>> previous = std::exchange(m_queues, {});
    for (const ProviderConfig &provider : config.providers) {
        std::shared_ptr<Queue> &queue = m_queues[provider.id];
        // One without a limit today may have slots of yesterday, which count again tomorrow.
        if (const auto known = previous.find(provider.id); known != previous.end())
            queue = std::move(previous.extract(known).mapped());
        else
            queue = std::make_shared<Queue>();
        queue->configure(provider.concurrency);
    }
    for (const std::shared_ptr<Queue> &gone : previous | std::views::values)
        gone->configure({}); // whoever waits may go
}

std::shared_ptr<ConcurrencySlots::Queue> ConcurrencySlots::find(const QByteArray &provider) const
{
    const std::shared_lock lock(m_mutex);
    const auto found = m_queues.find(provider);
    return found == m_queues.end() ? nullptr : found->second;
}

bool ConcurrencySlots::isFull(const QByteArray &provider) const
{
    const std::shared_ptr<Queue> queue = find(provider);
    return queue && queue->isFull();
}

Task<Result<ConcurrencySlots::Slot>> ConcurrencySlots::acquire(QByteArray provider, TimePoint deadline)
{
    const std::shared_ptr<Queue> queue = find(provider);
    if (!queue)
        co_return Slot();
    switch (queue->tryEnter()) {
    case Queue::Entry::Unlimited:
        co_return Slot();
    case Queue::Entry::Granted:
        co_return Slot(queue);
    case Queue::Entry::MustWait:
        break;
    }
    const ConcurrencyConfig settings = queue->settings();
    Waiter waiter(queue);
    if (!waiter.join())
        co_return std::unexpected(queueFull(provider, settings));
    const TimePoint patience = deadlineIn(settings.queueTimeout);
    co_await waiter.turn(std::min(deadline, patience));
    if (waiter.takeSlot())
        co_return Slot(queue);
    if (deadline < patience) {
        co_return std::unexpected(Error{.kind = ErrorKind::DeadlineExceeded,
                                        .reason = "request_timeout",
                                        .message = noneEnded(provider, settings)});
    }
    queue->countTimeout();
    co_return std::unexpected(queueTimeout(provider, settings));
}

std::vector<ConcurrencySlots::View> ConcurrencySlots::views() const
{
    const std::shared_lock lock(m_mutex);
    std::vector<View> views;
    for (const auto &[provider, queue] : m_queues) {
        if (View view = queue->view(provider); view.limit > 0)
            views.push_back(std::move(view));
    }
    return views;
}

} // namespace lunargate
