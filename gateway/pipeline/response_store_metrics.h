// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/metric_reading.h"
#include "gateway/responses/response_store.h"

namespace lunargate {

/// What the store of responses holds and let go, for the metrics.
std::vector<MetricReading> responseStoreMetrics(const ResponseStore::Contents &contents);

} // namespace lunargate
