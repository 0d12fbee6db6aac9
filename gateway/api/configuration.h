// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /admin/v1/config: what is running, what the files say, and what went wrong last.
Task<> showConfig(RequestContext &context, const GatewayStatus &status);

/// POST /admin/v1/reload: reads the configuration anew and says what came of it; 422 if it cannot be used.
Task<> reloadConfig(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
