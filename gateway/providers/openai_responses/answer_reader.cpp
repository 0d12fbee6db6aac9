// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai_responses/answer_reader.h"

#include "gateway/providers/openai_responses/error_reader.h"
#include "gateway/providers/upstream_errors.h"

#include <algorithm>

namespace lunargate::openai_responses {

namespace {

void addToolCall(std::vector<AnsweredToolCall> &calls, ChatDelta::ToolCall &&piece)
{
    if (!piece.id.isEmpty()) {
        calls.push_back({.id = std::move(piece.id),
                         .name = std::move(piece.name),
                         .arguments = std::move(piece.arguments),
                         .isCustom = piece.isCustom});
        return;
    }
    calls[static_cast<size_t>(piece.index)].arguments += piece.arguments;
}

void add(Completion &completion, ChatDelta &&delta)
{
    completion.text += delta.text;
    completion.reasoning += delta.reasoning;
    completion.refusal += delta.refusal;
    if (!delta.reasoningDetail.isEmpty())
        completion.reasoningDetails.push_back(std::move(delta.reasoningDetail));
    if (!delta.annotation.isEmpty())
        completion.annotations.push_back(std::move(delta.annotation));
    if (delta.toolCall)
        addToolCall(completion.toolCalls, *std::move(delta.toolCall));
    if (delta.finishReason)
        completion.finishReason = *delta.finishReason;
}

// By way of stream events, so that both say the same; item by item, so that they need little room.
ModelAnswer readOutput(json::Value response, const OutputSettings &settings)
{
    Completion completion;
    OutputReader reader(settings);
    OutputReader::Events events;
    const auto addEvents = [&] {
        for (ChatStreamEvent &event : events)
            add(completion, std::move(event.delta));
        events.clear();
    };
    reader.introduce(response, events);
    qint64 index = 0;
    for (const json::Value item : response["output"].elements()) {
        reader.finishItem(index++, item, events);
        addEvents();
    }
    const bool isIncomplete = response["status"].string() == "incomplete";
    reader.finish(response, isIncomplete ? OutputReader::Outcome::Incomplete : OutputReader::Outcome::Complete, events);
    addEvents();
    completion.id = response["id"].toByteArray();
    completion.model = response["model"].toByteArray();
    completion.created = std::max<qint64>(0, response["created_at"].wholeNumber().value_or(0));
    return {.body = {}, .completion = std::move(completion), .usage = readUsage(response["usage"])};
}

} // namespace

std::expected<ModelAnswer, UpstreamFailure> readAnswer(QByteArray body, const OutputSettings &settings,
                                                       const SecretString &key, openai::AnswerForm form)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    if (!document || !document->root().isObject())
        return invalidAnswer("it is not a JSON object");
    const json::Value response = document->root();
    if (response["choices"].isArray())
        return openai::readChatAnswer(std::move(body), key, form);
    const QByteArrayView status = response["status"].string();
    if (responseError(response).exists() || status == "failed" || status == "cancelled")
        return std::unexpected(UpstreamFailure{.error = readResponseFailure(response, key), .fromProvider = true});
    if (status == "queued" || status == "in_progress")
        return invalidAnswer("its status is '" + status.toByteArray() + "', so that it is not finished");
    if (!response["output"].isArray() && !response["output_text"].isString())
        return invalidAnswer("it has no output");
    return readOutput(response, settings);
}

std::expected<ModelAnswer, UpstreamFailure> readNativeAnswer(QByteArray body, const OutputSettings &settings,
                                                             const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    const json::Value response = document ? document->root() : json::Value();
    const QByteArrayView status = response["status"].string();
    if (response["background"].boolean() == true && (status == "queued" || status == "in_progress")) {
        Completion begun{.id = response["id"].toByteArray(), .model = response["model"].toByteArray()};
        return ModelAnswer{.body = std::move(body), .completion = std::move(begun)};
    }
    std::expected<ModelAnswer, UpstreamFailure> answer = readAnswer(body, settings, key, openai::AnswerForm::Canonical);
    if (!answer || response["choices"].isArray())
        return answer;
    const Completion &completion = *answer->completion;
    answer->isFiltered = completion.finishReason == FinishReason::ContentFilter && completion.text.isEmpty() &&
                         completion.toolCalls.empty();
    answer->body = std::move(body);
    return answer;
}

} // namespace lunargate::openai_responses
