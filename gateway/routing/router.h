// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/routing/balancer.h"
#include "gateway/routing/random_source.h"
#include "gateway/routing/round_robin_state.h"
#include "gateway/routing/route_explanation.h"
#include "gateway/routing/route_matcher.h"
#include "gateway/routing/route_plan.h"
#include "gateway/routing/target_loads.h"

#include <memory>

namespace lunargate {

struct Config;

/// Decides which provider and model serve a request, from one configuration. Immutable: any thread may use it.
class Router
{
public:
    /// `turns` and `loads` outlive configurations: give each new router those of its predecessor.
    Router(std::shared_ptr<const Config> config, std::shared_ptr<RoundRobinState> turns,
           std::shared_ptr<TargetLoads> loads, RandomSource random = threadLocalRandom);

    /// What the client asks for; see resolveRequestedModel(). To be put into RoutingRequest::requested.
    Result<RequestedModel> requestedModel(const HeaderList &headers, QByteArrayView bodyModel) const;

    /// Matches a route, chooses one of its targets by its strategy and appends the fallbacks. Targets share the load;
    /// what helps when the chosen one fails are the fallbacks. Takes a turn in round-robin. Targets that would be
    /// refused now are chosen only if all would be, and drained ones (weight 0) never. Nobody is asked the same twice.
    /// Candidates that the client may not use are left out, unless that leaves none of the first ones (targets, or
    /// fallbacks where there are no targets): the caller has to tell it so.
    /// Fails with NoRoute (`no_route`, `targets_drained`) or InvalidRequest (`unknown_route`, `provider_not_in_route`,
    /// `model_not_in_route`, `model_required`).
    Result<RoutePlan> plan(const RoutingRequest &request, const IsRefused &isRefused = {},
                           const IsAllowed &isAllowed = {}) const;

    /// How plan() would choose for that request, without taking a turn. Fails as plan() does.
    Result<RoutePreview> preview(const RoutingRequest &request, const IsRefused &isRefused = {},
                                 const IsAllowed &isAllowed = {}) const;

    /// The same, with what was passed over and left out on the way.
    RouteExplanation explain(const RoutingRequest &request, const IsRefused &isRefused = {},
                             const IsAllowed &isAllowed = {}) const;

private:
    /// What belongs to a route and is not in its configuration.
    struct RouteState
    {
        QByteArray turnKey; ///< its name in RoundRobinState, the same after a reload
        std::size_t liveTargets = 0;
        std::vector<std::shared_ptr<TargetLoad>> targets;  ///< as in RouteConfig, or empty
        std::vector<std::shared_ptr<TargetLoad>> fallback; ///< likewise
    };
    /// Who may serve a request. At least one of both is not empty.
    struct Servers
    {
        std::vector<Candidate> targets;
        std::vector<Candidate> fallbacks;
    };
    using Indexes = QVarLengthArray<std::size_t, 8>;

    void prepareRoute(std::size_t routeIndex, TargetLoads *loads);
    /// The route that serves the request; nothing if its provider answers directly.
    Result<std::optional<std::size_t>> findRoute(const RoutingRequest &request) const;
    /// For whoever wants to know, `leftOut` gets the others.
    Result<Servers> serversOf(std::size_t routeIndex, const RoutingRequest &request, const IsAllowed &isAllowed,
                              std::vector<LeftOutTarget> *leftOut = nullptr) const;
    Result<Candidate> directServer(const RoutingRequest &request) const;
    std::size_t choose(std::size_t routeIndex, const std::vector<Candidate> &candidates,
                       const IsRefused &isRefused) const;
    Shares sharesAmong(std::size_t routeIndex, const std::vector<Candidate> &candidates, const Indexes &eligible) const;
    Strategy strategyOf(std::size_t routeIndex) const;
    QByteArray turnKey(std::size_t routeIndex, const std::vector<Candidate> &candidates) const;

    std::shared_ptr<const Config> m_config;
    std::shared_ptr<RoundRobinState> m_turns;
    RandomSource m_random;
    RouteMatcher m_matcher;
    std::vector<RouteState> m_routes; // as in the configuration
};

} // namespace lunargate
