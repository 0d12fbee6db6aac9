// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/embeddings.h"

#include "gateway/chat/embedding_vector.h"
#include "gateway/json/writer.h"
#include "gateway/providers/simulator/json_access.h"
#include "gateway/providers/simulator/tokens.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <algorithm>
#include <cmath>

namespace lunargate::simulator {

namespace {

// OpenAI's limits and the default size of text-embedding-3-small.
constexpr size_t kMaxInputs = 2048;
constexpr int kDefaultDimensions = 1536;
constexpr int kMaxDimensions = 3072;

std::unexpected<Error> invalid(QByteArray param, QByteArray message)
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                 .reason = "invalid_value",
                                 .message = std::move(message),
                                 .param = std::move(param)});
}

bool isTokenList(const std::vector<json::Value> &values)
{
    return !values.empty() &&
           std::ranges::all_of(values, [](json::Value value) { return value.integer().has_value(); });
}

std::vector<QByteArray> tokenNumbers(const std::vector<json::Value> &values)
{
    std::vector<QByteArray> tokens;
    tokens.reserve(values.size());
    for (const json::Value value : values)
        tokens.push_back(QByteArray::number(*value.integer()));
    return tokens;
}

/// The tokens of one input; empty if it is neither text nor a list of token numbers, or has nothing in it.
std::vector<QByteArray> inputTokens(json::Value input)
{
    if (input.isString())
        return splitTokens(input.string());
    const std::vector<json::Value> numbers = elements(input);
    return isTokenList(numbers) ? tokenNumbers(numbers) : std::vector<QByteArray>();
}

std::vector<std::vector<QByteArray>> allInputs(json::Value input)
{
    const std::vector<json::Value> list = elements(input);
    if (!input.isArray() || isTokenList(list))
        return {inputTokens(input)};
    std::vector<std::vector<QByteArray>> inputs;
    inputs.reserve(list.size());
    for (const json::Value element : list)
        inputs.push_back(inputTokens(element));
    return inputs;
}

} // namespace

Result<EmbeddingsRequest> readEmbeddingsRequest(const QByteArray &body)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    if (!document || !document->root().isObject())
        return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                     .reason = "invalid_json",
                                     .message = "We could not parse the JSON body of your request."});
    const json::Value root = document->root();
    EmbeddingsRequest request;
    request.model = root["model"].toByteArray();
    if (request.model.isEmpty())
        return invalid("model", "you must provide a model parameter");

    request.inputs = allInputs(root["input"]);
    const bool hasEmpty = std::ranges::any_of(request.inputs, &std::vector<QByteArray>::empty);
    if (request.inputs.empty() || request.inputs.size() > kMaxInputs || hasEmpty)
        return invalid("input", "'$.input' is invalid: expected text or token numbers, or at most 2048 of such.");

    const json::Value dimensions = root["dimensions"];
    const qint64 wanted = dimensions.exists() ? dimensions.integer().value_or(0) : kDefaultDimensions;
    if (wanted < 1 || wanted > kMaxDimensions)
        return invalid("dimensions", "Invalid 'dimensions': expected an integer from 1 to 3072.");
    request.dimensions = static_cast<int>(wanted);

    const QByteArrayView encoding = root["encoding_format"].string();
    if (!encoding.isEmpty() && encoding != "float" && encoding != "base64")
        return invalid("encoding_format", "Invalid 'encoding_format': expected float or base64.");
    request.isBase64 = encoding == "base64";
    return request;
}

std::vector<float> embed(const std::vector<QByteArray> &tokens, int dimensions)
{
    // Feature hashing: each word adds to some places, with a sign, all of them taken from its hash.
    std::vector<double> sums(static_cast<size_t>(dimensions), 0.0);
    for (const QByteArray &token : tokens) {
        const QByteArray hash = QCryptographicHash::hash(token.trimmed().toLower(), QCryptographicHash::Sha256);
        for (qsizetype i = 0; i + 4 <= hash.size(); i += 4) {
            const auto feature = qFromBigEndian<quint32>(hash.constData() + i);
            sums[(feature >> 1) % sums.size()] += feature & 1 ? 1.0 : -1.0;
        }
    }
    double squares = 0;
    for (const double sum : sums)
        squares += sum * sum;
    if (squares == 0) { // everything cancelled out
        sums.front() = 1;
        squares = 1;
    }
    std::vector<float> vector(sums.size());
    const double length = std::sqrt(squares);
    std::ranges::transform(sums, vector.begin(), [length](double sum) { return static_cast<float>(sum / length); });
    return vector;
}

QByteArray embeddingsAnswer(const EmbeddingsRequest &request)
{
    QByteArray text = "{\"object\":\"list\",\"data\":[";
    qint64 tokens = 0;
    for (size_t i = 0; i < request.inputs.size(); ++i) {
        const std::vector<float> vector = embed(request.inputs[i], request.dimensions);
        text += (i == 0 ? "{" : ",{");
        text += "\"object\":\"embedding\",\"index\":" + QByteArray::number(static_cast<qint64>(i)) + ",\"embedding\":";
        text += request.isBase64 ? json::quoted(vectorAsBase64(vector)) : vectorAsJson(vector);
        text += '}';
        tokens += std::ssize(request.inputs[i]);
    }
    text += "],\"model\":" + json::quoted(request.model);
    text += ",\"usage\":{\"prompt_tokens\":" + QByteArray::number(tokens) +
            ",\"total_tokens\":" + QByteArray::number(tokens) + "}}";
    return text;
}

} // namespace lunargate::simulator
