// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/pipeline/plan_route.h"
#include "gateway/pipeline/request_context.h"
#include "gateway/pipeline/try_targets.h"
#include "gateway/responses/response_store.h"
#include "gateway/routing/route_plan.h"

namespace lunargate {

/// Whom a call of the Responses protocol for `model` goes to, as far as the targets speak that protocol themselves. A
/// plan without candidates: none of them does. Fails as `make` does.
Result<RoutePlan> planNativeResponses(RequestContext &context, const QByteArray &model, MakePlan make);

/// Asks those targets at `path` below their address ("/responses/compact") in the client's own words, as they get them
/// with POST /v1/responses, and answers with what comes back, byte for byte. The plan has a candidate.
Task<> passToNativeResponses(RequestContext &context, QByteArrayView path, const ChatRequest &request,
                             const RoutePlan &plan);

/// Who can be asked about a response because it keeps it, too; nothing if nobody can, under the running configuration.
std::optional<RoutePlan> planKeeper(const Runtime &runtime, const StoredResponse &response);

/// Asks it at `path` below its address ("/responses/resp_1/cancel").
Task<AttemptResult> askKeeper(RequestContext &context, QByteArrayView method, QByteArray path, const RoutePlan &plan);

/// Answers with what came of it.
void respondKeepers(RequestContext &context, const AttemptResult &open);

} // namespace lunargate
