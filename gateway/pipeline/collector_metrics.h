// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/collector/collector_status.h"
#include "gateway/observability/metric_reading.h"

#include <vector>

namespace lunargate {

/// How the collector fares, for the metrics.
std::vector<MetricReading> collectorMetrics(const CollectorStatus &status);

} // namespace lunargate
