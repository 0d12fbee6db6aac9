// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/event.h"

#include <QtAssert>

namespace lunargate {

Event::~Event()
{
    // Whoever still waits belongs to frames that are being destroyed too; it must not come back here.
    if (m_waiter)
        m_waiter->m_event = nullptr;
}

void Event::notify()
{
    if (!m_waiter) {
        m_notified = true;
        return;
    }
    const std::coroutine_handle<> waiting = m_waiter->m_waiting;
    m_waiter->leave();
    waiting.resume();
}

Event::Awaiter::~Awaiter()
{
    leave();
}

void Event::Awaiter::await_suspend(std::coroutine_handle<> waiting)
{
    Q_ASSERT_X(!m_event->m_waiter, "Event", "only one coroutine may wait for an event");
    m_waiting = waiting;
    m_event->m_waiter = this;
    if (m_deadline == kNever)
        return;
    m_timer.emplace([this] {
        m_timedOut = true;
        leave();
        m_waiting.resume();
    });
    m_timer->start(m_deadline);
}

void Event::Awaiter::leave()
{
    if (m_event && m_event->m_waiter == this)
        m_event->m_waiter = nullptr;
    if (m_timer)
        m_timer->stop();
}

} // namespace lunargate
