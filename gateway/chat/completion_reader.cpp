// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/completion_reader.h"

#include "gateway/chat/finish_reason.h"
#include "gateway/json/writer.h"

#include <ranges>
#include <utility>

namespace lunargate {

namespace {

// Text, or a list of parts of which the texts count.
QByteArray contentText(json::Value content)
{
    QByteArray text = content.toByteArray();
    for (const json::Value part : content.elements())
        text.append(part["text"].string());
    return text;
}

// Mistral's form: parts of the content that are lists of texts themselves (Mistral docs, "Reasoning").
QByteArray thinkingText(json::Value content)
{
    QByteArray text;
    for (const json::Value part : content.elements()) {
        if (part["type"].string() == "thinking")
            text.append(contentText(part["thinking"]));
    }
    return text;
}

// Several names of one thing; who sends more than one says the same in all.
QByteArray reasoningText(json::Value message)
{
    for (const char *name : {"reasoning_content", "reasoning"}) {
        if (const QByteArrayView text = message[name].string(); !text.isEmpty())
            return text.toByteArray();
    }
    return thinkingText(message["content"]);
}

// What calls without an id are named after.
QByteArray answerName(json::Value answer)
{
    const QByteArrayView id = answer["id"].string();
    return id.isEmpty() ? QByteArray::number(answer["created"].integer().value_or(0)) : id.toByteArray();
}

QByteArray argumentsText(json::Value arguments)
{
    return arguments.isObject() ? json::toText(arguments) : arguments.toByteArray();
}

AnsweredToolCall readCall(json::Value call, size_t position, QByteArrayView answer)
{
    AnsweredToolCall result{.id = call["id"].toByteArray(), .isCustom = call["custom"].isObject()};
    const json::Value named = call[result.isCustom ? "custom" : "function"];
    if (result.id.isEmpty())
        result.id = madeUpCallId(answer, position);
    result.name = named["name"].toByteArray();
    result.arguments = argumentsText(named[result.isCustom ? "input" : "arguments"]);
    if (result.arguments.isEmpty() && !result.isCustom)
        result.arguments = "{}";
    result.extraContent = json::toText(call["extra_content"]);
    return result;
}

std::vector<AnsweredToolCall> readCalls(json::Value message, QByteArrayView answer)
{
    std::vector<AnsweredToolCall> calls;
    for (const json::Value call : message["tool_calls"].elements())
        calls.push_back(readCall(call, calls.size(), answer));
    if (const json::Value legacy = message["function_call"]; legacy.isObject()) {
        calls.push_back({.id = madeUpCallId(answer, 0),
                         .name = legacy["name"].toByteArray(),
                         .arguments = argumentsText(legacy["arguments"])});
    }
    return calls;
}

std::vector<QByteArray> texts(json::Value list)
{
    std::vector<QByteArray> result;
    for (const json::Value element : list.elements())
        result.push_back(json::toText(element));
    return result;
}

ChatDelta::ToolCall readCallPiece(json::Value piece)
{
    ChatDelta::ToolCall call{.id = piece["id"].toByteArray(), .isCustom = piece["custom"].isObject()};
    const json::Value named = piece[call.isCustom ? "custom" : "function"];
    call.name = named["name"].toByteArray();
    call.arguments = argumentsText(named[call.isCustom ? "input" : "arguments"]);
    call.extraContent = json::toText(piece["extra_content"]);
    return call;
}

json::Value firstChoice(json::Value chunk)
{
    for (const json::Value choice : chunk["choices"].elements()) {
        if (choice["index"].integer().value_or(0) == 0)
            return choice;
    }
    return {};
}

} // namespace

Completion readCompletion(json::Value root)
{
    const json::Value choice = firstChoice(root);
    const json::Value message = choice["message"];
    Completion completion{.id = root["id"].toByteArray(),
                          .model = root["model"].toByteArray(),
                          .created = root["created"].integer().value_or(0),
                          .text = contentText(message["content"]),
                          .reasoning = reasoningText(message),
                          .reasoningDetails = texts(message["reasoning_details"]),
                          .refusal = message["refusal"].toByteArray(),
                          .toolCalls = readCalls(message, answerName(root)),
                          .annotations = texts(message["annotations"])};
    const FinishReason guess = completion.toolCalls.empty() ? FinishReason::Stop : FinishReason::ToolCalls;
    completion.finishReason = finishReasonOf(choice["finish_reason"].string()).value_or(guess);
    return completion;
}

std::vector<ChatDelta> readChunk(json::Value chunk, ToolCallOrder &calls)
{
    const json::Value choice = firstChoice(chunk);
    if (!choice.exists())
        return {};
    const json::Value message = choice["delta"];
    std::vector<ChatDelta> deltas;
    deltas.push_back({.text = contentText(message["content"]),
                      .reasoning = reasoningText(message),
                      .refusal = message["refusal"].toByteArray()});
    const auto next = [&deltas](bool isTaken) -> ChatDelta & {
        return isTaken ? deltas.emplace_back() : deltas.back();
    };
    for (const json::Value detail : message["reasoning_details"].elements())
        next(!deltas.back().reasoningDetail.isEmpty()).reasoningDetail = json::toText(detail);
    for (const json::Value annotation : message["annotations"].elements())
        next(!deltas.back().annotation.isEmpty()).annotation = json::toText(annotation);
    for (const json::Value piece : message["tool_calls"].elements()) {
        if (auto call = calls.place(piece["index"].integer(), readCallPiece(piece), answerName(chunk)))
            next(deltas.back().toolCall.has_value()).toolCall = std::move(call);
    }
    deltas.back().finishReason = finishReasonOf(choice["finish_reason"].string());
    return deltas;
}

void CompletionAssembly::add(const ChatDelta &delta)
{
    if (m_completion.id.isEmpty())
        m_completion.id = delta.id;
    if (m_completion.model.isEmpty())
        m_completion.model = delta.model;
    m_completion.text.append(delta.text);
    m_completion.reasoning.append(delta.reasoning);
    m_completion.refusal.append(delta.refusal);
    if (!delta.reasoningDetail.isEmpty())
        m_completion.reasoningDetails.push_back(delta.reasoningDetail);
    if (!delta.annotation.isEmpty())
        m_completion.annotations.push_back(delta.annotation);
    if (delta.toolCall)
        addCall(*delta.toolCall);
    if (delta.finishReason) {
        m_completion.finishReason = *delta.finishReason;
        m_hasFinished = true;
    }
}

void CompletionAssembly::addCall(const ChatDelta::ToolCall &piece)
{
    AnsweredToolCall &call = m_calls[piece.index];
    call.isCustom = call.isCustom || piece.isCustom;
    if (call.id.isEmpty())
        call.id = piece.id;
    if (call.name.isEmpty())
        call.name = piece.name;
    call.arguments.append(piece.arguments);
    if (!piece.extraContent.isEmpty())
        call.extraContent = piece.extraContent;
}

Completion CompletionAssembly::take()
{
    for (AnsweredToolCall &call : m_calls | std::views::values)
        m_completion.toolCalls.push_back(std::move(call));
    m_calls.clear();
    return std::exchange(m_completion, {});
}

} // namespace lunargate
