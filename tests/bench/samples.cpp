// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/samples.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <numeric>

namespace lunargate::bench {

using std::chrono::nanoseconds;

nanoseconds Samples::percentile(double share)
{
    if (m_durations.empty())
        return nanoseconds(0);
    if (m_sortedCount != m_durations.size()) {
        std::ranges::sort(m_durations);
        m_sortedCount = m_durations.size();
    }
    const double rank = std::ceil(share * static_cast<double>(count())); // 1-based, nearest rank
    return m_durations[std::clamp(static_cast<std::size_t>(rank), std::size_t(1), count()) - 1];
}

std::string Samples::toJson()
{
    using Microseconds = std::chrono::duration<double, std::micro>;
    const auto at = [this](double share) { return Microseconds(percentile(share)).count(); };
    const nanoseconds sum = std::accumulate(m_durations.begin(), m_durations.end(), nanoseconds(0));
    const double mean = m_durations.empty() ? 0 : Microseconds(sum).count() / static_cast<double>(count());
    return std::format(
        R"({{"count":{},"mean":{:.1f},"p50":{:.1f},"p90":{:.1f},"p99":{:.1f},"p999":{:.1f},"max":{:.1f}}})", count(),
        mean, at(0.5), at(0.9), at(0.99), at(0.999), at(1));
}

} // namespace lunargate::bench
