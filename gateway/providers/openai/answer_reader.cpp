// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/answer_reader.h"

#include "gateway/chat/completion_reader.h"
#include "gateway/providers/openai/error_reader.h"
#include "gateway/providers/token_count.h"
#include "gateway/providers/told_cost.h"
#include "gateway/providers/upstream_errors.h"

#include <algorithm>

namespace lunargate::openai {

std::optional<Usage> readUsage(json::Value usage)
{
    if (!usage.isObject())
        return std::nullopt;
    const std::optional<qint64> promptTold = tokenCount(usage["prompt_tokens"]);
    const std::optional<qint64> completionTold = tokenCount(usage["completion_tokens"]);
    const std::optional<double> cost = toldCost(usage);
    if (!promptTold && !completionTold && !cost)
        return std::nullopt; // it tells nothing, which is not the same as nothing used
    const qint64 prompt = promptTold.value_or(0);
    const qint64 completion = completionTold.value_or(0);
    const qint64 total = tokenCount(usage["total_tokens"]).value_or(prompt + completion);
    const json::Value promptDetails = usage["prompt_tokens_details"];
    // Google tells what was thought in the total alone.
    const qint64 reasoning = tokenCount(usage["completion_tokens_details"]["reasoning_tokens"])
                                 .value_or(promptTold ? std::max<qint64>(total - prompt - completion, 0) : 0);
    Usage result;
    // DeepSeek has a name of its own for the same number (DeepSeek API reference, "usage").
    result.cachedInput = std::min(
        prompt,
        tokenCount(promptDetails["cached_tokens"]).value_or(tokenCount(usage["prompt_cache_hit_tokens"]).value_or(0)));
    result.cacheWrite =
        std::min(prompt - result.cachedInput, tokenCount(promptDetails["cache_write_tokens"]).value_or(0));
    result.input = prompt - result.cachedInput - result.cacheWrite;
    // xAI counts what was thought beside what was written, everybody else within it; the total tells which.
    const bool isBeside = reasoning > completion || (reasoning > 0 && total == prompt + completion + reasoning);
    result.reasoning = reasoning;
    result.output = isBeside ? completion : completion - reasoning;
    result.cost = cost;
    return result;
}

// OpenRouter puts the failure of the provider behind it into the choice (OpenRouter API reference, "Errors").
json::Value choiceError(json::Value answer)
{
    const json::Value choices = answer["choices"];
    const json::Value error = choices.size() == 1 ? choices.at(0)["error"] : json::Value();
    const bool isTold = (error.isObject() && error.size() > 0) || !error.string().isEmpty();
    return isTold ? error : json::Value();
}

namespace {

bool isFilteredChoice(json::Value choice)
{
    const json::Value message = choice["message"];
    const json::Value content = message["content"];
    return choice["finish_reason"].string() == "content_filter" && content.string().isEmpty() && content.size() == 0 &&
           message["tool_calls"].size() == 0;
}

bool isFilteredAnswer(json::Value choices)
{
    for (const json::Value choice : choices.elements()) {
        if (!isFilteredChoice(choice))
            return false;
    }
    return choices.size() > 0;
}

} // namespace

std::expected<ModelAnswer, UpstreamFailure> readChatAnswer(QByteArray body, const SecretString &key, AnswerForm form)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    if (!document || !document->root().isObject())
        return invalidAnswer("it is not a JSON object");
    const json::Value root = document->root();
    // Some services report failures with status 200 (OpenRouter API reference, "Errors").
    if (const json::Value error = root["error"]; error.exists() && !error.isNull() && !root["choices"].isArray())
        return std::unexpected(readErrorObject(error, 0, key));
    if (const json::Value error = choiceError(root); error.exists())
        return std::unexpected(readErrorObject(error, 0, key));
    std::optional<Usage> usage = readUsage(root["usage"]);
    const json::Value choices = root["choices"];
    const bool isFiltered = isFilteredAnswer(choices);
    if (form == AnswerForm::Canonical) {
        Completion completion = readCompletion(root);
        if (completion.finishReason == FinishReason::Error)
            return std::unexpected(UpstreamFailure{.error = cutAnswer(), .fromProvider = true});
        return ModelAnswer{.completion = std::move(completion),
                           .usage = usage,
                           .isEmpty = choices.size() == 0,
                           .isFiltered = isFiltered};
    }
    QByteArray model = root["model"].toByteArray();
    QByteArray id = root["id"].toByteArray();
    QByteArray finishReason = choices.at(0)["finish_reason"].toByteArray();
    return ModelAnswer{.body = std::move(body),
                       .usage = usage,
                       .model = std::move(model),
                       .id = std::move(id),
                       .finishReason = std::move(finishReason),
                       .isEmpty = choices.size() == 0,
                       .isFiltered = isFiltered};
}

} // namespace lunargate::openai
