// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/delivery/delivery_decision.h"

#include "gateway/resilience/retry_decision.h"

#include <algorithm>

namespace lunargate {

namespace {

// Also for a service that asks for more: it may have meant something else.
constexpr std::chrono::milliseconds kLongestDelay = std::chrono::minutes(5);

RetryConfig backOff()
{
    RetryConfig config;
    config.initialDelay = std::chrono::milliseconds(500);
    config.maxDelay = std::chrono::minutes(1);
    config.multiplier = 2;
    config.jitterFactor = 0.5;
    return config;
}

} // namespace

QByteArray problemOf(const DeliveryOutcome &outcome)
{
    return outcome.status == 0 ? outcome.problem : "status " + QByteArray::number(outcome.status);
}

bool isPassing(int status)
{
    return status == 0 || status == 408 || status == 429 || status >= 500;
}

DeliveryDecision decideDelivery(const DeliveryOutcome &outcome, int attempt, double random, IsPassing mayPass)
{
    using Step = DeliveryDecision::Step;
    if (outcome.status >= 200 && outcome.status < 300)
        return {.step = Step::Done};
    if (!mayPass(outcome.status))
        return {.step = Step::GiveUp};
    const std::chrono::milliseconds wish = outcome.retryAfter.value_or(std::chrono::milliseconds(0));
    return {.step = Step::Retry,
            .delay = std::max(backoffDelay(backOff(), attempt, random), std::min(wish, kLongestDelay))};
}

} // namespace lunargate
