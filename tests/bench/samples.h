// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace lunargate::bench {

/// Durations, all of them kept, so that percentiles are exact.
class Samples
{
public:
    void add(std::chrono::nanoseconds duration) { m_durations.push_back(duration); }
    std::size_t count() const { return m_durations.size(); }

    /// The smallest sample that at least `share` (0 to 1) of the samples do not exceed; 0 without samples. Sorts.
    std::chrono::nanoseconds percentile(double share);

    /// A JSON object of count, mean, p50, p90, p99, p999 and max, in microseconds.
    std::string toJson();

private:
    std::vector<std::chrono::nanoseconds> m_durations;
    std::size_t m_sortedCount = 0;
};

} // namespace lunargate::bench
