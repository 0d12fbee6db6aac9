// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/tools_writer.h"

#include "gateway/providers/gemini/schema_writer.h"

#include <algorithm>

namespace lunargate::gemini {

namespace {

using Mode = ToolChoice::Mode;

/// A tool that Google runs itself, and which the client may ask for by a `type`.
struct BuiltIn
{
    QByteArrayView type;
    QByteArrayView name;
};

constexpr BuiltIn kBuiltIns[] = {
    {"google_search", "googleSearch"},
    {"url_context", "urlContext"},
};

const BuiltIn *builtIn(const ToolDefinition &tool)
{
    const auto found = std::ranges::find(kBuiltIns, tool.name, &BuiltIn::type);
    return found == std::end(kBuiltIns) ? nullptr : &*found;
}

bool isFunction(const ToolDefinition &tool)
{
    return tool.kind == ToolDefinition::Kind::Function;
}

Result<void> check(const RequestContext &context)
{
    for (const ToolDefinition &tool : context.conversation.tools) {
        const QByteArray place = "tools[" + QByteArray::number(tool.index) + ']';
        if (tool.kind == ToolDefinition::Kind::Custom)
            return std::unexpected(unsupported(context.provider.id, place, "custom tools"));
        if (tool.kind == ToolDefinition::Kind::Hosted && !builtIn(tool)) {
            return std::unexpected(
                unsupported(context.provider.id, place, "tools of type '" + tool.name.toByteArray() + "'"));
        }
    }
    return {};
}

void writeFunction(json::TextWriter &json, const ToolDefinition &tool, ToolNames &names)
{
    json.beginObject().member("name", names.toProvider(tool.name));
    if (!tool.description.isEmpty())
        json.member("description", tool.description);
    if (!takesNothing(tool.parameters)) {
        json.key("parametersJsonSchema");
        writeSchema(json, tool.parameters);
    }
    json.endObject();
}

// Gemini API reference, "FunctionCallingConfig": `allowedFunctionNames` goes with ANY and VALIDATED only; VALIDATED is
// AUTO with arguments that keep to the schema.
QByteArrayView modeOf(const ToolChoice &choice, bool isStrict)
{
    switch (choice.mode) {
    case Mode::None:
        return "NONE";
    case Mode::Required:
    case Mode::Named:
        return "ANY";
    case Mode::Auto:
        break;
    }
    return isStrict || !choice.allowed.empty() ? "VALIDATED" : "AUTO";
}

void writeChoice(json::TextWriter &json, const RequestContext &context)
{
    const std::vector<ToolDefinition> &tools = context.conversation.tools;
    const bool isStrict = std::ranges::contains(tools, std::optional(true), &ToolDefinition::strict);
    if (!context.conversation.toolChoice && !isStrict)
        return;
    const ToolChoice choice = context.conversation.toolChoice.value_or(ToolChoice());
    json.key("toolConfig").beginObject().key("functionCallingConfig").beginObject();
    json.member("mode", modeOf(choice, isStrict));
    std::vector<QByteArrayView> allowed = choice.allowed;
    if (choice.mode == Mode::Named)
        allowed = {choice.name};
    if (!allowed.empty() && choice.mode != Mode::None) {
        json.key("allowedFunctionNames").beginArray();
        for (const QByteArrayView name : allowed)
            json.string(context.names.toProvider(name));
        json.endArray();
    }
    json.endObject().endObject();
}

} // namespace

Result<void> writeTools(json::TextWriter &json, const RequestContext &context)
{
    const std::vector<ToolDefinition> &tools = context.conversation.tools;
    if (tools.empty())
        return {};
    if (const Result<void> checked = check(context); !checked)
        return checked;
    const bool hasFunctions = std::ranges::any_of(tools, isFunction);
    json.key("tools").beginArray();
    if (hasFunctions) {
        json.beginObject().key("functionDeclarations").beginArray();
        for (const ToolDefinition &tool : tools) {
            if (isFunction(tool))
                writeFunction(json, tool, context.names);
        }
        json.endArray().endObject();
    }
    for (const ToolDefinition &tool : tools) {
        if (tool.kind == ToolDefinition::Kind::Hosted)
            json.beginObject().key(builtIn(tool)->name).raw("{}").endObject();
    }
    json.endArray();
    if (hasFunctions)
        writeChoice(json, context);
    return {};
}

bool asksForSearch(const Conversation &conversation)
{
    return std::ranges::any_of(conversation.tools,
                               [](const ToolDefinition &tool) { return tool.kind == ToolDefinition::Kind::Hosted; });
}

} // namespace lunargate::gemini
