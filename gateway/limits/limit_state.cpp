// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits/limit_state.h"

namespace lunargate {

namespace {

// Nobody knows when a running request ends. A second is what clients wait anyway.
constexpr std::chrono::seconds kGuessedWait{1};

TokenBucket::Size requestsOf(const LimitsConfig &limits)
{
    return {.perMinute = limits.requestsPerMinute, .capacity = limits.burstSize};
}

// A minute's worth at once, as providers count theirs.
TokenBucket::Size tokensOf(const LimitsConfig &limits)
{
    return {.perMinute = limits.tokensPerMinute, .capacity = limits.tokensPerMinute};
}

std::optional<LimitRefusal> checkBucket(const TokenBucket &bucket, LimitKind kind, qint64 needed, TimePoint now)
{
    if (needed <= 0)
        return std::nullopt;
    const std::optional<std::chrono::nanoseconds> wait = bucket.timeUntil(needed, now);
    if (wait && wait->count() == 0)
        return std::nullopt;
    return LimitRefusal{.kind = kind, .limit = bucket.size().perMinute, .needed = needed, .retryAfter = wait};
}

BucketView viewOf(const TokenBucket &bucket, TimePoint now)
{
    if (!bucket.isLimited())
        return {};
    const TokenBucket::Size size = bucket.size();
    return {.limit = size.perMinute,
            .capacity = size.capacity,
            .remaining = bucket.available(now),
            .untilFull = bucket.timeUntil(size.capacity, now).value_or(std::chrono::nanoseconds(0))};
}

} // namespace

LimitState::LimitState(const LimitsConfig &limits, TimePoint now)
    : m_requests(requestsOf(limits), now), m_tokens(tokensOf(limits), now), m_maxConcurrent(limits.maxConcurrent)
{
}

std::optional<LimitRefusal> LimitState::check(const LimitDemand &demand, TimePoint now) const
{
    std::optional<LimitRefusal> refusal = checkBucket(m_requests, LimitKind::Requests, demand.requests, now);
    if (demand.places > 0 && m_maxConcurrent > 0 && m_running + demand.places > m_maxConcurrent)
        refusal = worse(refusal, LimitRefusal{.kind = LimitKind::Concurrency,
                                              .limit = m_maxConcurrent,
                                              .needed = demand.places,
                                              .retryAfter = kGuessedWait});
    return worse(refusal, checkBucket(m_tokens, LimitKind::Tokens, demand.tokens, now));
}

void LimitState::take(const LimitDemand &demand, TimePoint now)
{
    m_requests.take(demand.requests, now);
    m_tokens.take(demand.tokens, now);
    m_running += demand.places;
}

void LimitState::giveBack(const LimitDemand &demand, TimePoint now)
{
    m_requests.giveBack(demand.requests, now);
    m_tokens.giveBack(demand.tokens, now);
    m_running -= demand.places;
}

void LimitState::settleTokens(qint64 reserved, qint64 used, TimePoint now)
{
    if (used > reserved)
        m_tokens.take(used - reserved, now);
    else
        m_tokens.giveBack(reserved - used, now);
}

void LimitState::apply(const LimitsConfig &limits, TimePoint now)
{
    m_requests.resize(requestsOf(limits), now);
    m_tokens.resize(tokensOf(limits), now);
    m_maxConcurrent = limits.maxConcurrent;
}

bool LimitState::isUntouched(TimePoint now) const
{
    return m_running == 0 && m_requests.isFull(now) && m_tokens.isFull(now);
}

LimitView LimitState::view(TimePoint now) const
{
    return {.requests = viewOf(m_requests, now),
            .tokens = viewOf(m_tokens, now),
            .maxConcurrent = m_maxConcurrent,
            .running = m_running};
}

std::optional<LimitRefusal> worse(std::optional<LimitRefusal> a, std::optional<LimitRefusal> b)
{
    if (!a || !b)
        return a ? a : b;
    if (!a->retryAfter || !b->retryAfter)
        return a->retryAfter ? b : a;
    return *a->retryAfter >= *b->retryAfter ? a : b;
}

} // namespace lunargate
