// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /v1/responses: the Responses over a WebSocket; see ResponsesSession.
Task<> responsesWebSocket(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
