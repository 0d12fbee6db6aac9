// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/model_info.h"

#include "gateway/json/text_writer.h"
#include "gateway/pipeline/plan_rights.h"
#include "gateway/pipeline/refresh_models.h"

namespace lunargate::api {

namespace {

void appendCosts(json::TextWriter &json, const TokenRates &rates)
{
    json.member("input_cost_per_token", rates.input.dollars());
    json.member("output_cost_per_token", rates.output.dollars());
    const bool hasCache = rates.cachedInput != rates.input;
    json.member("supports_prompt_caching", hasCache);
    if (!hasCache)
        return;
    json.member("cache_read_input_token_cost", rates.cachedInput.dollars());
    json.member("cache_creation_input_token_cost", rates.cacheWrite.dollars());
}

// What nobody knows is left out: clients have defaults of their own.
void appendModel(json::TextWriter &json, const ModelEntry &model, const PriceBook &prices)
{
    const QByteArray name = model.id.sliced(model.id.indexOf('/') + 1);
    json.beginObject().member("model_name", model.id);
    json.key("litellm_params").beginObject().member("model", model.id).endObject();
    json.key("model_info").beginObject();
    json.member("id", model.id).member("key", name).member("litellm_provider", model.ownedBy);
    if (model.contextLength)
        json.member("max_input_tokens", *model.contextLength);
    if (const TokenRates *rates = prices.find(model.ownedBy, name).rates)
        appendCosts(json, *rates);
    json.endObject().endObject();
}

} // namespace

Task<> modelInfo(RequestContext &context, const GatewayStatus &)
{
    co_await refreshModels(context);
    const ModelCatalogue catalogue = context.runtime->catalogue();
    json::TextWriter json;
    json.beginObject().key("data").beginArray();
    for (const ModelEntry &model : catalogue.models()) {
        if (isAllowed(context.caller, *context.runtime, model))
            appendModel(json, model, context.runtime->prices);
    }
    json.endArray().endObject();
    context.respond(200, "application/json", json.text());
}

} // namespace lunargate::api
