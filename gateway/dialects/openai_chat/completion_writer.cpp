// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/completion_writer.h"

#include "gateway/chat/finish_reason.h"
#include "gateway/dialects/openai_chat/tool_call_writer.h"
#include "gateway/json/writer.h"

namespace lunargate::openai_chat {

namespace {

void appendList(QByteArray &out, QByteArrayView name, const std::vector<QByteArray> &elements)
{
    if (elements.empty())
        return;
    out += ",\"" + name.toByteArray() + "\":[";
    for (const QByteArray &element : elements) {
        if (!out.endsWith('['))
            out += ',';
        out += element;
    }
    out += ']';
}

void appendMessage(QByteArray &out, const Completion &completion)
{
    out += R"({"role":"assistant","content":)";
    // Clients take null for "only tool calls" (or a refusal), and nothing else.
    const bool hasOther = !completion.toolCalls.empty() || !completion.refusal.isEmpty();
    if (completion.text.isEmpty() && hasOther)
        out += "null";
    else
        json::appendString(out, completion.text);
    out += R"(,"refusal":)";
    if (completion.refusal.isEmpty())
        out += "null";
    else
        json::appendString(out, completion.refusal);
    if (!completion.reasoning.isEmpty()) {
        out += R"(,"reasoning_content":)";
        json::appendString(out, completion.reasoning);
    }
    appendList(out, "reasoning_details", completion.reasoningDetails);
    appendList(out, "annotations", completion.annotations);
    if (!completion.toolCalls.empty()) {
        out += R"(,"tool_calls":[)";
        for (const AnsweredToolCall &call : completion.toolCalls) {
            if (!out.endsWith('['))
                out += ',';
            appendToolCall(out, call);
        }
        out += ']';
    }
    out += '}';
}

} // namespace

QByteArray completionBody(const Completion &completion, const std::optional<Usage> &usage, const QByteArray &fallbackId,
                          const QByteArray &fallbackModel, qint64 created)
{
    QByteArray out = R"({"id":)";
    json::appendString(out, completion.id.isEmpty() ? fallbackId : completion.id);
    out += R"(,"object":"chat.completion","created":)" +
           QByteArray::number(completion.created > 0 ? completion.created : created) + R"(,"model":)";
    json::appendString(out, completion.model.isEmpty() ? fallbackModel : completion.model);
    out += R"(,"choices":[{"index":0,"message":)";
    appendMessage(out, completion);
    out += R"(,"logprobs":null,"finish_reason":")";
    out += finishReasonText(completion.finishReason);
    out += "\"}]";
    if (usage)
        out += ",\"usage\":" + usageObject(*usage);
    out += '}';
    return out;
}

QByteArray usageObject(const Usage &usage)
{
    QByteArray out = R"({"prompt_tokens":)" + QByteArray::number(usage.promptTokens()) + R"(,"completion_tokens":)" +
                     QByteArray::number(usage.completionTokens()) + R"(,"total_tokens":)" +
                     QByteArray::number(usage.totalTokens());
    out += R"(,"prompt_tokens_details":{"cached_tokens":)" + QByteArray::number(usage.cachedInput);
    if (usage.cacheWrites() > 0)
        out += R"(,"cache_write_tokens":)" + QByteArray::number(usage.cacheWrites());
    out += R"(},"completion_tokens_details":{"reasoning_tokens":)" + QByteArray::number(usage.reasoning) + '}';
    if (usage.cost)
        out += R"(,"cost":)" + json::number(*usage.cost);
    out += '}';
    return out;
}

} // namespace lunargate::openai_chat
