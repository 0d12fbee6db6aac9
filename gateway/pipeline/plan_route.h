// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/request_context.h"
#include "gateway/routing/route_plan.h"

namespace lunargate {

/// What a model call asks of the router, whose path and type are those of the client's protocol: routes for chat
/// completions serve calls in other protocols too, unless some match their own path. `clientHeaders` must outlive it;
/// `found`: by model selection.
RoutingRequest chatRouting(const HeaderList &clientHeaders, RequestedModel requested, HeaderList found,
                           ChatProtocol protocol = ChatProtocol::OpenAiChat);

/// The same for embeddings. Fails with InvalidRequest `model_required`: the gateway chooses none for them.
Result<RoutingRequest> embeddingsRouting(const HeaderList &clientHeaders, RequestedModel requested);

/// Stages 6 and 8: the route, its target and the fallbacks (see Router::plan()). The client is told the route's name,
/// also with errors that come later. Fails, too, with what the caller may not use (see checkRights()).
/// `isAble`: which candidates can serve the request at all; empty: all.
Result<RoutePlan> planRoute(RequestContext &context, const RoutingRequest &request, const IsAllowed &isAble = {});

/// The plan that planRoute() would most likely make now, for who only asks about a call: it takes no turn in
/// round-robin. Fails as planRoute() does.
Result<RoutePlan> foreseeRoute(RequestContext &context, const RoutingRequest &request, const IsAllowed &isAble = {});

/// One of these two.
using MakePlan = Result<RoutePlan> (*)(RequestContext &context, const RoutingRequest &request, const IsAllowed &isAble);

/// The plan that a preview comes to: the target that is next or most likely, then the fallbacks.
RoutePlan likelyPlan(const RoutePreview &preview);

/// Notes how the request is routed, tells the client the route's name, and checks its rights.
Result<RoutePlan> followPlan(RequestContext &context, RoutePlan plan);

/// Whose circuit would refuse a call now, who is cooling down, or whose queue is full: the router prefers others.
/// `services` must outlive it.
IsRefused presentRefusals(const Services &services);

/// Which candidates the caller's key allows; empty: all. The caller must outlive it.
IsAllowed callersCandidates(const Caller &caller);

/// Those that both allow; an empty one allows all.
IsAllowed both(const IsAllowed &first, IsAllowed second);

} // namespace lunargate
