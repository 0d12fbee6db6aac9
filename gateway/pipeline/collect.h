// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/chat/chat_request.h"
#include "gateway/chat/embeddings_request.h"
#include "gateway/pipeline/request_context.h"
#include "gateway/routing/route_plan.h"

namespace lunargate {

// What the collector is told of a request, noted along its way. All of it does nothing if the collector is off.

/// What the client asked for.
void collectRequest(RequestContext &context, const ChatRequest &request);
void collectRequest(RequestContext &context, const EmbeddingsRequest &request);

/// How it was routed.
void collectPlan(RequestContext &context, const RoutingRequest &request, const RoutePlan &plan);

/// A provider is going to be asked: the collector is told so at once.
void collectStart(RequestContext &context);

/// More of a stream that the client gets; `hasContent`: text, thoughts or tool calls are in it.
void collectFrames(RequestContext &context, const QByteArray &frames, bool hasContent);

/// The request is over and its record complete: the collector is told.
void collectEnd(RequestContext &context);

} // namespace lunargate
