// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"

namespace lunargate {

/// The way of a request for embeddings through the stages, from its body to its answer.
Task<> runEmbeddingsPipeline(RequestContext &context);

} // namespace lunargate
