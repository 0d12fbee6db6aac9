// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/embeddings_answer.h"

#include "gateway/chat/embedding_vector.h"
#include "gateway/json/splice.h"
#include "gateway/json/writer.h"
#include "gateway/providers/openai/error_reader.h"
#include "gateway/providers/token_count.h"
#include "gateway/providers/told_cost.h"
#include "gateway/providers/upstream_errors.h"

namespace lunargate::openai {

namespace {

// Some services tell only the total, which is the same here: nothing is written.
std::optional<Usage> readEmbeddingsUsage(json::Value usage)
{
    const std::optional<qint64> prompt = tokenCount(usage["prompt_tokens"]);
    const std::optional<qint64> tokens = prompt ? prompt : tokenCount(usage["total_tokens"]);
    if (!tokens)
        return std::nullopt;
    return Usage{.input = *tokens, .cost = toldCost(usage)};
}

bool hasOtherForm(json::Value vector, bool wantsBase64)
{
    return wantsBase64 ? vector.isArray() : vector.isString();
}

bool hasVectorsOfOtherForm(json::Value data, bool wantsBase64)
{
    for (const json::Value element : data.elements()) {
        if (hasOtherForm(element["embedding"], wantsBase64))
            return true;
    }
    return false;
}

// Nothing if `text`, the JSON of a vector, is none.
std::optional<QByteArray> converted(QByteArrayView text, bool wantsBase64)
{
    const std::optional<json::Document> document = json::Document::parse(text);
    const json::Value value = document ? document->root() : json::Value();
    if (!hasOtherForm(value, wantsBase64))
        return text.toByteArray();
    const std::optional<std::vector<float>> vector = wantsBase64 ? vectorOfJson(value) : vectorOfBase64(value.string());
    if (!vector)
        return std::nullopt;
    return wantsBase64 ? json::quoted(vectorAsBase64(*vector)) : vectorAsJson(*vector);
}

// Nothing if one of the vectors is none.
std::optional<QByteArray> withVectorsConverted(const QByteArray &body, bool wantsBase64)
{
    json::Splice splice(body);
    const std::vector<json::Member> members = json::membersOf(body, json::wholeValue(body));
    const json::Member *data = json::find(members, "data");
    for (const json::Range &element : json::elementsOf(body, data ? data->value : json::Range())) {
        const std::vector<json::Member> own = json::membersOf(body, element);
        const json::Member *vector = json::find(own, "embedding");
        if (!vector)
            continue;
        std::optional<QByteArray> other = converted(vector->value.of(body), wantsBase64);
        if (!other)
            return std::nullopt;
        splice.replace(vector->value, *std::move(other));
    }
    return splice.result();
}

} // namespace

std::expected<ModelAnswer, UpstreamFailure> readEmbeddingsAnswer(QByteArray body, bool wantsBase64,
                                                                 const SecretString &key)
{
    ModelAnswer answer;
    bool mustConvert = false;
    {
        const std::optional<json::Document> document = json::Document::parse(body);
        if (!document || !document->root().isObject())
            return invalidAnswer("it is not a JSON object");
        const json::Value root = document->root();
        const json::Value data = root["data"];
        if (const json::Value error = root["error"]; error.exists() && !error.isNull() && !data.isArray())
            return std::unexpected(readErrorObject(error, 0, key));
        if (!data.isArray())
            return invalidAnswer("it has no list of embeddings");
        answer.usage = readEmbeddingsUsage(root["usage"]);
        answer.model = root["model"].toByteArray();
        mustConvert = hasVectorsOfOtherForm(data, wantsBase64);
    } // the parsed numbers take more memory than their text
    if (mustConvert) {
        std::optional<QByteArray> other = withVectorsConverted(body, wantsBase64);
        if (!other)
            return invalidAnswer("an embedding is neither a list of numbers nor base64 of such");
        body = *std::move(other);
    }
    answer.body = std::move(body);
    return answer;
}

} // namespace lunargate::openai
