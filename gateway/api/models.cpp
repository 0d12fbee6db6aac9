// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/models.h"

#include "gateway/json/text_writer.h"
#include "gateway/pipeline/plan_rights.h"
#include "gateway/pipeline/refresh_models.h"

namespace lunargate::api {

namespace {

double perMillion(Money perToken)
{
    return (perToken * 1'000'000).dollars();
}

void appendModel(json::TextWriter &json, const ModelEntry &model, const PriceBook &prices)
{
    json.beginObject();
    json.member("id", model.id).member("object", "model").member("created", model.created);
    json.member("owned_by", model.ownedBy);
    if (model.contextLength)
        json.member("context_length", *model.contextLength);
    // An alias belongs to no provider, so that it has no price.
    if (const TokenRates *rates = prices.find(model.ownedBy, model.id.sliced(model.id.indexOf('/') + 1)).rates) {
        json.key("pricing").beginObject();
        json.member("prompt", perMillion(rates->input)).member("completion", perMillion(rates->output));
        json.member("unit", "usd_per_million_tokens").endObject();
    }
    json.endObject();
}

} // namespace

Task<> listModels(RequestContext &context, const GatewayStatus &)
{
    co_await refreshModels(context);
    const ModelCatalogue catalogue = context.runtime->catalogue();
    json::TextWriter json;
    json.beginObject().member("object", "list").key("data").beginArray();
    for (const ModelEntry &model : catalogue.models()) {
        if (isAllowed(context.caller, *context.runtime, model))
            appendModel(json, model, context.runtime->prices);
    }
    json.endArray().endObject();
    context.respond(200, "application/json", json.text());
}

Task<> oneModel(RequestContext &context, const GatewayStatus &)
{
    const QByteArray path = canonicalPath(context.exchange.request.path());
    const QByteArray id = QByteArray::fromPercentEncoding(path.sliced(qsizetype(qstrlen("/v1/models/"))));
    ModelCatalogue catalogue = context.runtime->catalogue();
    if (!catalogue.find(id)) { // nobody waits for lists that have nothing to do with it
        co_await refreshModels(context);
        catalogue = context.runtime->catalogue();
    }
    const ModelEntry *model = catalogue.find(id);
    if (model && isAllowed(context.caller, *context.runtime, *model)) {
        json::TextWriter json;
        appendModel(json, *model, context.runtime->prices);
        context.respond(200, "application/json", json.text());
    } else {
        context.respondError({.kind = ErrorKind::NotFound,
                              .reason = "model_not_found",
                              .message = "model not found: '" + id + "'; GET /v1/models lists those there are",
                              .param = "model"});
    }
}

} // namespace lunargate::api
