// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/responses_tool.h"

#include "gateway/json/splice.h"
#include "gateway/json/writer.h"
#include "gateway/pipeline/answer_headers.h"
#include "gateway/pipeline/limit_request.h"
#include "gateway/pipeline/plan_route.h"
#include "gateway/pipeline/token_estimate.h"
#include "gateway/pipeline/try_targets.h"

namespace lunargate {

namespace {

// Services without the protocol are asked in another one, which find() tells by giving the same provider.
bool isNative(const Runtime &runtime, const Candidate &candidate)
{
    return candidate.responsesUpstream && runtime.providers.find(candidate.providerId, true, candidate.target) !=
                                              runtime.providers.find(candidate.providerId, false, candidate.target);
}

QByteArray bodyFor(const responses::ResponsesBody &body, const QByteArray &model)
{
    if (body.model == model)
        return body.bytes;
    json::Splice splice(body.bytes);
    splice.set(body.json.object, body.json.members, "model", json::quoted(model));
    return splice.result();
}

void respondWhole(RequestContext &context, const OpenAnswer &open)
{
    context.record.usage = open.whole.usage;
    context.record.modelServed = open.whole.model;
    ResponseWriter &response = context.exchange.response;
    headers::copyProviderHeaders(open.headers, response, context.dialect().protocol());
    headers::setTarget(context.record, response);
    headers::setAttempts(context.record, response);
    headers::setTiming(context.record, response);
    context.respond(200, "application/json", open.whole.body);
}

Task<> ask(RequestContext &context, const Prepare &prepare, const RoutePlan &plan)
{
    const AttemptResult open = co_await tryTargets(context, prepare, plan);
    if (open)
        respondWhole(context, *open);
    else
        context.respondFailure(open.error());
}

} // namespace

Result<RoutePlan> planNativeResponses(RequestContext &context, const responses::ResponsesBody &body)
{
    context.record.modelAsked = body.model;
    const HeaderList &clientHeaders = context.exchange.request.headers;
    Result<RequestedModel> requested = context.runtime->router.requestedModel(clientHeaders, body.model);
    if (!requested)
        return std::unexpected(std::move(requested.error()));
    Result<RoutePlan> plan =
        planRoute(context, chatRouting(clientHeaders, *std::move(requested), {}, ChatProtocol::OpenAiResponses));
    if (plan)
        std::erase_if(plan->candidates,
                      [&](const Candidate &candidate) { return !isNative(*context.runtime, candidate); });
    return plan;
}

Task<> passToNativeResponses(RequestContext &context, QByteArrayView path, const responses::ResponsesBody &body,
                             const RoutePlan &plan)
{
    context.record.requestTextBytes = body.bytes.size();
    if (const Result<void> fits = limitTokens(context, {.input = tokensOfText(body.bytes.size())}); !fits)
        co_return context.respondError(fits.error());
    const Prepare prepare = [path, &body](const Provider &provider, const Candidate &candidate) {
        return provider.responsesCall("POST", path, bodyFor(body, candidate.model));
    };
    co_await ask(context, prepare, plan);
}

std::optional<RoutePlan> planKeeper(const Runtime &runtime, const StoredResponse &response)
{
    const ProviderConfig *provider = runtime.config->provider(response.providerId);
    if (!provider || response.providerId.isEmpty())
        return std::nullopt;
    const Candidate keeper{
        .providerId = response.providerId, .model = response.model, .provider = provider, .responsesUpstream = true};
    if (!isNative(runtime, keeper))
        return std::nullopt;
    return RoutePlan{.routeName = {}, .candidates = {keeper}};
}

Task<> askKeeper(RequestContext &context, QByteArrayView method, QByteArray path, const RoutePlan &plan)
{
    const QByteArray body = method == "POST" ? "{}" : "";
    const Prepare prepare = [method, &path, &body](const Provider &provider, const Candidate &) {
        return provider.responsesCall(method, path, body);
    };
    co_await ask(context, prepare, plan);
}

} // namespace lunargate
