// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/ollama/answer_reader.h"

#include "gateway/providers/ollama/error_reader.h"
#include "gateway/providers/ollama/tool_call_reader.h"
#include "gateway/providers/token_count.h"
#include "gateway/providers/upstream_errors.h"

#include <QDateTime>

#include <algorithm>

namespace lunargate::ollama {

namespace {

/// Unix seconds of an RFC 3339 time; 0 if it is none.
qint64 secondsOf(json::Value time)
{
    const QDateTime read = QDateTime::fromString(QString::fromLatin1(time.string()), Qt::ISODateWithMs);
    return read.isValid() ? std::max<qint64>(read.toSecsSinceEpoch(), 0) : 0;
}

} // namespace

std::expected<ModelAnswer, UpstreamFailure> readChatAnswer(const QByteArray &body, const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    if (!document || !document->root().isObject())
        return invalidAnswer("it is not a JSON object");
    const json::Value answer = document->root();
    if (const std::optional<ProviderComplaint> complaint = readComplaint(answer))
        return std::unexpected(UpstreamFailure{.error = errorInside(*complaint, 0, key), .fromProvider = true});
    const json::Value message = messageOf(answer);
    if (!message.exists())
        return invalidAnswer("it has no message");

    Completion completion;
    completion.model = answer["model"].toByteArray();
    completion.created = secondsOf(answer["created_at"]);
    completion.text = textOf(message).toByteArray();
    completion.reasoning = thinkingOf(message).toByteArray();
    ToolCallReader calls;
    for (const json::Value value : message["tool_calls"].elements()) {
        std::optional<AnsweredToolCall> call = calls.read(value, answer);
        if (!call)
            return invalidAnswer("a tool call has no name");
        completion.toolCalls.push_back(*std::move(call));
    }
    completion.finishReason = finishReasonOf(answer, calls.count() > 0);
    return ModelAnswer{.body = {}, .completion = std::move(completion), .usage = usageOf(answer)};
}

json::Value messageOf(json::Value answer)
{
    const json::Value message = answer["message"];
    if (message.isObject())
        return message;
    return answer["response"].isString() ? answer : json::Value();
}

QByteArrayView textOf(json::Value message)
{
    const json::Value content = message["content"];
    return content.exists() ? content.string() : message["response"].string();
}

QByteArrayView thinkingOf(json::Value message)
{
    const QByteArrayView thinking = message["thinking"].string();
    return thinking.isEmpty() ? message["reasoning"].string() : thinking;
}

FinishReason finishReasonOf(json::Value answer, bool hasToolCalls)
{
    if (hasToolCalls)
        return FinishReason::ToolCalls;
    return answer["done_reason"].string() == "length" ? FinishReason::Length : FinishReason::Stop;
}

std::optional<Usage> usageOf(json::Value answer)
{
    const std::optional<qint64> input = tokenCount(answer["prompt_eval_count"]);
    const std::optional<qint64> output = tokenCount(answer["eval_count"]);
    if (!input && !output)
        return std::nullopt;
    return Usage{.input = input.value_or(0), .output = output.value_or(0)};
}

} // namespace lunargate::ollama
