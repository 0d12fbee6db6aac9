// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// POST /v1/responses/compact: for targets that speak the Responses protocol themselves; nobody else can.
Task<> compactResponse(RequestContext &context, const GatewayStatus &status);

/// POST /v1/responses/input_tokens: asked of such targets, and estimated for all others (see tokensOfText()).
Task<> countInputTokens(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
