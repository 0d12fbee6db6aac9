// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/services.h"

#include "gateway/config/config.h"
#include "gateway/limits/rate_limiter.h"
#include "gateway/observability/known_names.h"
#include "gateway/routing/round_robin_state.h"

namespace lunargate {

Services::Services(const Config &config)
    : metrics(knownNames(config)),
      turns(std::make_shared<RoundRobinState>()),
      limiter(std::make_shared<RateLimiter>(config.rateLimiting))
{
}

} // namespace lunargate
