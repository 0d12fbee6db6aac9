// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/client_tools.h"

#include "gateway/json/document.h"
#include "gateway/json/writer.h"

namespace lunargate::responses {

QByteArray functionName(QByteArrayView nameSpace, QByteArrayView name)
{
    return nameSpace.isEmpty() ? name.toByteArray() : nameSpace.toByteArray() + "__" + name.toByteArray();
}

ClientTool calledTool(const ClientTools &tools, const QByteArray &functionName, bool isCustom)
{
    const auto tool = tools.find(functionName);
    return tool == tools.end() ? ClientTool{.name = functionName, .isCustom = isCustom} : tool->second;
}

QByteArray customArguments(QByteArrayView input)
{
    QByteArray arguments = R"({"input":)";
    json::appendString(arguments, input);
    return arguments + '}';
}

QByteArray customInput(const QByteArray &arguments)
{
    const std::optional<json::Document> document = json::Document::parse(arguments);
    if (!document)
        return arguments;
    const json::Value root = document->root();
    if (root.isString())
        return root.toByteArray();
    if (const json::Value input = root["input"]; input.isString())
        return input.toByteArray();
    return root.isObject() && root.size() == 0 ? QByteArray() : arguments;
}

} // namespace lunargate::responses
