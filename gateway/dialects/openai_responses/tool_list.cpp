// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/tool_list.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/dialects/json_body.h"

#include <algorithm>

namespace lunargate::responses {

namespace {

// Agents offer them to whatever model they talk to, and work without them.
constexpr QByteArrayView kOffered[] = {
    "web_search",       "web_search_preview", "web_search_preview_2025_03_11", "web_search_2025_08_26",
    "image_generation", "tool_search"};

// The client relies on them (OpenAI API reference, "Create a model response", `tools`).
constexpr QByteArrayView kNeeded[] = {"file_search", "code_interpreter",         "mcp",         "computer",
                                      "shell",       "computer_use_preview",     "local_shell", "apply_patch",
                                      "container",   "programmatic_tool_calling"};

QByteArray element(const QByteArray &list, size_t index)
{
    return list + '[' + QByteArray::number(index) + ']';
}

// What keeps a model to the grammar elsewhere is only asked for here.
QByteArray customDescription(json::Value tool)
{
    QByteArray text = tool["description"].toByteArray();
    const json::Value format = tool["format"];
    if (format["type"].string() != "grammar")
        return text;
    if (!text.isEmpty())
        text += "\n\n";
    return text + "The input must follow this grammar (" + format["syntax"].toByteArray() + "):\n" +
           format["definition"].toByteArray();
}

} // namespace

void writeFunctionTool(json::DocumentWriter &json, json::Value tool, QByteArrayView name)
{
    json.beginObject().member("type", "function").key("function").beginObject().member("name", name);
    for (const QByteArrayView member : {"description", "parameters", "strict"}) {
        if (const json::Value value = tool[member]; !isAbsent(value))
            json.member(member, value);
    }
    json.endObject();
    if (const json::Value mark = tool["cache_control"]; mark.isObject())
        json.member("cache_control", mark);
    json.endObject();
}

void writeCustomTool(json::DocumentWriter &json, json::Value tool, QByteArrayView name)
{
    json.beginObject().member("type", "function").key("function").beginObject().member("name", name);
    if (const QByteArray description = customDescription(tool); !description.isEmpty())
        json.member("description", description);
    static const std::optional<json::Document> kParameters = json::Document::parse(
        R"({"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false})");
    json.member("parameters", kParameters->root());
    json.endObject().endObject();
}

void writeToolReference(json::DocumentWriter &json, QByteArrayView name)
{
    json.beginObject().member("type", "function").key("function").beginObject().member("name", name);
    json.endObject().endObject();
}

void ToolList::add(json::Value list, const QByteArray &place)
{
    if (isAbsent(list))
        return;
    if (!list.isArray())
        return m_translation.refuse(invalidValue(place, "must be an array").error());
    size_t index = 0;
    for (const json::Value tool : list.elements())
        addTool(tool, element(place, index++));
}

void ToolList::addTool(json::Value tool, const QByteArray &place)
{
    const QByteArrayView type = tool["type"].string();
    if (type == "function")
        addFunction(tool, {}, place);
    else if (type == "custom")
        addCustom(tool, {}, place);
    else if (type == "namespace")
        addNamespace(tool, place);
    else if (type.isEmpty())
        m_translation.refuse(invalidValue(place + ".type", "must name a kind of tool").error());
    else
        addHosted(tool, place);
}

void ToolList::addNamespace(json::Value tool, const QByteArray &place)
{
    const QByteArrayView nameSpace = tool["name"].string();
    size_t index = 0;
    for (const json::Value inner : tool["tools"].elements()) {
        const QByteArray innerPlace = element(place + ".tools", index++);
        if (inner["type"].string() == "custom")
            addCustom(inner, nameSpace, innerPlace);
        else
            addFunction(inner, nameSpace, innerPlace);
    }
}

bool ToolList::note(json::Value tool, QByteArrayView nameSpace, bool isCustom, const QByteArray &place)
{
    const QByteArrayView name = tool["name"].string();
    if (name.isEmpty()) {
        m_translation.refuse(invalidValue(place + ".name", "must not be empty").error());
        return false;
    }
    m_tools.insert_or_assign(
        functionName(nameSpace, name),
        ClientTool{.name = name.toByteArray(), .nameSpace = nameSpace.toByteArray(), .isCustom = isCustom});
    if (std::exchange(m_isEmpty, false))
        m_json.beginArray();
    return true;
}

void ToolList::addFunction(json::Value tool, QByteArrayView nameSpace, const QByteArray &place)
{
    if (note(tool, nameSpace, false, place))
        writeFunctionTool(m_json, tool, functionName(nameSpace, tool["name"].string()));
}

void ToolList::addCustom(json::Value tool, QByteArrayView nameSpace, const QByteArray &place)
{
    if (note(tool, nameSpace, true, place))
        writeCustomTool(m_json, tool, functionName(nameSpace, tool["name"].string()));
}

void ToolList::addHosted(json::Value tool, const QByteArray &place)
{
    const QByteArrayView type = tool["type"].string();
    if (std::ranges::contains(kOffered, type))
        return m_translation.drop("tools." + type.toByteArray());
    if (std::ranges::contains(kNeeded, type))
        return m_translation.refuse(place, "tools of type '" + type.toByteArray() + "'");
    // A tool of another protocol: who speaks that one knows it, the others refuse it.
    if (std::exchange(m_isEmpty, false))
        m_json.beginArray();
    m_json.value(tool);
}

void ToolList::write(json::DocumentWriter &json, json::Value choice, json::Value parallel)
{
    if (m_isEmpty) {
        const bool isForced = choice.string() == "required" || choice.isObject();
        if (isForced)
            m_translation.refuse("tool_choice", "tool that it could choose");
        return;
    }
    json.key("tools").document(std::move(m_json.endArray()).finish());
    if (!isAbsent(choice))
        writeChoice(json, choice);
    if (!isAbsent(parallel))
        json.member("parallel_tool_calls", parallel);
}

void ToolList::writeChoice(json::DocumentWriter &json, json::Value choice)
{
    if (choice.isString()) {
        json.member("tool_choice", choice);
        return;
    }
    const QByteArrayView type = choice["type"].string();
    if (type == "allowed_tools")
        return writeAllowed(json, choice);
    if (type == "function" || type == "custom") {
        if (choice["name"].string().isEmpty())
            return m_translation.refuse(invalidValue("tool_choice.name", "must not be empty").error());
        json.key("tool_choice");
        writeReference(json, choice);
        return;
    }
    m_translation.refuse("tool_choice", "tools of type '" + type.toByteArray() + "'");
}

void ToolList::writeAllowed(json::DocumentWriter &json, json::Value choice)
{
    const QByteArrayView mode = choice["mode"].string();
    json.key("tool_choice").beginObject().member("type", "allowed_tools").key("allowed_tools").beginObject();
    json.member("mode", mode.isEmpty() ? QByteArrayView("auto") : mode).key("tools").beginArray();
    bool isEmpty = true;
    for (const json::Value tool : choice["tools"].elements()) {
        if (writeReference(json, tool))
            isEmpty = false;
    }
    json.endArray().endObject().endObject();
    if (isEmpty)
        m_translation.refuse("tool_choice", "tool of those that it allows");
}

bool ToolList::writeReference(json::DocumentWriter &json, json::Value tool)
{
    const QByteArrayView name = tool["name"].string();
    if (name.isEmpty())
        return false;
    writeToolReference(json, functionName(tool["namespace"].string(), name));
    return true;
}

} // namespace lunargate::responses
