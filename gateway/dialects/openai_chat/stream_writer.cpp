// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/stream_writer.h"

#include "gateway/chat/finish_reason.h"
#include "gateway/dialects/openai_chat/completion_writer.h"
#include "gateway/dialects/openai_chat/error_body.h"
#include "gateway/dialects/openai_chat/tool_call_writer.h"
#include "gateway/json/writer.h"

#include <algorithm>

namespace lunargate::openai_chat {

namespace {

constexpr qsizetype kMaxCommentBytes = 256;
constexpr qsizetype kMaxNameBytes = 256;

// One line a frame: many clients read line by line. Outside of strings, where JSON allows no line ends, they mean no
// more than a space.
void appendSingleLine(QByteArray &out, QByteArrayView text)
{
    const qsizetype begin = out.size();
    out.append(text);
    if (text.contains('\n'))
        std::replace(out.begin() + begin, out.end(), '\n', ' ');
}

void appendText(QByteArray &out, QByteArrayView name, const QByteArray &text)
{
    if (text.isEmpty())
        return;
    out.append(",\"").append(name).append("\":");
    json::appendString(out, text);
}

bool saysSomething(const ChatDelta &delta)
{
    return !delta.text.isEmpty() || !delta.reasoning.isEmpty() || !delta.reasoningDetail.isEmpty() ||
           !delta.refusal.isEmpty() || !delta.annotation.isEmpty() || delta.toolCall || delta.finishReason;
}

} // namespace

void StreamWriter::append(QByteArray &out, const ChatStreamEvent &event)
{
    using Kind = ChatStreamEvent::Kind;
    if (event.usage)
        m_usage = event.usage;
    switch (event.kind) {
    case Kind::Chunk:
        if (event.isUsageOnly && !m_settings.includeUsage)
            return;
        out.append("data: ");
        appendSingleLine(out, event.payload);
        break;
    case Kind::Delta:
        appendDelta(out, event.delta);
        return;
    case Kind::Comment:
        // The blank line behind a comment is no event for readers that follow the standard, and no `id:` ever comes
        // before it, which is what makes some dispatch an empty one.
        out.append(": ");
        // What it says is no more than a courtesy; a client that decodes strictly must not stumble over it.
        if (event.payload.size() <= kMaxCommentBytes && event.payload.isValidUtf8())
            appendSingleLine(out, event.payload);
        break;
    case Kind::End:
        if (m_hasDeltas && m_settings.includeUsage)
            appendUsage(out);
        out.append("data: [DONE]");
        break;
    case Kind::Failure:
        out.append(errorFrame(event.error));
        return;
    }
    out.append("\n\n");
}

void StreamWriter::appendDelta(QByteArray &out, const ChatDelta &delta)
{
    m_hasDeltas = true;
    // They stand in every chunk: what is longer than any name would make a large stream of a small one.
    if (!delta.id.isEmpty() && delta.id.size() <= kMaxNameBytes)
        m_settings.fallbackId = delta.id;
    if (!delta.model.isEmpty() && delta.model.size() <= kMaxNameBytes)
        m_settings.fallbackModel = delta.model;
    if (!saysSomething(delta))
        return;
    beginChunk(out);
    out.append(R"({"index":0,"delta":{)");
    const qsizetype begin = out.size();
    if (!std::exchange(m_hasRole, true))
        out.append(R"(,"role":"assistant")");
    appendText(out, "content", delta.text);
    appendText(out, "reasoning_content", delta.reasoning);
    appendText(out, "refusal", delta.refusal);
    if (!delta.reasoningDetail.isEmpty())
        out.append(R"(,"reasoning_details":[)").append(delta.reasoningDetail).append(']');
    if (!delta.annotation.isEmpty())
        out.append(R"(,"annotations":[)").append(delta.annotation).append(']');
    if (delta.toolCall) {
        out.append(R"(,"tool_calls":[)");
        appendToolCallDelta(out, *delta.toolCall);
        out.append(']');
    }
    if (out.size() > begin)
        out.remove(begin, 1); // the first comma
    endChunk(out, delta);
}

void StreamWriter::appendUsage(QByteArray &out)
{
    beginChunk(out);
    out.append("],\"usage\":").append(m_usage ? usageObject(*m_usage) : usageObject({})).append("}\n\n");
}

void StreamWriter::beginChunk(QByteArray &out)
{
    if (m_prefix.isEmpty()) {
        m_prefix = R"(data: {"id":)";
        json::appendString(m_prefix, m_settings.fallbackId);
        m_prefix +=
            R"(,"object":"chat.completion.chunk","created":)" + QByteArray::number(m_settings.created) + R"(,"model":)";
        json::appendString(m_prefix, m_settings.fallbackModel);
        m_prefix += R"(,"choices":[)";
    }
    out.append(m_prefix);
}

void StreamWriter::endChunk(QByteArray &out, const ChatDelta &delta)
{
    out.append(R"(},"finish_reason":)");
    if (delta.finishReason)
        out.append('"').append(finishReasonText(*delta.finishReason)).append('"');
    else
        out.append("null");
    out.append("}]");
    if (m_settings.includeUsage)
        out.append(",\"usage\":null");
    out.append("}\n\n");
}

QByteArray errorFrame(const Error &error)
{
    return "data: " + errorBody(error) + "\n\n";
}

} // namespace lunargate::openai_chat
