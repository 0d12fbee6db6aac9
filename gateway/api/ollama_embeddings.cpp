// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/ollama_embeddings.h"

#include "gateway/api/ollama_names.h"
#include "gateway/dialects/ollama/embeddings.h"
#include "gateway/pipeline/embeddings_pipeline.h"

namespace lunargate::api {

namespace {

using ollama_api::EmbedKind;

Task<> answer(RequestContext &context, EmbedKind kind)
{
    const Runtime &runtime = *context.runtime;
    Result<ollama_api::ReadEmbeddings> read =
        ollama_api::readEmbeddings(context.exchange.request.body, runtime.config->server.maxJsonDepth, kind,
                                   [&runtime](QByteArrayView name) { return modelMeant(runtime, name); });
    if (!read)
        co_return context.respondError(read.error());
    if (!read->request)
        co_return context.respond(200, "application/json", ollama_api::noEmbeddings(read->model, kind));
    EmbeddingsDialect dialect{.endpoint = kind == EmbedKind::Embed ? "/api/embed" : "/api/embeddings",
                              .answer = [model = read->model, kind](const QByteArray &body, const AnswerFacts &facts) {
                                  return ollama_api::embeddingsAnswer(body, model, kind, facts);
                              }};
    co_await runEmbeddingsPipeline(context, *std::move(read->request), std::move(dialect));
}

} // namespace

Task<> ollamaEmbed(RequestContext &context, const GatewayStatus &)
{
    return answer(context, EmbedKind::Embed);
}

Task<> ollamaEmbeddings(RequestContext &context, const GatewayStatus &)
{
    return answer(context, EmbedKind::Embeddings);
}

} // namespace lunargate::api
