// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/tool_reader.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/dialects/json_body.h"

#include <algorithm>

namespace lunargate::anthropic_messages {

namespace {

bool isKnownMember(QByteArrayView name)
{
    static constexpr QByteArrayView kNames[] = {"type",         "name",   "description",
                                                "input_schema", "strict", "cache_control"};
    return std::ranges::contains(kNames, name);
}

Result<void> writeTool(json::DocumentWriter &json, json::Value tool, const QByteArray &place, LostNames &lost)
{
    if (!tool.isObject())
        return invalidValue(place, "must be an object");
    const QByteArrayView type = tool["type"].string();
    if (!type.isEmpty() && type != "custom") {
        json.value(tool);
        return {};
    }
    if (tool["name"].string().isEmpty())
        return invalidValue(place + ".name", "must not be empty");
    json.beginObject().member("type", "function").key("function").beginObject();
    json.member("name", tool["name"].string());
    for (const auto &[from, to] : {std::pair("description", "description"), std::pair("input_schema", "parameters"),
                                   std::pair("strict", "strict")}) {
        if (!isAbsent(tool[from]))
            json.member(to, tool[from]);
    }
    json.endObject();
    writeMark(json, tool);
    json.endObject();
    for (const auto [name, value] : tool.members()) {
        if (!isKnownMember(name) && !value.isNull())
            lost.add("tools." + name.toByteArray());
    }
    return {};
}

Result<void> writeChoice(json::DocumentWriter &json, json::Value choice)
{
    if (isAbsent(choice))
        return {};
    const QByteArrayView type = choice["type"].string();
    json.key("tool_choice");
    if (type == "auto" || type == "none") {
        json.string(type);
    } else if (type == "any") {
        json.string("required");
    } else if (type == "tool" && !choice["name"].string().isEmpty()) {
        json.beginObject().member("type", "function").key("function").beginObject();
        json.member("name", choice["name"].string()).endObject().endObject();
    } else {
        return invalidValue("tool_choice", "must be of type auto, any, none, or tool with a name");
    }
    if (choice["disable_parallel_tool_use"].boolean() == true)
        json.member("parallel_tool_calls", false);
    return {};
}

} // namespace

Result<void> writeTools(json::DocumentWriter &json, json::Value root, LostNames &lost)
{
    const json::Value tools = root["tools"];
    if (!isAbsent(tools) && !tools.isArray())
        return invalidValue("tools", "must be an array");
    if (tools.size() == 0)
        return {};
    json.key("tools").beginArray();
    int index = 0;
    for (const json::Value tool : tools.elements()) {
        const QByteArray place = "tools[" + QByteArray::number(index++) + ']';
        if (Result<void> written = writeTool(json, tool, place, lost); !written)
            return written;
    }
    json.endArray();
    return writeChoice(json, root["tool_choice"]);
}

} // namespace lunargate::anthropic_messages
