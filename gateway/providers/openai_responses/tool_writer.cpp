// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/tool_writer.h"

#include "gateway/chat/parameter_use.h"

#include <algorithm>
#include <map>

namespace lunargate::openai_responses {

namespace {

using Kind = ToolDefinition::Kind;

constexpr QByteArrayView kNoParameters = R"({"type":"object","properties":{}})";

/// A tool of the provider whose calls are for the client to run, or whose result is no text: chat has no form for it.
struct UnsayableTool
{
    QByteArrayView type;
    const char *what = nullptr;
};

constexpr UnsayableTool kUnsayable[] = {
    {"computer", "form for computer calls in chat answers"},
    {"computer_use_preview", "form for computer calls in chat answers"},
    {"local_shell", "form for shell calls in chat answers"},
    {"shell", "form for shell calls in chat answers"},
    {"apply_patch", "form for patch calls in chat answers"},
    {"image_generation", "form for images in chat answers"},
};

void writeFunction(json::TextWriter &json, const ToolDefinition &tool)
{
    json.beginObject().member("type", "function").member("name", tool.name);
    if (!tool.description.isEmpty())
        json.member("description", tool.description);
    json.key("parameters");
    if (tool.parameters.exists())
        json.value(tool.parameters);
    else
        json.raw(kNoParameters);
    // Chat's default is false, that of this protocol is true.
    json.member("strict", tool.strict.value_or(false)).endObject();
}

// Chat nests the grammar, this protocol does not.
void writeFormat(json::TextWriter &json, json::Value format)
{
    const json::Value grammar = format["grammar"];
    if (!grammar.isObject()) {
        json.member("format", format);
        return;
    }
    json.key("format").beginObject().member("type", "grammar");
    for (const auto [name, value] : grammar.members())
        json.member(name, value);
    json.endObject();
}

void writeCustom(json::TextWriter &json, const ToolDefinition &tool)
{
    json.beginObject().member("type", "custom").member("name", tool.name);
    if (!tool.description.isEmpty())
        json.member("description", tool.description);
    if (const json::Value format = tool.raw["custom"]["format"]; format.isObject())
        writeFormat(json, format);
    json.endObject();
}

// {"user_location":{"type":"approximate","approximate":{…}}} becomes flat, too.
void writeWebSearch(json::TextWriter &json, json::Value options)
{
    json.beginObject().member("type", "web_search");
    for (const auto [name, value] : options.members()) {
        const json::Value nested = value["approximate"];
        if (name != "user_location" || !nested.isObject()) {
            json.member(name, value);
            continue;
        }
        json.key(name).beginObject().member("type", "approximate");
        for (const auto [place, text] : nested.members())
            json.member(place, text);
        json.endObject();
    }
    json.endObject();
}

using ToolKinds = std::map<QByteArrayView, Kind>;

ToolKinds kindsByName(const Conversation &conversation)
{
    ToolKinds kinds;
    for (const ToolDefinition &tool : conversation.tools)
        kinds.emplace(tool.name, tool.kind);
    return kinds;
}

void writeReference(json::TextWriter &json, const ToolKinds &kinds, QByteArrayView name)
{
    const auto found = kinds.find(name);
    const Kind kind = found == kinds.end() ? Kind::Function : found->second;
    json.beginObject();
    if (kind == Kind::Hosted)
        json.member("type", name); // its name is its type
    else
        json.member("type", kind == Kind::Custom ? "custom" : "function").member("name", name);
    json.endObject();
}

const char *word(ToolChoice::Mode mode)
{
    switch (mode) {
    case ToolChoice::Mode::None:
        return "none";
    case ToolChoice::Mode::Required:
        return "required";
    case ToolChoice::Mode::Auto:
    case ToolChoice::Mode::Named:
        break;
    }
    return "auto";
}

} // namespace

Result<void> writeTools(json::TextWriter &json, const Conversation &conversation, json::Value webSearch,
                        const QByteArray &providerId)
{
    if (conversation.tools.empty() && !webSearch.isObject())
        return {};
    json.key("tools").beginArray();
    for (const ToolDefinition &tool : conversation.tools) {
        if (tool.kind == Kind::Function) {
            writeFunction(json, tool);
        } else if (tool.kind == Kind::Custom) {
            writeCustom(json, tool);
        } else {
            const auto unsayable = std::ranges::find(kUnsayable, tool.name, &UnsayableTool::type);
            if (unsayable != std::end(kUnsayable)) {
                const QByteArray place = "tools[" + QByteArray::number(tool.index) + ']';
                return std::unexpected(unsupported(providerId, place, unsayable->what));
            }
            json.value(tool.raw);
        }
    }
    if (webSearch.isObject())
        writeWebSearch(json, webSearch);
    json.endArray();
    return {};
}

Result<void> writeToolChoice(json::TextWriter &json, const Conversation &conversation, const QByteArray &providerId)
{
    if (!conversation.toolChoice)
        return {};
    const ToolChoice &choice = *conversation.toolChoice;
    json.key("tool_choice");
    if (choice.mode == ToolChoice::Mode::Named) {
        writeReference(json, kindsByName(conversation), choice.name);
    } else if (choice.allowed.empty()) {
        json.string(word(choice.mode));
    } else {
        json.beginObject().member("type", "allowed_tools").member("mode", word(choice.mode));
        json.key("tools").beginArray();
        const ToolKinds kinds = kindsByName(conversation);
        for (const QByteArrayView name : choice.allowed) {
            if (name.isEmpty())
                return std::unexpected(unsupported(providerId, "tool_choice", "way to allow tools without a name"));
            writeReference(json, kinds, name);
        }
        json.endArray().endObject();
    }
    return {};
}

} // namespace lunargate::openai_responses
