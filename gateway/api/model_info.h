// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /v1/model/info: context lengths and prices in the form of LiteLLM's proxy, which Cline and others ask for.
Task<> modelInfo(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
