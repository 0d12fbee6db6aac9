// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/rolling_counts.h"

#include <algorithm>

namespace lunargate {

RollingCounts::RollingCounts(std::chrono::milliseconds window)
    : m_stepLength(std::max<Clock::duration>(Clock::duration(window) / kSteps, std::chrono::microseconds(1)))
{
}

void RollingCounts::add(bool isFailure, TimePoint now)
{
    // Threads look at the clock before they take their turn here: a little back in time is now.
    m_latestStep = std::max(m_latestStep, stepOf(now));
    Bucket &bucket = m_buckets[static_cast<size_t>(m_latestStep % kSteps)];
    if (bucket.step != m_latestStep)
        bucket = {.step = m_latestStep, .totals = {}};
    ++bucket.totals.calls;
    bucket.totals.failures += isFailure ? 1 : 0;
}

RollingCounts::Totals RollingCounts::totals(TimePoint now) const
{
    const qint64 current = std::max(m_latestStep, stepOf(now));
    Totals sum;
    for (const Bucket &bucket : m_buckets) {
        if (bucket.step < 0 || bucket.step <= current - kSteps)
            continue;
        sum.calls += bucket.totals.calls;
        sum.failures += bucket.totals.failures;
    }
    return sum;
}

void RollingCounts::clear()
{
    m_buckets.fill({});
}

qint64 RollingCounts::stepOf(TimePoint now) const
{
    return std::max<qint64>(now.time_since_epoch() / m_stepLength, 0);
}

} // namespace lunargate
