// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/answer_reader.h"

#include "gateway/providers/openai/error_reader.h"

namespace lunargate::openai {

std::optional<Usage> readUsage(json::Value usage)
{
    if (!usage.isObject())
        return std::nullopt;
    Usage result;
    result.promptTokens = usage["prompt_tokens"].integer().value_or(0);
    result.completionTokens = usage["completion_tokens"].integer().value_or(0);
    result.totalTokens = usage["total_tokens"].integer().value_or(result.promptTokens + result.completionTokens);
    result.cachedTokens = usage["prompt_tokens_details"]["cached_tokens"].integer().value_or(0);
    result.reasoningTokens = usage["completion_tokens_details"]["reasoning_tokens"].integer().value_or(0);
    return result;
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
    if (root["error"].isObject() && !root["choices"].isArray())
        return std::unexpected(readErrorObject(root["error"], 0, key));
    std::optional<Usage> usage = readUsage(root["usage"]);
    return ChatAnswer{.body = std::move(body), .usage = usage};
}

} // namespace lunargate::openai
