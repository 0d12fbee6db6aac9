// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/models_reader.h"

#include "gateway/providers/token_count.h"

namespace lunargate::ollama {

Result<ModelPage> readModels(const QByteArray &body)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    const json::Value models = document ? document->root()["models"] : json::Value();
    // A server without models says null.
    if (!models.isArray() && !models.isNull()) {
        return std::unexpected(Error{.kind = ErrorKind::UpstreamProtocol,
                                     .reason = "upstream_invalid_answer",
                                     .message = "failed to parse the provider's model list: it has no 'models'"});
    }
    ModelPage page;
    for (const json::Value model : models.elements()) {
        const QByteArrayView name = model["name"].string();
        const QByteArray id = (name.isEmpty() ? model["model"].string() : name).toByteArray();
        if (!id.isEmpty())
            page.models.push_back({.id = id, .contextLength = tokenCount(model["details"]["context_length"])});
    }
    return page;
}

} // namespace lunargate::ollama
