// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/stream_writer.h"

#include "gateway/chat/carried_thought.h"
#include "gateway/chat/text_tokens.h"
#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"
#include "gateway/dialects/anthropic_messages/error_body.h"

#include <algorithm>
#include <utility>

namespace lunargate::anthropic_messages {

using Kind = ChatStreamEvent::Kind;

namespace {

bool hasContent(const ChatDelta &delta)
{
    return !delta.text.isEmpty() || !delta.reasoning.isEmpty() || !delta.reasoningDetail.isEmpty() ||
           !delta.refusal.isEmpty();
}

} // namespace

void StreamWriter::append(QByteArray &out, const ChatStreamEvent &event)
{
    if (event.usage)
        m_usage = event.usage;
    switch (event.kind) {
    case Kind::Chunk:
        m_isNative = true;
        if (!event.payload.isEmpty())
            out.append(event.payload).append("\n\n");
        return;
    case Kind::Delta:
        start(out, event.delta);
        addDelta(out, event.delta);
        return;
    case Kind::Comment:
        out.append(kPingFrame);
        return;
    case Kind::End:
        if (!m_isNative)
            finish(out);
        return;
    case Kind::Failure:
        out.append(errorFrame(event.error));
        return;
    }
}

void StreamWriter::start(QByteArray &out, const ChatDelta &delta)
{
    if (std::exchange(m_hasStarted, true))
        return;
    json::TextWriter json;
    json.beginObject().member("type", "message_start").key("message").beginObject();
    json.member("id", messageId(delta.id, m_facts)).member("type", "message").member("role", "assistant");
    json.member("model", delta.model.isEmpty() ? m_facts.model : delta.model);
    json.key("content").beginArray().endArray();
    json.key("stop_reason").null().key("stop_sequence").null().key("usage");
    writeUsage(json, m_usage ? *m_usage : Usage{.input = m_facts.promptTokens});
    json.endObject().endObject();
    appendEvent(out, "message_start", json.text());
    out.append(kPingFrame);
}

// A call that another block cuts off could not go on.
void StreamWriter::addDelta(QByteArray &out, const ChatDelta &delta)
{
    if (hasContent(delta) && isInCalls())
        m_waiting.push_back(delta);
    else
        addContent(out, delta);
    if (delta.toolCall)
        addCallPiece(out, *delta.toolCall);
    if (!m_waiting.empty() && !isInCalls())
        addWaiting(out);
    if (delta.finishReason)
        m_finishReason = delta.finishReason;
}

void StreamWriter::addWaiting(QByteArray &out)
{
    closeCalls(out);
    for (const ChatDelta &delta : std::exchange(m_waiting, {}))
        addContent(out, delta);
}

void StreamWriter::addContent(QByteArray &out, const ChatDelta &delta)
{
    if (!delta.reasoning.isEmpty())
        addReasoning(out, delta.reasoning);
    if (!delta.reasoningDetail.isEmpty())
        addDetail(out, delta.reasoningDetail);
    if (!delta.text.isEmpty())
        addText(out, delta.text);
    if (!delta.refusal.isEmpty()) {
        m_refusal += delta.refusal;
        addText(out, delta.refusal);
    }
}

void StreamWriter::addText(QByteArray &out, const QByteArray &text)
{
    m_outputBytes += text.size();
    if (m_open != Open::Text)
        openBlock(out, Open::Text, R"({"type":"text","text":""})");
    appendDelta(out, "text_delta", "text", text);
}

void StreamWriter::addReasoning(QByteArray &out, const QByteArray &text)
{
    m_outputBytes += text.size();
    if (m_thoughts == Thoughts::None)
        return;
    if (m_open != Open::Thinking)
        openBlock(out, Open::Thinking, R"({"type":"thinking","thinking":"","signature":""})");
    if (m_thoughts == Thoughts::Shown)
        appendDelta(out, "thinking_delta", "thinking", text);
}

// A detail says once more, with its signature, what was thought just before.
void StreamWriter::addDetail(QByteArray &out, const QByteArray &detail)
{
    std::optional<ThoughtBlock> block = thoughtBlock(detail);
    if (!block)
        return;
    if (m_thoughts == Thoughts::None) {
        m_carried.push_back(*std::move(block));
        return;
    }
    const bool isCarried = block->signature.startsWith(kCarriedMark);
    if (m_open == Open::Thinking && (isCarried || !block->isRedacted)) {
        m_signature = block->signature;
        closeBlock(out);
        return;
    }
    if (m_thoughts == Thoughts::Unworded)
        block->text.clear();
    appendWhole(out, *block);
}

void StreamWriter::addCallPiece(QByteArray &out, const ChatDelta::ToolCall &piece)
{
    const auto known = std::ranges::find(m_calls, piece.index, &Call::index);
    const bool isNew = known == m_calls.end();
    if (isNew && piece.name.isEmpty())
        return; // of a call that is over
    Call &call = isNew ? m_calls.emplace_back(Call{.index = piece.index, .id = piece.id, .name = piece.name}) : *known;
    if (!piece.extraContent.isEmpty())
        call.extraContent = piece.extraContent;
    m_outputBytes += piece.arguments.size();
    if (m_open == Open::Call && &call == &m_calls.front()) {
        appendArguments(out, piece.arguments);
    } else {
        call.arguments += piece.arguments;
    }
    if (m_open != Open::Call)
        openNextCall(out);
    while (m_calls.size() > 1 && isCallWhole()) {
        closeBlock(out);
        openNextCall(out);
    }
}

void StreamWriter::openNextCall(QByteArray &out)
{
    if (m_calls.empty())
        return;
    Call &call = m_calls.front();
    closeBlock(out);
    for (const ThoughtBlock &block : std::exchange(m_carried, {}))
        appendWhole(out, block);
    if (!call.extraContent.isEmpty())
        appendWhole(out, {.isRedacted = true,
                          .signature = carriedText({.callId = call.id, .extraContent = call.extraContent})});
    json::TextWriter json;
    json.beginObject().member("type", "tool_use").member("id", call.id).member("name", call.name);
    json.key("input").beginObject().endObject().endObject();
    openBlock(out, Open::Call, json.text());
    m_hasCalls = true;
    const QByteArray waiting = std::exchange(call.arguments, {});
    appendArguments(out, waiting);
}

void StreamWriter::appendArguments(QByteArray &out, const QByteArray &text)
{
    if (text.isEmpty())
        return;
    m_calls.front().arguments += text;
    appendDelta(out, "input_json_delta", "partial_json", text);
}

// Only an end is worth reading all of it for.
bool StreamWriter::isCallWhole() const
{
    const QByteArray &arguments = m_calls.front().arguments;
    return QByteArrayView(arguments).trimmed().endsWith('}') && json::Document::parse(arguments).has_value();
}

bool StreamWriter::isInCalls() const
{
    return m_open == Open::Call && (m_calls.size() > 1 || !isCallWhole());
}

void StreamWriter::openBlock(QByteArray &out, Open kind, QByteArrayView block)
{
    if (m_open == Open::Call && kind != Open::Call)
        closeCalls(out);
    closeBlock(out);
    m_open = kind;
    json::TextWriter json;
    json.beginObject().member("type", "content_block_start").member("index", m_blocks++);
    json.key("content_block").raw(block).endObject();
    appendEvent(out, "content_block_start", json.text());
}

void StreamWriter::appendDelta(QByteArray &out, QByteArrayView type, QByteArrayView member, QByteArrayView text)
{
    json::TextWriter json;
    json.beginObject().member("type", "content_block_delta").member("index", m_blocks - 1).key("delta");
    json.beginObject().member("type", type).member(member, text).endObject().endObject();
    appendEvent(out, "content_block_delta", json.text());
}

// Redacted ones come whole with their start, others in pieces.
void StreamWriter::appendWhole(QByteArray &out, const ThoughtBlock &block)
{
    if (block.isRedacted) {
        json::TextWriter json;
        writeBlock(json, block);
        openBlock(out, Open::None, json.text());
        m_open = Open::Text; // to be closed like one
    } else {
        openBlock(out, Open::Thinking, R"({"type":"thinking","thinking":"","signature":""})");
        if (!block.text.isEmpty())
            appendDelta(out, "thinking_delta", "thinking", block.text);
        m_signature = block.signature;
    }
    closeBlock(out);
}

void StreamWriter::closeBlock(QByteArray &out)
{
    const Open kind = std::exchange(m_open, Open::None);
    if (kind == Open::None)
        return;
    if (kind == Open::Thinking) {
        const QByteArray signature = std::exchange(m_signature, {});
        appendDelta(out, "signature_delta", "signature", signature.isEmpty() ? carriedText({}) : signature);
    }
    if (kind == Open::Call)
        m_calls.pop_front();
    json::TextWriter json;
    json.beginObject().member("type", "content_block_stop").member("index", m_blocks - 1).endObject();
    appendEvent(out, "content_block_stop", json.text());
}

void StreamWriter::closeCalls(QByteArray &out)
{
    while (!m_calls.empty()) {
        if (m_open != Open::Call)
            openNextCall(out);
        closeBlock(out);
    }
}

void StreamWriter::finish(QByteArray &out)
{
    start(out, {});
    addWaiting(out);
    closeBlock(out);
    const QByteArrayView reason =
        stopReason(m_finishReason.value_or(FinishReason::Stop), m_hasCalls, !m_refusal.isEmpty());
    if (m_blocks == 0 && reason != "refusal") { // clients expect one block at least
        openBlock(out, Open::Text, R"({"type":"text","text":""})");
        closeBlock(out);
    }
    json::TextWriter json;
    json.beginObject().member("type", "message_delta").key("delta").beginObject();
    writeStop(json, reason, m_refusal);
    json.endObject().key("usage");
    writeUsage(json, usageNow());
    json.endObject();
    appendEvent(out, "message_delta", json.text());
    appendEvent(out, "message_stop", R"({"type":"message_stop"})");
}

Usage StreamWriter::usageNow() const
{
    return m_usage ? *m_usage : Usage{.input = m_facts.promptTokens, .output = tokensOfBytes(m_outputBytes)};
}

} // namespace lunargate::anthropic_messages
