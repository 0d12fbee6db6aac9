// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/passthrough_pipeline.h"

#include "gateway/dialects/passthrough/form_headers.h"
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

Error modelRequired()
{
    return {.kind = ErrorKind::InvalidRequest,
            .reason = "model_required",
            .message = "name the model in the form: it is needed where the key may use only some, and where a header "
                       "chooses one",
            .param = "model"};
}

// A provider takes its own choice where no model is named, which nobody here knows: so it is told one where that
// matters, and elsewhere none is reported.
Result<void> settleModel(const RequestContext &context, PassthroughRequest &request, RoutePlan &plan, bool isChosen)
{
    if (request.modelPlace)
        return {};
    const auto &rights = context.caller.rights;
    if (isChosen || (rights && !rights->models.empty())) {
        if (passthrough::isForm(request.contentType))
            return std::unexpected(modelRequired());
        request.addsModel = true;
        return {};
    }
    for (Candidate &candidate : plan.candidates)
        candidate.model.clear();
    return {};
}

Result<RoutePlan> planByModel(RequestContext &context, const PassthroughEndpoint &endpoint, PassthroughRequest &request)
{
    const HeaderList &clientHeaders = context.exchange.request.headers;
    Result<RequestedModel> requested = context.runtime->router.requestedModel(clientHeaders, request.model);
    if (!requested)
        return std::unexpected(std::move(requested.error()));
    const bool isChosen = !requested->model.isEmpty();
    Result<RoutePlan> plan = planRoute(context,
                                       {.path = endpoint.path,
                                        .headers = clientHeaders,
                                        .requested = *std::move(requested),
                                        .directRoute = kDirectRoute},
                                       isAble);
    if (!plan)
        return plan;
    if (Result<void> settled = settleModel(context, request, *plan, isChosen); !settled)
        return std::unexpected(std::move(settled.error()));
    return plan;
}

Error noProvider(const PassthroughEndpoint &endpoint)
{
    return {.kind = ErrorKind::NoRoute,
            .reason = "no_provider",
            .message = "no provider of the configuration has " + endpoint.path +
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
    std::optional<Candidate> forbidden;
    for (const ProviderConfig &provider : config.providers) {
        Candidate candidate{.providerId = provider.id, .model = {}, .provider = &provider};
        const bool isMeant = requested->isPinned() ? provider.id == requested->provider
                                                   : isAble(candidate) && isAllowed(context.caller, candidate);
        if (isMeant)
            return followPlan(context, {.routeName = kDirectRoute, .candidates = {std::move(candidate)}});
        if (!forbidden && isAble(candidate))
            forbidden = std::move(candidate);
    }
    if (forbidden) // which says what the key may use
        return followPlan(context, {.routeName = kDirectRoute, .candidates = {*std::move(forbidden)}});
    return std::unexpected(noProvider(endpoint));
}

// What providers keep is made or removed once.
bool changesWhatIsKept(const RequestContext &context, const PassthroughEndpoint &endpoint)
{
    const HttpRequest &request = context.exchange.request;
    return !endpoint.namesModel && (request.method == "POST" || request.method == "DELETE") &&
           !request.headers.contains("Idempotency-Key");
}

} // namespace

Task<> runPassthroughPipeline(RequestContext &context, PassthroughEndpoint endpoint)
{
    Result<PassthroughRequest> request = co_await readPassthrough(context, endpoint);
    if (!request)
        co_return context.respondError(request.error());

    Result<RoutePlan> plan =
        endpoint.namesModel ? planByModel(context, endpoint, *request) : planByProvider(context, endpoint);
    if (!plan)
        co_return context.respondError(plan.error());
    plan->mayHedge = false; // not everything can be asked for twice without a harm
    plan->mayRepeatDone = !changesWhatIsKept(context, endpoint);
    request->mayResend = plan->mayRepeatDone;
    plan->mayRepeat = !request->rest; // what was sent of it cannot be sent again

    const Prepare prepare = [&request](const Provider &provider, const Candidate &candidate) {
        return provider.passthroughCall(*request, candidate.model);
    };
    AttemptResult open = co_await tryTargets(context, prepare, *plan);
    if (!open)
        co_return context.respondFailure(open.error(), plan->mayRepeat);
    co_await relayAnswer(context, request->isCompletionStream, *std::move(open));
}

} // namespace lunargate
