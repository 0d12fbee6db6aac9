// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/services.h"

#include "gateway/observability/known_names.h"
#include "gateway/pipeline/resilience_metrics.h"
#include "gateway/resilience/circuit_breakers.h"
#include "gateway/resilience/concurrency_slots.h"
#include "gateway/routing/round_robin_state.h"

namespace lunargate {

Services::Services(const Config &config)
    : metrics(knownNames(config)),
      turns(std::make_shared<RoundRobinState>()),
      breakers(std::make_shared<CircuitBreakers>(config)),
      slots(std::make_shared<ConcurrencySlots>(config))
{
    metrics.addSource([breakers = breakers, slots = slots] { return resilienceMetrics(*breakers, *slots); });
}

} // namespace lunargate
