// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/event.h"
#include "gateway/async/task.h"
#include "gateway/upstream/transport.h"

#include <chrono>
#include <functional>
#include <memory>

namespace lunargate {

/// What somebody who delivers reports has of the world; tests have a time of their own.
struct DeliveryWorld
{
    std::function<std::unique_ptr<Transport>()> makeTransport;
    std::function<TimePoint()> now;
    /// Ends at that time, or when the event happens.
    std::function<Task<>(Event &, TimePoint)> pause;
    std::function<double()> random;         ///< in [0, 1)
    std::chrono::milliseconds linger{2000}; ///< how long a report may wait for others to be sent with it

    static DeliveryWorld real();
};

} // namespace lunargate
