// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/ollama_models.h"

#include "gateway/api/ollama_model_info.h"
#include "gateway/api/ollama_names.h"
#include "gateway/dialects/json_body.h"
#include "gateway/pipeline/plan_rights.h"
#include "gateway/pipeline/refresh_models.h"

namespace lunargate::api {

namespace {

// Clients refuse versions that lack what they need: VS Code wants 0.6.4, for `capabilities`.
constexpr QByteArrayView kSpokenVersion = "0.12.6";

const ModelEntry *allowedModel(const RequestContext &context, const ModelCatalogue &catalogue, QByteArrayView name)
{
    const ModelEntry *model = findModel(catalogue, name);
    return model && isAllowed(context.caller, *context.runtime, *model) ? model : nullptr;
}

Result<QByteArray> readName(const QByteArray &bytes, int maxJsonDepth)
{
    const Result<JsonBody> body = readJsonBody(bytes, maxJsonDepth);
    if (!body)
        return std::unexpected(body.error());
    const json::Value root = body->document.root();
    const json::Value model = isAbsent(root["model"]) ? root["name"] : root["model"];
    if (model.string().isEmpty())
        return refusedBody("model_required", "model is required", "model");
    return model.toByteArray();
}

// Nobody waits for lists that have nothing to do with the model.
Task<ModelCatalogue> catalogueFor(RequestContext &context, const QByteArray &name)
{
    ModelCatalogue catalogue = context.runtime->catalogue();
    if (findModel(catalogue, name))
        co_return catalogue;
    co_await refreshModels(context);
    co_return context.runtime->catalogue();
}

} // namespace

Task<> ollamaTags(RequestContext &context, const GatewayStatus &)
{
    co_await refreshModels(context);
    const ModelCatalogue catalogue = context.runtime->catalogue();
    json::TextWriter json;
    json.beginObject().key("models").beginArray();
    for (const ModelEntry &model : catalogue.models()) {
        if (isAllowed(context.caller, *context.runtime, model))
            appendTag(json, model);
    }
    json.endArray().endObject();
    context.respond(200, "application/json", json.text());
}

Task<> ollamaShow(RequestContext &context, const GatewayStatus &)
{
    const Result<QByteArray> name =
        readName(context.exchange.request.body, context.runtime->config->server.maxJsonDepth);
    if (!name)
        co_return context.respondError(name.error());
    const ModelCatalogue catalogue = co_await catalogueFor(context, *name);
    if (const ModelEntry *model = allowedModel(context, catalogue, *name)) {
        context.respond(200, "application/json", modelInfo(*model, *context.runtime->config));
        co_return;
    }
    context.respondError({.kind = ErrorKind::NotFound,
                          .reason = "model_not_found",
                          .message = "model '" + *name + "' not found; GET /api/tags lists those there are",
                          .param = "model"});
}

Task<> ollamaRunning(RequestContext &context, const GatewayStatus &)
{
    context.respond(200, "application/json", R"({"models":[]})");
    co_return;
}

Task<> ollamaVersion(RequestContext &context, const GatewayStatus &)
{
    context.respond(200, "application/json", R"({"version":")" + kSpokenVersion.toByteArray() + R"("})");
    co_return;
}

// Some clients pull what they are going to use, whether it is there or not.
Task<> ollamaPull(RequestContext &context, const GatewayStatus &status)
{
    const Result<QByteArray> name =
        readName(context.exchange.request.body, context.runtime->config->server.maxJsonDepth);
    if (!name)
        co_return context.respondError(name.error());
    const ModelCatalogue catalogue = co_await catalogueFor(context, *name);
    if (allowedModel(context, catalogue, *name))
        co_return context.respond(200, "application/x-ndjson", "{\"status\":\"success\"}\n");
    co_await ollamaManagement(context, status);
}

Task<> ollamaManagement(RequestContext &context, const GatewayStatus &)
{
    context.respondError({.kind = ErrorKind::InvalidRequest,
                          .reason = "models_managed_elsewhere",
                          .message = context.record.path +
                                     " is not served: this is a gateway, whose models are managed "
                                     "at their providers (for Ollama: `ollama pull` on its own "
                                     "machine); GET /api/tags lists those there are"});
    co_return;
}

Task<> ollamaRoot(RequestContext &context, const GatewayStatus &)
{
    context.respond(200, "text/plain; charset=utf-8", "Ollama is running");
    co_return;
}

} // namespace lunargate::api
