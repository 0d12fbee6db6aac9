// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/plan_route.h"

#include "gateway/pipeline/answer_headers.h"
#include "gateway/pipeline/collect.h"
#include "gateway/pipeline/plan_rights.h"
#include "gateway/resilience/circuit_breakers.h"
#include "gateway/resilience/concurrency_slots.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lunargate {

namespace {

// Vectors of different models cannot be compared, so none may be chosen for the client.
Error modelNotNamed()
{
    return {.kind = ErrorKind::InvalidRequest,
            .reason = "model_required",
            .message = "embeddings need a model by name: a choice of the gateway's could differ from call to call",
            .param = "model"};
}

/// How routes know the calls of a protocol.
struct ProtocolRoutes
{
    QByteArrayView path;
    QByteArrayView requestType;
    QByteArrayView alternativePath; ///< for configurations that know chat only
};

ProtocolRoutes routesOf(ChatProtocol protocol)
{
    constexpr QByteArrayView kChat = "/v1/chat/completions";
    if (protocol == ChatProtocol::OpenAiResponses)
        return {"/v1/responses", "responses", kChat};
    if (protocol == ChatProtocol::AnthropicMessages)
        return {"/v1/messages", "messages", kChat};
    return {kChat, "chat_completions", {}};
}

} // namespace

RoutingRequest chatRouting(const HeaderList &clientHeaders, RequestedModel requested, HeaderList found,
                           ChatProtocol protocol)
{
    const ProtocolRoutes routes = routesOf(protocol);
    return {.path = routes.path.toByteArray(),
            .alternativePath = routes.alternativePath.toByteArray(),
            .requestType = routes.requestType.toByteArray(),
            .headers = clientHeaders,
            .requested = std::move(requested),
            .computedHeaders = std::move(found)};
}

Result<RoutingRequest> embeddingsRouting(const HeaderList &clientHeaders, RequestedModel requested)
{
    if (requested.name.isEmpty())
        return std::unexpected(modelNotNamed());
    return RoutingRequest{.path = QByteArrayLiteral("/v1/embeddings"),
                          .headers = clientHeaders,
                          .requested = std::move(requested),
                          .directRoute = QByteArrayLiteral("embeddings-direct")};
}

IsRefused presentRefusals(const Services &services)
{
    return [breakers = services.breakers.get(), slots = services.slots.get(),
            now = Clock::now()](const Candidate &candidate) {
        return breakers->isRefused(candidate.providerId, candidate.model, now) ||
               (candidate.provider->concurrency.limit > 0 && slots->isFull(candidate.providerId));
    };
}

IsAllowed callersCandidates(const Caller &caller)
{
    if (!caller.rights)
        return {};
    return [&caller](const Candidate &candidate) { return isAllowed(caller, candidate); };
}

IsAllowed both(const IsAllowed &first, IsAllowed second)
{
    if (!first || !second)
        return first ? first : std::move(second);
    return [first, second = std::move(second)](const Candidate &candidate) {
        return first(candidate) && second(candidate);
    };
}

Result<RoutePlan> planRoute(RequestContext &context, const RoutingRequest &request, const IsAllowed &isAble)
{
    Result<RoutePlan> plan = context.runtime->router.plan(request, presentRefusals(context.services),
                                                          both(isAble, callersCandidates(context.caller)));
    if (!plan)
        return plan;
    collectPlan(context, request, *plan);
    return followPlan(context, *std::move(plan));
}

Result<RoutePlan> foreseeRoute(RequestContext &context, const RoutingRequest &request, const IsAllowed &isAble)
{
    const Runtime &runtime = *context.runtime;
    const RouteExplanation found = runtime.router.explain(request, presentRefusals(context.services),
                                                          both(isAble, callersCandidates(context.caller)));
    if (!found.preview)
        return std::unexpected(found.preview.error());
    RoutePlan plan = likelyPlan(*found.preview);
    if (found.routeIndex)
        plan.route = &runtime.config->routing.routes[*found.routeIndex];
    collectPlan(context, request, plan);
    return followPlan(context, std::move(plan));
}

RoutePlan likelyPlan(const RoutePreview &preview)
{
    RoutePlan plan;
    plan.routeName = preview.routeName;
    const auto rank = [](const RoutePreview::Target &target) { return std::pair(target.isNext, target.chance); };
    if (const auto best = std::ranges::max_element(preview.targets, {}, rank); best != preview.targets.end())
        plan.candidates.push_back(best->candidate);
    std::ranges::copy(preview.fallbacks, std::back_inserter(plan.candidates));
    return plan;
}

Result<RoutePlan> followPlan(RequestContext &context, RoutePlan plan)
{
    context.record.route = plan.routeName;
    context.exchange.response.setHeader(headers::kRoute, plan.routeName);
    if (Result<void> allowed = checkRights(context.caller, plan); !allowed)
        return std::unexpected(std::move(allowed.error()));
    return plan;
}

} // namespace lunargate
