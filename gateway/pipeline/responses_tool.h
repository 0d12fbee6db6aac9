// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_responses/responses_call.h"
#include "gateway/pipeline/request_context.h"
#include "gateway/responses/response_store.h"
#include "gateway/routing/route_plan.h"

namespace lunargate {

/// Whom a body of the Responses protocol goes to, as far as the targets speak that protocol themselves. A plan without
/// candidates: none of them does. Fails as planRoute() does.
Result<RoutePlan> planNativeResponses(RequestContext &context, const responses::ResponsesBody &body);

/// Asks those targets at `path` below their address ("/responses/compact") with the client's own body, but for the
/// model, and answers with what comes back, byte for byte. The plan has a candidate.
Task<> passToNativeResponses(RequestContext &context, QByteArrayView path, const responses::ResponsesBody &body,
                             const RoutePlan &plan);

/// Who can be asked about a response because it keeps it, too; nothing if nobody can, under the running configuration.
std::optional<RoutePlan> planKeeper(const Runtime &runtime, const StoredResponse &response);

/// Asks it at `path` below its address ("/responses/resp_1/cancel"), and answers with what comes back.
Task<> askKeeper(RequestContext &context, QByteArrayView method, QByteArray path, const RoutePlan &plan);

} // namespace lunargate
