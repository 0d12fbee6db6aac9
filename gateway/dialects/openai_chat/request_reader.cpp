// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/request_reader.h"

#include "gateway/dialects/json_body.h"

namespace lunargate::openai_chat {

namespace {

constexpr QByteArrayView kReadMembers[] = {"model", "messages", "stream", "stream_options"};

Result<void> checkTypes(json::Value root)
{
    if (const json::Value model = root["model"]; !isAbsent(model) && !model.isString())
        return refusedBody("invalid_type", "'model' must be a string", "model");
    if (const json::Value messages = root["messages"]; !isAbsent(messages) && !messages.isArray())
        return refusedBody("invalid_type", "'messages' must be an array", "messages");
    if (const json::Value stream = root["stream"]; !isAbsent(stream) && !stream.isBool())
        return refusedBody("invalid_type", "'stream' must be true or false", "stream");
    const json::Value options = root["stream_options"];
    if (!isAbsent(options) && !options.isObject())
        return refusedBody("invalid_type", "'stream_options' must be an object", "stream_options");
    if (const json::Value usage = options["include_usage"]; !isAbsent(usage) && !usage.isBool())
        return refusedBody("invalid_type", "'stream_options.include_usage' must be true or false", "stream_options");
    return {};
}

} // namespace

ChatRequest writtenRequest(json::Document document)
{
    const json::Value root = document.root();
    ChatRequest request;
    request.model = root["model"].toByteArray();
    request.stream = root["stream"].boolean().value_or(false);
    request.includeUsage = root["stream_options"]["include_usage"].boolean().value_or(false);
    request.document = std::move(document);
    return request;
}

Result<ChatRequest> readRequest(QByteArray body, int maxJsonDepth)
{
    Result<JsonBody> object = readJsonBody(body, maxJsonDepth);
    if (!object)
        return std::unexpected(std::move(object.error()));
    const json::Value root = object->document.root();
    if (Result<void> types = checkTypes(root); !types)
        return std::unexpected(std::move(types.error()));
    if (Result<void> unique = checkUnique(object->members, kReadMembers); !unique)
        return std::unexpected(std::move(unique.error()));

    ChatRequest request = writtenRequest(std::move(object->document));
    request.object = object->object;
    request.members = std::move(object->members);
    request.body = std::move(body);
    return request;
}

} // namespace lunargate::openai_chat
