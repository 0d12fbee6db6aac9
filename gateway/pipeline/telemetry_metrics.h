// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/metric_reading.h"
#include "gateway/telemetry/telemetry_status.h"

#include <vector>

namespace lunargate {

/// How telling OpenTelemetry's collector fares, for the metrics.
std::vector<MetricReading> telemetryMetrics(const TelemetryStatus &status);

} // namespace lunargate
