// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/request_reader.h"

#include "gateway/json/document.h"

#include <algorithm>

namespace lunargate::openai_chat {

namespace {

std::unexpected<Error> invalid(QByteArray reason, QByteArray message, QByteArray param = {})
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                 .reason = std::move(reason),
                                 .message = std::move(message),
                                 .param = std::move(param)});
}

// Members that the gateway itself reads. Twice the same one could mean one thing here and another at the provider.
constexpr QByteArrayView kReadMembers[] = {"model", "messages", "stream", "stream_options"};

const QByteArrayView *firstDuplicate(const std::vector<json::Member> &members)
{
    const auto isDuplicate = [&](QByteArrayView key) {
        return std::ranges::count(members, key, [](const json::Member &member) { return QByteArrayView(member.key); }) >
               1;
    };
    const auto found = std::ranges::find_if(kReadMembers, isDuplicate);
    return found == std::end(kReadMembers) ? nullptr : found;
}

bool isAbsent(json::Value value)
{
    return !value.exists() || value.isNull();
}

Result<void> checkTypes(json::Value root)
{
    if (const json::Value model = root["model"]; !isAbsent(model) && !model.isString())
        return invalid("invalid_type", "'model' must be a string", "model");
    if (const json::Value messages = root["messages"]; !isAbsent(messages) && !messages.isArray())
        return invalid("invalid_type", "'messages' must be an array", "messages");
    if (const json::Value stream = root["stream"]; !isAbsent(stream) && !stream.isBool())
        return invalid("invalid_type", "'stream' must be true or false", "stream");
    const json::Value options = root["stream_options"];
    if (!isAbsent(options) && !options.isObject())
        return invalid("invalid_type", "'stream_options' must be an object", "stream_options");
    if (const json::Value usage = options["include_usage"]; !isAbsent(usage) && !usage.isBool())
        return invalid("invalid_type", "'stream_options.include_usage' must be true or false", "stream_options");
    return {};
}

} // namespace

Result<ChatRequest> readRequest(QByteArray body, int maxJsonDepth)
{
    if (body.isEmpty())
        return invalid("empty_body", "the request has no body; send a JSON object");
    auto document = json::Document::read(body);
    if (!document) {
        const json::ParseError &error = document.error();
        return invalid("invalid_json", "invalid JSON in request body: " + error.message + " (byte " +
                                           QByteArray::number(error.position) + ')');
    }
    if (json::isDeeperThan(body, maxJsonDepth)) {
        return invalid("json_too_deep", "the JSON is nested deeper than " + QByteArray::number(maxJsonDepth) +
                                            " levels (server.max_json_depth)");
    }
    const json::Value root = document->root();
    if (!root.isObject())
        return invalid("invalid_json", "the request body must be a JSON object");
    if (const Result<void> types = checkTypes(root); !types)
        return std::unexpected(types.error());

    ChatRequest request;
    request.object = json::wholeValue(body);
    request.members = json::membersOf(body, request.object);
    if (const QByteArrayView *key = firstDuplicate(request.members))
        return invalid("duplicate_key", "'" + key->toByteArray() + "' is there twice", key->toByteArray());
    request.model = root["model"].toByteArray();
    request.stream = root["stream"].boolean().value_or(false);
    request.includeUsage = root["stream_options"]["include_usage"].boolean().value_or(false);
    request.body = std::move(body);
    request.document = *std::move(document);
    return request;
}

} // namespace lunargate::openai_chat
