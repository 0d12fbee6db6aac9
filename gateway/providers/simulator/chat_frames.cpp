// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/chat_frames.h"

#include "gateway/json/writer.h"
#include "gateway/providers/simulator/tokens.h"

namespace lunargate::simulator {

namespace {

using json::quoted;

QByteArray number(qint64 value)
{
    return QByteArray::number(value);
}

QByteArray usageObject(const ChatAnswer &answer)
{
    return "{\"prompt_tokens\":" + number(answer.promptTokens) +
           ",\"completion_tokens\":" + number(answer.completionTokens) +
           ",\"total_tokens\":" + number(answer.promptTokens + answer.completionTokens) +
           ",\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0}"
           ",\"completion_tokens_details\":{\"reasoning_tokens\":" +
           number(answer.reasoningTokens) +
           ",\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}";
}

QByteArray head(const ChatEnvelope &envelope, const QByteArray &object)
{
    return "{\"id\":" + quoted(envelope.id) + ",\"object\":\"" + object + "\",\"created\":" + number(envelope.created) +
           ",\"model\":" + quoted(envelope.model) +
           ",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_simulator\"";
}

/// `"type":"function","function":{"name":…,"arguments":…}`, or the same of a custom tool.
QByteArray callMembers(const SimulatedToolCall &call, const QByteArray &arguments)
{
    const QByteArray kind = call.isCustom ? "custom" : "function";
    const QByteArray input = call.isCustom ? "input" : "arguments";
    return "\"id\":" + quoted(call.id) + ",\"type\":\"" + kind + "\",\"" + kind + "\":{\"name\":" + quoted(call.name) +
           ",\"" + input + "\":" + quoted(arguments) + '}';
}

QByteArray messageObject(const SimulatedChoice &choice)
{
    QByteArray text = "{\"role\":\"assistant\",\"content\":";
    text += choice.toolCalls.empty() ? quoted(joinTokens(choice.content)) : QByteArray("null");
    if (!choice.reasoning.empty())
        text += ",\"reasoning_content\":" + quoted(joinTokens(choice.reasoning));
    text += ",\"refusal\":null,\"annotations\":[]";
    if (!choice.toolCalls.empty()) {
        text += ",\"tool_calls\":[";
        for (size_t i = 0; i < choice.toolCalls.size(); ++i) {
            const SimulatedToolCall &call = choice.toolCalls[i];
            text += (i == 0 ? "{" : ",{") + callMembers(call, joinTokens(call.arguments)) + '}';
        }
        text += ']';
    }
    return text + '}';
}

/// Writes the events of one stream.
class FrameWriter
{
public:
    FrameWriter(const ChatEnvelope &envelope)
        : m_head("data: " + head(envelope, "chat.completion.chunk")),
          m_tail(envelope.includeUsage ? ",\"usage\":null}\n\n" : "}\n\n")
    {
    }

    Chunk delta(int choice, const QByteArray &members, int tokens = 1) const
    {
        return event(choice, members, "null", tokens);
    }
    Chunk finish(int choice, const QByteArray &reason) const { return event(choice, {}, quoted(reason), 0); }
    Chunk usage(const ChatAnswer &answer) const
    {
        return {.bytes = m_head + ",\"choices\":[],\"usage\":" + usageObject(answer) + "}\n\n"};
    }

private:
    Chunk event(int choice, const QByteArray &members, const QByteArray &finishReason, int tokens) const
    {
        return {.bytes = m_head + ",\"choices\":[{\"index\":" + number(choice) + ",\"delta\":{" + members +
                         "},\"logprobs\":null,\"finish_reason\":" + finishReason + "}]" + m_tail,
                .tokens = tokens};
    }

    QByteArray m_head;
    QByteArray m_tail;
};

QByteArray roleMembers(const SimulatedChoice &choice)
{
    const QByteArray content = choice.toolCalls.empty() ? "\"\"" : "null";
    return "\"role\":\"assistant\",\"content\":" + content + ",\"refusal\":null";
}

QByteArray callStart(qint64 index, const SimulatedToolCall &call)
{
    return "\"tool_calls\":[{\"index\":" + number(index) + ',' + callMembers(call, {}) + "}]";
}

QByteArray callFragment(qint64 index, const SimulatedToolCall &call, const QByteArray &fragment)
{
    const QByteArray opening = call.isCustom ? "\"custom\":{\"input\":" : "\"function\":{\"arguments\":";
    return "\"tool_calls\":[{\"index\":" + number(index) + ',' + opening + quoted(fragment) + "}}]";
}

} // namespace

QByteArray chatCompletion(const ChatEnvelope &envelope, const ChatAnswer &answer)
{
    QByteArray text = head(envelope, "chat.completion") + ",\"choices\":[";
    for (size_t i = 0; i < answer.choices.size(); ++i) {
        const SimulatedChoice &choice = answer.choices[i];
        text += (i == 0 ? "{\"index\":" : ",{\"index\":") + number(static_cast<qint64>(i)) +
                ",\"message\":" + messageObject(choice) +
                ",\"logprobs\":null,\"finish_reason\":" + quoted(choice.finishReason) + '}';
    }
    return text + "],\"usage\":" + usageObject(answer) + '}';
}

std::generator<Chunk> chatFrames(ChatEnvelope envelope, ChatAnswer answer)
{
    const FrameWriter writer(envelope);
    int index = 0;
    for (const SimulatedChoice &choice : answer.choices) {
        co_yield writer.delta(index, roleMembers(choice), 0);
        for (const QByteArray &token : choice.reasoning)
            co_yield writer.delta(index, "\"reasoning_content\":" + quoted(token));
        for (const QByteArray &token : choice.content)
            co_yield writer.delta(index, "\"content\":" + quoted(token));
        qint64 position = 0;
        for (const SimulatedToolCall &call : choice.toolCalls) {
            co_yield writer.delta(index, callStart(position, call), countTokens(call.name));
            for (const QByteArray &token : call.arguments)
                co_yield writer.delta(index, callFragment(position, call, token));
            ++position;
        }
        co_yield writer.finish(index, choice.finishReason);
        ++index;
    }
    if (envelope.includeUsage)
        co_yield writer.usage(answer);
    co_yield Chunk{.bytes = "data: [DONE]\n\n", .isEnd = true};
}

} // namespace lunargate::simulator
