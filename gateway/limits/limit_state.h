// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/limits/token_bucket.h"

#include <QByteArray>

#include <optional>

namespace lunargate {

enum class LimitKind { Requests, Tokens, Concurrency };

/// Why a request may not go on now.
struct LimitRefusal
{
    LimitKind kind = LimitKind::Requests;
    bool isGlobal = false; ///< the limit of all clients together
    qint64 limit = 0;      ///< a minute; of Concurrency at the same time
    qint64 needed = 1;
    /// When another try has a chance, exact for requests and tokens; nothing: never.
    std::optional<std::chrono::nanoseconds> retryAfter;
};

/// How one bucket stands.
struct BucketView
{
    qint64 limit = 0; ///< a minute; 0: there is no limit, and the rest means nothing
    qint64 capacity = 0;
    qint64 remaining = 0;
    std::chrono::nanoseconds untilFull{0};

    bool isLimited() const { return limit > 0; }
};

/// How the limits of one client, or the global ones, stand.
struct LimitView
{
    BucketView requests;
    BucketView tokens; ///< below 0: it used more than it had
    int maxConcurrent = 0;
    int running = 0;
};

/// What a request wants to take at once.
struct LimitDemand
{
    qint64 requests = 0;
    int places = 0; ///< among the requests at the same time
    qint64 tokens = 0;
};

/// The limits of one client, or the global ones, and how much of them is used: a plain value without a lock.
class LimitState
{
public:
    LimitState() = default; ///< no limits
    LimitState(const LimitsConfig &limits, TimePoint now);

    /// What of `demand` is not there; of several what takes longest. Takes nothing.
    std::optional<LimitRefusal> check(const LimitDemand &demand, TimePoint now) const;
    void take(const LimitDemand &demand, TimePoint now);
    void giveBack(const LimitDemand &demand, TimePoint now);
    /// The tokens turned out to be others.
    void settleTokens(qint64 reserved, qint64 used, TimePoint now);

    /// Other limits; see TokenBucket::resize().
    void apply(const LimitsConfig &limits, TimePoint now);

    /// Whether forgetting it changes nothing.
    bool isUntouched(TimePoint now) const;
    bool isRunning() const { return m_running > 0; }
    LimitView view(TimePoint now) const;

private:
    TokenBucket m_requests;
    TokenBucket m_tokens;
    int m_maxConcurrent = 0; // 0: no limit
    int m_running = 0;
};

/// Which of two refusals takes longer.
std::optional<LimitRefusal> worse(std::optional<LimitRefusal> a, std::optional<LimitRefusal> b);

} // namespace lunargate
