// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/chat_pipeline.h"

#include "gateway/pipeline/answer.h"
#include "gateway/pipeline/cache_lookup.h"
#include "gateway/pipeline/collect.h"
#include "gateway/pipeline/limit_request.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/pipeline/plan_route.h"
#include "gateway/pipeline/select_model.h"
#include "gateway/pipeline/token_estimate.h"
#include "gateway/pipeline/trace.h"
#include "gateway/pipeline/try_targets.h"

namespace lunargate {

namespace {

void noteRequest(RequestContext &context, const ChatRequest &request)
{
    context.record.modelAsked = request.model;
    context.record.stream = request.stream;
    collectRequest(context, request);
    traceRequest(context, request);
}

// What the dialect's reader could not put into chat's words is told like what a provider's writer cannot.
PreparedCall prepareCall(const Provider &provider, const ChatRequest &request, const QByteArray &model)
{
    PreparedCall call = provider.chatCall(request, model);
    if (call && !(*call)->isNative) {
        std::vector<QByteArray> &dropped = (*call)->droppedParams;
        dropped.insert(dropped.end(), request.unsaid.begin(), request.unsaid.end());
    }
    return call;
}

} // namespace

Result<RoutePlan> planChat(RequestContext &context, const ChatRequest &request)
{
    const HeaderList &clientHeaders = context.exchange.request.headers;
    Result<RequestedModel> requested = context.runtime->router.requestedModel(clientHeaders, request.model);
    if (!requested)
        return std::unexpected(std::move(requested.error()));
    HeaderList found = selectModel(context, request, *requested);
    return planRoute(context, chatRouting(clientHeaders, *std::move(requested), std::move(found), request.protocol()));
}

Task<> runChatPipeline(RequestContext &context, Result<std::unique_ptr<ClientCall>> call)
{
    if (!call)
        co_return context.respondError(call.error());
    ChatRequest &request = (*call)->request;
    noteRequest(context, request);
    if (const Result<void> normalised = normalise(request); !normalised)
        co_return context.respondError(normalised.error());
    context.record.requestTextBytes = textBytes(request);

    const Result<RoutePlan> plan = planChat(context, request);
    if (!plan)
        co_return context.respondError(plan.error());

    CacheLookup cache(context, cacheSubject(request), *plan);
    if (cache.isWanted() && co_await cache.answer())
        co_return;
    if (const Result<void> fits = limitTokens(context, estimateTokens(request)); !fits)
        co_return context.respondError(fits.error());

    const Prepare prepare = [&request](const Provider &provider, const Candidate &candidate) {
        return prepareCall(provider, request, candidate.model);
    };
    AttemptResult open = co_await tryTargets(context, prepare, *plan);
    if (!open) {
        cache.failed();
        co_return context.respondFailure(open.error());
    }

    cache.answeredBy(open->provider);
    request.release(); // a stream can last for minutes
    co_await answer(context, **call, *std::move(open), cache);
}

} // namespace lunargate
