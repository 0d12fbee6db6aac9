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

/// The headers about one bucket.
struct BucketNames
{
    QByteArrayView limit;
    QByteArrayView remaining;
    QByteArrayView reset;
};

struct LimitNames
{
    BucketNames requests;
    BucketNames tokens;
};

constexpr LimitNames kOpenAi{
    .requests = {"X-RateLimit-Limit-Requests", "X-RateLimit-Remaining-Requests", "X-RateLimit-Reset-Requests"},
    .tokens = {"X-RateLimit-Limit-Tokens", "X-RateLimit-Remaining-Tokens", "X-RateLimit-Reset-Tokens"}};
constexpr LimitNames kAnthropic{.requests = {"Anthropic-RateLimit-Requests-Limit",
                                             "Anthropic-RateLimit-Requests-Remaining",
                                             "Anthropic-RateLimit-Requests-Reset"},
                                .tokens = {"Anthropic-RateLimit-Tokens-Limit", "Anthropic-RateLimit-Tokens-Remaining",
                                           "Anthropic-RateLimit-Tokens-Reset"}};

void tell(const BucketNames &names, const BucketView &bucket, const QByteArray &reset, ResponseWriter &response)
{
    response.setHeader(names.limit, number(bucket.limit));
    response.setHeader(names.remaining, number(bucket.remaining));
    response.setHeader(names.reset, reset);
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
    const bool isForAnthropic = client == ChatProtocol::AnthropicMessages;
    const auto reset = [isForAnthropic](const BucketView &bucket) {
        return isForAnthropic ? resetDate(bucket.untilFull, std::chrono::system_clock::now())
                              : resetText(bucket.untilFull);
    };
    const LimitNames &names = isForAnthropic ? kAnthropic : kOpenAi;
    if (requests.isLimited())
        tell(names.requests, requests, reset(requests), response);
    if (tokens.isLimited())
        tell(names.tokens, tokens, reset(tokens), response);
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
