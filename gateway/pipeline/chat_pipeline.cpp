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

#include <functional>

namespace lunargate {

namespace {

void noteRequest(RequestContext &context, const ChatRequest &request)
{
    context.record.modelAsked = request.model;
    context.record.stream = request.stream;
    collectRequest(context, request);
    traceRequest(context, request);
}

// What cannot be said in chat's words goes to targets alone that speak the client's protocol.
Result<RoutePlan> planCall(RequestContext &context, const ChatRequest &request)
{
    if (!request.untranslatable)
        return planChat(context, request);
    const auto isAble = [&runtime = *context.runtime, &request](const Candidate &candidate) {
        if (!request.onlyProvider.isEmpty() && candidate.providerId != request.onlyProvider)
            return false;
        const std::shared_ptr<const Provider> provider =
            runtime.providers.find(candidate.providerId, candidate.responsesUpstream, candidate.target);
        return provider && provider->speaks(request.protocol());
    };
    Result<RoutePlan> plan = planChat(context, request, isAble);
    if (!plan)
        return plan;
    std::erase_if(plan->candidates, std::not_fn(isAble)); // the router leaves one where nobody is able
    if (plan->candidates.empty())
        return std::unexpected(*request.untranslatable);
    return plan;
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

Result<RoutePlan> planChat(RequestContext &context, const ChatRequest &request, const IsAllowed &isAble)
{
    const HeaderList &clientHeaders = context.exchange.request.headers;
    Result<RequestedModel> requested = context.runtime->router.requestedModel(clientHeaders, request.model);
    if (!requested)
        return std::unexpected(std::move(requested.error()));
    HeaderList found = selectModel(context, request, *requested);
    return planRoute(context, chatRouting(clientHeaders, *std::move(requested), std::move(found), request.protocol()),
                     isAble);
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
