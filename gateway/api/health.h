// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /health: whether the process lives.
Task<> health(RequestContext &context, const GatewayStatus &status);

/// GET /ready: whether new requests should be sent here.
Task<> ready(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
