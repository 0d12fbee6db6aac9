// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /admin/v1/circuits: the circuits and queues of all providers.
Task<> listCircuits(RequestContext &context, const GatewayStatus &status);

/// POST /admin/v1/circuits/NAME/reset, …/open (with `?for=DURATION`: for so long), …/probe. NAME is a provider or, with
/// `circuit_breaker.scope: model`, PROVIDER/MODEL.
Task<> changeCircuit(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
