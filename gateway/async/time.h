// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace lunargate {

/// Monotonic time: every deadline and every measured duration.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

/// A deadline that never comes.
inline constexpr TimePoint kNever = TimePoint::max();

/// `duration` from now. A duration of zero or less means "no limit", as in the configuration.
inline TimePoint deadlineIn(std::chrono::milliseconds duration)
{
    return duration.count() <= 0 ? kNever : Clock::now() + duration;
}

} // namespace lunargate
