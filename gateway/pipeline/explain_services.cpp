// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/explain_services.h"

#include "gateway/limits/rate_limiter.h"
#include "gateway/pipeline/cache_lookup.h"
#include "gateway/pipeline/identify_caller.h"
#include "gateway/pipeline/limit_request.h"
#include "gateway/pipeline/plan_rights.h"
#include "gateway/pipeline/plan_route.h"
#include "gateway/pipeline/token_estimate.h"
#include "gateway/resilience/circuit_breakers.h"

namespace lunargate {

namespace {

ServiceOutlook circuitOutlook(const CircuitBreakers &breakers, const Candidate &candidate)
{
    if (!breakers.isEnabled())
        return {.outcome = "disabled", .detail = {}};
    const std::optional<CircuitRefusal> refusal = breakers.refusal(candidate.providerId, candidate.model, Clock::now());
    if (!refusal)
        return {.outcome = "closed", .detail = {}};
    const Error error = circuitError(candidate.providerId, *refusal);
    return {.outcome = error.reason, .detail = error.message};
}

std::vector<ServiceOutlook> circuitsOf(const CircuitBreakers &breakers, const Explanation &explanation)
{
    std::vector<ServiceOutlook> circuits;
    if (!explanation.routing || !explanation.routing->preview)
        return circuits;
    for (const RoutePreview::Target &target : explanation.routing->preview->targets)
        circuits.push_back(circuitOutlook(breakers, target.candidate));
    for (const Candidate &fallback : explanation.routing->preview->fallbacks)
        circuits.push_back(circuitOutlook(breakers, fallback));
    return circuits;
}

ServiceOutlook limitOutlook(const RateLimiter &limiter, const Caller &caller, const ExplainedRequest &request)
{
    if (!limiter.isOn())
        return {.outcome = "disabled", .detail = {}};
    const ChatRequest *const chat = request.chat();
    const TokenEstimate estimate = chat ? estimateTokens(*chat) : estimateTokens(request.embeddings());
    const RateLimiter::Decision decision = limiter.look(caller, true, estimate, Clock::now());
    if (!decision.refusal)
        return {.outcome = "allowed", .detail = "it may need " + QByteArray::number(estimate.total()) + " tokens"};
    const Error error = limitError(*decision.refusal, caller);
    return {.outcome = error.reason, .detail = error.message};
}

ServiceOutlook cacheOutlook(const CacheForecast &forecast)
{
    switch (forecast.outcome) {
    case CacheForecast::Outcome::Disabled:
        return {.outcome = "disabled", .detail = {}};
    case CacheForecast::Outcome::Bypassed:
        return {.outcome = "bypassed", .detail = "the request's headers forbid an answer from the cache"};
    case CacheForecast::Outcome::Miss:
        return {.outcome = "miss", .detail = {}};
    case CacheForecast::Outcome::Hit:
        return {.outcome = "hit",
                .detail = "an answer of " + QByteArray::number(qlonglong{forecast.age.count()}) +
                          " seconds ago, if the likeliest target is chosen"};
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

Task<Explanation> explainWithServices(const Runtime &runtime, const Services &services, const Caller &caller,
                                      const ExplainedRequest &request)
{
    Explanation explanation = explainRequest(runtime, request, presentRefusals(services), callersCandidates(caller));
    explanation.circuits = circuitsOf(*services.breakers, explanation);
    explanation.limiter = limitOutlook(*services.limiter, caller, request);
    explanation.cache = ServiceOutlook{.outcome = "unknown", .detail = "the request would be refused"};
    std::optional<RoutePlan> plan = likelyPlan(explanation);
    if (!plan)
        co_return explanation;
    if (Result<void> allowed = checkRights(caller, *plan); !allowed) {
        explanation.error = std::move(allowed.error());
        co_return explanation;
    }
    const ChatRequest *const chat = request.chat();
    const CacheSubject subject = chat ? cacheSubject(*chat) : cacheSubject(request.embeddings());
    explanation.cache =
        cacheOutlook(co_await forecastCache(runtime, services, caller, request.headers, subject, *plan));
    co_return explanation;
}

Result<void> speakFor(const Runtime &runtime, Services &services, const HeaderList &headers, const QHostAddress &peer,
                      Caller &caller)
{
    HttpRequest client;
    client.headers = headers;
    client.peer = peer;
    auto known = identifyCaller(runtime, services, client, Role::Inference);
    if (!known) {
        Error &error = known.error().error;
        return error.kind == ErrorKind::MissingKey ? Result<void>() : std::unexpected(std::move(error));
    }
    caller.name = std::move(known->name);
    caller.kind = known->kind;
    caller.rights = std::move(known->rights);
    return {};
}

} // namespace lunargate
