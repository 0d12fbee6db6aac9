// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/retry_decision.h"

#include "gateway/http/header_list.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace lunargate {

namespace {

using Action = RetryDecision::Action;

struct SameMeaning
{
    int status = 0;
    int standard = 0;
};

// Statuses of single services for what HTTP has a status for; whoever lists the latter means them too. 408, 409 and 425
// are what the official clients of OpenAI and Anthropic try again. 498: Groq, flex capacity exceeded. 520 to 524:
// Cloudflare, which many stand behind. 529: Anthropic, overloaded.
constexpr SameMeaning kSameMeanings[] = {
    {408, 504}, {409, 503}, {425, 503}, {498, 503}, {520, 502},
    {521, 503}, {522, 504}, {523, 503}, {524, 504}, {529, 503},
};

int standardStatus(int status)
{
    const auto found = std::ranges::find(kSameMeanings, status, &SameMeaning::status);
    return found == std::end(kSameMeanings) ? status : found->standard;
}

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
    const int standard = standardStatus(status);
    const bool isListed = config.retryableErrors.contains(status) || config.retryableErrors.contains(standard);
    if (isListed || outcome.shouldRetry == true)
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
    const bool isClientError = standard >= 400 && standard <= 499;
    return isClientError ? Remedy::None : Remedy::OtherTarget;
}

Remedy remedyFor(const AttemptFailure &outcome, const RetryConfig &config)
{
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
        // What a client cannot know: whether the target that was chosen for it has such an endpoint at all.
        return outcome.error.reason == "embeddings_not_supported" || outcome.error.reason == "endpoint_not_supported"
                   ? Remedy::OtherTarget
                   : Remedy::None;
    default:
        return Remedy::None;
    }
}

bool isTriggered(const Error &error, const FallbackTriggers &triggers)
{
    if ((triggers.contextLength && error.refusal == Refusal::ContextLength) ||
        (triggers.contentFilter && error.refusal == Refusal::ContentFilter))
        return true;
    switch (error.kind) {
    case ErrorKind::UpstreamStatus:
        return std::ranges::any_of(triggers.statuses, [&](const FallbackTriggers::StatusRange &range) {
            return error.upstreamStatus >= range.first && error.upstreamStatus <= range.last;
        });
    case ErrorKind::UpstreamTimeout: // of the connection: it is both
        return triggers.timeout || (triggers.transport && error.reason == "connect_timeout");
    case ErrorKind::UpstreamTransport:
    case ErrorKind::UpstreamProtocol:
        return triggers.transport;
    case ErrorKind::Overloaded:
        return triggers.openCircuit;
    default:
        return false;
    }
}

// What to do when this target is not asked again.
Action actionElsewhere(const AttemptFailure &outcome, Remedy remedy, bool hasNextTarget, const RetryPlan &plan)
{
    const bool mayGoOn = plan.fallbackOn ? isTriggered(outcome.error, *plan.fallbackOn) : remedy != Remedy::None;
    if (mayGoOn && hasNextTarget)
        return Action::NextTarget;
    return mayGoOn || remedy != Remedy::None ? Action::Exhausted : Action::GiveUp;
}

// Whether the provider got the request and may have acted on it: not if there was no connection, nor if it says that it
// takes no more at the moment.
bool mayBeDone(const Error &error)
{
    constexpr std::array<QByteArrayView, 3> kNotConnected = {"dns_error", "connect_error", "tls_error"};
    switch (error.kind) {
    case ErrorKind::UpstreamTransport:
        return !std::ranges::contains(kNotConnected, QByteArrayView(error.reason));
    case ErrorKind::UpstreamTimeout:
        return error.reason != "connect_timeout";
    case ErrorKind::UpstreamStatus:
        return error.upstreamStatus != 429 && error.upstreamStatus != 503;
    case ErrorKind::UpstreamProtocol:
        return true;
    default:
        return false;
    }
}

} // namespace

int RetryPlan::attemptsPerTarget() const
{
    return config.enabled && !isRetryRefused ? std::max(config.maxAttempts, 1) : 1;
}

RetryPlan makeRetryPlan(const RetryConfig &config, const HeaderList &clientHeaders, const FallbackTriggers *fallbackOn)
{
    const QByteArray noRetry = clientHeaders.value("X-LunarGate-No-Retry").value_or(QByteArray()).trimmed();
    return {.config = config,
            .isRetryRefused = noRetry.compare("true", Qt::CaseInsensitive) == 0,
            .fallbackOn = fallbackOn};
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
    if (outcome.hasAnswerStarted || outcome.isBodyGone || (!plan.mayRepeatDone && mayBeDone(outcome.error)))
        return {Action::GiveUp};
    const Remedy remedy = remedyFor(outcome, config);
    const bool hasTimeLeft = position.timeLeft > 0ms;
    const RetryDecision elsewhere{actionElsewhere(outcome, remedy, position.hasNextTarget && hasTimeLeft, plan)};
    const bool hasAttemptsLeft = position.attempt < plan.attemptsPerTarget();
    if (remedy != Remedy::SameTarget || outcome.shouldRetry == false || !hasAttemptsLeft)
        return elsewhere;

    // A wait of zero asks for nothing in particular; our own back-off is kinder then.
    const milliseconds asked = outcome.error.retryAfter.value_or(0ms);
    if (asked > config.maxDelay && elsewhere.action == Action::NextTarget)
        return elsewhere;
    const milliseconds delay =
        asked > 0ms ? std::min(asked, std::max(config.maxDelay, 0ms)) : backoffDelay(config, position.attempt, random);
    if (delay >= position.timeLeft)
        return elsewhere;
    return {Action::RetrySameTarget, delay};
}

} // namespace lunargate
