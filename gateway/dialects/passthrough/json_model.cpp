// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/passthrough/json_model.h"

#include "gateway/dialects/json_body.h"

namespace lunargate::passthrough {

namespace {

constexpr QByteArrayView kReadMembers[] = {"model", "stream"};

qsizetype textBytes(json::Value prompt)
{
    qsizetype bytes = prompt.string().size();
    for (const json::Value text : prompt.elements())
        bytes += text.string().size();
    return bytes;
}

} // namespace

Result<JsonModel> readJsonModel(QByteArrayView body, int maxDepth)
{
    const Result<JsonBody> object = readJsonBody(body, maxDepth);
    if (!object)
        return std::unexpected(object.error());
    if (const Result<void> unique = checkUnique(object->members, kReadMembers); !unique)
        return std::unexpected(unique.error());
    const json::Value root = object->document.root();
    JsonModel found;
    if (const json::Value model = root["model"]; !isAbsent(model)) {
        if (!model.isString())
            return refusedBody("invalid_type", "'model' must be a string", "model");
        found.model = model.toByteArray();
    }
    if (const auto member = json::find(object->members, "model"))
        found.place = member->value;
    found.isStream = root["stream"].boolean().value_or(false);
    found.textBytes = textBytes(root["prompt"]) + textBytes(root["suffix"]);
    found.maxTokens = root["max_tokens"].wholeNumber();
    return found;
}

} // namespace lunargate::passthrough
