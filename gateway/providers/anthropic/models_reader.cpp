// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/models_reader.h"

#include "gateway/json/document.h"
#include "gateway/providers/token_count.h"
#include "gateway/providers/upstream_errors.h"

#include <QDateTime>

namespace lunargate::anthropic {

namespace {

std::optional<qint64> unixSeconds(QByteArrayView rfc3339)
{
    const QDateTime time = QDateTime::fromString(QString::fromLatin1(rfc3339), Qt::ISODate);
    return time.isValid() ? std::optional(time.toSecsSinceEpoch()) : std::nullopt;
}

} // namespace

Result<ModelPage> readModels(QByteArrayView body)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    const json::Value root = document ? document->root() : json::Value();
    if (!root["data"].isArray())
        return std::unexpected(invalidAnswer("it is no list of models").error().error);
    ModelPage page;
    for (const json::Value model : root["data"].elements()) {
        if (model["id"].string().isEmpty())
            continue;
        page.models.push_back({.id = model["id"].toByteArray(),
                               .created = unixSeconds(model["created_at"].string()),
                               .contextLength = tokenCount(model["max_input_tokens"])});
    }
    if (root["has_more"].boolean() == true)
        page.nextPage = root["last_id"].toByteArray();
    return page;
}

} // namespace lunargate::anthropic
