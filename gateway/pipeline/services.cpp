// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/services.h"

#include "gateway/cache/response_cache.h"
#include "gateway/collector/collector.h"
#include "gateway/config/config.h"
#include "gateway/history/history.h"
#include "gateway/limits/rate_limiter.h"
#include "gateway/observability/known_names.h"
#include "gateway/observability/running_requests.h"
#include "gateway/pipeline/admin_access.h"
#include "gateway/pipeline/cache_metrics.h"
#include "gateway/pipeline/collector_metrics.h"
#include "gateway/pipeline/history_metrics.h"
#include "gateway/pipeline/remote_control_metrics.h"
#include "gateway/pipeline/resilience_metrics.h"
#include "gateway/pipeline/response_store_metrics.h"
#include "gateway/pipeline/telemetry_metrics.h"
#include "gateway/remote_control/remote_control_status.h"
#include "gateway/resilience/circuit_breakers.h"
#include "gateway/resilience/concurrency_slots.h"
#include "gateway/responses/response_store.h"
#include "gateway/routing/round_robin_state.h"
#include "gateway/routing/target_loads.h"
#include "gateway/security/failed_attempts.h"
#include "gateway/security/public_key_stores.h"
#include "gateway/security/recent_credentials.h"
#include "gateway/telemetry/telemetry.h"

namespace lunargate {

Services::Services(const Config &config)
    : metrics(knownNames(config)),
      adminAccess(std::make_shared<AdminAccess>(config.admin)),
      turns(std::make_shared<RoundRobinState>()),
      loads(std::make_shared<TargetLoads>()),
      breakers(std::make_shared<CircuitBreakers>(config)),
      slots(std::make_shared<ConcurrencySlots>(config)),
      cache(std::make_shared<ResponseCache>(config.caching)),
      responses(std::make_shared<ResponseStore>(config.storedResponses)),
      limiter(std::make_shared<RateLimiter>(config.rateLimiting)),
      failedAttempts(std::make_shared<FailedAttempts>()),
      recentCredentials(std::make_shared<RecentCredentials>()),
      publicKeys(std::make_shared<PublicKeyStores>()),
      history(std::make_shared<History>(config.history)),
      collector(std::make_shared<Collector>(config.dataSharing)),
      telemetry(std::make_shared<Telemetry>(config.telemetry)),
      remoteControl(std::make_shared<RemoteControlBoard>()),
      running(std::make_shared<RunningRequests>())
{
    metrics.addSource([cache = cache] { return cacheMetrics(cache->statistics()); });
    metrics.addSource([responses = responses] { return responseStoreMetrics(responses->contents()); });
    metrics.addSource([breakers = breakers, slots = slots] { return resilienceMetrics(*breakers, *slots); });
    metrics.addSource([history = history] { return historyMetrics(history->status()); });
    metrics.addSource([collector = collector] { return collectorMetrics(collector->status()); });
    metrics.addSource([telemetry = telemetry] { return telemetryMetrics(telemetry->status()); });
    metrics.addSource([board = remoteControl] { return remoteControlMetrics(board->status()); });
}

// A service with settings of its own compares them and takes over what differs: one line each.
void Services::apply(const Config &, const Config &now)
{
    metrics.setKnownNames(knownNames(now));
    adminAccess->apply(now.admin);
    limiter->apply(now.rateLimiting);
    cache->apply(now.caching);
    responses->apply(now.storedResponses);
    breakers->configure(now);
    slots->configure(now);
    history->apply(now.history);
    collector->apply(now.dataSharing);
    telemetry->apply(now.telemetry);
}

} // namespace lunargate
