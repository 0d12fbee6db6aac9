// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/embeddings.h"

#include "gateway/chat/embedding_vector.h"
#include "gateway/chat/parameter_use.h"
#include "gateway/json/text_writer.h"
#include "gateway/providers/gemini/model_family.h"
#include "gateway/providers/token_count.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lunargate::gemini {

namespace {

constexpr size_t kMostTexts = 100; // Google: "at most 100 requests can be in one batch"

/// Members that have a place of their own in EmbeddingsRequest. Vectors are encoded by the gateway.
constexpr QByteArrayView kRead[] = {"model", "input", "encoding_format", "dimensions"};

/// Members of an EmbedContentRequest, which clients add to a request of OpenAI's form.
struct OwnMember
{
    QByteArrayView name;
    QByteArrayView snakeCase;
};
constexpr OwnMember kOwnMembers[] = {{"taskType", "task_type"}, {"title", "title"}};

using OwnValues = std::array<json::Value, std::size(kOwnMembers)>;

/// Takes what is Google's own out of a client's request; the names of what is nobody's go to `dropped`.
Result<OwnValues> readOwnMembers(json::Value root, std::vector<QByteArray> &dropped)
{
    OwnValues values;
    for (const auto [name, value] : root.members()) {
        if (value.isNull() || std::ranges::contains(kRead, name))
            continue;
        const auto isNamed = [name](const OwnMember &own) { return name == own.name || name == own.snakeCase; };
        const auto own = std::ranges::find_if(kOwnMembers, isNamed);
        if (own == std::end(kOwnMembers)) {
            dropped.push_back(name.toByteArray());
            continue;
        }
        if (!value.isString()) {
            return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                         .reason = "invalid_value",
                                         .message = "'" + name.toByteArray() + "' must be a string",
                                         .param = name.toByteArray()});
        }
        values[static_cast<size_t>(own - kOwnMembers)] = value;
    }
    return values;
}

Error tooManyTexts(size_t count, const QByteArray &providerId)
{
    return {.kind = ErrorKind::InvalidRequest,
            .reason = "invalid_value",
            .message = "'input' has " + QByteArray::number(count) + " texts, but provider '" + providerId +
                       "' takes at most " + QByteArray::number(kMostTexts) + " in a request",
            .param = "input"};
}

std::unexpected<Error> invalidAnswer(const QByteArray &problem)
{
    return std::unexpected(Error{.kind = ErrorKind::UpstreamProtocol,
                                 .reason = "upstream_invalid_answer",
                                 .message = "failed to parse provider response: " + problem});
}

} // namespace

Result<WrittenEmbeddings> writeEmbeddingsRequest(const EmbeddingsRequest &request, const QByteArray &model,
                                                 const QByteArray &providerId)
{
    if (request.isTokens)
        return std::unexpected(unsupported(providerId, "input", "embeddings of tokens: send the text"));
    if (request.texts.size() > kMostTexts)
        return std::unexpected(tooManyTexts(request.texts.size(), providerId));
    WrittenEmbeddings written;
    const Result<OwnValues> ownValues = readOwnMembers(request.document.root(), written.dropped);
    if (!ownValues)
        return std::unexpected(ownValues.error());
    const bool isResource = model.startsWith(kModels) || model.startsWith(kTunedModels);
    const QByteArray resource = isResource ? model : kModels.toByteArray() + model;
    json::TextWriter json(request.body.size() + std::ssize(request.texts) * 128);
    json.beginObject().key("requests").beginArray();
    for (const QByteArrayView text : request.texts) {
        json.beginObject().member("model", resource);
        json.key("content").beginObject().key("parts").beginArray();
        json.beginObject().member("text", text).endObject();
        json.endArray().endObject();
        if (request.dimensions)
            json.member("outputDimensionality", *request.dimensions);
        for (size_t i = 0; i < ownValues->size(); ++i) {
            if ((*ownValues)[i].exists())
                json.member(kOwnMembers[i].name, (*ownValues)[i]);
        }
        json.endObject();
    }
    written.body = std::move(json.endArray().endObject()).text();
    return written;
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
        std::optional<std::vector<float>> vector = vectorOfJson(embedding["values"]);
        const auto isFinite = [](float component) { return std::isfinite(component); };
        if (!vector || vector->empty() || !std::ranges::all_of(*vector, isFinite))
            return invalidAnswer("an embedding is no vector of numbers");
        result.vectors.push_back(*std::move(vector));
    }
    result.promptTokens = tokenCount(document->root()["usageMetadata"]["promptTokenCount"]);
    return result;
}

} // namespace lunargate::gemini
