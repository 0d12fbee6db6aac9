// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/overview/overview_source.h"

#include "gateway/async/event.h"

#include <algorithm>

namespace lunargate::ui {

namespace {

// Of very many requests: reading takes the history so small a part of its time at the most.
constexpr int kShareOfTime = 20;
constexpr Clock::duration kShortestPause = std::chrono::seconds(2);

} // namespace

OverviewSource::OverviewSource() : m_range(&overviewRanges()[1]), m_grouping(&overviewGroupings()[0]) {}

void OverviewSource::setHistory(History *history)
{
    m_history = history;
    forget();
}

void OverviewSource::setRange(const OverviewRange &range)
{
    m_range = &range;
    forget();
}

void OverviewSource::setGrouping(const OverviewGrouping &grouping)
{
    m_grouping = &grouping;
    forget();
}

void OverviewSource::setActive(bool active)
{
    if (std::exchange(m_isActive, active) != active)
        restart();
}

void OverviewSource::forget()
{
    m_tally = nullptr;
    restart();
    Q_EMIT changed();
}

void OverviewSource::restart()
{
    // Nobody calls this from inside of the task.
    m_following = std::make_unique<TaskRunner>();
    if (m_isActive && m_history && m_history->isWanted())
        m_following->start(follow(), {});
}

Task<> OverviewSource::follow()
{
    const std::unique_ptr<HistoryListener> listener = m_history->feed().listen();
    bool isLast = false;
    while (!isLast) {
        const TimePoint begin = Clock::now();
        const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
        m_tally = co_await m_history->tally(fieldOf(*m_grouping), spanOf(*m_range, now));
        Q_EMIT changed();
        // The first request is not kept waiting.
        const auto least = m_tally->sum().requests == 0 ? kShortestPause : Clock::duration(m_range->refresh);
        const auto pause = std::max(least, kShareOfTime * (Clock::now() - begin));
        co_await SleepUntil(Clock::now() + pause);
        if (!listener)
            continue; // too many listen: then it is read whether or not something came
        co_await listener->news(begin + m_range->bucket); // old requests leave the range all the same
        isLast = listener->take().isLast;
    }
}

} // namespace lunargate::ui
