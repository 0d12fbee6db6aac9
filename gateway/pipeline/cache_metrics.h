// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/cache/response_cache.h"
#include "gateway/observability/metric_sample.h"

namespace lunargate {

/// What the cache holds and let go, for the metrics. Hits and misses are counted with the requests.
std::vector<MetricSample> cacheSamples(const ResponseCache::Statistics &statistics);

} // namespace lunargate
