// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_embeddings/request_reader.h"

#include "gateway/dialects/json_body.h"

#include <algorithm>

namespace lunargate::openai_embeddings {

namespace {

constexpr QByteArrayView kReadMembers[] = {"model", "input", "encoding_format", "dimensions", "user"};

Result<void> readModel(json::Value model, EmbeddingsRequest &request)
{
    if (!isAbsent(model) && !model.isString())
        return refusedBody("invalid_type", "'model' must be a string", "model");
    if (model.string().trimmed().isEmpty())
        return refusedBody("model_required", "model is required", "model");
    request.model = model.toByteArray();
    return {};
}

bool isEveryElement(json::Value list, bool (*is)(json::Value))
{
    for (const json::Value element : list.elements()) {
        if (!is(element))
            return false;
    }
    return true;
}

bool isText(json::Value value)
{
    return value.isString();
}

bool isToken(json::Value value)
{
    return value.integer().has_value();
}

bool isTokenList(json::Value value)
{
    return value.isArray() && isEveryElement(value, isToken);
}

Result<void> readInput(json::Value input, EmbeddingsRequest &request)
{
    if (isAbsent(input))
        return refusedBody("input_required", "input is required", "input");
    const bool isEmpty = input.isString() ? input.string().isEmpty() : input.isArray() && input.size() == 0;
    if (isEmpty)
        return refusedBody("input_required", "input is required: it is empty", "input");
    if (isText(input)) {
        request.texts = {input.string()};
    } else if (input.isArray() && isEveryElement(input, isText)) {
        request.texts.reserve(input.size());
        for (const json::Value text : input.elements())
            request.texts.push_back(text.string());
    } else if (isTokenList(input) || (input.isArray() && isEveryElement(input, isTokenList))) {
        request.isTokens = true;
    } else {
        return refusedBody("invalid_type",
                           "'input' must be a text, a list of texts, a list of tokens, or a list of lists of tokens",
                           "input");
    }
    return {};
}

Result<void> readOptions(json::Value root, EmbeddingsRequest &request)
{
    const json::Value format = root["encoding_format"];
    if (!isAbsent(format) && format.string() != "float" && format.string() != "base64")
        return refusedBody("invalid_value", "'encoding_format' must be float or base64", "encoding_format");
    request.isBase64 = format.string() == "base64";
    if (const json::Value dimensions = root["dimensions"]; !isAbsent(dimensions)) {
        request.dimensions = dimensions.wholeNumber();
        if (request.dimensions.value_or(0) < 1)
            return refusedBody("invalid_value", "'dimensions' must be a whole number over 0", "dimensions");
    }
    const json::Value user = root["user"];
    if (!isAbsent(user) && !user.isString())
        return refusedBody("invalid_type", "'user' must be a string", "user");
    request.user = user.toByteArray();
    return {};
}

} // namespace

Result<EmbeddingsRequest> readRequest(QByteArray body, int maxJsonDepth)
{
    Result<JsonBody> object = readJsonBody(body, maxJsonDepth);
    if (!object)
        return std::unexpected(std::move(object.error()));
    const json::Value root = object->document.root();
    EmbeddingsRequest request;
    const Result<void> read = checkUnique(object->members, kReadMembers)
                                  .and_then([&] { return readModel(root["model"], request); })
                                  .and_then([&] { return readInput(root["input"], request); })
                                  .and_then([&] { return readOptions(root, request); });
    if (!read)
        return std::unexpected(read.error());
    request.object = object->object;
    request.members = std::move(object->members);
    request.body = std::move(body);
    request.document = std::move(object->document);
    return request;
}

} // namespace lunargate::openai_embeddings
