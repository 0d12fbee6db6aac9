// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"
#include "gateway/providers/passthrough_request.h"

namespace lunargate {

/// An endpoint that is passed through.
struct PassthroughEndpoint
{
    QByteArray path;                  ///< as the table of endpoints has it, with its tail: `/v1/files/file-1`
    bool namesModel = true;           ///< its requests may name a model; else they go to a provider
    bool hasCompletionEvents = false; ///< its streams are those of completions
};

/// Stage 3: what the gateway must know of the request. Of a form that comes meanwhile no more is read than up to the
/// model's name; the rest stays in PassthroughRequest::rest. Fails with InvalidRequest, or as the client does. The
/// context outlives the task.
Task<Result<PassthroughRequest>> readPassthrough(RequestContext &context, PassthroughEndpoint endpoint);

} // namespace lunargate
