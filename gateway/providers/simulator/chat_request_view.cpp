// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/chat_request_view.h"

#include "gateway/json/writer.h"
#include "gateway/providers/simulator/json_access.h"
#include "gateway/providers/simulator/tokens.h"
#include "gateway/providers/simulator/tool_choice.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <algorithm>
#include <limits>

namespace lunargate::simulator {

namespace {

// OpenAI's counting guide: every message costs 3 tokens beside its text, and the answer's start 3 more.
constexpr int kTokensPerMessage = 3;
// What an image costs at low detail in OpenAI's vision guide; here the price of every part that is not text.
constexpr int kTokensPerOtherPart = 85;
// The largest `n` that OpenAI takes.
constexpr int kMaxChoices = 128;
constexpr size_t kMaxStops = 4;
constexpr int kMaxBodyTokens = std::numeric_limits<int>::max();

using Failure = std::optional<Error>;

Error invalid(QByteArray reason, QByteArray param, QByteArray message)
{
    return Error{.kind = ErrorKind::InvalidRequest,
                 .reason = std::move(reason),
                 .message = std::move(message),
                 .param = std::move(param)};
}

Failure readModel(json::Value root, ChatRequestView &view)
{
    view.model = root["model"].toByteArray();
    if (view.model.isEmpty())
        return invalid("missing_required_parameter", "model", "you must provide a model parameter");
    return {};
}

/// Text of a message's content, which is a string or a list of parts; counts the parts that are no text.
QByteArray contentText(json::Value content, int &otherParts)
{
    if (content.isString())
        return content.toByteArray();
    QByteArray text;
    for (const json::Value part : elements(content)) {
        const json::Value piece = part["text"].isString() ? part["text"] : part["refusal"];
        if (!piece.isString()) {
            ++otherParts;
            continue;
        }
        if (!text.isEmpty())
            text += '\n';
        text += piece.string();
    }
    return text;
}

/// Names and arguments of the calls that an assistant message made.
QByteArray calledTools(json::Value message)
{
    QByteArray text;
    for (const json::Value call : elements(message["tool_calls"])) {
        const json::Value function = call[call["custom"].exists() ? "custom" : "function"];
        text += function["name"].string();
        text += ' ';
        text += function[function["input"].exists() ? "input" : "arguments"].string();
        text += '\n';
    }
    return text;
}

bool isKnownRole(QByteArrayView role)
{
    static constexpr QByteArrayView kRoles[] = {"developer", "system", "user", "assistant", "tool", "function"};
    return std::ranges::contains(kRoles, role);
}

Failure readMessages(json::Value root, ChatRequestView &view)
{
    const json::Value messages = root["messages"];
    if (!messages.exists())
        return invalid("missing_required_parameter", "messages", "Missing required parameter: 'messages'.");
    if (!messages.isArray())
        return invalid("invalid_type", "messages", "Invalid type for 'messages': expected an array of objects.");
    if (messages.size() == 0)
        return invalid("empty_array", "messages", "Invalid 'messages': empty array. Expected at least one message.");

    QCryptographicHash conversation(QCryptographicHash::Sha256);
    conversation.addData(view.model);
    view.promptTokens = kTokensPerMessage;
    int index = 0;
    for (const json::Value message : elements(messages)) {
        const QByteArray role = message["role"].toByteArray();
        if (!isKnownRole(role)) {
            const QByteArray param = "messages[" + QByteArray::number(index) + "].role";
            return invalid("invalid_value", param,
                           "Invalid value for '" + param +
                               "': expected developer, system, user, assistant, tool or function.");
        }
        int otherParts = 0;
        const QByteArray text = contentText(message["content"], otherParts);
        const QByteArray calls = calledTools(message);
        view.promptTokens +=
            kTokensPerMessage + countTokens(text) + countTokens(calls) + otherParts * kTokensPerOtherPart;
        for (const QByteArray &part : {role, text, calls}) {
            conversation.addData(QByteArrayView("\0", 1)); // so that moving a letter over a border changes the hash
            conversation.addData(part);
        }
        if (role == "user")
            view.lastUserText = text;
        if (role == "tool")
            view.toolResults.push_back(text);
        else
            view.toolResults.clear();
        view.lastRole = role;
        ++index;
    }
    view.seed = qFromBigEndian<quint64>(conversation.result().constData());
    return {};
}

Failure readInteger(json::Value root, const QByteArray &name, int maximum, std::optional<int> &target)
{
    const json::Value value = root[name];
    if (!value.exists() || value.isNull())
        return {};
    const std::optional<qint64> number = value.integer();
    if (!number)
        return invalid("invalid_type", name, "Invalid type for '" + name + "': expected an integer.");
    if (*number < 1 || *number > maximum)
        return invalid("invalid_value", name,
                       "Invalid '" + name + "': expected a value from 1 to " + QByteArray::number(maximum) + '.');
    target = static_cast<int>(*number);
    return {};
}

Failure readLimits(json::Value root, ChatRequestView &view)
{
    std::optional<int> choices;
    if (Failure failure = readInteger(root, "n", kMaxChoices, choices))
        return failure;
    view.choices = choices.value_or(1);
    if (Failure failure = readInteger(root, "max_tokens", kMaxBodyTokens, view.maxTokens))
        return failure;
    return readInteger(root, "max_completion_tokens", kMaxBodyTokens, view.maxTokens);
}

Failure readStops(json::Value root, ChatRequestView &view)
{
    const json::Value stop = root["stop"];
    if (stop.isString())
        view.stops = {stop.toByteArray()};
    for (const json::Value sequence : elements(stop))
        view.stops.push_back(sequence.toByteArray());
    if (view.stops.size() > kMaxStops)
        return invalid("array_above_max_length", "stop", "Invalid 'stop': expected at most 4 sequences.");
    std::erase_if(view.stops, [](const QByteArray &sequence) { return sequence.isEmpty(); });
    return {};
}

Failure readStreaming(json::Value root, ChatRequestView &view)
{
    view.stream = root["stream"].boolean().value_or(false);
    const json::Value options = root["stream_options"];
    if (options.isObject() && !view.stream)
        return invalid("invalid_request_error", "stream_options",
                       "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
    view.includeUsage = options["include_usage"].boolean().value_or(false);
    return {};
}

Failure readToolChoice(json::Value root, ChatRequestView &view)
{
    view.promptTokens += countTokens(json::toText(root["tools"]));
    Result<ToolPlan> plan = planTools(root);
    if (!plan)
        return std::move(plan).error();
    view.tools = std::move(plan->tools);
    view.toolUse = plan->use;
    view.parallelToolCalls = root["parallel_tool_calls"].boolean().value_or(true);
    return {};
}

Failure readFormat(json::Value root, ChatRequestView &view)
{
    const QByteArrayView effort = root["reasoning_effort"].string();
    if (effort != "none")
        view.reasoningEffort = effort.toByteArray();

    const json::Value format = root["response_format"];
    const QByteArrayView type = format["type"].string();
    if (type == "json_object") {
        view.format = AnswerFormat::JsonObject;
    } else if (type == "json_schema") {
        view.format = AnswerFormat::JsonSchema;
        view.schema = format["json_schema"]["schema"];
        if (!view.schema.isObject())
            return invalid("missing_required_parameter", "response_format.json_schema.schema",
                           "Missing required parameter: 'response_format.json_schema.schema'.");
    } else if (format.isObject() && type != "text") {
        return invalid("invalid_value", "response_format.type",
                       "Invalid value for 'response_format.type': expected text, json_object or json_schema.");
    }
    return {};
}

} // namespace

Result<ChatRequestView> readChatRequest(const QByteArray &body)
{
    ChatRequestView view;
    view.document = json::Document::parse(body);
    if (!view.document || !view.document->root().isObject())
        return std::unexpected(invalid("invalid_json", {}, "We could not parse the JSON body of your request."));
    view.hash = QCryptographicHash::hash(body, QCryptographicHash::Sha256).toHex();
    for (const auto step :
         {readModel, readMessages, readLimits, readStops, readStreaming, readToolChoice, readFormat}) {
        if (Failure failure = step(view.document->root(), view))
            return std::unexpected(*std::move(failure));
    }
    return view;
}

} // namespace lunargate::simulator
