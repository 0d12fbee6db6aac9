// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/metric_reading.h"

#include <vector>

namespace lunargate {

/// What the operating system says about this process, under the names of Prometheus' client libraries. Reads it now
/// (Linux: /proc/self); empty where the system has no such file.
std::vector<MetricReading> processMetrics();

} // namespace lunargate
