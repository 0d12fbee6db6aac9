// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/chat/embeddings_request.h"
#include "gateway/pipeline/request_context.h"

namespace lunargate {

// What OpenTelemetry's collector is told of a request, noted along its way. All of it does nothing if there is none.

/// What the client asked for.
void traceRequest(RequestContext &context, const ChatRequest &request);
void traceRequest(RequestContext &context, const EmbeddingsRequest &request);

/// The span of the call to a provider that is about to be made; 0 without a trace.
quint64 newCallSpan(const RequestContext &context);
/// That call is told the trace; without one, the client's.
void traceCall(const RequestContext &context, quint64 spanId, UpstreamRequest &call);

/// Where the pieces of a stream are counted; null: nobody wants to know.
Histogram *measuredChunks(const RequestContext &context);

/// More of a stream that the client gets.
void traceFrames(RequestContext &context, const QByteArray &frames);

/// The request is over and its record complete: the collector is told.
void traceEnd(RequestContext &context);

} // namespace lunargate
