// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /admin/v1/cache: what the cache holds, and how often it helped.
Task<> cacheStatistics(RequestContext &context, const GatewayStatus &status);

/// DELETE /admin/v1/cache: lets everything in it go.
Task<> purgeCache(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
