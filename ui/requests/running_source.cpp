// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/requests/running_source.h"

#include "gateway/async/event.h"

#include <ranges>

namespace lunargate::ui {

namespace {

using namespace std::chrono_literals;

constexpr auto kInterval = 200ms;
// The history tells of one that has ended a little later; meanwhile its row stays, so that others do not jump.
constexpr auto kLinger = 700ms;

} // namespace

void RunningSource::setRunning(RunningRequests *running)
{
    m_running = running;
    restart();
}

void RunningSource::setFilter(HistoryFilter filter)
{
    m_filter = std::move(filter);
    restart();
}

void RunningSource::setWatched(bool isWatched)
{
    if (std::exchange(m_isWatched, isWatched) != isWatched)
        restart();
}

// Nobody calls this from inside of the task.
void RunningSource::restart()
{
    m_watching = std::make_unique<TaskRunner>();
    m_seen.clear();
    m_model.setRunning({});
    if (m_running && m_isWatched)
        m_watching->start(watch(), {});
}

Task<> RunningSource::watch()
{
    for (;;) {
        take(co_await m_running->list());
        co_await SleepUntil(Clock::now() + kInterval);
    }
}

void RunningSource::take(const std::vector<RunningRequest> &running)
{
    const TimePoint now = Clock::now();
    for (const RunningRequest &request : running) {
        if (matches(m_filter, recordOf(request)))
            m_seen.insert_or_assign(request.id, Seen{.row = requestRow(request, m_texts), .at = now});
    }
    std::erase_if(m_seen, [now](const auto &seen) { return now - seen.second.at > kLinger; });
    std::vector<RequestRow> rows;
    for (const Seen &seen : m_seen | std::views::values)
        rows.push_back(seen.row);
    m_model.setRunning(std::move(rows));
}

} // namespace lunargate::ui
