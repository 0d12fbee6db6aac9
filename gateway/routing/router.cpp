// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/router.h"

#include "gateway/config/config.h"
#include "gateway/routing/balancer.h"
#include "gateway/routing/routing_error.h"
#include "gateway/routing/target_choice.h"

#include <algorithm>

namespace lunargate {

namespace {

bool isSameUpstream(const Candidate &a, const Candidate &b)
{
    return a.providerId == b.providerId && a.model == b.model;
}

} // namespace

Router::Router(std::shared_ptr<const Config> config, std::shared_ptr<RoundRobinState> turns, RandomSource random)
    : m_config(std::move(config)), m_turns(std::move(turns)), m_random(std::move(random)), m_matcher(*m_config)
{
}

Result<RequestedModel> Router::requestedModel(const HeaderList &headers, QByteArrayView bodyModel) const
{
    return resolveRequestedModel(*m_config, headers, bodyModel);
}

Result<RoutePlan> Router::plan(const RoutingRequest &request) const
{
    const Result<std::size_t> routeIndex = m_matcher.match(request);
    if (routeIndex)
        return planRoute(*routeIndex, request.requested);
    const bool mayGoDirect =
        !request.directRoute.isEmpty() && request.requested.isPinned() && requestedRoute(request.headers).isEmpty();
    if (mayGoDirect)
        return planDirect(request);
    return std::unexpected(routeIndex.error());
}

Result<RoutePlan> Router::planRoute(std::size_t routeIndex, const RequestedModel &requested) const
{
    const RouteConfig &route = m_config->routing.routes[routeIndex];
    Result<std::vector<Candidate>> targets = servingTargets(*m_config, route, requested);
    if (!targets)
        return std::unexpected(std::move(targets.error()));

    RoutePlan plan{.routeName = route.name, .candidates = {}, .route = &route};
    plan.candidates.push_back(std::move((*targets)[choose(routeIndex, *targets)]));
    for (Candidate &fallback : servingFallbacks(*m_config, route, requested)) {
        const bool isKnown = std::ranges::any_of(
            plan.candidates, [&](const Candidate &earlier) { return isSameUpstream(earlier, fallback); });
        if (!isKnown)
            plan.candidates.push_back(std::move(fallback));
    }
    return plan;
}

Result<RoutePlan> Router::planDirect(const RoutingRequest &request) const
{
    const ProviderConfig *provider = m_config->provider(request.requested.provider);
    QByteArray model = request.requested.model;
    if (model.isEmpty() && provider)
        model = provider->defaultModel;
    if (model.isEmpty())
        return std::unexpected(invalidRequest("model_required", "the request names no model; send \"model\"", "model"));
    return RoutePlan{.routeName = request.directRoute,
                     .candidates = {{.providerId = request.requested.provider, .model = model, .provider = provider}}};
}

std::size_t Router::choose(std::size_t routeIndex, const std::vector<Candidate> &candidates) const
{
    if (candidates.size() == 1)
        return 0;
    switch (m_config->routing.routes[routeIndex].strategy.value_or(m_config->routing.defaultStrategy)) {
    case Strategy::RoundRobin:
        return takeTurn(routeIndex, candidates);
    case Strategy::Random:
        return pickUniform(candidates.size(), m_random());
    case Strategy::Weighted:
    case Strategy::LeastPending:
    case Strategy::Latency:
        break;
    }
    const RouteConfig &route = m_config->routing.routes[routeIndex];
    std::vector<int> weights;
    weights.reserve(candidates.size());
    for (const Candidate &candidate : candidates)
        weights.push_back(route.targets[candidate.targetIndex].weight);
    return pickWeighted(weights, m_random());
}

std::size_t Router::takeTurn(std::size_t routeIndex, const std::vector<Candidate> &candidates) const
{
    const RouteConfig &route = m_config->routing.routes[routeIndex];
    QByteArray key = route.name.isEmpty() ? '#' + QByteArray::number(qulonglong{routeIndex}) : route.name;
    // Requests that only some targets can serve take turns among themselves: with one counter for all of them, two
    // kinds of requests that alternate would always meet the same target.
    if (candidates.size() < route.targets.size()) {
        for (const Candidate &candidate : candidates)
            key += '\n' + QByteArray::number(qulonglong{candidate.targetIndex});
    }
    return static_cast<std::size_t>(m_turns->next(key) % candidates.size());
}

} // namespace lunargate
