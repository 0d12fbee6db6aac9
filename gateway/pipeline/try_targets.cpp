// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/try_targets.h"

#include "gateway/async/event.h"
#include "gateway/observability/logging.h"
#include "gateway/resilience/retry_decision.h"

#include <algorithm>

namespace lunargate {

namespace {

bool isClientsMistake(const Error &error)
{
    return error.kind == ErrorKind::InvalidRequest;
}

// What a failure says about the target, for routes that choose the fastest one.
void tell(TargetCall &call, const Error &error)
{
    constexpr int kTargetsOwn[] = {401, 402, 403, 404, 408, 429}; // key, balance, model, patience, quota
    const int status = httpStatus(error);
    if (isClientsMistake(error) || error.kind == ErrorKind::Overloaded)
        call.dismissed();
    else if (error.kind != ErrorKind::UpstreamStatus || status >= 500 || std::ranges::contains(kTargetsOwn, status))
        call.failed();
    else
        call.refused(); // what one provider does not like, the others may not like either
}

/// Counts an attempt when it is over, also when it is over because the client left.
class AttemptCount
{
public:
    AttemptCount(RequestContext &context, const Candidate &candidate)
        : m_context(context), m_candidate(candidate), m_load(candidate.load)
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

    void succeeded(OpenAnswer &open)
    {
        m_outcome = AttemptOutcome::Success;
        m_load.answered();
        open.load = std::move(m_load);
    }
    void failed(const Error &error)
    {
        if (isClientsMistake(error)) { // nobody was called, and nobody but the client is to blame
            --m_context.record.attempts;
            m_outcome = std::nullopt;
        } else {
            m_outcome = attemptOutcome(error);
        }
        tell(m_load, error);
    }

private:
    RequestContext &m_context;
    const Candidate &m_candidate;
    TargetCall m_load;
    std::optional<AttemptOutcome> m_outcome = AttemptOutcome::Cancelled; // nothing: it does not count
};

Task<AttemptResult> countedAttempt(RequestContext &context, const Prepare &prepare, const Candidate &candidate)
{
    AttemptCount count(context, candidate);
    AttemptResult result = co_await attempt(context, prepare, candidate);
    if (result)
        count.succeeded(*result);
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
