// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/tool_choice.h"

#include "gateway/providers/simulator/json_access.h"

#include <algorithm>

namespace lunargate::simulator {

namespace {

std::unexpected<Error> invalidChoice(QByteArray param, QByteArray message)
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidRequest,
                                 .reason = "invalid_value",
                                 .message = std::move(message),
                                 .param = std::move(param)});
}

/// `{"type":"function","function":{…}}` and `{"type":"custom","custom":{…}}` keep their content under their own name.
json::Value definition(json::Value entry)
{
    return entry[entry["type"].string()];
}

bool isCallable(json::Value entry)
{
    const QByteArrayView type = entry["type"].string();
    return (type == "function" || type == "custom") && !definition(entry)["name"].string().isEmpty();
}

void keepOnly(std::vector<Tool> &tools, const std::vector<QByteArray> &names)
{
    std::erase_if(tools, [&names](const Tool &tool) { return !std::ranges::contains(names, tool.name); });
}

ToolUse useOf(QByteArrayView mode)
{
    if (mode == "none")
        return ToolUse::None;
    return mode == "required" ? ToolUse::Required : ToolUse::Auto;
}

Result<ToolPlan> narrow(ToolPlan plan, json::Value choice)
{
    const bool isList = choice["type"].string() == "allowed_tools";
    const json::Value allowed = choice["allowed_tools"];
    std::vector<QByteArray> names;
    if (isList) {
        for (const json::Value entry : elements(allowed["tools"]))
            names.push_back(definition(entry)["name"].toByteArray());
    } else {
        names.push_back(definition(choice)["name"].toByteArray());
    }
    keepOnly(plan.tools, names);
    if (plan.tools.empty())
        return invalidChoice("tool_choice", "Invalid value for 'tool_choice': no such tool in 'tools'.");
    plan.use = isList ? useOf(allowed["mode"].string()) : ToolUse::Required;
    return plan;
}

bool isNameCharacter(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

bool mentions(const QByteArray &lowerText, const QByteArray &name)
{
    const QByteArray wanted = name.toLower();
    for (qsizetype at = lowerText.indexOf(wanted); at >= 0; at = lowerText.indexOf(wanted, at + 1)) {
        const qsizetype end = at + wanted.size();
        const bool startsThere = at == 0 || !isNameCharacter(lowerText[at - 1]);
        if (startsThere && (end == lowerText.size() || !isNameCharacter(lowerText[end])))
            return true;
    }
    return false;
}

} // namespace

Result<ToolPlan> planTools(json::Value request)
{
    const json::Value choice = request["tool_choice"];
    ToolPlan plan;
    int index = 0;
    for (const json::Value entry : elements(request["tools"])) {
        if (!isCallable(entry)) {
            const QByteArray param = "tools[" + QByteArray::number(index) + ']';
            return invalidChoice(param, "Invalid '" + param + "': expected a function or custom tool with a name.");
        }
        const json::Value tool = definition(entry);
        plan.tools.push_back({tool["name"].toByteArray(), tool["parameters"], entry["type"].string() == "custom"});
        ++index;
    }
    if (plan.tools.empty()) {
        if (choice.exists() && !choice.isNull() && choice.string() != "none")
            return invalidChoice("tool_choice", "'tool_choice' is only allowed when 'tools' are specified.");
        return plan;
    }
    if (choice.isObject())
        return narrow(std::move(plan), choice);
    plan.use = useOf(choice.string());
    return plan;
}

std::vector<Tool> toolsToCall(const ChatRequestView &request)
{
    const bool calls =
        request.toolUse == ToolUse::Required || (request.toolUse == ToolUse::Auto && request.lastRole == "user");
    if (!calls || request.tools.empty())
        return {};
    const QByteArray text = request.lastUserText.toLower();
    std::vector<Tool> wanted;
    std::ranges::copy_if(request.tools, std::back_inserter(wanted),
                         [&text](const Tool &tool) { return mentions(text, tool.name); });
    if (wanted.empty())
        wanted.push_back(request.tools.front());
    if (!request.parallelToolCalls)
        wanted.resize(1);
    return wanted;
}

} // namespace lunargate::simulator
