// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractEventDispatcher>

#include <algorithm>
#include <chrono>

#include <time.h>

namespace lunargate::test {

#ifdef __SANITIZE_ADDRESS__
inline constexpr int kSlowdown = 5; ///< of a program under the sanitizer, at most
#else
inline constexpr int kSlowdown = 1;
#endif

/// What the calling thread has computed so far. Unlike a clock it does not count what other programs take.
inline std::chrono::nanoseconds threadTime()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// For how long at a time the GUI thread computes without looking for events.
class BusyTime : public QObject
{
public:
    BusyTime()
    {
        QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
        connect(dispatcher, &QAbstractEventDispatcher::awake, this, &BusyTime::look);
        connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, this, &BusyTime::look);
    }

    std::chrono::nanoseconds longest() const { return m_longest; }

private:
    void look()
    {
        const std::chrono::nanoseconds now = threadTime();
        m_longest = std::max(m_longest, now - m_since);
        m_since = now;
    }

    std::chrono::nanoseconds m_since = threadTime();
    std::chrono::nanoseconds m_longest{};
};

} // namespace lunargate::test
