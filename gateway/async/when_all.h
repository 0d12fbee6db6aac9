// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/task.h"

#include <vector>

namespace lunargate {

/// Runs `tasks` side by side and ends when all of them have ended; then the first exception that left one of them, in
/// their order, is thrown again. They are started in their order, each as far as it comes without waiting. Destroying
/// the task that awaits this cancels those that still run. All in one thread.
Task<> whenAll(std::vector<Task<>> tasks);

} // namespace lunargate
