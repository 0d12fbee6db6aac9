// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /v1/responses/{id} and /v1/responses/{id}/input_items
Task<> storedResponse(RequestContext &context, const GatewayStatus &status);

/// DELETE /v1/responses/{id}
Task<> deleteResponse(RequestContext &context, const GatewayStatus &status);

/// POST /v1/responses/{id}/cancel
Task<> cancelResponse(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
