// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// POST /v1/messages
Task<> messages(RequestContext &context, const GatewayStatus &status);

/// POST /v1/messages/count_tokens
Task<> countMessageTokens(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
