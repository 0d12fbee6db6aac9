// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/chat_pipeline.h"

#include "gateway/pipeline/answer.h"
#include "gateway/pipeline/cache_lookup.h"
#include "gateway/pipeline/collect.h"
#include "gateway/pipeline/limit_request.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/pipeline/plan_route.h"
#include "gateway/pipeline/prepare_call.h"
#include "gateway/pipeline/select_model.h"
#include "gateway/pipeline/token_estimate.h"
#include "gateway/pipeline/trace.h"
#include "gateway/pipeline/try_targets.h"

#include <functional>

namespace lunargate {

namespace {

/// Whether the collector or a trace is told what was said.
bool isTold(const RequestContext &context)
{
    const bool isCollected = context.collected && context.collected->sharing.prompts;
    return isCollected || (context.traced && context.traced->hasSpans() && context.traced->content);
}

void noteRequest(RequestContext &context, ChatRequest &request)
{
    context.record.modelAsked = request.model;
    context.record.stream = request.stream;
    if (isTold(context))
        request.writeBody();
    collectRequest(context, request);
    traceRequest(context, request);
}

Result<RoutePlan> planBy(MakePlan make, RequestContext &context, const ChatRequest &request, const IsAllowed &isAble)
{
    const HeaderList &clientHeaders = context.exchange.request.headers;
    Result<RequestedModel> requested = context.runtime->router.requestedModel(clientHeaders, request.model);
    if (!requested)
        return std::unexpected(std::move(requested.error()));
    HeaderList found = selectModel(context, request, *requested);
    return make(context, chatRouting(clientHeaders, *std::move(requested), std::move(found), request.protocol()),
                isAble);
}

Result<RoutePlan> planCall(RequestContext &context, const ChatRequest &request)
{
    const IsAllowed isAble = ableCandidates(*context.runtime, request);
    Result<RoutePlan> plan = planBy(&planRoute, context, request, isAble);
    if (!plan || !isAble)
        return plan;
    std::erase_if(plan->candidates, std::not_fn(isAble)); // the router leaves one where nobody is able
    if (plan->candidates.empty())
        return std::unexpected(*request.untranslatable);
    return plan;
}

} // namespace

Result<RoutePlan> planChat(RequestContext &context, const ChatRequest &request)
{
    return planBy(&planRoute, context, request, {});
}

Result<RoutePlan> foreseeChat(RequestContext &context, const ChatRequest &request)
{
    return planBy(&foreseeRoute, context, request, ableCandidates(*context.runtime, request));
}

Task<> runChatPipeline(RequestContext &context, Result<std::unique_ptr<ClientCall>> call, Caching caching)
{
    if (!call)
        co_return context.respondError(call.error());
    ChatRequest &request = (*call)->request;
    noteRequest(context, request);
    if (const Result<void> normalised = normalise(request); !normalised)
        co_return context.respondError(normalised.error());
    context.record.requestTextBytes = textBytes(request);

    const Result<RoutePlan> plan = planCall(context, request);
    if (!plan)
        co_return context.respondError(plan.error());

    CacheSubject subject = cacheSubject(request);
    subject.isCacheable = subject.isCacheable && caching == Caching::Allowed;
    CacheLookup cache(context, subject, *plan);
    if (cache.isWanted() && co_await cache.answer())
        co_return;
    if (const Result<void> fits = limitTokens(context, estimateTokens(request)); !fits)
        co_return context.respondError(fits.error());

    const Prepare prepare = [&client = **call](const Provider &provider, const Candidate &candidate) {
        return prepareCall(provider, client, candidate.model);
    };
    AttemptResult open = co_await tryTargets(context, prepare, *plan);
    if (!open) {
        cache.failed();
        co_return context.respondFailure(open.error());
    }

    cache.answeredBy(open->provider);
    // Nobody asks for these any more, and a stream can last for minutes.
    request.release();
    context.exchange.request.headers = {};
    co_await answer(context, **call, *open, cache);
}

} // namespace lunargate
