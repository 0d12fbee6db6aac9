// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

/// POST /api/chat
Task<> ollamaChat(RequestContext &context, const GatewayStatus &status);
/// POST /api/generate
Task<> ollamaGenerate(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
