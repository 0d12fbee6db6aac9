// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/embeddings.h"

#include "gateway/dialects/openai_embeddings/request_reader.h"
#include "gateway/pipeline/embeddings_pipeline.h"

namespace lunargate::api {

Task<> embeddings(RequestContext &context, const GatewayStatus &)
{
    return runEmbeddingsPipeline(context, openai_embeddings::readRequest(std::move(context.exchange.request.body),
                                                                         context.runtime->config->server.maxJsonDepth));
}

} // namespace lunargate::api
