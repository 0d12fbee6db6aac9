// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /admin/v1/requests/running: the model calls under way, newest first.
Task<> listRunning(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
