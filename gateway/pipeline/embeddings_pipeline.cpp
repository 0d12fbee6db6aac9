// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/embeddings_pipeline.h"

#include "gateway/dialects/openai_embeddings/request_reader.h"
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

Result<EmbeddingsRequest> readRequest(RequestContext &context)
{
    const int maxDepth = context.runtime->config->server.maxJsonDepth;
    Result<EmbeddingsRequest> request =
        openai_embeddings::readRequest(std::move(context.exchange.request.body), maxDepth);
    if (request) {
        context.record.modelAsked = request->model;
        collectRequest(context, *request);
        traceRequest(context, *request);
    }
    return request;
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

Task<> runEmbeddingsPipeline(RequestContext &context)
{
    const Result<EmbeddingsRequest> request = readRequest(context);
    if (!request)
        co_return context.respondError(request.error());

    const Result<RoutePlan> plan = planEmbeddings(context, *request);
    if (!plan)
        co_return context.respondError(plan.error());

    CacheLookup cache(context, cacheSubject(*request), *plan);
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
    answerWhole(context, *std::move(open), cache);
}

} // namespace lunargate
