// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/thinking_reader.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/dialects/json_body.h"

namespace lunargate::anthropic_messages {

namespace {

// What a budget means to models that know efforts only.
QByteArrayView effortFor(qint64 budget)
{
    constexpr qint64 kLow = 2048;
    constexpr qint64 kMedium = 8192;
    return budget < kLow ? "low" : budget < kMedium ? "medium" : "high";
}

Result<void> checkThinking(json::Value root)
{
    for (const char *name : {"thinking", "output_config"}) {
        if (!isAbsent(root[name]) && !root[name].isObject())
            return invalidValue(name, "must be an object");
    }
    const QByteArrayView type = root["thinking"]["type"].string();
    if (!isAbsent(root["thinking"]) && type != "enabled" && type != "adaptive" && type != "disabled")
        return invalidValue("thinking.type", "must be enabled, adaptive or disabled");
    return {};
}

void writeEffort(json::DocumentWriter &json, json::Value thinking, QByteArrayView effort)
{
    const QByteArrayView type = thinking["type"].string();
    const std::optional<qint64> budget = thinking["budget_tokens"].wholeNumber();
    if (type == "disabled")
        effort = "none";
    else if (type == "enabled" && budget && effort.isEmpty())
        effort = effortFor(*budget);
    if (!effort.isEmpty())
        json.member("reasoning_effort", effort);
    if (type == "enabled" && budget)
        json.key("reasoning").beginObject().member("max_tokens", *budget).endObject();
}

// Not `strict`: OpenAI wants every property required then, Anthropic does not.
Result<void> writeFormat(json::DocumentWriter &json, json::Value format)
{
    if (isAbsent(format))
        return {};
    if (format["type"].string() != "json_schema" || !format["schema"].isObject())
        return invalidValue("output_config.format", "must be of type json_schema, with a schema");
    json.key("response_format").beginObject().member("type", "json_schema").key("json_schema").beginObject();
    json.member("name", "answer").member("schema", format["schema"]).endObject().endObject();
    return {};
}

} // namespace

Thoughts thoughtsWanted(json::Value root)
{
    const json::Value thinking = root["thinking"];
    const QByteArrayView type = thinking["type"].string();
    if (type != "enabled" && type != "adaptive")
        return Thoughts::None;
    return thinking["display"].string() == "omitted" ? Thoughts::Unworded : Thoughts::Shown;
}

Result<void> writeThinking(json::DocumentWriter &json, json::Value root, LostNames &lost)
{
    if (Result<void> checked = checkThinking(root); !checked)
        return checked;
    const json::Value config = root["output_config"];
    writeEffort(json, root["thinking"], config["effort"].string());
    for (const auto [name, value] : config.members()) {
        if (name != "effort" && name != "format" && !value.isNull())
            lost.add("output_config." + name.toByteArray());
    }
    const json::Value format = config["format"];
    return writeFormat(json, isAbsent(format) ? root["output_format"] : format); // the older place
}

} // namespace lunargate::anthropic_messages
