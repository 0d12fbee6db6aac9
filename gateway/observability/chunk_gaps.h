// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace lunargate {

/// The times between the pieces of one stream, sorted into the buckets of lunargate_time_between_chunks_seconds. A
/// stream keeps them for itself, so that it touches nothing shared while it runs.
class ChunkGaps
{
public:
    /// Upper bounds in seconds: those of OpenTelemetry's gen_ai.server.time_per_output_token, and more at both ends.
    static constexpr std::array kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1,  0.15, 0.2,
                                           0.3,   0.4,    0.5,   0.75, 1.0,   2.5,  5.0,   10.0, 30.0};

    void add(std::chrono::nanoseconds gap)
    {
        const double seconds = std::chrono::duration<double>(gap).count();
        const auto bound = std::ranges::lower_bound(kBounds, seconds);
        m_counts[static_cast<size_t>(bound - kBounds.begin())] += 1;
        m_seconds += seconds;
        m_isEmpty = false;
    }

    bool isEmpty() const { return m_isEmpty; }
    /// How many there were up to each bound (and over the one before it); the last number is of those over all bounds.
    const std::array<double, kBounds.size() + 1> &counts() const { return m_counts; }
    /// All of them together.
    double seconds() const { return m_seconds; }

private:
    std::array<double, kBounds.size() + 1> m_counts{};
    double m_seconds = 0;
    bool m_isEmpty = true;
};

} // namespace lunargate
