// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"

#include <QtTypes>

#include <memory>

namespace lunargate {

class RateLimiter;
struct LimitedClient;

/// What a model call is expected to use.
struct TokenEstimate
{
    qint64 input = 0;
    qint64 output = 0;
    bool isOutputGuessed = false; ///< the request says nothing of it: less will do if there never can be so much

    qint64 total() const { return input + output; }
};

/// What a request holds of its client's limits and the global ones while it runs: a place among the requests at the
/// same time, and the tokens that it may use. Given back when this goes, whatever the reason. The RateLimiter must
/// outlive it. Used in one thread at a time.
class LimitPermit
{
public:
    LimitPermit() = default; ///< holds nothing
    LimitPermit(LimitPermit &&other) noexcept;
    LimitPermit &operator=(LimitPermit &&other) noexcept;
    ~LimitPermit();

    /// Whether tokens are limited where it comes from, so that RateLimiter::reserve() has something to do.
    bool countsTokens() const { return m_limiter && m_countsTokens; }

    /// What RateLimiter::reserve() put aside.
    const TokenEstimate &reserved() const { return m_reserved; }

    /// The request is over, and `tokensUsed` is what it really used: the rest goes back, and what is more is owed.
    void settle(qint64 tokensUsed, TimePoint now = Clock::now());

private:
    friend class RateLimiter;

    RateLimiter *m_limiter = nullptr;
    std::shared_ptr<LimitedClient> m_client;
    TokenEstimate m_reserved;
    bool m_isModelCall = false; ///< it has a place among those at the same time
    bool m_isGlobal = false;    ///< it took from the global limits, too
    bool m_countsTokens = false;
};

} // namespace lunargate
