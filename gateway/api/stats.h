// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /admin/v1/stats: what the history's requests of the last `window` (a duration) come to, in groups `by` a text.
Task<> stats(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
