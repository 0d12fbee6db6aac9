// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/provider_traffic.h"

#include <algorithm>
#include <ranges>

namespace lunargate::ui {

namespace {

/// Nobody knows how it would have ended.
bool wasGivenUp(const HistoryAttempt &attempt)
{
    return attempt.outcome == outcomeLabel(AttemptOutcome::Cancelled) ||
           attempt.outcome == outcomeLabel(AttemptOutcome::Superseded);
}

} // namespace

void ProviderTraffic::note(const HistoryRecord &record, const QByteArray &provider)
{
    for (int number = 0; const HistoryAttempt &attempt : record.attempts) {
        ++number;
        const bool hasFailed = !attempt.error.isEmpty() && !wasGivenUp(attempt);
        if (attempt.provider != provider || (!hasFailed && !attempt.timeToFirstByte))
            continue;
        m_calls.try_emplace({record.position, number},
                            Call{.timeToFirstByte = attempt.timeToFirstByte, .hasFailed = hasFailed});
        const auto end = record.time() + attempt.startedAfter + attempt.duration;
        if (hasFailed && (!m_lastFailure || m_lastFailure->at < end))
            m_lastFailure = {.at = end, .reason = attempt.error, .status = attempt.status};
    }
    while (m_calls.size() > kMostCalls)
        m_calls.erase(m_calls.begin());
}

std::vector<ProviderTraffic::Call> ProviderTraffic::calls() const
{
    return m_calls | std::views::values | std::ranges::to<std::vector>();
}

std::optional<std::chrono::microseconds> ProviderTraffic::medianTimeToFirstByte() const
{
    std::vector<std::chrono::microseconds> times;
    for (const Call &call : m_calls | std::views::values) {
        if (call.timeToFirstByte)
            times.push_back(*call.timeToFirstByte);
    }
    if (times.empty())
        return std::nullopt;
    const auto middle = times.begin() + std::ssize(times) / 2;
    std::ranges::nth_element(times, middle);
    return *middle;
}

} // namespace lunargate::ui
