// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/stream_reader.h"

#include "gateway/json/writer.h"
#include "gateway/providers/anthropic/answer_reader.h"
#include "gateway/providers/anthropic/error_reader.h"
#include "gateway/providers/anthropic/stop_reason.h"
#include "gateway/chat/thought_place.h"
#include "gateway/providers/anthropic/web_citation.h"

namespace lunargate::anthropic {

namespace {

// Much more than any answer has, and still bearable.
constexpr qsizetype kMaxHeldBytes = 16 * 1024 * 1024;

} // namespace

using Kind = ChatStreamEvent::Kind;

void StreamReader::read(SseEvent event, Events &events)
{
    const std::optional<json::Document> document = json::Document::parse(event.data);
    if (!document || !document->root().isObject()) {
        fail(malformedEvent(), events);
        return;
    }
    const json::Value root = document->root();
    const json::Value named = root["type"];
    const QByteArrayView type = named.isString() ? named.string() : QByteArrayView(event.type);
    if (type == "content_block_delta")
        readBlockDelta(root, events);
    else if (type == "content_block_start")
        startBlock(root, events);
    else if (type == "content_block_stop")
        stopBlock(events);
    else if (type == "message_start")
        startMessage(root["message"], events);
    else if (type == "message_delta")
        readMessageDelta(root, events);
    else if (type == "message_stop")
        stopMessage(events);
    else if (type == "ping")
        events.push_back({.kind = Kind::Comment, .payload = "ping"});
    else if (type == "error" || isErrorObject(root))
        fail(readErrorObject(root, m_key), events);
    // Others may be added any time and are to be ignored (Anthropic docs, "Versions").
}

void StreamReader::startMessage(json::Value message, Events &events)
{
    if (m_isCommitted) { // a second message cannot be told to a client that has seen a part of the first
        fail(malformedEvent(), events);
        return;
    }
    m_hasStarted = true;
    m_block = {};
    m_usage = {};
    m_details = 0;
    m_id = readName(message["id"]);
    m_usage.read(message["usage"]);
    events.push_back(
        {.kind = Kind::Delta, .delta = {.id = m_id, .model = readName(message["model"])}, .usage = m_usage.usage()});
}

void StreamReader::startBlock(json::Value event, Events &events)
{
    stopBlock(events);
    const json::Value block = event["content_block"];
    m_block.index = event["index"].integer();
    const QByteArrayView type = block["type"].string();
    if (type == "text") {
        m_block.kind = Block::Kind::Text;
        m_block.begin = m_characters;
        emitText(block["text"], events);
    } else if (type == "thinking") {
        m_block.kind = Block::Kind::Thinking;
        if (const QByteArrayView signature = block["signature"].string(); hold(signature.size(), events))
            m_block.signature.append(signature);
        emitThought(block["thinking"], events);
    } else if (type == "redacted_thinking") {
        m_block.kind = Block::Kind::Other;
        emitDetail(redactedDetail(block, nextThoughtId(), m_details), events);
    } else if (type == "tool_use") {
        m_block.kind = Block::Kind::ToolUse;
        if (const json::Value input = block["input"]; input.isObject() && input.size() > 0)
            m_block.input = json::toText(input);
        const int index = m_calls++;
        emitUseful({.toolCall = ChatDelta::ToolCall{.index = index,
                                                    .id = callId(block, m_id, index),
                                                    .name = m_names.toClient(block["name"].string())}},
                   0, events);
    } else {
        m_block.kind = Block::Kind::Other;
    }
    if (m_use == Use::NativeEvents)
        emitUseful({}, 0, events); // any block is a part of the answer
}

void StreamReader::readBlockDelta(json::Value event, Events &events)
{
    if (m_block.kind == Block::Kind::Other)
        return;
    if (m_block.index && event["index"].integer() != m_block.index) {
        fail(malformedEvent(), events); // blocks do not interleave; this one would get what belongs to another
        return;
    }
    const json::Value delta = event["delta"];
    const QByteArrayView type = delta["type"].string();
    if (type == "text_delta") {
        emitText(delta["text"], events);
    } else if (type == "input_json_delta") {
        if (m_block.kind != Block::Kind::ToolUse)
            fail(malformedEvent(), events);
        else if (const json::Value piece = delta["partial_json"]; !piece.string().isEmpty())
            emitArguments(piece.toByteArray(), events);
    } else if (type == "thinking_delta") {
        emitThought(delta["thinking"], events);
    } else if (type == "signature_delta") {
        if (const QByteArrayView signature = delta["signature"].string(); hold(signature.size(), events))
            m_block.signature.append(signature);
    } else if (type == "citations_delta") {
        const json::Value citation = delta["citation"];
        if (webCitation(citation, 0, 0).isEmpty())
            return;
        QByteArray text = json::toText(citation);
        if (hold(text.size(), events))
            m_block.citations.push_back(std::move(text));
    }
}

void StreamReader::stopBlock(Events &events)
{
    Block block = std::exchange(m_block, {});
    switch (block.kind) {
    case Block::Kind::Text:
        for (const QByteArray &text : block.citations) {
            const std::optional<json::Document> citation = json::Document::parse(text);
            emitUseful({.annotation = webCitation(citation->root(), block.begin, m_characters)}, 0, events);
        }
        break;
    case Block::Kind::Thinking:
        emitDetail(thoughtDetail(std::move(block.thought), std::move(block.signature), nextThoughtId(), m_details),
                   events);
        break;
    case Block::Kind::ToolUse:
        // A tool without arguments has only empty pieces.
        if (!block.hasInput)
            emitArguments(block.input.isEmpty() ? QByteArrayLiteral("{}") : std::move(block.input), events);
        break;
    case Block::Kind::None:
    case Block::Kind::Other:
        break;
    }
}

void StreamReader::readMessageDelta(json::Value event, Events &events)
{
    stopBlock(events);
    m_usage.read(event["usage"]);
    const json::Value delta = event["delta"];
    const json::Value details = delta["stop_details"].isObject() ? delta["stop_details"] : event["stop_details"];
    if (delta["stop_reason"].isString() && !m_hasFinished)
        emitFinish(delta["stop_reason"], details, events);
    else
        events.push_back({.kind = Kind::Delta});
    events.back().usage = m_usage.usage();
}

void StreamReader::stopMessage(Events &events)
{
    stopBlock(events);
    if (!m_hasStarted) {
        fail(malformedEvent(), events);
        return;
    }
    if (!m_hasFinished)
        emitFinish({}, {}, events);
    end(events);
}

/// False if it would be too much, which ends the stream.
bool StreamReader::hold(qsizetype bytes, Events &events)
{
    m_block.held += bytes;
    if (m_block.held <= kMaxHeldBytes)
        return true;
    Error error = tooLargeEvent();
    error.message = "the provider sent a content block over 16 MiB";
    fail(std::move(error), events);
    return false;
}

QByteArray StreamReader::nextThoughtId() const
{
    return thoughtId({.textBytes = m_textBytes, .calls = m_calls}, m_id, m_details);
}

void StreamReader::emitText(json::Value text, Events &events)
{
    const QByteArrayView piece = text.string();
    if (piece.isEmpty())
        return;
    m_characters += characterCount(piece);
    m_textBytes += piece.size();
    emitUseful({.text = piece.toByteArray()}, piece.size(), events);
}

void StreamReader::emitThought(json::Value text, Events &events)
{
    const QByteArrayView piece = text.string();
    if (piece.isEmpty() || !hold(piece.size(), events))
        return;
    m_block.thought.append(piece);
    emitUseful({.reasoning = piece.toByteArray()}, piece.size(), events);
}

void StreamReader::emitDetail(QByteArray detail, Events &events)
{
    if (detail.isEmpty())
        return;
    ++m_details;
    emitUseful({.reasoningDetail = std::move(detail)}, 0, events);
}

void StreamReader::emitArguments(QByteArray arguments, Events &events)
{
    m_block.hasInput = true;
    const qsizetype size = arguments.size();
    emitUseful({.toolCall = ChatDelta::ToolCall{.index = m_calls - 1, .arguments = std::move(arguments)}}, size,
               events);
}

void StreamReader::emitFinish(json::Value stopReason, json::Value stopDetails, Events &events)
{
    m_hasFinished = true;
    emitUseful({.refusal = refusalText(stopReason, stopDetails),
                .finishReason = finishReason(stopReason.string(), m_calls > 0)},
               0, events);
}

void StreamReader::emitUseful(ChatDelta delta, qsizetype textBytes, Events &events)
{
    m_isCommitted = true;
    events.push_back({.kind = Kind::Delta, .delta = std::move(delta), .isUseful = true, .textBytes = textBytes});
}

} // namespace lunargate::anthropic
