// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/timer.h"

#include <coroutine>
#include <optional>
#include <utility>

namespace lunargate {

/// Lets one coroutine wait until something happens. A notification that finds nobody waiting is remembered (once) and
/// ends the next wait at once. Single-threaded.
class Event
{
public:
    class Awaiter;

    Event() = default;
    ~Event();
    Event(const Event &) = delete;
    Event &operator=(const Event &) = delete;

    /// Resumes the waiting coroutine before it returns. That coroutine may destroy the event and its owner: touch
    /// neither after this call.
    void notify();
    bool hasWaiter() const { return m_waiter != nullptr; }
    /// Forgets a notification that found nobody waiting.
    void reset() { m_notified = false; }

    /// `co_await event.wait()`; true: notified, false: the deadline came first.
    Awaiter wait(TimePoint deadline = kNever);

private:
    Awaiter *m_waiter = nullptr;
    bool m_notified = false;
};

class Event::Awaiter
{
public:
    Awaiter(Event &event, TimePoint deadline) : m_event(&event), m_deadline(deadline) {}
    ~Awaiter();
    Awaiter(const Awaiter &) = delete;
    Awaiter &operator=(const Awaiter &) = delete;

    bool await_ready() { return std::exchange(m_event->m_notified, false); }
    void await_suspend(std::coroutine_handle<> waiting);
    bool await_resume() const { return !m_timedOut; }

private:
    friend Event;

    void leave();

    Event *m_event;
    TimePoint m_deadline;
    std::coroutine_handle<> m_waiting;
    std::optional<Timer> m_timer; // only for waits with a deadline
    bool m_timedOut = false;
};

inline Event::Awaiter Event::wait(TimePoint deadline)
{
    return Awaiter(*this, deadline);
}

/// `co_await SleepUntil(deadline)`: goes on at that time. Destroying the waiting frame stops the timer.
class SleepUntil
{
public:
    explicit SleepUntil(TimePoint deadline) : m_deadline(deadline) {}

    bool await_ready() const { return m_deadline <= Clock::now(); }
    void await_suspend(std::coroutine_handle<> waiting)
    {
        m_timer.emplace([waiting] { waiting.resume(); });
        m_timer->start(m_deadline);
    }
    void await_resume() const {}

private:
    TimePoint m_deadline;
    std::optional<Timer> m_timer;
};

} // namespace lunargate
