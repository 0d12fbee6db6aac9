// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/answer_reader.h"

#include "gateway/providers/openai/error_reader.h"

namespace lunargate::openai {

namespace {

// What no call can have used is a mistake of the provider's; sums of the rest stay far from any overflow.
std::optional<qint64> tokenCount(json::Value value)
{
    constexpr qint64 kMostTokens = 1'000'000'000'000;
    const std::optional<qint64> count = value.integer();
    return count && *count >= 0 && *count <= kMostTokens ? count : std::nullopt;
}

} // namespace

std::optional<Usage> readUsage(json::Value usage)
{
    if (!usage.isObject())
        return std::nullopt;
    Usage result;
    result.promptTokens = tokenCount(usage["prompt_tokens"]).value_or(0);
    result.completionTokens = tokenCount(usage["completion_tokens"]).value_or(0);
    result.totalTokens = tokenCount(usage["total_tokens"]).value_or(result.promptTokens + result.completionTokens);
    result.cachedTokens = tokenCount(usage["prompt_tokens_details"]["cached_tokens"]).value_or(0);
    result.reasoningTokens = tokenCount(usage["completion_tokens_details"]["reasoning_tokens"]).value_or(0);
    return result;
}

// OpenRouter puts the failure of the provider behind it into the choice (OpenRouter API reference, "Errors").
json::Value choiceError(json::Value answer)
{
    const json::Value choices = answer["choices"];
    const json::Value error = choices.size() == 1 ? choices.at(0)["error"] : json::Value();
    return error.isObject() || error.isString() ? error : json::Value();
}

std::expected<ChatAnswer, UpstreamFailure> readChatAnswer(QByteArray body, const SecretString &key)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    if (!document || !document->root().isObject()) {
        return std::unexpected(
            UpstreamFailure{.error = {.kind = ErrorKind::UpstreamProtocol,
                                      .reason = "upstream_invalid_answer",
                                      .message = "failed to parse provider response: it is not a JSON object"},
                            .fromProvider = true});
    }
    const json::Value root = document->root();
    // Some services report failures with status 200 (OpenRouter API reference, "Errors").
    if (const json::Value error = root["error"]; error.exists() && !error.isNull() && !root["choices"].isArray())
        return std::unexpected(readErrorObject(error, 0, key));
    if (const json::Value error = choiceError(root); error.exists())
        return std::unexpected(readErrorObject(error, 0, key));
    std::optional<Usage> usage = readUsage(root["usage"]);
    return ChatAnswer{.body = std::move(body), .usage = usage};
}

} // namespace lunargate::openai
