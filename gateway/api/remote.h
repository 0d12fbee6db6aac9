// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /admin/v1/remote: how remote control fares.
Task<> remote(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
