// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/metrics.h"

#include <memory>

namespace lunargate {

class AdminAccess;
class CircuitBreakers;
class Collector;
class ConcurrencySlots;
class FailedAttempts;
class History;
class PublicKeyStores;
class RateLimiter;
class RecentCredentials;
class RemoteControlBoard;
class ResponseCache;
class ResponseStore;
class RoundRobinState;
class RunningRequests;
class TargetLoads;
class Telemetry;
struct Config;

/// What all workers share and what survives a new configuration. Every member may be used from any thread.
struct Services
{
    explicit Services(const Config &config);

    /// What a new configuration changes here. What its own settings leave as they were goes on with all that it
    /// knows. Requests run meanwhile. Main thread.
    void apply(const Config &old, const Config &now);

    Metrics metrics;
    std::shared_ptr<AdminAccess> adminAccess; ///< looks at no file before its start()
    std::shared_ptr<RoundRobinState> turns;
    std::shared_ptr<TargetLoads> loads;
    std::shared_ptr<CircuitBreakers> breakers;
    std::shared_ptr<ConcurrencySlots> slots;
    std::shared_ptr<ResponseCache> cache;
    std::shared_ptr<ResponseStore> responses;
    std::shared_ptr<RateLimiter> limiter;
    std::shared_ptr<FailedAttempts> failedAttempts;
    std::shared_ptr<RecentCredentials> recentCredentials;
    std::shared_ptr<PublicKeyStores> publicKeys;
    std::shared_ptr<History> history;     ///< keeps nothing before its start()
    std::shared_ptr<Collector> collector; ///< tells nothing before its start()
    std::shared_ptr<Telemetry> telemetry; ///< likewise
    std::shared_ptr<RemoteControlBoard> remoteControl;
    std::shared_ptr<RunningRequests> running;
};

} // namespace lunargate
