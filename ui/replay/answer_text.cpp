// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/replay/answer_text.h"

#include "ui/detail/record_text.h"
#include "ui/text/pretty_json.h"

#include <ranges>

namespace lunargate::ui {

namespace {

QString textOf(json::Value value)
{
    return QString::fromUtf8(value.string());
}

} // namespace

AnswerText AnswerText::of(const HistoryRecord &record)
{
    const HistoryMessage *message = messageOf(record, HistoryPart::ClientAnswer);
    if (!message)
        return AnswerText();
    AnswerText answer(message->headers.value("Content-Type").value_or(QByteArray()).startsWith("text/event-stream"));
    answer.feed(message->body);
    answer.finish();
    return answer;
}

void AnswerText::feed(QByteArrayView bytes)
{
    if (!m_isStream) {
        m_body.append(bytes);
        return;
    }
    std::vector<SseEvent> events;
    m_reader.feed(bytes, events);
    for (const SseEvent &event : events) {
        if (!event.isComment)
            read(event.data);
    }
}

void AnswerText::finish()
{
    if (m_isStream || m_body.isEmpty())
        return;
    read(m_body);
    if (m_text.isEmpty() && m_calls.empty() && m_error.isEmpty())
        m_text = prettyJson(m_body); // no completion, or an empty one
    m_body.clear();
}

void AnswerText::read(QByteArrayView chunk)
{
    const std::optional<json::Document> document = json::Document::parse(chunk);
    if (!document)
        return;
    const json::Value root = document->root();
    if (root["error"]["message"].isString())
        m_error = textOf(root["error"]["message"]);
    for (const json::Value choice : root["choices"].elements()) {
        if (choice["index"].integer().value_or(0) == 0)
            add(choice[m_isStream ? "delta" : "message"]);
    }
}

void AnswerText::add(json::Value message)
{
    m_text += textOf(message["content"]) + textOf(message["refusal"]);
    // Two names of one thing; who sends both says the same in both.
    const QString reasoning = textOf(message["reasoning_content"]);
    m_reasoning += reasoning.isEmpty() ? textOf(message["reasoning"]) : reasoning;
    qint64 place = 0; // whole answers do not number their calls
    for (const json::Value piece : message["tool_calls"].elements()) {
        Call &call = m_calls[piece["index"].integer().value_or(place++)];
        const bool isCustom = piece["custom"].isObject();
        const json::Value named = piece[isCustom ? "custom" : "function"];
        call.name += textOf(named["name"]);
        call.arguments += textOf(named[isCustom ? "input" : "arguments"]);
    }
}

QString AnswerText::text() const
{
    QString text = m_text;
    for (const Call &call : m_calls | std::views::values) {
        if (!text.isEmpty())
            text += u'\n';
        text += call.name + u'(' + call.arguments + u')';
    }
    return text;
}

} // namespace lunargate::ui
