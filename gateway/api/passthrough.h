// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// POST /v1/completions
Task<> completions(RequestContext &context, const GatewayStatus &status);

/// POST to what a model serves and the gateway does not translate: moderations, images, audio, rerank.
Task<> passthrough(RequestContext &context, const GatewayStatus &status);

/// /v1/files and /v1/batches, which live with a provider.
Task<> keptByProvider(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
