// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/models_reader.h"

#include "gateway/json/document.h"
#include "gateway/providers/token_count.h"

namespace lunargate::openai {

Result<ModelPage> readModels(const QByteArray &body)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    const json::Value root = document ? document->root() : json::Value();
    const json::Value list = root.isArray() ? root : root["data"]; // Together sends the bare list
    if (!list.isArray()) {
        return std::unexpected(Error{.kind = ErrorKind::UpstreamProtocol,
                                     .reason = "upstream_invalid_answer",
                                     .message = "failed to parse provider response: it is no list of models"});
    }
    ModelPage page;
    for (const json::Value model : list.elements()) {
        if (!model["id"].string().isEmpty()) {
            page.models.push_back({.id = model["id"].toByteArray(),
                                   .created = model["created"].wholeNumber(),
                                   .contextLength = tokenCount(model["context_length"])});
        }
    }
    return page;
}

} // namespace lunargate::openai
