// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/services.h"

#include "gateway/observability/known_names.h"
#include "gateway/pipeline/resilience_metrics.h"
#include "gateway/resilience/circuit_breakers.h"
#include "gateway/resilience/concurrency_slots.h"
#include "gateway/routing/round_robin_state.h"
#include "gateway/security/failed_attempts.h"

namespace lunargate {

Services::Services(const Config &config)
    : metrics(knownNames(config)),
      turns(std::make_shared<RoundRobinState>()),
      breakers(std::make_shared<CircuitBreakers>(config)),
      slots(std::make_shared<ConcurrencySlots>(config)),
      failedAttempts(std::make_shared<FailedAttempts>())
{
    metrics.addSource([breakers = breakers, slots = slots] { return resilienceMetrics(*breakers, *slots); });
}

// A service with settings of its own compares them and takes over what differs: one line each.
void Services::apply(const Config &, const Config &now)
{
    metrics.setKnownNames(knownNames(now));
    breakers->configure(now);
    slots->configure(now);
}

} // namespace lunargate
