// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/try_target.h"

#include "gateway/async/event.h"
#include "gateway/observability/logging.h"
#include "gateway/pipeline/counted_attempt.h"
#include "gateway/routing/random_source.h"

namespace lunargate {

namespace {

using Action = RetryDecision::Action;

void logFailure(const RequestContext &context, const Candidate &candidate, const Error &error, Action action)
{
    const char *next = action == Action::RetrySameTarget ? "retry"
                       : action == Action::NextTarget    ? "fallback"
                                                         : "give_up";
    logEvent(pipelineLog(), LogLevel::Warning, "attempt failed",
             {{"request_id", context.record.requestId},
              {"provider", candidate.providerId},
              {"model", candidate.model},
              {"attempt", context.record.attempts},
              {"error", error.reason},
              {"code", error.upstreamCode},
              {"status", error.upstreamStatus},
              {"text", error.message},
              {"detail", error.detail},
              {"next", next}});
}

milliseconds timeLeft(const RequestDeadline &deadline)
{
    return deadline.at == kNever ? milliseconds::max() : std::chrono::floor<milliseconds>(deadline.at - Clock::now());
}

} // namespace

Task<TargetResult> tryTarget(RequestContext &context, const Prepare &prepare, const Candidate &candidate,
                             bool hasNextTarget, const TryTerms &terms, TargetPermit permit)
{
    const FallbackTriggers *triggers = terms.retry.fallbackOn;
    AttemptTerms attemptTerms{.deadline = terms.deadline,
                              .refusesFiltered = hasNextTarget && triggers && triggers->contentFilter};
    for (int attemptAtTarget = 1;; ++attemptAtTarget) {
        AttemptResult result = co_await countedAttempt(context, prepare, candidate, attemptTerms, permit);
        if (result)
            co_return *std::move(result);
        UpstreamFailure &failure = result.error();
        const RetryDecision decision = decide(
            {.error = failure.error, .upstreamCode = failure.error.upstreamCode, .shouldRetry = failure.shouldRetry},
            {attemptAtTarget, hasNextTarget, timeLeft(terms.deadline)}, terms.retry, threadLocalRandom());
        if (!isClientsMistake(failure.error) && !isRefusal(failure.error))
            logFailure(context, candidate, failure.error, decision.action);
        if (decision.action != Action::RetrySameTarget) {
            permit.fail(failure.error);
            co_return std::unexpected(TargetFailure{std::move(failure), decision.action});
        }
        ++context.record.retries;
        attemptTerms.backOff = decision.delay;
        co_await SleepUntil(Clock::now() + decision.delay);
    }
}

} // namespace lunargate
