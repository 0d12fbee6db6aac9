// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET and HEAD /: who answers here. Some clients ask before anything else.
Task<> root(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
