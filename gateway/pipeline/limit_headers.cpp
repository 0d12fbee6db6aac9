// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/limit_headers.h"

#include "gateway/pipeline/rate_limit_names.h"

#include <algorithm>

namespace lunargate::headers {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::chrono::seconds kLongestClientWait{60};

QByteArray number(qint64 value)
{
    return QByteArray::number(std::max<qint64>(value, 0)); // what is owed is nobody's business but the operator's
}

// The names are constants of the program, which the answer need not copy.
template <std::size_t Limit, std::size_t Remaining, std::size_t Reset>
void tell(const BucketView &bucket, const QByteArray &reset, ResponseWriter &response, const char (&limitName)[Limit],
          const char (&remainingName)[Remaining], const char (&resetName)[Reset])
{
    response.setHeader(limitName, number(bucket.limit));
    response.setHeader(remainingName, number(bucket.remaining));
    response.setHeader(resetName, reset);
}

void tellAsOpenAi(const BucketView &requests, const BucketView &tokens, ResponseWriter &response)
{
    if (requests.isLimited())
        tell(requests, resetText(requests.untilFull), response, "X-RateLimit-Limit-Requests",
             "X-RateLimit-Remaining-Requests", "X-RateLimit-Reset-Requests");
    if (tokens.isLimited())
        tell(tokens, resetText(tokens.untilFull), response, "X-RateLimit-Limit-Tokens", "X-RateLimit-Remaining-Tokens",
             "X-RateLimit-Reset-Tokens");
}

void tellAsAnthropic(const BucketView &requests, const BucketView &tokens, ResponseWriter &response)
{
    const auto now = std::chrono::system_clock::now();
    if (requests.isLimited())
        tell(requests, resetDate(requests.untilFull, now), response, "Anthropic-RateLimit-Requests-Limit",
             "Anthropic-RateLimit-Requests-Remaining", "Anthropic-RateLimit-Requests-Reset");
    if (tokens.isLimited())
        tell(tokens, resetDate(tokens.untilFull, now), response, "Anthropic-RateLimit-Tokens-Limit",
             "Anthropic-RateLimit-Tokens-Remaining", "Anthropic-RateLimit-Tokens-Reset");
}

const BucketView &tighter(const BucketView &own, const BucketView &global)
{
    if (!own.isLimited() || !global.isLimited())
        return own.isLimited() ? own : global;
    return own.remaining <= global.remaining ? own : global;
}

} // namespace

void setLimits(const RateLimiter::Standing &standing, ResponseWriter &response, ChatProtocol client)
{
    const BucketView &requests = tighter(standing.client.requests, standing.global.requests);
    if (requests.isLimited()) {
        response.setHeader("X-RateLimit-Limit", number(requests.limit));
        response.setHeader("X-RateLimit-Remaining", number(requests.remaining));
    }
    const BucketView &tokens = tighter(standing.client.tokens, standing.global.tokens);
    if (client == ChatProtocol::AnthropicMessages)
        tellAsAnthropic(requests, tokens, response);
    else
        tellAsOpenAi(requests, tokens, response);
}

void setRetryHints(const LimitRefusal &refusal, ResponseWriter &response)
{
    if (refusal.retryAfter)
        response.setHeader("Retry-After-Ms",
                           QByteArray::number(qint64(std::chrono::ceil<milliseconds>(*refusal.retryAfter).count())));
    const bool isWorthIt = refusal.retryAfter && *refusal.retryAfter <= kLongestClientWait;
    response.setHeader("X-Should-Retry", isWorthIt ? "true" : "false");
}

QByteArray resetText(std::chrono::nanoseconds time)
{
    if (time > 0ns && time < 1s) {
        const auto part = std::chrono::ceil<milliseconds>(time);
        return part < 1s ? QByteArray::number(qint64(part.count())) + "ms" : "1s";
    }
    const qint64 whole = std::max<qint64>(std::chrono::ceil<seconds>(time).count(), 0);
    QByteArray text;
    if (whole >= 3600)
        text += QByteArray::number(whole / 3600) + 'h';
    if (whole >= 60)
        text += QByteArray::number(whole / 60 % 60) + 'm';
    return text + QByteArray::number(whole % 60) + 's';
}

} // namespace lunargate::headers
