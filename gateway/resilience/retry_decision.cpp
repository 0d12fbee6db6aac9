// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/retry_decision.h"

#include "gateway/http/header_list.h"

#include <algorithm>
#include <cmath>

namespace lunargate {

namespace {

using Action = RetryDecision::Action;

/// What another try could help against.
enum class Remedy {
    None,        ///< the request itself is at fault
    OtherTarget, ///< this target will fail again
    SameTarget,  ///< a passing trouble
};

bool isQuotaExhausted(const AttemptFailure &outcome)
{
    // OpenAI says 429 both for "slower, please" and for "out of credit"; waiting helps against the first only.
    constexpr QByteArrayView kQuota = "insufficient_quota";
    return outcome.error.upstreamStatus == 429 &&
           (outcome.upstreamCode == kQuota || outcome.error.upstreamType == kQuota);
}

Remedy remedyForStatus(const AttemptFailure &outcome, const RetryConfig &config)
{
    const int status = outcome.error.upstreamStatus;
    if (isQuotaExhausted(outcome))
        return Remedy::OtherTarget;
    if (config.retryableErrors.contains(status) || outcome.shouldRetry == true)
        return Remedy::SameTarget;
    switch (status) {
    case 401: // wrong key
    case 402: // no credit
    case 403: // key without permission
    case 404: // no such model there
        return Remedy::OtherTarget;
    default:
        break;
    }
    const bool isClientError = status >= 400 && status <= 499;
    return isClientError ? Remedy::None : Remedy::OtherTarget;
}

Remedy remedyFor(const AttemptFailure &outcome, const RetryConfig &config)
{
    if (outcome.hasAnswerStarted)
        return Remedy::None;
    switch (outcome.error.kind) {
    case ErrorKind::UpstreamTransport:
    case ErrorKind::UpstreamTimeout:
    case ErrorKind::UpstreamProtocol:
        return Remedy::SameTarget;
    case ErrorKind::UpstreamStatus:
        return remedyForStatus(outcome, config);
    case ErrorKind::Overloaded: // an open circuit breaker or a full queue of ours
        return Remedy::OtherTarget;
    case ErrorKind::InvalidRequest:
        // The one thing that a client cannot know: whether the target that was chosen for it has embeddings at all.
        return outcome.error.reason == "embeddings_not_supported" ? Remedy::OtherTarget : Remedy::None;
    default:
        return Remedy::None;
    }
}

} // namespace

int RetryPlan::attemptsPerTarget() const
{
    return config.enabled && !isRetryRefused ? std::max(config.maxAttempts, 1) : 1;
}

RetryPlan makeRetryPlan(const RetryConfig &config, const HeaderList &clientHeaders)
{
    const QByteArray noRetry = clientHeaders.value("X-LunarGate-No-Retry").value_or(QByteArray()).trimmed();
    return {.config = config, .isRetryRefused = noRetry.compare("true", Qt::CaseInsensitive) == 0};
}

std::chrono::milliseconds backoffDelay(const RetryConfig &config, int attempt, double random)
{
    const double initial = static_cast<double>(std::max(config.initialDelay, 0ms).count());
    const double cap = static_cast<double>(std::max(config.maxDelay, 0ms).count());
    // Without this, nothing times an infinite power would be "not a number".
    if (initial == 0.0)
        return 0ms;
    const double delay = std::min(cap, initial * std::pow(config.multiplier, attempt - 1));
    const double spread = delay * (1 + config.jitterFactor * (random - 0.5));
    return milliseconds{std::llround(std::clamp(spread, 0.0, cap))};
}

RetryDecision decide(const AttemptFailure &outcome, const AttemptPosition &position, const RetryPlan &plan,
                     double random)
{
    const RetryConfig &config = plan.config;
    const Remedy remedy = remedyFor(outcome, config);
    const RetryDecision elsewhere{position.hasNextTarget ? Action::NextTarget : Action::Exhausted};
    if (remedy == Remedy::None)
        return {Action::GiveUp};
    const bool hasAttemptsLeft = position.attempt < plan.attemptsPerTarget();
    if (remedy == Remedy::OtherTarget || outcome.shouldRetry == false || !hasAttemptsLeft)
        return elsewhere;

    // A wait of zero asks for nothing in particular; our own back-off is kinder then.
    const milliseconds asked = outcome.error.retryAfter.value_or(0ms);
    if (asked > config.maxDelay && position.hasNextTarget)
        return elsewhere;
    const milliseconds delay =
        asked > 0ms ? std::min(asked, std::max(config.maxDelay, 0ms)) : backoffDelay(config, position.attempt, random);
    return {Action::RetrySameTarget, delay};
}

} // namespace lunargate
