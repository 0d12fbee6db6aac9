// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/embeddings_reader.h"

#include "gateway/json/document.h"
#include "gateway/providers/ollama/error_reader.h"
#include "gateway/providers/token_count.h"

#include <cmath>
#include <limits>

namespace lunargate::ollama {

namespace {

/// Nothing if it is no array of numbers, or has none.
std::optional<std::vector<float>> readVector(json::Value value)
{
    std::vector<float> vector;
    vector.reserve(value.size());
    for (const json::Value element : value.elements()) {
        const std::optional<double> component = element.number();
        if (!component || !(std::abs(*component) <= std::numeric_limits<float>::max()))
            return std::nullopt;
        vector.push_back(static_cast<float>(*component));
    }
    return vector.empty() ? std::nullopt : std::optional(std::move(vector));
}

} // namespace

std::expected<Embeddings, UpstreamFailure> readEmbeddings(const QByteArray &body, size_t count, const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    if (!document || !document->root().isObject())
        return invalidAnswer("it is not a JSON object");
    const json::Value answer = document->root();
    if (const std::optional<ProviderComplaint> complaint = readComplaint(answer))
        return std::unexpected(UpstreamFailure{.error = errorInside(*complaint, 0, key), .fromProvider = true});
    const json::Value vectors = answer["embeddings"];
    if (!vectors.isArray() || vectors.size() != count)
        return invalidAnswer("it does not have one embedding for each input");
    Embeddings embeddings{
        .vectors = {}, .model = answer["model"].toByteArray(), .promptTokens = tokenCount(answer["prompt_eval_count"])};
    embeddings.vectors.reserve(count);
    for (const json::Value value : vectors.elements()) {
        std::optional<std::vector<float>> vector = readVector(value);
        if (!vector)
            return invalidAnswer("an embedding is not a list of numbers");
        embeddings.vectors.push_back(*std::move(vector));
    }
    return embeddings;
}

} // namespace lunargate::ollama
