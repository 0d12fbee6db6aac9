// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// POST /v1/responses
Task<> createResponse(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
