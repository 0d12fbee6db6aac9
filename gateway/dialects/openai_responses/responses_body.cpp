// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/responses_call.h"

namespace lunargate::responses {

namespace {

constexpr QByteArrayView kReadMembers[] = {"model",        "input", "stream", "store",       "previous_response_id",
                                           "instructions", "tools", "text",   "tool_choice", "background",
                                           "generate"};

std::unexpected<Error> wrongType(const char *name, const QByteArray &wanted)
{
    return refusedBody("invalid_type", '\'' + QByteArray(name) + "' must be " + wanted, name);
}

Result<void> checkTypes(json::Value root)
{
    for (const char *name : {"model", "previous_response_id"}) {
        if (const json::Value value = root[name]; !isAbsent(value) && !value.isString())
            return wrongType(name, "a string");
    }
    for (const char *name : {"stream", "store", "background", "generate"}) {
        if (const json::Value value = root[name]; !isAbsent(value) && !value.isBool())
            return wrongType(name, "true or false");
    }
    if (const json::Value input = root["input"]; !isAbsent(input) && !input.isString() && !input.isArray())
        return wrongType("input", "a string or an array of items");
    return {};
}

// What stands elsewhere may be all that there is to read.
Result<void> checkInput(json::Value root)
{
    const json::Value input = root["input"];
    if (input.size() > 0 || !input.string().isEmpty() || root["generate"].boolean() == false)
        return {};
    for (const char *name : {"previous_response_id", "conversation", "prompt"}) {
        if (!isAbsent(root[name]))
            return {};
    }
    return refusedBody("missing_required_parameter", "input is required", "input");
}

std::vector<QByteArray> references(json::Value input)
{
    std::vector<QByteArray> ids;
    for (const json::Value item : input.elements()) {
        const QByteArrayView type = item["type"].string();
        const bool isReference = type == "item_reference" || (type.isEmpty() && !item["role"].exists());
        if (isReference && !item["id"].string().isEmpty())
            ids.push_back(item["id"].toByteArray());
    }
    return ids;
}

} // namespace

Result<ResponsesBody> readBody(QByteArray bytes, int maxJsonDepth)
{
    Result<JsonBody> object = readJsonBody(bytes, maxJsonDepth);
    if (!object)
        return std::unexpected(std::move(object.error()));
    const json::Value root = object->document.root();
    Result<void> checked = checkTypes(root);
    if (checked)
        checked = checkUnique(object->members, kReadMembers);
    if (checked)
        checked = checkInput(root);
    if (!checked)
        return std::unexpected(std::move(checked.error()));
    ResponsesBody body{.bytes = std::move(bytes), .json = *std::move(object), .model = root["model"].toByteArray()};
    body.previousResponseId = root["previous_response_id"].toByteArray();
    body.itemReferences = references(root["input"]);
    body.store = root["store"].boolean().value_or(true);
    body.stream = root["stream"].boolean().value_or(false);
    body.generate = root["generate"].boolean().value_or(true);
    body.background = root["background"].boolean().value_or(false);
    return body;
}

Error previousResponseNotFound(const QByteArray &id)
{
    return {.kind = ErrorKind::InvalidRequest,
            .reason = "previous_response_not_found",
            .message = "Previous response with id '" + id + "' not found.",
            .param = "previous_response_id"};
}

} // namespace lunargate::responses
