// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/answer_writer.h"

#include "gateway/chat/finish_reason.h"
#include "gateway/dialects/ollama/tool_call_writer.h"
#include "gateway/json/writer.h"

#include <QDateTime>
#include <QTimeZone>

#include <algorithm>

namespace lunargate::ollama_api {

namespace {

using std::chrono::nanoseconds;

nanoseconds between(TimePoint begin, TimePoint end)
{
    return std::max(std::chrono::duration_cast<nanoseconds>(end - begin), nanoseconds(1));
}

void appendNumber(QByteArray &out, const char *name, qint64 number)
{
    out.append(",\"").append(name).append("\":").append(QByteArray::number(number));
}

// Ollama knows `stop` and `length`, and says `stop` after tool calls, too; for the rest it has no word of its own.
QByteArrayView doneReason(FinishReason reason)
{
    return reason == FinishReason::ToolCalls ? QByteArrayView("stop") : finishReasonText(reason);
}

} // namespace

AnswerDurations durationsOf(const AnswerFacts &facts, TimePoint now, bool isStream)
{
    AnswerDurations durations{.total = between(facts.startedAt, now), .load = between(facts.startedAt, facts.askedAt)};
    if (isStream) {
        durations.promptEval = between(facts.askedAt, facts.firstContentAt);
        durations.eval = between(facts.firstContentAt, now);
    } else {
        durations.eval = between(facts.askedAt, now);
    }
    return durations;
}

QByteArray answerHead(const AnswerForm &form, const AnswerFacts &facts)
{
    const QDateTime time = QDateTime::fromSecsSinceEpoch(facts.created, QTimeZone::UTC);
    return R"({"model":)" + json::quoted(form.model.isEmpty() ? facts.model : form.model) + R"(,"created_at":")" +
           time.toString(Qt::ISODate).toLatin1() + '"';
}

void appendContent(QByteArray &out, AnswerForm::Kind kind, const AnswerContent &content)
{
    const bool isChat = kind == AnswerForm::Kind::Chat;
    out += isChat ? R"(,"message":{"role":"assistant","content":)" : R"(,"response":)";
    json::appendString(out, content.text);
    if (!content.thinking.isEmpty()) {
        out += R"(,"thinking":)";
        json::appendString(out, content.thinking);
    }
    if (!content.toolCalls.isEmpty())
        out.append(R"(,"tool_calls":[)").append(content.toolCalls).append(']');
    if (isChat)
        out += '}';
}

void appendEnd(QByteArray &out, FinishReason reason, const std::optional<Usage> &usage,
               const AnswerDurations &durations)
{
    out.append(R"(,"done":true,"done_reason":")").append(doneReason(reason)).append('"');
    appendNumber(out, "total_duration", durations.total.count());
    appendNumber(out, "load_duration", durations.load.count());
    if (usage)
        appendNumber(out, "prompt_eval_count", usage->promptTokens());
    appendNumber(out, "prompt_eval_duration", durations.promptEval.count());
    if (usage)
        appendNumber(out, "eval_count", usage->completionTokens());
    appendNumber(out, "eval_duration", durations.eval.count());
    out += '}';
}

QByteArray answerBody(const Completion &completion, const std::optional<Usage> &usage, const AnswerForm &form,
                      const AnswerFacts &facts)
{
    QByteArray text = completion.text + completion.refusal;
    QByteArray calls;
    int index = 0;
    for (const AnsweredToolCall &call : completion.toolCalls) {
        const WrittenToolCall written = writeToolCall(call, index++);
        calls += (calls.isEmpty() ? "" : ",") + written.json;
        if (!written.note.isEmpty())
            text += (text.isEmpty() ? "" : "\n") + written.note;
    }
    QByteArray out = answerHead(form, facts);
    appendContent(out, form.kind,
                  {.text = text,
                   .thinking = form.showsThinking ? QByteArrayView(completion.reasoning) : QByteArrayView(),
                   .toolCalls = calls});
    appendEnd(out, completion.finishReason, usage, durationsOf(facts, Clock::now(), false));
    return out;
}

QByteArray loadAnswer(const AnswerForm &form, bool isUnload, qint64 created)
{
    QByteArray out = answerHead(form, {.requestId = {}, .model = {}, .created = created});
    appendContent(out, form.kind, {});
    out.append(R"(,"done":true,"done_reason":")").append(isUnload ? "unload" : "load").append("\"}");
    return out;
}

} // namespace lunargate::ollama_api
