// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/try_target.h"

#include "gateway/async/event.h"
#include "gateway/http/incoming_body.h"
#include "gateway/observability/logging.h"
#include "gateway/pipeline/counted_attempt.h"
#include "gateway/pipeline/trace.h"
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
                             TargetPlace place, const TryTerms &terms, TargetPermit permit)
{
    const FallbackTriggers *triggers = terms.retry.fallbackOn;
    AttemptTerms attemptTerms{.deadline = terms.deadline,
                              .refusesFiltered = place.hasNext && triggers && triggers->contentFilter,
                              .isHedge = place.isHedge};
    std::optional<UpstreamFailure> suffered; // by the attempt before
    const IncomingBody *upload = context.exchange.request.incoming.get();
    const qint64 taken = upload ? upload->taken() : 0;
    for (int attemptAtTarget = 1;; ++attemptAtTarget) {
        attemptTerms.spanId = newCallSpan(context);
        AttemptResult result = co_await countedAttempt(context, prepare, candidate, attemptTerms, permit);
        if (result)
            co_return *std::move(result);
        UpstreamFailure &failure = result.error();
        // What the provider itself said tells more than why it is not asked once more.
        const bool isRetryRefused = suffered && !permit.hasBegunAttempt();
        if (isRetryRefused)
            failure = *std::move(suffered);
        const int attemptsUsed = isRetryRefused ? terms.retry.attemptsPerTarget() : attemptAtTarget;
        const RetryDecision decision =
            decide({.error = failure.error,
                    .upstreamCode = failure.error.upstreamCode,
                    .shouldRetry = failure.shouldRetry,
                    .isBodyGone = upload && upload->taken() != taken},
                   {attemptsUsed, place.hasNext, timeLeft(terms.deadline)}, terms.retry, threadLocalRandom());
        if (permit.hasBegunAttempt() && !isClientsMistake(failure.error))
            logFailure(context, candidate, failure.error, decision.action);
        if (decision.action != Action::RetrySameTarget) {
            permit.fail(failure.error);
            co_return std::unexpected(TargetFailure{std::move(failure), decision.action});
        }
        permit.attemptFailed(failure.error);
        suffered = std::move(failure);
        attemptTerms.isRetry = true;
        attemptTerms.backOff = decision.delay;
        co_await SleepUntil(Clock::now() + decision.delay);
    }
}

} // namespace lunargate
