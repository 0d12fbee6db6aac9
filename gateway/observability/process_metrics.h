// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

namespace lunargate {

/// What the operating system says about this process, under the names of Prometheus' client libraries.
struct ProcessMetrics
{
    double cpuSeconds = 0; ///< user and system, since the start
    double residentBytes = 0;
    double startTime = 0; ///< seconds since the epoch
    double openDescriptors = 0;
};

/// Reads the numbers now (Linux: /proc/self). Empty where the system has no such file.
std::optional<ProcessMetrics> readProcessMetrics();

} // namespace lunargate
