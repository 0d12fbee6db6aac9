// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/embeddings_pipeline.h"

#include "gateway/pipeline/answer.h"
#include "gateway/pipeline/cache_lookup.h"
#include "gateway/pipeline/collect.h"
#include "gateway/pipeline/limit_request.h"
#include "gateway/pipeline/plan_route.h"
#include "gateway/pipeline/token_estimate.h"
#include "gateway/pipeline/trace.h"
#include "gateway/pipeline/try_targets.h"

namespace lunargate {

namespace {

void noteRequest(RequestContext &context, const EmbeddingsRequest &request)
{
    context.record.modelAsked = request.model;
    collectRequest(context, request);
    traceRequest(context, request);
}

Result<RoutePlan> planEmbeddings(RequestContext &context, const EmbeddingsRequest &request)
{
    const HeaderList &clientHeaders = context.exchange.request.headers;
    Result<RequestedModel> requested = context.runtime->router.requestedModel(clientHeaders, request.model);
    if (!requested)
        return std::unexpected(std::move(requested.error()));
    const Result<RoutingRequest> routing = embeddingsRouting(clientHeaders, *std::move(requested));
    if (!routing)
        return std::unexpected(routing.error());
    return planRoute(context, *routing);
}

} // namespace

Task<> runEmbeddingsPipeline(RequestContext &context, Result<EmbeddingsRequest> request,
                             std::optional<EmbeddingsDialect> dialect)
{
    if (!request)
        co_return context.respondError(request.error());
    noteRequest(context, *request);

    const Result<RoutePlan> plan = planEmbeddings(context, *request);
    if (!plan)
        co_return context.respondError(plan.error());

    CacheSubject subject = cacheSubject(*request);
    if (dialect)
        subject.endpoint = dialect->endpoint;
    CacheLookup cache(context, subject, *plan);
    if (cache.isWanted() && co_await cache.answer())
        co_return;
    if (const Result<void> fits = limitTokens(context, estimateTokens(*request)); !fits)
        co_return context.respondError(fits.error());

    const Prepare prepare = [&request](const Provider &provider, const Candidate &candidate) {
        return provider.embeddingsCall(*request, candidate.model);
    };
    AttemptResult open = co_await tryTargets(context, prepare, *plan);
    if (!open) {
        cache.failed();
        co_return context.respondFailure(open.error());
    }
    cache.answeredBy(open->provider);
    if (!dialect)
        co_return answerWhole(context, *std::move(open), cache);
    const QByteArray told = std::exchange(open->whole.body, dialect->answer(open->whole.body, factsOf(context)));
    answerWhole(context, *std::move(open), cache, told);
}

} // namespace lunargate
