// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/model_list_form.h"

#include "gateway/api/query_parameters.h"

#include <QDateTime>
#include <QTimeZone>

namespace lunargate {

namespace {

double perMillion(Money perToken)
{
    return (perToken * 1'000'000).dollars();
}

void appendOpenAi(json::TextWriter &json, const ModelEntry &model, const PriceBook &prices)
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

// Anthropic API reference, "List models".
void appendAnthropic(json::TextWriter &json, const ModelEntry &model)
{
    const QDateTime created = QDateTime::fromSecsSinceEpoch(model.created, QTimeZone::UTC);
    json.beginObject().member("type", "model").member("id", model.id).member("display_name", model.id);
    json.member("created_at", created.toString(Qt::ISODate).toUtf8());
    if (model.contextLength)
        json.member("max_input_tokens", *model.contextLength);
    json.endObject();
}

void appendModel(json::TextWriter &json, const ModelEntry &model, const PriceBook &prices, ModelListForm form)
{
    if (form == ModelListForm::Anthropic)
        appendAnthropic(json, model);
    else
        appendOpenAi(json, model, prices);
}

void appendId(json::TextWriter &json, const char *name, const ModelListPage &page, bool isFirst)
{
    json.key(name);
    if (page.models.empty())
        json.null();
    else
        json.string(isFirst ? page.models.front().id : page.models.back().id);
}

} // namespace

ModelListForm modelListForm(const HttpRequest &request)
{
    if (request.headers.contains("anthropic-version"))
        return ModelListForm::Anthropic;
    const bool isCodex = QueryParameters::pick(request.target, {"client_version"}).value("client_version").has_value();
    return isCodex ? ModelListForm::Codex : ModelListForm::OpenAi;
}

QByteArray modelListBody(const ModelListPage &page, const PriceBook &prices, ModelListForm form)
{
    json::TextWriter json;
    json.beginObject();
    if (form != ModelListForm::Anthropic)
        json.member("object", "list");
    json.key("data").beginArray();
    for (const ModelEntry &model : page.models)
        appendModel(json, model, prices, form);
    json.endArray();
    if (form == ModelListForm::Anthropic) {
        json.member("has_more", page.hasMore);
        appendId(json, "first_id", page, true);
        appendId(json, "last_id", page, false);
    }
    // Codex takes a model's instructions, tools and limits from its entry in `models`, and would replace its own by
    // what a gateway guesses. Without the member it cannot read the answer; an empty one changes nothing.
    if (form == ModelListForm::Codex)
        json.key("models").beginArray().endArray();
    json.endObject();
    return std::move(json).text();
}

QByteArray modelBody(const ModelEntry &model, const PriceBook &prices, ModelListForm form)
{
    json::TextWriter json;
    appendModel(json, model, prices, form);
    return std::move(json).text();
}

} // namespace lunargate
