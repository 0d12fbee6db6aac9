// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"
#include "gateway/routing/route_plan.h"

namespace lunargate {

/// Whether a call may have to do with the cache, if all else allows it.
enum class Caching { Allowed, Forbidden };

/// A model call's way through the stages, from what the client's dialect read to the last byte of its answer.
Task<> runChatPipeline(RequestContext &context, Result<std::unique_ptr<ClientCall>> call,
                       Caching caching = Caching::Allowed);

/// Whom to ask for a normalised request: its model, what model selection finds, and the route.
Result<RoutePlan> planChat(RequestContext &context, const ChatRequest &request);

/// Whom a call would most likely ask that is only asked about; see foreseeRoute(). Those come first that can serve it.
Result<RoutePlan> foreseeChat(RequestContext &context, const ChatRequest &request);

} // namespace lunargate
