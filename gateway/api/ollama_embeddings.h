// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// POST /api/embed
Task<> ollamaEmbed(RequestContext &context, const GatewayStatus &status);
/// POST /api/embeddings, the older one
Task<> ollamaEmbeddings(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
