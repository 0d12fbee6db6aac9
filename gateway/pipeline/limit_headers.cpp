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

void tellOpenAi(const QByteArray &kind, const BucketView &bucket, ResponseWriter &response)
{
    if (!bucket.isLimited())
        return;
    response.setHeader("X-RateLimit-Limit-" + kind, number(bucket.limit));
    response.setHeader("X-RateLimit-Remaining-" + kind, number(bucket.remaining));
    response.setHeader("X-RateLimit-Reset-" + kind, resetText(bucket.untilFull));
}

void tellAnthropic(const QByteArray &kind, const BucketView &bucket, ResponseWriter &response)
{
    if (!bucket.isLimited())
        return;
    const QByteArray prefix = "Anthropic-RateLimit-" + kind;
    response.setHeader(prefix + "-Limit", number(bucket.limit));
    response.setHeader(prefix + "-Remaining", number(bucket.remaining));
    response.setHeader(prefix + "-Reset", resetDate(bucket.untilFull, std::chrono::system_clock::now()));
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
    const auto tell = client == ChatProtocol::AnthropicMessages ? &tellAnthropic : &tellOpenAi;
    tell("Requests", requests, response);
    tell("Tokens", tokens, response);
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
