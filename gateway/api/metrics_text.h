// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /metrics, in Prometheus' text format.
Task<> metricsText(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
