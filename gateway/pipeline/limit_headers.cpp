// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/limit_headers.h"

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

const BucketView &tighter(const BucketView &own, const BucketView &global)
{
    if (!own.isLimited() || !global.isLimited())
        return own.isLimited() ? own : global;
    return own.remaining <= global.remaining ? own : global;
}

} // namespace

void setLimits(const RateLimiter::Standing &standing, ResponseWriter &response)
{
    const BucketView &requests = tighter(standing.client.requests, standing.global.requests);
    if (requests.isLimited()) {
        const QByteArray limit = number(requests.limit);
        const QByteArray remaining = number(requests.remaining);
        response.setHeader("X-RateLimit-Limit", limit);
        response.setHeader("X-RateLimit-Remaining", remaining);
        response.setHeader("X-RateLimit-Limit-Requests", limit);
        response.setHeader("X-RateLimit-Remaining-Requests", remaining);
        response.setHeader("X-RateLimit-Reset-Requests", resetText(requests.untilFull));
    }
    const BucketView &tokens = tighter(standing.client.tokens, standing.global.tokens);
    if (tokens.isLimited()) {
        response.setHeader("X-RateLimit-Limit-Tokens", number(tokens.limit));
        response.setHeader("X-RateLimit-Remaining-Tokens", number(tokens.remaining));
        response.setHeader("X-RateLimit-Reset-Tokens", resetText(tokens.untilFull));
    }
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
