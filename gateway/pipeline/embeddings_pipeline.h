// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/embeddings_request.h"
#include "gateway/pipeline/request_context.h"

#include <functional>

namespace lunargate {

/// How answers look to a client that does not speak OpenAI's protocol.
struct EmbeddingsDialect
{
    QByteArrayView endpoint; ///< our name of it: what is cached for one is not an answer for another
    /// The answer made of one in OpenAI's protocol; empty if that makes no sense.
    std::function<QByteArray(const QByteArray &openAiBody, const AnswerFacts &facts)> answer;
};

/// The way of a request for embeddings through the stages, from what was read of its body to its answer. Without a
/// `dialect` the client speaks OpenAI's protocol.
Task<> runEmbeddingsPipeline(RequestContext &context, Result<EmbeddingsRequest> request,
                             std::optional<EmbeddingsDialect> dialect = {});

} // namespace lunargate
