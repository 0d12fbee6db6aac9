// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/stream_output.h"

#include "gateway/dialects/openai_responses/output_item.h"
#include "gateway/json/writer.h"

#include <utility>

namespace lunargate::responses {

namespace {

constexpr QByteArrayView kContentIndex = "content_index";
constexpr QByteArrayView kSummaryIndex = "summary_index";
// What an item or a part takes beside its texts: its JSON, and its entry in a list or two.
constexpr qsizetype kItemOverhead = 512;

QByteArray indexMember(QByteArrayView name, size_t index)
{
    return ",\"" + name.toByteArray() + "\":" + QByteArray::number(index);
}

void appendMember(QByteArray &out, QByteArrayView name, QByteArrayView text)
{
    out.append(",\"").append(name).append("\":");
    json::appendString(out, text);
}

} // namespace

void StreamOutput::add(QByteArray &out, const ChatDelta &delta)
{
    countHeld(delta);
    if (!delta.reasoning.isEmpty())
        addReasoning(out, delta.reasoning);
    if (!delta.reasoningDetail.isEmpty()) {
        m_thoughts.details.push_back(delta.reasoningDetail);
        m_thoughts.isBehind = m_thoughts.isBehind || m_message;
    }
    if (!delta.text.isEmpty())
        addText(out, delta.text, false);
    if (!delta.refusal.isEmpty())
        addText(out, delta.refusal, true);
    if (!delta.annotation.isEmpty())
        addAnnotation(out, delta.annotation);
    if (delta.toolCall)
        addCall(out, *delta.toolCall);
}

void StreamOutput::countHeld(const ChatDelta &delta)
{
    m_heldBytes += delta.text.size() + delta.reasoning.size() + delta.refusal.size() + delta.annotation.size() +
                   2 * delta.reasoningDetail.size(); // in Base64
    if (const auto &call = delta.toolCall)
        m_heldBytes += call->arguments.size() + call->extraContent.size();
}

void StreamOutput::finish(QByteArray &out, bool isCut)
{
    const qsizetype count = m_items.count();
    const auto isLast = [&](const ItemPlace &place) { return isCut && place.index + 1 == count; };
    const auto closeTextBefore = [&](qsizetype index) {
        if (m_message && m_message->place.index < index)
            closeMessage(out, isLast(m_message->place));
        if (m_reasoning && m_reasoning->place.index < index)
            closeReasoning(out);
    };
    for (Call &call : m_calls) {
        closeTextBefore(call.place.index);
        closeCall(out, call, isLast(call.place));
    }
    m_calls.clear();
    closeTextBefore(count);
    carryThoughts(out);
}

void StreamOutput::addReasoning(QByteArray &out, const QByteArray &text)
{
    if (!m_reasoning)
        openReasoning(out);
    m_reasoning->text += text;
    m_frames.begin(out, "response.reasoning_summary_text.delta");
    out.append(m_reasoning->prefix);
    json::appendString(out, text);
    EventFrames::end(out);
}

void StreamOutput::addText(QByteArray &out, const QByteArray &text, bool isRefusal)
{
    if (!m_message)
        openMessage(out);
    if (!m_message->isPartOpen || m_message->isRefusal != isRefusal) {
        closePart(out);
        openPart(out, isRefusal);
    }
    m_message->text += text;
    m_frames.begin(out, isRefusal ? "response.refusal.delta" : "response.output_text.delta");
    out.append(m_message->prefix);
    json::appendString(out, text);
    if (!isRefusal)
        out.append(R"(,"logprobs":[])");
    EventFrames::end(out);
}

void StreamOutput::addAnnotation(QByteArray &out, const QByteArray &annotation)
{
    QByteArray flat = flatAnnotation(annotation);
    if (flat.isEmpty())
        return;
    if (!m_message)
        openMessage(out);
    if (!m_message->isPartOpen || m_message->isRefusal) {
        closePart(out);
        openPart(out, false);
    }
    m_items.begin(out, "response.output_text.annotation.added", m_message->place,
                  indexMember(kContentIndex, m_message->parts.size()));
    out.append(indexMember("annotation_index", m_message->annotations.size()));
    out.append(R"(,"annotation":)").append(flat);
    EventFrames::end(out);
    m_message->annotations.push_back(std::move(flat));
}

void StreamOutput::addCall(QByteArray &out, const ChatDelta::ToolCall &piece)
{
    const auto known = m_callsByIndex.find(piece.index);
    // Some servers count all calls 0 and tell them apart by their ids.
    const bool isNew = known == m_callsByIndex.end() ||
                       (!piece.id.isEmpty() && !piece.name.isEmpty() && m_calls[known->second].callId != piece.id);
    Call &call = m_calls[isNew ? openCall(out, piece) : known->second];
    if (piece.arguments.isEmpty())
        return;
    call.arguments += piece.arguments;
    if (!call.isWrapped)
        writeArguments(out, call, piece.arguments);
}

size_t StreamOutput::openCall(QByteArray &out, const ChatDelta::ToolCall &piece)
{
    m_heldBytes += kItemOverhead + piece.id.size() + piece.name.size();
    const size_t position = m_calls.size();
    QByteArray callId = piece.id.isEmpty() ? "call_" + QByteArray::number(position) : piece.id;
    if (!piece.extraContent.isEmpty())
        m_thoughts.extras.emplace_back(callId, piece.extraContent);
    m_thoughts.isBehind = m_thoughts.isBehind || m_message;
    closeText(out);
    carryThoughts(out);
    ClientTool tool = calledTool(m_tools, piece.name, piece.isCustom);
    const bool isWrapped = tool.isCustom && !piece.isCustom;
    Call &call = m_calls.emplace_back(Call{.place = m_items.next(callIdKind(tool)),
                                           .callId = std::move(callId),
                                           .tool = std::move(tool),
                                           .isWrapped = isWrapped});
    m_callsByIndex[piece.index] = position;
    m_items.added(out, call.place, callItem(call.place.id, kInProgress, call.callId, call.tool, {}));
    return position;
}

void StreamOutput::writeArguments(QByteArray &out, const Call &call, const QByteArray &piece)
{
    m_items.begin(
        out, call.tool.isCustom ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta",
        call.place);
    appendMember(out, "delta", piece);
    EventFrames::end(out);
}

void StreamOutput::openMessage(QByteArray &out)
{
    closeText(out);
    carryThoughts(out);
    m_message = Message{.place = m_items.next("msg")};
    m_items.added(out, m_message->place, messageItem(m_message->place.id, kInProgress, {}));
}

void StreamOutput::openPart(QByteArray &out, bool isRefusal)
{
    const QByteArray index = indexMember(kContentIndex, m_message->parts.size());
    m_heldBytes += kItemOverhead;
    m_message->isPartOpen = true;
    m_message->isRefusal = isRefusal;
    m_message->prefix = R"(,"item_id":")" + m_message->place.id + R"(","output_index":)" +
                        QByteArray::number(m_message->place.index) + index + R"(,"delta":)";
    m_items.begin(out, "response.content_part.added", m_message->place, index);
    out.append(R"(,"part":)").append(isRefusal ? refusalPart({}) : textPart({}));
    EventFrames::end(out);
}

void StreamOutput::closePart(QByteArray &out)
{
    if (!m_message->isPartOpen)
        return;
    const QByteArray index = indexMember(kContentIndex, m_message->parts.size());
    const bool isRefusal = m_message->isRefusal;
    QByteArray part = isRefusal ? refusalPart(m_message->text) : textPart(m_message->text, m_message->annotations);
    m_items.begin(out, isRefusal ? "response.refusal.done" : "response.output_text.done", m_message->place, index);
    appendMember(out, isRefusal ? "refusal" : "text", m_message->text);
    if (!isRefusal)
        out.append(R"(,"logprobs":[])");
    EventFrames::end(out);
    m_items.begin(out, "response.content_part.done", m_message->place, index);
    out.append(R"(,"part":)").append(part);
    EventFrames::end(out);
    m_message->parts.push_back(std::move(part));
    m_message->isPartOpen = false;
    m_message->text.clear();
    m_message->annotations.clear();
}

void StreamOutput::closeMessage(QByteArray &out, bool isCut)
{
    closePart(out);
    m_items.done(out, m_message->place,
                 messageItem(m_message->place.id, isCut ? kIncomplete : kCompleted, m_message->parts));
    m_message.reset();
}

void StreamOutput::openReasoning(QByteArray &out)
{
    closeText(out);
    carryThoughts(out);
    m_heldBytes += kItemOverhead;
    m_reasoning = Reasoning{.place = m_items.next("rs")};
    const ItemPlace &place = m_reasoning->place;
    const QByteArray index = indexMember(kSummaryIndex, 0);
    m_reasoning->prefix = R"(,"item_id":")" + place.id + R"(","output_index":)" + QByteArray::number(place.index) +
                          index + R"(,"delta":)";
    m_items.added(out, place, reasoningItem(place.id, {}, {}));
    m_items.begin(out, "response.reasoning_summary_part.added", place, index);
    out.append(R"(,"part":)").append(summaryPart({}));
    EventFrames::end(out);
}

void StreamOutput::closeReasoning(QByteArray &out)
{
    const ItemPlace place = m_reasoning->place;
    const QByteArray index = indexMember(kSummaryIndex, 0);
    const QByteArray part = summaryPart(m_reasoning->text);
    m_items.begin(out, "response.reasoning_summary_text.done", place, index);
    appendMember(out, "text", m_reasoning->text);
    EventFrames::end(out);
    m_items.begin(out, "response.reasoning_summary_part.done", place, index);
    out.append(R"(,"part":)").append(part);
    EventFrames::end(out);
    m_items.done(out, place, reasoningItem(place.id, part, encoded(std::exchange(m_thoughts, {}))));
    m_reasoning.reset();
}

// In an item of their own, where no visible thought is there to take them along.
void StreamOutput::carryThoughts(QByteArray &out)
{
    if (m_thoughts.isEmpty()) {
        m_thoughts.isBehind = false;
        return;
    }
    const ItemPlace place = m_items.next("rs");
    const QByteArray item = reasoningItem(place.id, {}, encoded(std::exchange(m_thoughts, {})));
    m_items.added(out, place, reasoningItem(place.id, {}, {}));
    m_items.done(out, place, item);
}

void StreamOutput::closeCall(QByteArray &out, Call &call, bool isCut)
{
    const bool isCustom = call.tool.isCustom;
    if (call.isWrapped) {
        call.arguments = customInput(call.arguments);
        if (!call.arguments.isEmpty())
            writeArguments(out, call, call.arguments);
    } else if (call.arguments.isEmpty() && !isCustom) {
        call.arguments = "{}"; // clients parse it
        writeArguments(out, call, call.arguments);
    }
    m_items.begin(out, isCustom ? "response.custom_tool_call_input.done" : "response.function_call_arguments.done",
                  call.place);
    if (!isCustom)
        appendMember(out, "name", call.tool.name);
    appendMember(out, isCustom ? "input" : "arguments", call.arguments);
    EventFrames::end(out);
    m_items.done(out, call.place,
                 callItem(call.place.id, isCut ? kIncomplete : kCompleted, call.callId, call.tool, call.arguments));
}

void StreamOutput::closeText(QByteArray &out)
{
    if (m_reasoning)
        closeReasoning(out);
    if (m_message)
        closeMessage(out);
}

} // namespace lunargate::responses
