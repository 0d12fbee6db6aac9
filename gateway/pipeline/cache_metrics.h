// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/cache/response_cache.h"
#include "gateway/observability/metric_reading.h"

namespace lunargate {

/// What the cache holds and let go, for the metrics. Hits and misses are counted with the requests.
std::vector<MetricReading> cacheMetrics(const ResponseCache::Statistics &statistics);

} // namespace lunargate
