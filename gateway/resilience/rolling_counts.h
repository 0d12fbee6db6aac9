// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"

#include <QtTypes>

#include <array>

namespace lunargate {

/// How many calls ended within a window of time that moves on, and how many of them failed. The window moves in steps
/// of a twentieth of its length, so that the memory is always the same.
class RollingCounts
{
public:
    explicit RollingCounts(std::chrono::milliseconds window);

    struct Totals
    {
        qint64 calls = 0;
        qint64 failures = 0;

        bool operator==(const Totals &) const = default;
    };

    void add(bool isFailure, TimePoint now);
    Totals totals(TimePoint now) const;
    void clear();

private:
    static constexpr int kSteps = 20;
    struct Bucket
    {
        qint64 step = -1; ///< which step of time it counts
        Totals totals;
    };

    qint64 stepOf(TimePoint now) const;

    Clock::duration m_stepLength;
    qint64 m_latestStep = 0;
    std::array<Bucket, kSteps> m_buckets;
};

} // namespace lunargate
