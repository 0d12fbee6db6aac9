// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/embeddings.h"

#include "gateway/pipeline/embeddings_pipeline.h"

namespace lunargate::api {

Task<> embeddings(RequestContext &context, const GatewayStatus &)
{
    return runEmbeddingsPipeline(context);
}

} // namespace lunargate::api
