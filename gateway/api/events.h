// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /admin/v1/events: a stream of events, one for each request that is over (and that `filter` lets through).
Task<> events(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
