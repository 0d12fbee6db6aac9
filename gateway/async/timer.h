// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"

#include <QtTypes>

#include <functional>
#include <map>
#include <memory>

class QTimer;

namespace lunargate {

class Timer;

/// All deadlines of a thread, ordered, behind a single Qt timer: starting and stopping one of 100,000 costs a few
/// hundred nanoseconds, where as many QTimers take seconds to remove.
class TimerQueue
{
public:
    /// The calling thread's queue. The thread needs an event loop for its timers to fire.
    static TimerQueue &current();

    TimerQueue();
    ~TimerQueue();
    TimerQueue(const TimerQueue &) = delete;
    TimerQueue &operator=(const TimerQueue &) = delete;

    /// How many timers run.
    qsizetype size() const { return static_cast<qsizetype>(m_timers.size()); }

private:
    friend Timer;
    using Timers = std::multimap<TimePoint, Timer *>;

    Timers::iterator insert(TimePoint due, Timer *timer);
    void remove(Timers::iterator position);
    void arm();
    void fireDue();

    Timers m_timers;
    std::unique_ptr<QTimer> m_wakeUp;
    TimePoint m_armedFor = kNever;
};

/// Calls a function once at a time. Stopping, restarting and destroying it are cheap; moving a deadline later (what an
/// idle timeout does with every chunk) costs nothing. Single-threaded; the function may destroy the timer.
class Timer
{
public:
    explicit Timer(std::function<void()> onTimeout) : m_onTimeout(std::move(onTimeout)) {}
    ~Timer() { stop(); }
    Timer(const Timer &) = delete;
    Timer &operator=(const Timer &) = delete;

    /// (Re)starts it. kNever stops it.
    void start(TimePoint due);
    void stop();
    bool isActive() const { return m_queue != nullptr; }

private:
    friend TimerQueue;

    std::function<void()> m_onTimeout;
    TimerQueue *m_queue = nullptr; // set while in the queue
    TimerQueue::Timers::iterator m_position;
    TimePoint m_due = kNever; // the queue may still hold an earlier time
};

} // namespace lunargate
