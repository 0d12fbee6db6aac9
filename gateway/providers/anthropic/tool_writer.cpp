// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/tool_writer.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/chat/parameter_use.h"
#include "gateway/providers/anthropic/block_reader.h"
#include "gateway/providers/anthropic/schema_writer.h"

#include <algorithm>

namespace lunargate::anthropic {

namespace {

using Mode = ToolChoice::Mode;

// Newer models take 128 (Anthropic docs, "Tool use"); nobody needs them.
constexpr qsizetype kMaxNameLength = 64;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isNameCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '_' || c == '-';
}

// Anthropic dates the types of its own tools: `web_search_20250305`.
bool isOwnType(QByteArrayView type)
{
    constexpr qsizetype kDateLength = 8;
    return type.size() > kDateLength + 1 && type[type.size() - kDateLength - 1] == '_' &&
           std::ranges::all_of(type.last(kDateLength), isDigit);
}

QByteArrayView nameOf(const Tool &tool)
{
    return tool.isOwn ? tool.definition->raw["name"].string() : tool.definition->name;
}

Result<Tool> readTool(const ToolDefinition &definition, const QByteArray &providerId)
{
    const QByteArray place = "tools[" + QByteArray::number(definition.index) + ']';
    Tool tool{.definition = &definition};
    switch (definition.kind) {
    case ToolDefinition::Kind::Function:
        break;
    case ToolDefinition::Kind::Custom:
        return std::unexpected(unsupported(providerId, place, "custom tools"));
    case ToolDefinition::Kind::Hosted:
        if (!isOwnType(definition.name))
            return std::unexpected(unsupported(providerId, place, "tool '" + definition.name.toByteArray() + '\''));
        tool.isOwn = true;
        break;
    }
    if (definition.cacheControl.isObject())
        tool.cacheControl = definition.cacheControl;
    return tool;
}

Result<void> checkChoice(const Conversation &conversation, const std::vector<Tool> &tools)
{
    if (!conversation.toolChoice)
        return {};
    const ToolChoice &choice = *conversation.toolChoice;
    if (tools.empty() && (choice.mode == Mode::Required || !choice.allowed.empty()))
        return invalidValue("tool_choice", "asks for a tool, but there is none");
    if (choice.mode == Mode::Named && !std::ranges::contains(tools, choice.name, nameOf)) {
        return invalidValue("tool_choice", "names a tool that is not in 'tools': " + choice.name.toByteArray());
    }
    return {};
}

// But for the cache mark, which all kinds have.
void writeFunction(json::TextWriter &json, const ToolDefinition &tool, ToolNames &names, const ModelTraits &model)
{
    const bool isStrict = tool.strict == true && model.hasStructuredOutputs;
    json.member("name", names.toProvider(tool.name));
    if (!tool.description.isEmpty())
        json.member("description", tool.description);
    writeInputSchema(json.key("input_schema"), tool.parameters, isStrict);
    if (isStrict)
        json.member("strict", true);
}

} // namespace

Result<std::vector<Tool>> selectTools(const Conversation &conversation, const QByteArray &providerId)
{
    std::vector<Tool> tools;
    tools.reserve(conversation.tools.size());
    for (const ToolDefinition &definition : conversation.tools) {
        Result<Tool> tool = readTool(definition, providerId);
        if (!tool)
            return std::unexpected(std::move(tool.error()));
        const bool isAllowed = !conversation.toolChoice || conversation.toolChoice->allowed.empty() ||
                               std::ranges::contains(conversation.toolChoice->allowed, nameOf(*tool));
        if (isAllowed)
            tools.push_back(*tool);
    }
    if (Result<void> checked = checkChoice(conversation, tools); !checked)
        return std::unexpected(std::move(checked.error()));
    return tools;
}

void writeTools(json::TextWriter &json, const std::vector<Tool> &tools, ToolNames &names, const ModelTraits &model)
{
    json.beginArray();
    for (const Tool &tool : tools) {
        json.beginObject();
        if (tool.isOwn) {
            for (const auto [name, value] : tool.definition->raw.members()) {
                if (name != "cache_control")
                    json.member(name, value);
            }
        } else {
            writeFunction(json, *tool.definition, names, model);
        }
        if (tool.cacheControl.exists())
            json.member("cache_control", tool.cacheControl);
        json.endObject();
    }
    json.endArray();
}

void writeToolChoice(json::TextWriter &json, const Conversation &conversation, ToolNames &names, bool isForceRefused)
{
    const bool isSerial = conversation.parallelToolCalls == false;
    if (!conversation.toolChoice && !isSerial)
        return;
    const ToolChoice choice = conversation.toolChoice.value_or(ToolChoice());
    json.key("tool_choice").beginObject();
    if (choice.mode == Mode::None)
        json.member("type", "none");
    else if (choice.mode == Mode::Auto || isForceRefused)
        json.member("type", "auto");
    else if (choice.mode == Mode::Required)
        json.member("type", "any");
    else
        json.member("type", "tool").member("name", names.toProvider(choice.name));
    if (isSerial && choice.mode != Mode::None)
        json.member("disable_parallel_tool_use", true);
    json.endObject();
}

bool forcesTool(const Conversation &conversation)
{
    return conversation.toolChoice &&
           (conversation.toolChoice->mode == Mode::Required || conversation.toolChoice->mode == Mode::Named);
}

ToolNames toolNames()
{
    return ToolNames(&isNameCharacter, kMaxNameLength);
}

} // namespace lunargate::anthropic
