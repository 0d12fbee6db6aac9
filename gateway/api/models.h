// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /v1/models
Task<> listModels(RequestContext &context, const GatewayStatus &status);

/// GET /v1/models/{id}; ids contain slashes.
Task<> oneModel(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
