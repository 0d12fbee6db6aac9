// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/timer.h"

#include <QTimer>

#include <algorithm>

namespace lunargate {

using std::chrono::milliseconds;

TimerQueue &TimerQueue::current()
{
    thread_local TimerQueue queue;
    return queue;
}

TimerQueue::TimerQueue() : m_wakeUp(std::make_unique<QTimer>())
{
    m_wakeUp->setSingleShot(true);
    m_wakeUp->setTimerType(Qt::PreciseTimer);
    QObject::connect(m_wakeUp.get(), &QTimer::timeout, m_wakeUp.get(), [this] { fireDue(); });
}

TimerQueue::~TimerQueue()
{
    // A timer that outlives its thread's queue must not reach back into it.
    for (const auto &[due, timer] : m_timers)
        timer->m_queue = nullptr;
}

TimerQueue::Timers::iterator TimerQueue::insert(TimePoint due, Timer *timer)
{
    const Timers::iterator position = m_timers.emplace(due, timer);
    if (due < m_armedFor)
        arm();
    return position;
}

void TimerQueue::remove(Timers::iterator position)
{
    m_timers.erase(position); // a wake-up that finds nothing due is cheaper than re-arming now
}

void TimerQueue::arm()
{
    if (m_timers.empty()) {
        m_armedFor = kNever;
        m_wakeUp->stop();
        return;
    }
    m_armedFor = m_timers.begin()->first;
    // QTimer counts in an int of milliseconds: for times beyond it looks again in between.
    const auto wait = std::chrono::ceil<milliseconds>(m_armedFor - Clock::now());
    m_wakeUp->start(std::clamp<milliseconds>(wait, milliseconds(0), std::chrono::hours(1)));
}

void TimerQueue::fireDue()
{
    const TimePoint now = Clock::now();
    m_armedFor = TimePoint::min(); // no re-arming from inside the loop
    while (!m_timers.empty() && m_timers.begin()->first <= now) {
        Timer *timer = m_timers.begin()->second;
        m_timers.erase(m_timers.begin());
        if (timer->m_due > now) { // was moved later in the meantime
            timer->m_position = m_timers.emplace(timer->m_due, timer);
            continue;
        }
        timer->m_queue = nullptr;
        const std::function<void()> onTimeout = timer->m_onTimeout; // the call may destroy the timer
        onTimeout();
    }
    arm();
}

void Timer::start(TimePoint due)
{
    if (due == kNever) {
        stop();
        return;
    }
    m_due = due;
    if (m_queue) {
        if (m_position->first <= due)
            return; // the queue looks again when the earlier time comes
        m_queue->remove(m_position);
    }
    m_queue = &TimerQueue::current();
    m_position = m_queue->insert(due, this);
}

void Timer::stop()
{
    if (m_queue)
        std::exchange(m_queue, nullptr)->remove(m_position);
}

} // namespace lunargate
