// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_status.h"
#include "gateway/observability/metric_reading.h"

#include <vector>

namespace lunargate {

/// How the history fares, for the metrics.
std::vector<MetricReading> historyMetrics(const HistoryStatus &status);

} // namespace lunargate
