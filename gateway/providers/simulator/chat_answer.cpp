// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/chat_answer.h"

#include "gateway/providers/simulator/answer_text.h"
#include "gateway/providers/simulator/schema_filler.h"
#include "gateway/providers/simulator/tokens.h"
#include "gateway/providers/simulator/tool_choice.h"

#include <QCryptographicHash>

#include <algorithm>
#include <limits>

namespace lunargate::simulator {

namespace {

/// What is left of max_tokens.
class Budget
{
public:
    explicit Budget(std::optional<int> tokens) : m_left(tokens.value_or(std::numeric_limits<int>::max())) {}

    /// Takes what it can afford of `tokens` and cuts the rest off; false: something was cut.
    bool spend(std::vector<QByteArray> &tokens)
    {
        const auto wanted = static_cast<int>(tokens.size());
        const int affordable = std::min(wanted, m_left);
        m_left -= affordable;
        tokens.resize(static_cast<size_t>(affordable));
        return affordable == wanted;
    }

    /// All or nothing.
    bool spend(int tokens)
    {
        if (tokens > m_left)
            return false;
        m_left -= tokens;
        return true;
    }

private:
    int m_left;
};

QByteArray identifier(QByteArrayView prefix, const ChatRequestView &request, int choice, int call)
{
    const QByteArray source = request.hash + QByteArray::number(choice) + ':' + QByteArray::number(call);
    return prefix.toByteArray() + QCryptographicHash::hash(source, QCryptographicHash::Sha256).toHex().first(24);
}

QByteArray argumentsFor(const Tool &tool, const ChatRequestView &request)
{
    if (tool.isCustom)
        return request.lastUserText;
    return tool.parameters.isObject() ? fillSchema(tool.parameters) : QByteArray("{}");
}

/// Ends the text before the first stop sequence.
void cutAtStop(std::vector<QByteArray> &tokens, const std::vector<QByteArray> &stops)
{
    const QByteArray text = joinTokens(tokens);
    qsizetype end = text.size();
    for (const QByteArray &stop : stops) {
        if (const qsizetype at = text.indexOf(stop); at >= 0)
            end = std::min(end, at);
    }
    if (end < text.size())
        tokens = splitTokens(QByteArrayView(text).first(end));
}

std::vector<QByteArray> contentOf(const ChatRequestView &request, int choice, int answerTokens)
{
    switch (request.format) {
    case AnswerFormat::JsonObject:
        return splitTokens(answerObject(request));
    case AnswerFormat::JsonSchema:
        return splitTokens(fillSchema(request.schema));
    case AnswerFormat::Text:
        break;
    }
    std::vector<QByteArray> content = answerText(request, request.seed + static_cast<quint64>(choice), answerTokens);
    cutAtStop(content, request.stops);
    return content;
}

/// Returns the finish reason.
QByteArray callTools(SimulatedChoice &choice, const std::vector<Tool> &tools, const ChatRequestView &request, int index,
                     Budget &budget)
{
    for (const Tool &tool : tools) {
        if (!budget.spend(countTokens(tool.name)))
            return "length";
        SimulatedToolCall &call = choice.toolCalls.emplace_back();
        call.id = identifier("call_", request, index, static_cast<int>(choice.toolCalls.size()));
        call.name = tool.name;
        call.isCustom = tool.isCustom;
        call.arguments = splitTokens(argumentsFor(tool, request));
        if (!budget.spend(call.arguments))
            return "length";
    }
    return "tool_calls";
}

SimulatedChoice compose(const ChatRequestView &request, int index, int answerTokens)
{
    SimulatedChoice choice;
    Budget budget(request.maxTokens);
    choice.reasoning = reasoningText(request);
    if (!budget.spend(choice.reasoning)) {
        choice.finishReason = "length";
        return choice;
    }
    if (const std::vector<Tool> tools = toolsToCall(request); !tools.empty()) {
        choice.finishReason = callTools(choice, tools, request, index, budget);
        return choice;
    }
    choice.content = contentOf(request, index, answerTokens);
    choice.finishReason = budget.spend(choice.content) ? "stop" : "length";
    return choice;
}

int tokensOf(const SimulatedChoice &choice)
{
    size_t tokens = choice.reasoning.size() + choice.content.size();
    for (const SimulatedToolCall &call : choice.toolCalls)
        tokens += static_cast<size_t>(countTokens(call.name)) + call.arguments.size();
    return static_cast<int>(tokens);
}

} // namespace

ChatAnswer composeAnswer(const ChatRequestView &request, int answerTokens)
{
    ChatAnswer answer{.promptTokens = request.promptTokens};
    for (int index = 0; index < request.choices; ++index) {
        const SimulatedChoice &choice = answer.choices.emplace_back(compose(request, index, answerTokens));
        answer.completionTokens += tokensOf(choice);
        answer.reasoningTokens += static_cast<int>(choice.reasoning.size());
    }
    return answer;
}

} // namespace lunargate::simulator
