// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/conversation_reader.h"

#include "gateway/chat/invalid_value.h"
#include "gateway/dialects/json_body.h"
#include "gateway/dialects/openai_chat/content_reader.h"

#include <QCryptographicHash>

#include <algorithm>
#include <map>

namespace lunargate::openai_chat {

namespace {

QByteArray at(const char *list, int index, const char *member = "")
{
    return QByteArray(list) + '[' + QByteArray::number(index) + ']' + member;
}

// The same text gives the same id, so that a conversation looks the same in every turn: prompt caches depend on it.
QByteArray madeUpId(QByteArrayView name, int position, QByteArrayView arguments)
{
    const QByteArray text = name.toByteArray() + ':' + QByteArray::number(position) + ':' + arguments.toByteArray();
    return "call_" + QCryptographicHash::hash(text, QCryptographicHash::Sha256).first(8).toHex();
}

std::optional<ChatRole> roleOf(QByteArrayView text)
{
    struct Name
    {
        QByteArrayView text;
        ChatRole role = ChatRole::User;
    };
    static constexpr Name kNames[] = {
        {"user", ChatRole::User},           {"assistant", ChatRole::Assistant}, {"system", ChatRole::System},
        {"developer", ChatRole::Developer}, {"tool", ChatRole::Tool},           {"function", ChatRole::Tool},
    };
    const QByteArrayView trimmed = text.trimmed();
    for (const Name &name : kNames) {
        if (trimmed.compare(name.text, Qt::CaseInsensitive) == 0)
            return name.role;
    }
    return std::nullopt;
}

/// Reads messages one after the other; knows which tool was called last under which id.
class MessageReader
{
public:
    Result<ChatMessage> read(json::Value value, int index)
    {
        if (!value.isObject())
            return invalidValue(at("messages", index), "must be an object");
        const std::optional<ChatRole> role = roleOf(value["role"].string());
        if (!role) {
            return invalidValue(at("messages", index, ".role"),
                                "must be system, developer, user, assistant or tool, not '" +
                                    value["role"].toByteArray() + "'");
        }
        ChatMessage message;
        message.role = *role;
        message.index = index;
        message.raw = value;
        message.name = value["name"].string();
        message.cacheControl = value["cache_control"];
        Result<std::vector<ContentPart>> content = readContent(value["content"], index);
        if (!content)
            return std::unexpected(std::move(content.error()));
        message.content = *std::move(content);
        if (*role == ChatRole::Assistant) {
            if (const Result<void> calls = readAssistant(message); !calls)
                return std::unexpected(calls.error());
        } else if (*role == ChatRole::Tool) {
            message.toolCallId = answeredCall(message);
        }
        return message;
    }

private:
    Result<void> readAssistant(ChatMessage &message)
    {
        const json::Value value = message.raw;
        const json::Value reasoning = value["reasoning_content"];
        message.reasoning = reasoning.isString() ? reasoning.string() : value["reasoning"].string();
        message.reasoningDetails = value["reasoning_details"];
        if (const QByteArrayView refusal = value["refusal"].string(); !refusal.isEmpty())
            message.content.push_back({.kind = ContentPart::Kind::Refusal, .text = refusal});
        const json::Value calls = value["tool_calls"];
        if (!isAbsent(calls) && !calls.isArray())
            return invalidValue(at("messages", message.index, ".tool_calls"), "must be an array");
        int position = 0;
        for (const json::Value call : calls.elements()) {
            Result<ToolCall> read = readCall(call, message, position++);
            if (!read)
                return std::unexpected(std::move(read.error()));
            add(message, *std::move(read));
        }
        if (const json::Value legacy = value["function_call"]; legacy.isObject() && message.toolCalls.empty()) {
            add(message, {.id = madeUpId(legacy["name"].string(), message.index, legacy["arguments"].string()),
                          .name = legacy["name"].string(),
                          .arguments = legacy["arguments"].string()});
        }
        return {};
    }

    static Result<ToolCall> readCall(json::Value value, const ChatMessage &message, int position)
    {
        const auto place = [&](const char *member) {
            return at("messages", message.index, ".tool_calls") + '[' + QByteArray::number(position) + ']' + member;
        };
        if (!value.isObject())
            return invalidValue(place(""), "must be an object");
        const bool isCustom = value["type"].string() == "custom";
        const json::Value body = isCustom ? value["custom"] : value["function"];
        const json::Value arguments = isCustom ? body["input"] : body["arguments"];
        if (!isAbsent(arguments) && !arguments.isString())
            return invalidValue(place(isCustom ? ".custom.input" : ".function.arguments"), "must be a string");
        ToolCall call{.id = value["id"].toByteArray(),
                      .name = body["name"].string(),
                      .arguments = arguments.string(),
                      .isCustom = isCustom,
                      .extraContent = value["extra_content"]};
        if (call.name.isEmpty())
            call.name = message.name;
        if (call.name.isEmpty())
            return invalidValue(place(isCustom ? ".custom.name" : ".function.name"), "must not be empty");
        if (call.id.isEmpty())
            call.id = madeUpId(call.name, position, call.arguments);
        return call;
    }

    void add(ChatMessage &message, ToolCall call)
    {
        m_lastCalls.insert_or_assign(call.name, call.id);
        m_onlyCall = m_hasCalls ? QByteArray() : call.id;
        m_hasCalls = true;
        message.toolCalls.push_back(std::move(call));
    }

    // Legacy answers name the function only.
    QByteArray answeredCall(const ChatMessage &message) const
    {
        if (const json::Value id = message.raw["tool_call_id"]; !id.string().isEmpty())
            return id.toByteArray();
        if (message.name.isEmpty())
            return m_onlyCall;
        const auto call = m_lastCalls.find(message.name);
        return call == m_lastCalls.end() ? message.name.toByteArray() : call->second;
    }

    std::map<QByteArrayView, QByteArray> m_lastCalls; // by the tool's name
    QByteArray m_onlyCall;                            // empty when there are several
    bool m_hasCalls = false;
};

Result<void> readMessages(Conversation &conversation, json::Value messages)
{
    MessageReader reader;
    conversation.messages.reserve(messages.size());
    int index = 0;
    for (const json::Value value : messages.elements()) {
        Result<ChatMessage> message = reader.read(value, index++);
        if (!message)
            return std::unexpected(std::move(message.error()));
        conversation.messages.push_back(*std::move(message));
    }
    return {};
}

void setFunction(ToolDefinition &tool, json::Value function)
{
    tool.name = function["name"].string();
    tool.description = function["description"].string();
    const json::Value parameters = function["parameters"];
    tool.parameters = parameters.isObject() ? parameters : json::Value();
    tool.strict = function["strict"].boolean();
}

Result<ToolDefinition> readTool(json::Value value, int index)
{
    if (!value.isObject())
        return invalidValue(at("tools", index), "must be an object");
    ToolDefinition tool;
    tool.raw = value;
    tool.index = index;
    tool.cacheControl = value["cache_control"];
    const QByteArrayView type = value["type"].string();
    if (type.isEmpty() || type == "function") {
        // Agents that know the Responses protocol only write the function flat.
        setFunction(tool, value["function"].isObject() ? value["function"] : value);
        if (!tool.cacheControl.exists())
            tool.cacheControl = value["function"]["cache_control"];
    } else if (type == "custom") {
        tool.kind = ToolDefinition::Kind::Custom;
        tool.name = value["custom"]["name"].string();
        tool.description = value["custom"]["description"].string();
    } else {
        tool.kind = ToolDefinition::Kind::Hosted;
        tool.name = type;
    }
    if (tool.name.isEmpty())
        return invalidValue(at("tools", index, ".function.name"), "must not be empty");
    return tool;
}

Result<void> readTools(Conversation &conversation, json::Value root)
{
    const json::Value tools = root["tools"];
    if (!isAbsent(tools) && !tools.isArray())
        return invalidValue("tools", "must be an array");
    int index = 0;
    for (const json::Value value : tools.elements()) {
        Result<ToolDefinition> tool = readTool(value, index++);
        if (!tool)
            return std::unexpected(std::move(tool.error()));
        conversation.tools.push_back(*tool);
    }
    if (conversation.tools.empty()) {
        for (const json::Value value : root["functions"].elements()) {
            ToolDefinition tool{.name = {}, .description = {}, .parameters = {}, .raw = value, .index = index};
            setFunction(tool, value);
            if (tool.name.isEmpty())
                return invalidValue(at("functions", index, ".name"), "must not be empty");
            conversation.tools.push_back(tool);
            ++index;
        }
    }
    return {};
}

ToolChoice named(QByteArrayView name)
{
    return {.mode = ToolChoice::Mode::Named, .name = name};
}

std::optional<ToolChoice> choiceByWord(QByteArrayView word)
{
    const QByteArrayView trimmed = word.trimmed();
    if (trimmed == "auto")
        return ToolChoice{};
    if (trimmed == "none")
        return ToolChoice{.mode = ToolChoice::Mode::None};
    if (trimmed == "required" || trimmed == "any")
        return ToolChoice{.mode = ToolChoice::Mode::Required};
    return std::nullopt;
}

Result<ToolChoice> readChoice(json::Value value, const char *field)
{
    if (value.isString()) {
        if (const std::optional<ToolChoice> choice = choiceByWord(value.string()))
            return *choice;
        return invalidValue(field, "must be auto, none, required or an object, not '" + value.toByteArray() + "'");
    }
    if (!value.isObject())
        return invalidValue(field, "must be a string or an object");
    const QByteArrayView type = value["type"].string();
    if (type == "allowed_tools") {
        const json::Value allowed = value["allowed_tools"].isObject() ? value["allowed_tools"] : value;
        ToolChoice choice{.mode = allowed["mode"].string() == "required" ? ToolChoice::Mode::Required
                                                                         : ToolChoice::Mode::Auto};
        for (const json::Value tool : allowed["tools"].elements()) {
            const json::Value nested = tool["function"]["name"];
            const json::Value custom = tool["custom"]["name"];
            choice.allowed.push_back(nested.isString()   ? nested.string()
                                     : custom.isString() ? custom.string()
                                                         : tool["name"].string());
        }
        return choice;
    }
    for (const json::Value name : {value["function"]["name"], value["custom"]["name"], value["name"]}) {
        if (!name.string().isEmpty())
            return named(name.string());
    }
    if (const std::optional<ToolChoice> choice = choiceByWord(type))
        return *choice;
    return invalidValue(field, "names no function");
}

Result<void> readToolChoice(Conversation &conversation, json::Value root)
{
    const char *field = "tool_choice";
    json::Value value = root[field];
    if (isAbsent(value)) {
        field = "function_call";
        value = root[field];
    }
    if (isAbsent(value) || (value.isString() && value.string().isEmpty()))
        return {};
    const Result<ToolChoice> choice = readChoice(value, field);
    if (!choice)
        return std::unexpected(choice.error());
    conversation.toolChoice = *choice;
    return {};
}

Result<void> readFormat(ResponseFormat &format, json::Value value)
{
    if (isAbsent(value))
        return {};
    const QByteArrayView type = value["type"].string();
    if (type == "text")
        return {};
    if (type == "json_object") {
        format.kind = ResponseFormat::Kind::JsonObject;
        format.schema = value["schema"]; // llama.cpp and Fireworks take one here
        if (format.schema.isObject())
            format.kind = ResponseFormat::Kind::JsonSchema;
        return {};
    }
    if (type != "json_schema")
        return invalidValue("response_format.type", "must be text, json_object or json_schema");
    const json::Value schema = value["json_schema"];
    if (!schema.isObject())
        return invalidValue("response_format.json_schema", "must be an object");
    format = {.kind = ResponseFormat::Kind::JsonSchema,
              .name = schema["name"].string(),
              .description = schema["description"].string(),
              .schema = schema["schema"],
              .strict = schema["strict"].boolean()};
    return {};
}

Result<void> readStop(Conversation &conversation, json::Value value)
{
    if (value.isString()) {
        conversation.stop.push_back(value.string());
        return {};
    }
    if (!isAbsent(value) && !value.isArray())
        return invalidValue("stop", "must be a string or an array of strings");
    for (const json::Value text : value.elements()) {
        if (!text.isString())
            return invalidValue("stop", "must be a string or an array of strings");
        conversation.stop.push_back(text.string());
    }
    return {};
}

Result<void> readMaxTokens(Conversation &conversation, json::Value root)
{
    for (const char *field : {"max_completion_tokens", "max_tokens"}) {
        const json::Value value = root[field];
        if (isAbsent(value))
            continue;
        conversation.maxTokens = value.wholeNumber();
        if (!conversation.maxTokens || *conversation.maxTokens < 1)
            return invalidValue(field, "must be a whole number above 0");
        return {};
    }
    return {};
}

void readReasoning(Conversation &conversation, json::Value root)
{
    const json::Value reasoning = root["reasoning"];
    conversation.reasoningEffort = root["reasoning_effort"].string().trimmed();
    if (conversation.reasoningEffort.isEmpty())
        conversation.reasoningEffort = reasoning["effort"].string().trimmed();
    conversation.reasoningBudget = reasoning["max_tokens"].wholeNumber();
    // OpenRouter, "Reasoning Tokens": `enabled` alone means medium effort.
    const std::optional<bool> isEnabled = reasoning["enabled"].boolean();
    if (conversation.reasoningEffort.isEmpty() && isEnabled && !(*isEnabled && conversation.reasoningBudget))
        conversation.reasoningEffort = *isEnabled ? "medium" : "none";
    conversation.reasoning = reasoning;
}

// Members that have a place of their own in Conversation or ChatRequest.
bool isRead(QByteArrayView name)
{
    static constexpr QByteArrayView kNames[] = {
        "model",
        "messages",
        "stream",
        "stream_options",
        "tools",
        "functions",
        "tool_choice",
        "function_call",
        "stop",
        "max_tokens",
        "reasoning",
        "max_completion_tokens",
        "response_format",
        "parallel_tool_calls",
        "reasoning_effort",
    };
    return std::ranges::contains(kNames, name);
}

void readParameters(Conversation &conversation, json::Value root)
{
    for (const auto [name, value] : root.members()) {
        if (!value.isNull() && !isRead(name))
            conversation.parameters.push_back({name, value});
    }
}

} // namespace

Result<Conversation> readConversation(json::Value root)
{
    Conversation conversation;
    readReasoning(conversation, root);
    readParameters(conversation, root);
    conversation.parallelToolCalls = root["parallel_tool_calls"].boolean();
    Result<void> read = readMessages(conversation, root["messages"]);
    if (read)
        read = readTools(conversation, root);
    if (read)
        read = readToolChoice(conversation, root);
    if (read)
        read = readFormat(conversation.format, root["response_format"]);
    if (read)
        read = readStop(conversation, root["stop"]);
    if (read)
        read = readMaxTokens(conversation, root);
    if (!read)
        return std::unexpected(std::move(read.error()));
    return conversation;
}

} // namespace lunargate::openai_chat
