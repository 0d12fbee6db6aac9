// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/models.h"

#include "gateway/json/writer.h"

namespace lunargate::api {

namespace {

void appendModel(QByteArray &out, const ModelEntry &model)
{
    out += R"({"id":)";
    json::appendString(out, model.id);
    out += R"(,"object":"model","created":)" + QByteArray::number(model.created) + R"(,"owned_by":)";
    json::appendString(out, model.ownedBy);
    out += '}';
}

} // namespace

Task<> listModels(RequestContext &context, const GatewayStatus &)
{
    QByteArray body = R"({"object":"list","data":[)";
    for (const ModelEntry &model : context.runtime->catalogue.models()) {
        if (!body.endsWith('['))
            body += ',';
        appendModel(body, model);
    }
    body += "]}";
    context.respond(200, "application/json", body);
    co_return;
}

Task<> oneModel(RequestContext &context, const GatewayStatus &)
{
    const QByteArray path = canonicalPath(context.exchange.request.path());
    const QByteArray id = QByteArray::fromPercentEncoding(path.sliced(qsizetype(qstrlen("/v1/models/"))));
    if (const ModelEntry *model = context.runtime->catalogue.find(id)) {
        QByteArray body;
        appendModel(body, *model);
        context.respond(200, "application/json", body);
    } else {
        context.respondError({.kind = ErrorKind::NotFound,
                              .reason = "model_not_found",
                              .message = "model not found: '" + id + "'; GET /v1/models lists those there are",
                              .param = "model"});
    }
    co_return;
}

} // namespace lunargate::api
