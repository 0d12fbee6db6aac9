// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/tool_use.h"

#include "gateway/chat/parameter_use.h"

#include <algorithm>
#include <ranges>
#include <set>

namespace lunargate::ollama {

namespace {

using Mode = ToolChoice::Mode;

std::unexpected<Error> invalidChoice(QByteArray message)
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                 .reason = "invalid_value",
                                 .message = std::move(message),
                                 .param = "tool_choice"});
}

/// The names that the choice is limited to; empty: all tools.
std::vector<QByteArrayView> chosenNames(const ToolChoice &choice)
{
    return choice.mode == Mode::Named ? std::vector{choice.name} : choice.allowed;
}

Result<void> checkChoice(const Conversation &conversation, const ToolChoice &choice)
{
    const bool isForced = choice.mode == Mode::Required || choice.mode == Mode::Named;
    if (isForced && conversation.tools.empty()) {
        return invalidChoice(QByteArray("tool_choice=") + (choice.mode == Mode::Named ? "function" : "required") +
                             " requires at least one tool");
    }
    const auto names = conversation.tools | std::views::transform(&ToolDefinition::name);
    const std::set<QByteArrayView> known(names.begin(), names.end());
    for (const QByteArrayView name : chosenNames(choice)) {
        if (!known.contains(name))
            return invalidChoice("tool_choice references unknown tool \"" + name.toByteArray() + '"');
    }
    return {};
}

Result<void> checkKind(const ToolDefinition &tool, const QByteArray &providerId)
{
    const QByteArray place = "tools[" + QByteArray::number(tool.index) + "].type";
    switch (tool.kind) {
    case ToolDefinition::Kind::Function:
        return {};
    case ToolDefinition::Kind::Custom:
        return std::unexpected(unsupported(providerId, place, "custom tools"));
    case ToolDefinition::Kind::Hosted:
        return std::unexpected(unsupported(providerId, place, "tool '" + tool.name.toByteArray() + "' of its own"));
    }
    Q_UNREACHABLE_RETURN({});
}

QByteArray instructionFor(const ToolChoice &choice)
{
    switch (choice.mode) {
    case Mode::Auto:
    case Mode::None:
        return {};
    case Mode::Required:
        return "You must call one of the available tools before you answer.";
    case Mode::Named:
        return "You must call the function \"" + choice.name.toByteArray() + "\" before you answer.";
    }
    Q_UNREACHABLE_RETURN({});
}

} // namespace

Result<ToolUse> chooseTools(const Conversation &conversation, const QByteArray &providerId)
{
    const ToolChoice choice = conversation.toolChoice.value_or(ToolChoice());
    if (choice.mode == Mode::None)
        return ToolUse();
    if (const Result<void> checked = checkChoice(conversation, choice); !checked)
        return std::unexpected(checked.error());
    const std::vector<QByteArrayView> chosen = chosenNames(choice);
    const std::set<QByteArrayView> names(chosen.begin(), chosen.end());
    ToolUse use{.tools = {}, .instruction = instructionFor(choice)};
    for (const ToolDefinition &tool : conversation.tools) {
        if (!names.empty() && !names.contains(tool.name))
            continue;
        if (const Result<void> checked = checkKind(tool, providerId); !checked)
            return std::unexpected(checked.error());
        use.tools.push_back(&tool);
    }
    return use;
}

void writeTools(json::TextWriter &json, const std::vector<const ToolDefinition *> &tools)
{
    json.beginArray();
    for (const ToolDefinition *tool : tools) {
        json.beginObject().member("type", "function").key("function").beginObject();
        json.member("name", tool->name);
        if (!tool->description.isEmpty())
            json.member("description", tool->description);
        if (tool->parameters.exists())
            json.member("parameters", tool->parameters);
        else
            json.key("parameters").raw(R"({"type":"object","properties":{}})");
        json.endObject().endObject();
    }
    json.endArray();
}

} // namespace lunargate::ollama
