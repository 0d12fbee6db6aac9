// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /admin/v1/limits: how the global limits stand, and the clients that have least left.
Task<> limits(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
