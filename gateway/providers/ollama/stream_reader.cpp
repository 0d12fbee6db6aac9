// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/stream_reader.h"

#include "gateway/providers/ollama/answer_reader.h"
#include "gateway/providers/ollama/error_reader.h"

namespace lunargate::ollama {

using Kind = ChatStreamEvent::Kind;

void StreamReader::read(json::Value line, Events &events)
{
    if (const std::optional<ProviderComplaint> complaint = readComplaint(line)) {
        fail(errorInside(*complaint, 0, m_key), events);
        return;
    }
    if (!line.isObject()) {
        fail(malformedEvent(), events);
        return;
    }
    readText(line, events);
    if (!readToolCalls(line, events)) {
        fail(malformedEvent(), events);
        return;
    }
    if (line["done"].boolean() == true) {
        events.push_back({.kind = Kind::Delta,
                          .delta = {.finishReason = finishReasonOf(line, m_toolCalls.count() > 0)},
                          .isUseful = true,
                          .usage = usageOf(line)});
        end(events);
    }
}

void StreamReader::readText(json::Value line, Events &events)
{
    const json::Value message = messageOf(line);
    const QByteArrayView text = textOf(message);
    const QByteArrayView thinking = thinkingOf(message);
    const bool isFirst = !std::exchange(m_hasBegun, true);
    const qsizetype textBytes = text.size() + thinking.size();
    if (textBytes == 0 && !isFirst)
        return;
    ChatStreamEvent event{.kind = Kind::Delta, .isUseful = textBytes > 0, .textBytes = textBytes};
    if (isFirst)
        event.delta.model = line["model"].toByteArray();
    event.delta.text = text.toByteArray();
    event.delta.reasoning = thinking.toByteArray();
    events.push_back(std::move(event));
}

/// False if one makes no sense.
bool StreamReader::readToolCalls(json::Value line, Events &events)
{
    for (const json::Value value : messageOf(line)["tool_calls"].elements()) {
        const int index = m_toolCalls.count();
        std::optional<AnsweredToolCall> call = m_toolCalls.read(value, line);
        if (!call)
            return false;
        const qsizetype textBytes = call->arguments.size();
        events.push_back({.kind = Kind::Delta,
                          .delta = {.toolCall = ChatDelta::ToolCall{.index = index,
                                                                    .id = std::move(call->id),
                                                                    .name = std::move(call->name),
                                                                    .arguments = std::move(call->arguments)}},
                          .isUseful = true,
                          .textBytes = textBytes});
    }
    return true;
}

} // namespace lunargate::ollama
