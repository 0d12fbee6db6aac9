// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/embeddings.h"

#include "gateway/chat/parameter_use.h"
#include "gateway/json/text_writer.h"
#include "gateway/providers/token_count.h"

namespace lunargate::gemini {

namespace {

constexpr char kModels[] = "models/";

std::unexpected<Error> invalidAnswer(const QByteArray &problem)
{
    return std::unexpected(Error{.kind = ErrorKind::UpstreamProtocol,
                                 .reason = "upstream_invalid_answer",
                                 .message = "failed to parse provider response: " + problem});
}

} // namespace

Result<QByteArray> writeEmbeddingsRequest(const EmbeddingsRequest &request, const QByteArray &model,
                                          const QByteArray &providerId)
{
    if (request.isTokens)
        return std::unexpected(unsupported(providerId, "input", "embeddings of tokens: send the text"));
    const QByteArray resource = model.startsWith(kModels) ? model : QByteArray(kModels) + model;
    json::TextWriter json(request.body.size() + std::ssize(request.texts) * 128);
    json.beginObject().key("requests").beginArray();
    for (const QByteArrayView text : request.texts) {
        json.beginObject().member("model", resource);
        json.key("content").beginObject().key("parts").beginArray();
        json.beginObject().member("text", text).endObject();
        json.endArray().endObject();
        if (request.dimensions)
            json.member("outputDimensionality", *request.dimensions);
        json.endObject();
    }
    json.endArray().endObject();
    return std::move(json).text();
}

Result<Embeddings> readEmbeddings(const QByteArray &body, size_t count)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    const json::Value list = document ? document->root()["embeddings"] : json::Value();
    if (!list.isArray() || list.size() != count)
        return invalidAnswer("it has not one embedding for every input");
    Embeddings result;
    result.vectors.reserve(count);
    for (const json::Value embedding : list.elements()) {
        const json::Value values = embedding["values"];
        if (values.size() == 0)
            return invalidAnswer("an embedding is empty");
        std::vector<float> &vector = result.vectors.emplace_back();
        vector.reserve(values.size());
        for (const json::Value value : values.elements()) {
            const std::optional<double> number = value.number();
            if (!number)
                return invalidAnswer("an embedding has something but numbers");
            vector.push_back(static_cast<float>(*number));
        }
    }
    result.promptTokens = tokenCount(document->root()["usageMetadata"]["promptTokenCount"]);
    return result;
}

} // namespace lunargate::gemini
