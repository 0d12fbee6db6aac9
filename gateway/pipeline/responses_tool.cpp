// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/responses_tool.h"

#include "gateway/pipeline/answer_headers.h"
#include "gateway/pipeline/limit_request.h"
#include "gateway/pipeline/plan_route.h"
#include "gateway/pipeline/token_estimate.h"

namespace lunargate {

namespace {

bool isNative(const Runtime &runtime, const Candidate &candidate)
{
    const std::shared_ptr<const Provider> provider =
        runtime.providers.find(candidate.providerId, candidate.responsesUpstream, candidate.target);
    return provider && provider->speaks(ChatProtocol::OpenAiResponses);
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

} // namespace

Result<RoutePlan> planNativeResponses(RequestContext &context, const QByteArray &model, MakePlan make)
{
    context.record.modelAsked = model;
    const HeaderList &clientHeaders = context.exchange.request.headers;
    Result<RequestedModel> requested = context.runtime->router.requestedModel(clientHeaders, model);
    if (!requested)
        return std::unexpected(std::move(requested.error()));
    Result<RoutePlan> plan =
        make(context, chatRouting(clientHeaders, *std::move(requested), {}, ChatProtocol::OpenAiResponses), {});
    if (plan)
        std::erase_if(plan->candidates,
                      [&](const Candidate &candidate) { return !isNative(*context.runtime, candidate); });
    return plan;
}

Task<> passToNativeResponses(RequestContext &context, QByteArrayView path, const ChatRequest &request,
                             const RoutePlan &plan)
{
    const qint64 bytes = request.native->body.size();
    context.record.requestTextBytes = bytes;
    if (const Result<void> fits = limitTokens(context, {.input = tokensOfText(bytes)}); !fits)
        co_return context.respondError(fits.error());
    const Prepare prepare = [path, &request](const Provider &provider, const Candidate &candidate) {
        return provider.responsesToolCall(path, request, candidate.model);
    };
    const AttemptResult open = co_await tryTargets(context, prepare, plan);
    respondKeepers(context, open);
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

void respondKeepers(RequestContext &context, const AttemptResult &open)
{
    if (open)
        respondWhole(context, *open);
    else
        context.respondFailure(open.error());
}

Task<AttemptResult> askKeeper(RequestContext &context, QByteArrayView method, QByteArray path, const RoutePlan &plan)
{
    const QByteArray body = method == "POST" ? "{}" : "";
    const Prepare prepare = [method, &path, &body](const Provider &provider, const Candidate &) {
        return provider.responsesCall(method, path, body);
    };
    co_return co_await tryTargets(context, prepare, plan);
}

} // namespace lunargate
