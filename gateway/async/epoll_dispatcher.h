// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"

#include <QAbstractEventDispatcher>

#include <atomic>
#include <cstdint>
#include <vector>

namespace lunargate {

/// Qt's event loop on Linux's epoll: what a wake-up costs does not depend on how many sockets are open. Qt's own
/// dispatcher hands all of them to poll() each time.
///
/// Sockets, timers and posted events are served as Qt's dispatcher does it, also in nested loops. Changes of a socket's
/// notifiers reach the kernel when the loop waits next, so that one switched on and off again in between costs nothing.
/// No early timers: precise ones to the nanosecond, coarse ones up to a twentieth of their interval (at most 50 ms)
/// late, very coarse ones at whole seconds.
///
/// Belongs to the thread it runs; only wakeUp() and interrupt() may be called from others. Give it to a thread with
/// QThread::setEventDispatcher() before that starts.
class EpollDispatcher : public QAbstractEventDispatcherV2
{
    Q_OBJECT

public:
    explicit EpollDispatcher(QObject *parent = nullptr);
    ~EpollDispatcher() override;

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;

    void registerSocketNotifier(QSocketNotifier *notifier) override;
    void unregisterSocketNotifier(QSocketNotifier *notifier) override;

    void registerTimer(Qt::TimerId id, Duration interval, Qt::TimerType type, QObject *object) override;
    bool unregisterTimer(Qt::TimerId id) override;
    bool unregisterTimers(QObject *object) override;
    QList<TimerInfoV2> timersForObject(QObject *object) const override;
    Duration remainingTime(Qt::TimerId id) const override;

    void wakeUp() override;
    void interrupt() override;

    void startingUp() override;

private:
    static constexpr size_t kNotifierTypes = 3; // QSocketNotifier::Read, Write, Exception

    /// What is known of one descriptor.
    struct Watched
    {
        QSocketNotifier *notifiers[kNotifierTypes] = {};
        uint32_t events = 0;     // what the kernel was asked for; 0: it does not know this descriptor
        uint32_t generation = 0; // counts the sockets that had this number: an event of an earlier one is stale
        bool isChanged = false;  // is in m_changed

        bool isUnwatched() const { return !notifiers[0] && !notifiers[1] && !notifiers[2]; }
    };

    struct RunningTimer
    {
        TimePoint due;
        Qt::TimerId id;
        Qt::TimerType type;
        Duration interval;
        QObject *object;
        bool isFiring = false; // its event is being handled: a nested loop leaves it alone
    };
    using Timers = std::vector<RunningTimer>; // by due

    void noteChange(int descriptor, Watched &watched);
    void applyChanges();
    void watch(int descriptor, Watched &watched);
    bool serveSockets(TimePoint until);
    bool notify(int descriptor, uint32_t generation, uint32_t events);
    bool waitForWakeUp(TimePoint until);
    bool takeWakeUp();
    void insert(const RunningTimer &timer);
    Timers::const_iterator find(Qt::TimerId id) const;
    TimePoint nextDue() const;
    bool fireTimers();
    void fire(Qt::TimerId id, TimePoint now);

    int m_epoll;
    int m_wakeUpEvent;                          // an eventfd
    std::atomic<Qt::HANDLE> m_thread = nullptr; // whose loop it is, once that runs
    std::vector<Watched> m_watched;             // by descriptor
    std::vector<int> m_changed;                 // descriptors whose notifiers differ from what the kernel knows
    uint32_t m_generation = 0;
    Timers m_timers;
    std::atomic<bool> m_isAwake = false; // wakeUp() was called since posted events were sent
    std::atomic<bool> m_isInterrupted = false;
};

} // namespace lunargate
