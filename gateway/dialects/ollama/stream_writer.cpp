// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/stream_writer.h"

#include "gateway/dialects/ollama/error_body.h"
#include "gateway/dialects/ollama/tool_call_writer.h"

namespace lunargate::ollama_api {

StreamWriter::StreamWriter(const AnswerForm &form, AnswerFacts facts)
    : m_kind(form.kind),
      m_showsThinking(form.showsThinking),
      m_facts(std::move(facts)),
      m_head(answerHead(form, m_facts))
{
}

void StreamWriter::append(QByteArray &out, const ChatStreamEvent &event)
{
    using Kind = ChatStreamEvent::Kind;
    if (event.usage)
        m_usage = event.usage;
    switch (event.kind) {
    case Kind::Chunk:
        if (!event.payload.isEmpty())
            out.append(event.payload).append('\n');
        break;
    case Kind::Delta:
        appendDelta(out, event.delta);
        break;
    case Kind::Comment:
        break;
    case Kind::End:
        if (m_isTranslated)
            appendAnswerEnd(out);
        break;
    case Kind::Failure:
        out.append(errorLine(event.error));
        break;
    }
}

void StreamWriter::appendDelta(QByteArray &out, const ChatDelta &delta)
{
    m_isTranslated = true;
    if (delta.toolCall)
        addToolCall(*delta.toolCall);
    if (delta.finishReason)
        m_reason = *delta.finishReason;
    const QByteArrayView thinking = m_showsThinking ? QByteArrayView(delta.reasoning) : QByteArrayView();
    if (!delta.text.isEmpty() || !thinking.isEmpty())
        appendLine(out, {.text = delta.text, .thinking = thinking});
    if (!delta.refusal.isEmpty())
        appendLine(out, {.text = delta.refusal});
}

void StreamWriter::addToolCall(const ChatDelta::ToolCall &piece)
{
    AnsweredToolCall &call = m_calls[piece.index];
    if (call.id.isEmpty())
        call.id = piece.id;
    if (call.name.isEmpty())
        call.name = piece.name;
    call.arguments += piece.arguments;
}

void StreamWriter::appendLine(QByteArray &out, const AnswerContent &content) const
{
    out.append(m_head);
    appendContent(out, m_kind, content);
    out.append(",\"done\":false}\n");
}

void StreamWriter::appendAnswerEnd(QByteArray &out) const
{
    int index = 0;
    for (const auto &[position, call] : m_calls) {
        const WrittenToolCall written = writeToolCall(call, index++);
        appendLine(out, {.text = written.note, .toolCalls = written.json});
    }
    out.append(m_head);
    appendContent(out, m_kind, {});
    appendEnd(out, m_reason, m_usage, durationsOf(m_facts, Clock::now(), true));
    out.append('\n');
}

} // namespace lunargate::ollama_api
