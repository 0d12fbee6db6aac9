// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/error.h"

#include <QByteArray>

#include <chrono>
#include <optional>

namespace lunargate {

class HeaderList;

/// How one attempt at one target failed.
struct AttemptFailure
{
    /// `retryAfter` is the wait that the provider asked for; `upstreamStatus` and `upstreamType` are used too.
    Error error;
    /// The `error.code` that the provider sent.
    QByteArray upstreamCode = {};
    /// The provider's `x-should-retry`.
    std::optional<bool> shouldRetry = {};
    /// Whether the client has got a part of the answer already, so that nothing can be tried again.
    bool hasAnswerStarted = false;
    /// Whether a part of the request's body went out that is not kept, so that it cannot be sent again.
    bool isBodyGone = false;
};

/// Where in the plan the attempt was.
struct AttemptPosition
{
    int attempt = 1; ///< at this target, from 1
    bool hasNextTarget = false;
    /// Until the request must be answered.
    std::chrono::milliseconds timeLeft = std::chrono::milliseconds::max();
};

/// How a request may be retried.
struct RetryPlan
{
    RetryConfig config;
    /// `X-LunarGate-No-Retry: true`: one attempt at each target.
    bool isRetryRefused = false;
    /// Whether it may be asked again where the provider may have done what it was asked for.
    bool mayRepeatDone = true;
    /// The route's `fallback_on`; null: whatever another target could help against.
    const FallbackTriggers *fallbackOn = nullptr;

    /// At least 1.
    int attemptsPerTarget() const;
};

/// The plan for a client's request, from the `retry` section, the request's `X-LunarGate-No-Retry` and what its route
/// falls back on (which must outlive the plan).
RetryPlan makeRetryPlan(const RetryConfig &config, const HeaderList &clientHeaders,
                        const FallbackTriggers *fallbackOn = nullptr);

/// What to do after a failed attempt.
struct RetryDecision
{
    enum class Action {
        RetrySameTarget,
        NextTarget,
        GiveUp,    ///< trying again cannot help
        Exhausted, ///< it could, but nothing is left to try
    };

    Action action = Action::GiveUp;
    std::chrono::milliseconds delay{0}; ///< before a retry at the same target

    bool operator==(const RetryDecision &) const = default;
};

/// Decides about a failed attempt. `random` in [0, 1) spreads the delay. NextTarget comes only if there is one, and no
/// wait is longer than the time that is left.
RetryDecision decide(const AttemptFailure &outcome, const AttemptPosition &position, const RetryPlan &plan,
                     double random);

/// The wait after failed attempt `attempt` (from 1): min(initial * multiplier^(attempt-1), max), spread by up to
/// jitter_factor/2 to either side, and never above max.
std::chrono::milliseconds backoffDelay(const RetryConfig &config, int attempt, double random);

} // namespace lunargate
