// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/services.h"

#include "gateway/cache/response_cache.h"
#include "gateway/observability/known_names.h"
#include "gateway/pipeline/cache_metrics.h"
#include "gateway/routing/round_robin_state.h"

namespace lunargate {

Services::Services(const Config &config)
    : metrics(knownNames(config)),
      turns(std::make_shared<RoundRobinState>()),
      cache(std::make_shared<ResponseCache>(config.caching))
{
    metrics.addSource([cache = cache] { return cacheSamples(cache->statistics()); });
}

} // namespace lunargate
