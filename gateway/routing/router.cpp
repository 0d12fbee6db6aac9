// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/router.h"

#include "gateway/config/config.h"
#include "gateway/routing/routing_error.h"
#include "gateway/routing/target_choice.h"

#include <algorithm>

namespace lunargate {

namespace {

bool hasOverrides(const Candidate &candidate)
{
    return candidate.target && candidate.target->overrides != TargetOverrides();
}

bool isSameCall(const Candidate &a, const Candidate &b)
{
    if (a.providerId != b.providerId || a.model != b.model || a.responsesUpstream != b.responsesUpstream)
        return false;
    if (!hasOverrides(a) && !hasOverrides(b))
        return true;
    return a.target && b.target && a.target->overrides == b.target->overrides;
}

void appendNew(std::vector<Candidate> &candidates, std::vector<Candidate> &&more)
{
    for (Candidate &candidate : more) {
        if (std::ranges::none_of(candidates, [&](const auto &earlier) { return isSameCall(earlier, candidate); }))
            candidates.push_back(std::move(candidate));
    }
}

// Of those that come first all stay where none may be used, so that there is something to tell the client about.
void keepAllowed(std::vector<Candidate> &candidates, const IsAllowed &isAllowed, bool comeFirst,
                 std::vector<LeftOutTarget> *leftOut)
{
    if (!isAllowed || (comeFirst && std::ranges::none_of(candidates, isAllowed)))
        return;
    std::erase_if(candidates, [&](const Candidate &candidate) {
        const bool isLeftOut = !isAllowed(candidate);
        if (isLeftOut && leftOut)
            leftOut->push_back({candidate.isFallback, candidate.targetIndex, LeftOutTarget::Reason::NotAllowed});
        return isLeftOut;
    });
}

/// Those that would not be refused, or all if each would be.
template <typename Indexes>
Indexes eligibleOf(const std::vector<Candidate> &candidates, const IsRefused &isRefused)
{
    Indexes indexes;
    const auto append = [&](auto &&isWanted) {
        for (std::size_t index = 0; index < candidates.size(); ++index) {
            if (isWanted(candidates[index]))
                indexes.push_back(index);
        }
    };
    append([&](const Candidate &candidate) { return !isRefused || !isRefused(candidate); });
    if (indexes.isEmpty())
        append([](const Candidate &) { return true; });
    return indexes;
}

bool looksAtLoad(Strategy strategy)
{
    return strategy == Strategy::LeastPending || strategy == Strategy::Latency;
}

/// A name for a route that stays the same when others come and go before it.
QByteArray stableName(const std::vector<RouteConfig> &routes, const RouteConfig &route)
{
    if (!route.name.isEmpty() && std::ranges::count(routes, route.name, &RouteConfig::name) == 1)
        return route.name;
    QByteArray name = route.name + '\n' + route.pathPrefix;
    for (const auto &[header, value] : route.headers)
        name += '\n' + header + '=' + value;
    return name;
}

Error targetsDrained(const RouteConfig &route)
{
    return {.kind = ErrorKind::NoRoute,
            .reason = "targets_drained",
            .message = "every target of route " + quoted(route.name) +
                       " that could serve this has weight 0, and there is no fallback for it; give one a weight"};
}

} // namespace

Router::Router(std::shared_ptr<const Config> config, std::shared_ptr<RoundRobinState> turns,
               std::shared_ptr<TargetLoads> loads, RandomSource random)
    : m_config(std::move(config)),
      m_turns(std::move(turns)),
      m_random(std::move(random)),
      m_matcher(*m_config),
      m_routes(m_config->routing.routes.size())
{
    bool needsLoads = false;
    for (std::size_t index = 0; index < m_routes.size(); ++index)
        needsLoads = needsLoads || looksAtLoad(strategyOf(index));
    for (std::size_t index = 0; index < m_routes.size(); ++index)
        prepareRoute(index, needsLoads ? loads.get() : nullptr);
}

void Router::prepareRoute(std::size_t routeIndex, TargetLoads *loads)
{
    const RouteConfig &route = m_config->routing.routes[routeIndex];
    RouteState &state = m_routes[routeIndex];
    state.turnKey = stableName(m_config->routing.routes, route);
    state.liveTargets = static_cast<std::size_t>(
        std::ranges::count_if(route.targets, [](const TargetConfig &target) { return target.weight > 0; }));
    if (!loads)
        return;
    // All routes count: a target is no less busy because another route sent the calls.
    for (const TargetConfig &target : route.targets)
        state.targets.push_back(loads->of(target.provider, target.model));
    for (const TargetConfig &fallback : route.fallback)
        state.fallback.push_back(loads->of(fallback.provider, fallback.model));
}

Result<RequestedModel> Router::requestedModel(const HeaderList &headers, QByteArrayView bodyModel) const
{
    return resolveRequestedModel(*m_config, headers, bodyModel);
}

Result<RoutePlan> Router::plan(const RoutingRequest &request, const IsRefused &isRefused,
                               const IsAllowed &isAllowed) const
{
    const Result<std::optional<std::size_t>> routeIndex = findRoute(request);
    if (!routeIndex)
        return std::unexpected(routeIndex.error());
    RoutePlan plan;
    if (!*routeIndex) {
        Result<Candidate> server = directServer(request);
        if (!server)
            return std::unexpected(std::move(server.error()));
        plan.routeName = request.directRoute;
        plan.candidates.push_back(*std::move(server));
        return plan;
    }
    Result<Servers> servers = serversOf(**routeIndex, request, isAllowed);
    if (!servers)
        return std::unexpected(std::move(servers.error()));
    plan.route = &m_config->routing.routes[**routeIndex];
    plan.routeName = plan.route->name;
    if (!servers->targets.empty())
        plan.candidates.push_back(std::move(servers->targets[choose(**routeIndex, servers->targets, isRefused)]));
    appendNew(plan.candidates, std::move(servers->fallbacks));
    return plan;
}

Result<RoutePreview> Router::preview(const RoutingRequest &request, const IsRefused &isRefused,
                                     const IsAllowed &isAllowed) const
{
    const Result<std::optional<std::size_t>> routeIndex = findRoute(request);
    if (!routeIndex)
        return std::unexpected(routeIndex.error());
    if (!*routeIndex) {
        Result<Candidate> server = directServer(request);
        if (!server)
            return std::unexpected(std::move(server.error()));
        const bool wouldRefuse = isRefused && isRefused(*server);
        RoutePreview preview;
        preview.routeName = request.directRoute;
        preview.targets.push_back(
            {.candidate = *std::move(server), .chance = 1, .isNext = true, .isRefused = wouldRefuse});
        return preview;
    }
    Result<Servers> servers = serversOf(**routeIndex, request, isAllowed);
    if (!servers)
        return std::unexpected(std::move(servers.error()));

    RoutePreview preview;
    preview.routeName = m_config->routing.routes[**routeIndex].name;
    preview.strategy = strategyOf(**routeIndex);
    const auto eligible = eligibleOf<Indexes>(servers->targets, isRefused);
    const Shares shares = sharesAmong(**routeIndex, servers->targets, eligible);
    const QByteArray key = turnKey(**routeIndex, servers->targets);
    for (Candidate &candidate : servers->targets) {
        const bool wouldRefuse = isRefused && isRefused(candidate);
        preview.targets.push_back({.candidate = std::move(candidate), .chance = 0, .isRefused = wouldRefuse});
    }
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
    for (qsizetype i = 0; i < eligible.size(); ++i) {
        RoutePreview::Target &target = preview.targets[eligible[i]];
        target.chance = shares[i] / sum;
        target.isNext = target.chance >= 1;
    }
    if (preview.strategy == Strategy::RoundRobin && !eligible.isEmpty()) {
        const quint64 turn = m_turns->peek(key) % static_cast<quint64>(eligible.size());
        preview.targets[eligible[static_cast<qsizetype>(turn)]].isNext = true;
    }
    appendNew(preview.fallbacks, std::move(servers->fallbacks));
    return preview;
}

RouteExplanation Router::explain(const RoutingRequest &request, const IsRefused &isRefused,
                                 const IsAllowed &isAllowed) const
{
    RouteExplanation explanation{.preview = preview(request, isRefused, isAllowed)};
    const Result<std::size_t> routeIndex = m_matcher.match(request, &explanation.passedOver);
    if (!routeIndex)
        return explanation;
    explanation.routeIndex = *routeIndex;
    Result<Servers> servers = serversOf(*routeIndex, request, isAllowed, &explanation.leftOut);
    if (!servers)
        return explanation;
    std::vector<Candidate> once;
    for (Candidate &fallback : servers->fallbacks) {
        const std::size_t index = fallback.targetIndex;
        const std::size_t before = once.size();
        appendNew(once, {std::move(fallback)});
        if (once.size() == before) {
            explanation.leftOut.push_back(
                {.isFallback = true, .index = index, .reason = LeftOutTarget::Reason::Repeated});
        }
    }
    return explanation;
}

Result<std::optional<std::size_t>> Router::findRoute(const RoutingRequest &request) const
{
    Result<std::size_t> routeIndex = m_matcher.match(request);
    if (routeIndex)
        return *routeIndex;
    const bool mayGoDirect =
        !request.directRoute.isEmpty() && request.requested.isPinned() && requestedRoute(request.headers).isEmpty();
    if (mayGoDirect)
        return std::nullopt;
    return std::unexpected(std::move(routeIndex.error()));
}

Result<Router::Servers> Router::serversOf(std::size_t routeIndex, const RoutingRequest &request,
                                          const IsAllowed &isAllowed, std::vector<LeftOutTarget> *leftOut) const
{
    const RouteConfig &route = m_config->routing.routes[routeIndex];
    Result<std::vector<Candidate>> targets = servingTargets(*m_config, route, request.requested, leftOut);
    std::vector<Candidate> fallbacks = servingFallbacks(*m_config, route, request.requested, leftOut);
    if (!targets)
        return std::unexpected(std::move(targets.error()));
    Servers servers{.targets = *std::move(targets), .fallbacks = std::move(fallbacks)};
    if (servers.targets.empty() && servers.fallbacks.empty())
        return std::unexpected(targetsDrained(route));
    keepAllowed(servers.targets, isAllowed, true, leftOut);
    keepAllowed(servers.fallbacks, isAllowed, servers.targets.empty(), leftOut);
    if (request.requestType.isEmpty()) {
        for (std::vector<Candidate> *list : {&servers.targets, &servers.fallbacks}) {
            for (Candidate &candidate : *list)
                candidate.responsesUpstream = false;
        }
    }
    const RouteState &state = m_routes[routeIndex];
    if (!state.targets.empty()) {
        for (Candidate &target : servers.targets)
            target.load = state.targets[target.targetIndex];
        for (Candidate &fallback : servers.fallbacks)
            fallback.load = state.fallback[fallback.targetIndex];
    }
    return servers;
}

Result<Candidate> Router::directServer(const RoutingRequest &request) const
{
    const ProviderConfig *provider = m_config->provider(request.requested.provider);
    QByteArray model = request.requested.model;
    if (model.isEmpty() && provider)
        model = provider->defaultModel;
    if (model.isEmpty())
        return std::unexpected(invalidRequest("model_required", "the request names no model; send \"model\"", "model"));
    return Candidate{.providerId = request.requested.provider, .model = std::move(model), .provider = provider};
}

std::size_t Router::choose(std::size_t routeIndex, const std::vector<Candidate> &candidates,
                           const IsRefused &isRefused) const
{
    if (candidates.size() == 1)
        return 0;
    const auto eligible = eligibleOf<Indexes>(candidates, isRefused);
    if (eligible.size() == 1)
        return eligible.front();
    if (strategyOf(routeIndex) == Strategy::RoundRobin) {
        const quint64 turn = m_turns->next(turnKey(routeIndex, candidates));
        return eligible[static_cast<qsizetype>(turn % static_cast<quint64>(eligible.size()))];
    }
    return eligible[static_cast<qsizetype>(pickByShare(sharesAmong(routeIndex, candidates, eligible), m_random()))];
}

Shares Router::sharesAmong(std::size_t routeIndex, const std::vector<Candidate> &candidates,
                           const Indexes &eligible) const
{
    const Strategy strategy = strategyOf(routeIndex);
    QVarLengthArray<TargetStanding, 8> standings;
    for (const std::size_t index : eligible) {
        const Candidate &candidate = candidates[index];
        TargetStanding standing{.weight = candidate.target->weight};
        if (candidate.load && looksAtLoad(strategy))
            standing.pending = candidate.load->pending();
        if (candidate.load && strategy == Strategy::Latency)
            standing.latency = candidate.load->latency();
        standings.push_back(standing);
    }
    return sharesOf(strategy, standings);
}

Strategy Router::strategyOf(std::size_t routeIndex) const
{
    return m_config->routing.routes[routeIndex].strategy.value_or(m_config->routing.defaultStrategy);
}

// Requests that only some targets can serve take turns among themselves: with one counter for all of them, two kinds of
// requests that alternate would always meet the same target.
QByteArray Router::turnKey(std::size_t routeIndex, const std::vector<Candidate> &candidates) const
{
    const RouteState &state = m_routes[routeIndex];
    QByteArray key = state.turnKey;
    if (candidates.size() < state.liveTargets) {
        for (const Candidate &candidate : candidates)
            key += '\n' + candidate.target->provider + '/' + candidate.target->model;
    }
    return key;
}

} // namespace lunargate
