// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/token_estimate.h"

#include "gateway/pipeline/normalise.h"

#include <algorithm>
#include <limits>

namespace lunargate {

namespace {

constexpr qint64 kBytesPerToken = 4;

// So that products of what clients write stay numbers.
constexpr qint64 kMostTokens = std::numeric_limits<qint32>::max();
constexpr qint64 kMostChoices = 128; // OpenAI API reference, `n`

std::optional<qint64> askedLength(json::Value root)
{
    for (const char *name : {"max_completion_tokens", "max_tokens"}) {
        if (const std::optional<qint64> length = root[name].wholeNumber())
            return std::clamp<qint64>(*length, 0, kMostTokens);
    }
    return std::nullopt;
}

} // namespace

qint64 tokensOfText(qint64 bytes)
{
    return (bytes + kBytesPerToken - 1) / kBytesPerToken;
}

TokenEstimate estimateTokens(const ChatRequest &request)
{
    const json::Value root = request.document.root();
    const std::optional<qint64> length = askedLength(root);
    const qint64 choices = std::clamp<qint64>(root["n"].wholeNumber().value_or(1), 1, kMostChoices);
    return {.input = tokensOfText(textBytes(request)),
            .output = std::min(length.value_or(kGuessedAnswerTokens) * choices, kMostTokens),
            .isOutputGuessed = !length};
}

TokenEstimate estimateTokens(const EmbeddingsRequest &request)
{
    qint64 bytes = 0;
    for (const QByteArrayView text : request.texts)
        bytes += text.size();
    // A token in figures and a comma take about as much as one in letters.
    return {.input = tokensOfText(request.isTokens ? request.body.size() : bytes)};
}

qint64 tokensUsed(const RequestRecord &record, const TokenEstimate &reserved)
{
    if (record.attempts == 0)
        return 0;
    if (record.usage)
        return record.usage->totalTokens();
    if (record.hasFailed()) // a provider goes on reading when a client leaves
        return record.errorKind == ErrorKind::ClientCancelled ? reserved.input : 0;
    const qint64 written = record.stream ? tokensOfText(record.streamedTextBytes)
                                         : std::min(tokensOfText(record.bytesOut), reserved.output);
    return reserved.input + written;
}

} // namespace lunargate
