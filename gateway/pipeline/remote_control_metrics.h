// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/metric_reading.h"
#include "gateway/remote_control/remote_control_status.h"

#include <vector>

namespace lunargate {

/// How remote control fares, for the metrics.
std::vector<MetricReading> remoteControlMetrics(const RemoteControlStatus &status);

} // namespace lunargate
