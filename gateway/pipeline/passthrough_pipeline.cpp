// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/passthrough_pipeline.h"

#include "gateway/pipeline/plan_rights.h"
#include "gateway/pipeline/plan_route.h"
#include "gateway/pipeline/relay_answer.h"
#include "gateway/pipeline/try_targets.h"

namespace lunargate {

namespace {

const QByteArray kDirectRoute = QByteArrayLiteral("passthrough-direct");

bool isAble(const Candidate &candidate)
{
    return candidate.provider->protocol == Protocol::OpenAi;
}

Result<RoutePlan> planByModel(RequestContext &context, const PassthroughEndpoint &endpoint, const QByteArray &model)
{
    const HeaderList &clientHeaders = context.exchange.request.headers;
    Result<RequestedModel> requested = context.runtime->router.requestedModel(clientHeaders, model);
    if (!requested)
        return std::unexpected(std::move(requested.error()));
    return planRoute(context,
                     {.path = endpoint.path,
                      .headers = clientHeaders,
                      .requested = *std::move(requested),
                      .directRoute = kDirectRoute},
                     isAble);
}

Error noProvider(const PassthroughEndpoint &endpoint)
{
    return {.kind = ErrorKind::NoRoute,
            .reason = "no_provider",
            .message = "no provider of the configuration that this key may use has " + endpoint.path +
                       ": only those that speak OpenAI's protocol have; add one (type: openai)"};
}

// Files and batches live with the provider that was given them, so that no choice may change from call to call: it is
// the one that the client names, else the first one that has such endpoints.
Result<RoutePlan> planByProvider(RequestContext &context, const PassthroughEndpoint &endpoint)
{
    const Config &config = *context.runtime->config;
    const Result<RequestedModel> requested =
        context.runtime->router.requestedModel(context.exchange.request.headers, {});
    if (!requested)
        return std::unexpected(requested.error());
    for (const ProviderConfig &provider : config.providers) {
        Candidate candidate{.providerId = provider.id, .model = {}, .provider = &provider};
        const bool isMeant = requested->isPinned() ? provider.id == requested->provider
                                                   : isAble(candidate) && isAllowed(context.caller, candidate);
        if (isMeant)
            return followPlan(context, {.routeName = kDirectRoute, .candidates = {std::move(candidate)}});
    }
    return std::unexpected(noProvider(endpoint));
}

} // namespace

Task<> runPassthroughPipeline(RequestContext &context, PassthroughEndpoint endpoint)
{
    context.collected.reset(); // the collector knows of chats and embeddings alone
    const Result<PassthroughRequest> request = co_await readPassthrough(context, endpoint);
    if (!request)
        co_return context.respondError(request.error());

    Result<RoutePlan> plan =
        endpoint.namesModel ? planByModel(context, endpoint, request->model) : planByProvider(context, endpoint);
    if (!plan)
        co_return context.respondError(plan.error());
    plan->mayHedge = false; // not everything can be asked for twice without a harm
    if (request->rest) {    // what was sent of it cannot be sent again
        plan->mayRepeat = false;
        plan->candidates.erase(plan->candidates.begin() + 1, plan->candidates.end());
    }

    const Prepare prepare = [&request](const Provider &provider, const Candidate &candidate) {
        return provider.passthroughCall(*request, candidate.model);
    };
    AttemptResult open = co_await tryTargets(context, prepare, *plan);
    if (!open)
        co_return context.respondFailure(open.error(), plan->mayRepeat);
    co_await relayAnswer(context, request->isCompletionStream, *std::move(open));
}

} // namespace lunargate
