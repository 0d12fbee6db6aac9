// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/try_targets.h"

#include "gateway/async/event.h"
#include "gateway/observability/logging.h"
#include "gateway/resilience/retry_decision.h"

namespace lunargate {

namespace {

bool isClientsMistake(const Error &error)
{
    return error.kind == ErrorKind::InvalidRequest;
}

/// Counts an attempt when it is over, also when it is over because the client left.
class AttemptCount
{
public:
    AttemptCount(RequestContext &context, const Candidate &candidate) : m_context(context), m_candidate(candidate)
    {
        RequestRecord &record = m_context.record;
        ++record.attempts;
        record.provider = candidate.providerId;
        record.model = candidate.model;
        if (record.primaryProvider.isEmpty())
            record.primaryProvider = candidate.providerId;
    }
    ~AttemptCount()
    {
        if (m_outcome)
            m_context.services.metrics.attemptFinished(m_candidate.providerId, *m_outcome);
    }
    AttemptCount(const AttemptCount &) = delete;
    AttemptCount &operator=(const AttemptCount &) = delete;

    void succeeded() { m_outcome = AttemptOutcome::Success; }
    void failed(const Error &error)
    {
        if (isClientsMistake(error)) { // nobody was called, and nobody but the client is to blame
            --m_context.record.attempts;
            m_outcome = std::nullopt;
        } else {
            m_outcome = attemptOutcome(error);
        }
    }

private:
    RequestContext &m_context;
    const Candidate &m_candidate;
    std::optional<AttemptOutcome> m_outcome = AttemptOutcome::Cancelled; // nothing: it does not count
};

Task<AttemptResult> countedAttempt(RequestContext &context, const Prepare &prepare, const Candidate &candidate)
{
    AttemptCount count(context, candidate);
    AttemptResult result = co_await attempt(context, prepare, candidate);
    if (result)
        count.succeeded();
    else
        count.failed(result.error().error);
    co_return result;
}

void logFailure(const RequestContext &context, const Candidate &candidate, const Error &error,
                const RetryDecision &decision)
{
    const char *next = decision.action == RetryDecision::Action::RetrySameTarget ? "retry"
                       : decision.action == RetryDecision::Action::NextTarget    ? "fallback"
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

} // namespace

Task<AttemptResult> tryTargets(RequestContext &context, const Prepare &prepare, const RoutePlan &plan)
{
    using Action = RetryDecision::Action;
    const RetryPlan retryPlan = makeRetryPlan(context.runtime->config->retry, context.exchange.request.headers);
    size_t target = 0;
    int attemptAtTarget = 1;
    for (;;) {
        const Candidate &candidate = plan.candidates[target];
        AttemptResult result = co_await countedAttempt(context, prepare, candidate);
        if (result) {
            context.record.fallbackUsed = candidate.isFallback;
            co_return result;
        }
        const UpstreamFailure &failure = result.error();
        const RetryDecision decision =
            decide({.error = failure.error,
                    .upstreamCode = failure.error.upstreamCode,
                    .shouldRetry = failure.shouldRetry,
                    .hasAnswerStarted = false},
                   {attemptAtTarget, target + 1 < plan.candidates.size()}, retryPlan, threadLocalRandom());
        if (!isClientsMistake(failure.error))
            logFailure(context, candidate, failure.error, decision);
        switch (decision.action) {
        case Action::Exhausted:
            context.record.isExhausted = context.record.attempts > 1;
            co_return result;
        case Action::GiveUp:
            co_return result;
        case Action::NextTarget:
            ++target;
            attemptAtTarget = 1;
            break;
        case Action::RetrySameTarget:
            ++attemptAtTarget;
            ++context.record.retries;
            co_await SleepUntil(Clock::now() + decision.delay);
            break;
        }
    }
}

} // namespace lunargate
