// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/api/endpoints.h"

namespace lunargate::api {

// What Ollama's clients ask a server about itself and its models (Ollama API reference).

/// GET /api/tags: the models, as /v1/models has them.
Task<> ollamaTags(RequestContext &context, const GatewayStatus &status);
/// POST /api/show: one of them, by `model` or by the older `name`.
Task<> ollamaShow(RequestContext &context, const GatewayStatus &status);
/// GET /api/ps: models that are loaded; the gateway loads none.
Task<> ollamaRunning(RequestContext &context, const GatewayStatus &status);
/// GET /api/version: of the Ollama that the gateway speaks like.
Task<> ollamaVersion(RequestContext &context, const GatewayStatus &status);
/// What would pull, make, copy or delete models: an error that says where that is done.
Task<> ollamaPull(RequestContext &context, const GatewayStatus &status);
Task<> ollamaManagement(RequestContext &context, const GatewayStatus &status);
/// GET / on the port of `server.ollama_port`: how clients find out whether Ollama is there.
Task<> ollamaRoot(RequestContext &context, const GatewayStatus &status);

} // namespace lunargate::api
