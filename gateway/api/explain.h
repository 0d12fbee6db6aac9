// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// POST /admin/v1/explain: what would become of a request, without calling anybody. The body is the request itself, as
/// its client would send it with the headers of this call; or `{"request": {…}, "headers": {…}, "endpoint": "…"}`.
/// Rights, limits and cached answers are those of the client whose key these headers show, else the caller's own.
Task<> explain(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
