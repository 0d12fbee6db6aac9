// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// GET /admin/v1/requests: a page of the history, newest first. `filter` (docs/history.md), `limit`, `cursor` (where
/// the page before ended), `format=har`.
Task<> listRequests(RequestContext &context, const GatewayStatus &status);

/// GET /admin/v1/requests/{id}: one of them with everything that is kept; `format=har` or `format=curl`.
Task<> oneRequest(RequestContext &context, const GatewayStatus &status);

/// DELETE /admin/v1/requests: erases the history; answers when it is gone.
Task<> eraseRequests(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
