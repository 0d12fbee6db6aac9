// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <functional>

namespace lunargate::test {

/// What a test waits for anything at the most; long, as it is reached only on failure.
inline constexpr std::chrono::milliseconds kPatience{15'000};

/// Runs the thread's event loop until `condition` holds, checking after every event; false at the time limit.
bool waitUntil(const std::function<bool()> &condition, std::chrono::milliseconds limit = kPatience);

} // namespace lunargate::test
