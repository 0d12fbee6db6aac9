// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/routing/random_source.h"
#include "gateway/routing/round_robin_state.h"
#include "gateway/routing/route_matcher.h"
#include "gateway/routing/route_plan.h"

#include <memory>

namespace lunargate {

struct Config;

/// Decides which provider and model serve a request, from one configuration. Immutable: any thread may use it.
class Router
{
public:
    /// `turns` outlives configurations: give each new router the one of its predecessor.
    Router(std::shared_ptr<const Config> config, std::shared_ptr<RoundRobinState> turns,
           RandomSource random = threadLocalRandom);

    /// What the client asks for; see resolveRequestedModel(). To be put into RoutingRequest::requested.
    Result<RequestedModel> requestedModel(const HeaderList &headers, QByteArrayView bodyModel) const;

    /// Matches a route, chooses one of its targets by the configured strategy and appends the fallbacks. Takes a turn
    /// in round-robin. No provider and model come twice. Fails with NoRoute (`no_route`) or InvalidRequest
    /// (`unknown_route`, `provider_not_in_route`, `model_not_in_route`, `model_required`).
    Result<RoutePlan> plan(const RoutingRequest &request) const;

private:
    Result<RoutePlan> planRoute(std::size_t routeIndex, const RequestedModel &requested) const;
    Result<RoutePlan> planDirect(const RoutingRequest &request) const;
    std::size_t choose(std::size_t routeIndex, const std::vector<Candidate> &candidates) const;
    std::size_t takeTurn(std::size_t routeIndex, const std::vector<Candidate> &candidates) const;

    std::shared_ptr<const Config> m_config;
    std::shared_ptr<RoundRobinState> m_turns;
    RandomSource m_random;
    RouteMatcher m_matcher;
};

} // namespace lunargate
