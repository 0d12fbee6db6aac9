// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/models.h"

#include "gateway/api/model_list_form.h"
#include "gateway/pipeline/plan_rights.h"
#include "gateway/pipeline/refresh_models.h"

#include <algorithm>
#include <iterator>

namespace lunargate::api {

namespace {

ModelListForm chooseForm(RequestContext &context)
{
    const ModelListForm form = modelListForm(context.exchange.request);
    if (form == ModelListForm::Anthropic)
        context.setDialect(ChatProtocol::AnthropicMessages); // also for errors
    return form;
}

} // namespace

Task<> listModels(RequestContext &context, const GatewayStatus &)
{
    const ModelListForm form = chooseForm(context);
    co_await refreshModels(context);
    const ModelCatalogue catalogue = context.runtime->catalogue();
    std::vector<ModelEntry> models;
    std::ranges::copy_if(catalogue.models(), std::back_inserter(models), [&context](const ModelEntry &model) {
        return isAllowed(context.caller, *context.runtime, model);
    });
    Result<ModelListPage> page = ModelListPage{.models = models};
    if (form == ModelListForm::Anthropic)
        page = pageOf(models, context.exchange.request.target);
    if (page)
        context.respond(200, "application/json", modelListBody(*page, context.runtime->prices, form));
    else
        context.respondError(page.error());
}

Task<> oneModel(RequestContext &context, const GatewayStatus &)
{
    const ModelListForm form = chooseForm(context);
    const QByteArray path = canonicalPath(context.exchange.request.path());
    const QByteArray id = QByteArray::fromPercentEncoding(path.sliced(qsizetype(qstrlen("/v1/models/"))));
    ModelCatalogue catalogue = context.runtime->catalogue();
    if (!catalogue.find(id)) { // nobody waits for lists that have nothing to do with it
        co_await refreshModels(context);
        catalogue = context.runtime->catalogue();
    }
    const ModelEntry *model = catalogue.find(id);
    if (model && isAllowed(context.caller, *context.runtime, *model)) {
        context.respond(200, "application/json", modelBody(*model, context.runtime->prices, form));
    } else {
        context.respondError({.kind = ErrorKind::NotFound,
                              .reason = "model_not_found",
                              .message = "model not found: '" + id + "'; GET /v1/models lists those there are",
                              .param = "model"});
    }
}

} // namespace lunargate::api
