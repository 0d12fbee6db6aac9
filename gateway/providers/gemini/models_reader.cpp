// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/models_reader.h"

#include "gateway/providers/gemini/error_reader.h"
#include "gateway/providers/gemini/model_family.h"
#include "gateway/providers/token_count.h"

namespace lunargate::gemini {

namespace {

bool isServed(json::Value model)
{
    for (const json::Value method : model["supportedGenerationMethods"].elements()) {
        if (method.string() == "generateContent" || method.string() == "embedContent")
            return true;
    }
    return false;
}

// Protobuf leaves out what is empty: a page may have no list, and the last one may have nothing at all.
bool isModelPage(json::Value root)
{
    if (errorObject(root).exists())
        return false;
    if (root["models"].exists())
        return root["models"].isArray();
    return root.isObject() && (root.size() == 0 || !root["nextPageToken"].string().isEmpty());
}

QByteArray withoutCollection(QByteArrayView name)
{
    return (name.startsWith(kModels) ? name.sliced(kModels.size()) : name).toByteArray();
}

} // namespace

QByteArray modelsPath(const QByteArray &page)
{
    const QByteArray path = "/models?pageSize=1000"; // the most that there is
    return page.isEmpty() ? path : path + "&pageToken=" + page.toPercentEncoding();
}

Result<ModelPage> readModels(const QByteArray &body)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    const json::Value root = document ? document->root() : json::Value();
    if (!isModelPage(root)) {
        return std::unexpected(Error{.kind = ErrorKind::UpstreamProtocol,
                                     .reason = "upstream_invalid_answer",
                                     .message = "failed to parse provider response: it is no list of models"});
    }
    ModelPage page{.models = {}, .nextPage = root["nextPageToken"].toByteArray()};
    for (const json::Value model : root["models"].elements()) {
        const QByteArray id = withoutCollection(model["name"].string());
        if (!id.isEmpty() && isServed(model))
            page.models.push_back({.id = id, .contextLength = tokenCount(model["inputTokenLimit"])});
    }
    return page;
}

} // namespace lunargate::gemini
