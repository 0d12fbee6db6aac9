// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtTypes>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

namespace lunargate {

/// Upper bounds of a histogram's buckets, as OpenTelemetry's conventions for generative AI want them.
inline constexpr std::array kOperationSeconds = {0.01, 0.02, 0.04, 0.08,  0.16,  0.32,  0.64,
                                                 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
inline constexpr std::array kFirstTokenSeconds = {0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1,
                                                  0.25,  0.5,   0.75, 1.0,  2.5,  5.0,  7.5,  10.0};
inline constexpr std::array kOutputTokenSeconds = {0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2,
                                                   0.3,  0.4,   0.5,  0.75,  1.0, 2.5};
inline constexpr std::array kTokens = {1.0,     4.0,     16.0,     64.0,      256.0,     1024.0,     4096.0,
                                       16384.0, 65536.0, 262144.0, 1048576.0, 4194304.0, 16777216.0, 67108864.0};

/// Counts values by buckets: (bound before, bound], and what is over the last bound.
class Histogram
{
public:
    /// `bounds` are constants of the program.
    explicit Histogram(std::span<const double> bounds) : m_bounds(bounds), m_counts(bounds.size() + 1) {}

    void add(double value)
    {
        const auto bound = std::ranges::lower_bound(m_bounds, value);
        m_counts[static_cast<size_t>(bound - m_bounds.begin())] += 1;
        m_least = m_count == 0 ? value : std::min(m_least, value);
        m_most = m_count == 0 ? value : std::max(m_most, value);
        m_count += 1;
        m_sum += value;
    }
    /// Adds what another one with the same bounds counted.
    void merge(const Histogram &other)
    {
        if (other.m_count == 0)
            return;
        std::ranges::transform(m_counts, other.m_counts, m_counts.begin(), std::plus());
        m_least = m_count == 0 ? other.m_least : std::min(m_least, other.m_least);
        m_most = m_count == 0 ? other.m_most : std::max(m_most, other.m_most);
        m_count += other.m_count;
        m_sum += other.m_sum;
    }

    std::span<const double> bounds() const { return m_bounds; }
    std::span<const qint64> counts() const { return m_counts; }
    qint64 count() const { return m_count; }
    double sum() const { return m_sum; }
    double least() const { return m_least; } ///< meaningless while count() is 0, as is most()
    double most() const { return m_most; }

private:
    std::span<const double> m_bounds;
    std::vector<qint64> m_counts;
    qint64 m_count = 0;
    double m_sum = 0;
    double m_least = 0;
    double m_most = 0;
};

} // namespace lunargate
