// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/message_writer.h"

#include "gateway/chat/carried_thought.h"
#include "gateway/chat/reasoning_detail.h"
#include "gateway/chat/text_tokens.h"

#include <algorithm>

namespace lunargate::anthropic_messages {

namespace {

std::vector<ThoughtBlock> carriedBlocks(const Completion &completion)
{
    std::vector<ThoughtBlock> blocks;
    for (const QByteArray &detail : completion.reasoningDetails) {
        if (std::optional<ThoughtBlock> block = thoughtBlock(detail))
            blocks.push_back(*std::move(block));
    }
    for (const AnsweredToolCall &call : completion.toolCalls) {
        if (!call.extraContent.isEmpty())
            blocks.push_back(
                {.isRedacted = true, .signature = carriedText({.callId = call.id, .extraContent = call.extraContent})});
    }
    return blocks;
}

// Words that no detail has stand in the first block that can have some, or in one of their own.
std::vector<ThoughtBlock> shownBlocks(const Completion &completion)
{
    std::vector<ThoughtBlock> blocks = carriedBlocks(completion);
    const auto hasText = [](const ThoughtBlock &block) { return !block.text.isEmpty(); };
    if (completion.reasoning.isEmpty() || std::ranges::any_of(blocks, hasText))
        return blocks;
    const bool takesText =
        !blocks.empty() && (!blocks.front().isRedacted || blocks.front().signature.startsWith(kCarriedMark));
    if (!takesText)
        blocks.insert(blocks.begin(), {.signature = carriedText({})});
    blocks.front().isRedacted = false;
    blocks.front().text = completion.reasoning;
    return blocks;
}

void writeText(json::TextWriter &json, QByteArrayView text)
{
    json.beginObject().member("type", "text").member("text", text).endObject();
}

// Its input must be an object.
void writeCall(json::TextWriter &json, const AnsweredToolCall &call)
{
    json.beginObject().member("type", "tool_use").member("id", call.id).member("name", call.name).key("input");
    const std::optional<json::Document> input = json::Document::parse(call.arguments);
    if (!call.isCustom && input && input->root().isObject())
        json.value(input->root());
    else if (call.arguments.trimmed().isEmpty())
        json.beginObject().endObject();
    else
        json.beginObject().member(call.isCustom ? "input" : "_raw", call.arguments).endObject();
    json.endObject();
}

/// Writes the blocks of one answer.
class ContentWriter
{
public:
    ContentWriter(json::TextWriter &json, const Completion &completion, Thoughts thoughts)
        : m_json(json), m_completion(completion), m_thoughts(thoughts)
    {
    }

    // Who did not ask for thoughts expects the text first; what calls need comes behind it then.
    void write(QByteArrayView stopReason)
    {
        m_json.key("content").beginArray();
        if (m_thoughts != Thoughts::None)
            writeThoughts(shownBlocks(m_completion));
        const QByteArray text = m_completion.text + m_completion.refusal;
        const bool isEmpty = text.isEmpty() && m_completion.toolCalls.empty() && stopReason != "refusal";
        if (!text.isEmpty() || isEmpty) // clients expect one block at least
            writeText(m_json, text);
        if (m_thoughts == Thoughts::None && !m_completion.toolCalls.empty())
            writeThoughts(carriedBlocks(m_completion));
        for (const AnsweredToolCall &call : m_completion.toolCalls)
            writeCall(m_json, call);
        m_json.endArray();
    }

private:
    void writeThoughts(std::vector<ThoughtBlock> blocks)
    {
        for (ThoughtBlock &block : blocks) {
            if (m_thoughts == Thoughts::Unworded)
                block.text.clear();
            writeBlock(m_json, block);
        }
    }

    json::TextWriter &m_json;
    const Completion &m_completion;
    Thoughts m_thoughts;
};

Usage estimatedUsage(const Completion &completion, const AnswerFacts &facts)
{
    TextTokens output;
    output.add(completion.reasoning);
    output.add(completion.text);
    for (const AnsweredToolCall &call : completion.toolCalls)
        output.add(call.arguments);
    return {.input = facts.promptTokens, .output = output.count()};
}

} // namespace

QByteArray messageBody(const Completion &completion, const std::optional<Usage> &usage, const AnswerFacts &facts,
                       Thoughts thoughts)
{
    const QByteArrayView reason =
        stopReason(completion.finishReason, !completion.toolCalls.empty(), !completion.refusal.isEmpty());
    json::TextWriter json;
    json.beginObject().member("id", messageId(completion.id, facts)).member("type", "message");
    json.member("role", "assistant").member("model", completion.model.isEmpty() ? facts.model : completion.model);
    ContentWriter(json, completion, thoughts).write(reason);
    writeStop(json, reason, completion.refusal);
    json.key("usage");
    writeUsage(json, usage ? *usage : estimatedUsage(completion, facts));
    json.endObject();
    return std::move(json).text();
}

QByteArray messageId(const QByteArray &providers, const AnswerFacts &facts)
{
    return providers.startsWith("msg_") ? providers : "msg_" + facts.requestId;
}

QByteArrayView stopReason(FinishReason reason, bool hasCalls, bool isRefusal)
{
    switch (reason) {
    case FinishReason::Length:
        return "max_tokens"; // also of a call, which must not be run then
    case FinishReason::ContentFilter:
        return "refusal";
    case FinishReason::Stop:
    case FinishReason::ToolCalls:
    case FinishReason::Error:
        break;
    }
    return hasCalls ? "tool_use" : isRefusal ? "refusal" : "end_turn";
}

void writeStop(json::TextWriter &json, QByteArrayView reason, QByteArrayView refusal)
{
    json.member("stop_reason", reason).key("stop_sequence").null();
    if (reason != "refusal" || refusal.isEmpty())
        return;
    json.key("stop_details").beginObject().member("type", "refusal").key("category").null();
    json.member("explanation", refusal).endObject();
}

void writeUsage(json::TextWriter &json, const Usage &usage)
{
    json.beginObject().member("input_tokens", usage.input);
    json.member("cache_creation_input_tokens", usage.cacheWrites());
    json.member("cache_read_input_tokens", usage.cachedInput);
    json.member("output_tokens", usage.completionTokens()).endObject();
}

std::optional<ThoughtBlock> thoughtBlock(const QByteArray &detail)
{
    const std::optional<json::Document> document = json::Document::parse(detail);
    if (!document)
        return std::nullopt;
    const json::Value root = document->root();
    const QByteArrayView signature = root["signature"].string();
    const QByteArrayView data = root["data"].string();
    if (signature.isEmpty() && data.isEmpty())
        return std::nullopt;
    if (root["format"].string() != kAnthropicReasoning)
        return ThoughtBlock{.isRedacted = true, .signature = carriedText({.detail = detail})};
    if (!data.isEmpty())
        return ThoughtBlock{.isRedacted = true, .signature = data.toByteArray()};
    return ThoughtBlock{.text = root["text"].toByteArray(), .signature = signature.toByteArray()};
}

void writeBlock(json::TextWriter &json, const ThoughtBlock &block)
{
    json.beginObject();
    if (block.isRedacted)
        json.member("type", "redacted_thinking").member("data", block.signature);
    else
        json.member("type", "thinking").member("thinking", block.text).member("signature", block.signature);
    json.endObject();
}

} // namespace lunargate::anthropic_messages
