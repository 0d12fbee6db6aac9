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

// The target is not asked. Somebody has to be named in the log of a request that nobody was asked for.
std::unexpected<UpstreamFailure> refused(RequestContext &context, const Candidate &candidate, Error error)
{
    RequestRecord &record = context.record;
    if (record.attempts == 0) {
        record.provider = candidate.providerId;
        record.model = candidate.model;
    }
    if (record.primaryProvider.isEmpty())
        record.primaryProvider = candidate.providerId;
    logEvent(pipelineLog(), LogLevel::Debug, "target not asked",
             {{"request_id", record.requestId},
              {"provider", candidate.providerId},
              {"model", candidate.model},
              {"error", error.reason}});
    return std::unexpected(UpstreamFailure{.error = std::move(error)});
}

// `permit` is the target's: it stays with a stream, and for further attempts after a failure.
Task<AttemptResult> countedAttempt(RequestContext &context, const Prepare &prepare, const Candidate &candidate,
                                   TargetPermit &permit)
{
    if (Result<void> consent = permit.ask(); !consent)
        co_return refused(context, candidate, std::move(consent.error()));
    if (permit.needsSlot()) {
        if (Result<void> slot = co_await permit.waitForSlot(); !slot)
            co_return refused(context, candidate, std::move(slot.error()));
    }
    AttemptCount count(context, candidate);
    AttemptResult result = co_await attempt(context, prepare, candidate);
    if (!result) {
        count.failed(result.error().error);
        permit.attemptFailed(result.error().error);
        co_return result;
    }
    count.succeeded();
    if (result->call) { // a stream has only begun
        permit.showContent();
        result->permit = std::move(permit);
    } else {
        permit.succeed();
    }
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
    const LastTargetPolicy lastTarget = context.runtime->config->circuitBreaker.lastTarget;
    RefusedTargets refusedTargets;
    std::optional<UpstreamFailure> lastFailure; // of a target that was asked
    size_t target = 0;
    int attemptAtTarget = 1;
    TargetPermit permit(context.services, plan.candidates.front());
    for (;;) {
        const Candidate &candidate = plan.candidates[target];
        AttemptResult result = co_await countedAttempt(context, prepare, candidate, permit);
        if (result) {
            context.record.fallbackUsed = candidate.isFallback;
            co_return result;
        }
        const Error &error = result.error().error;
        const RetryDecision decision = decide({.error = error,
                                               .upstreamCode = error.upstreamCode,
                                               .shouldRetry = result.error().shouldRetry,
                                               .hasAnswerStarted = false},
                                              {attemptAtTarget, target + 1 < plan.candidates.size()}, retryPlan,
                                              threadLocalRandom());
        if (isRefusal(error)) {
            refusedTargets.add(target, error);
        } else {
            if (!isClientsMistake(error))
                logFailure(context, candidate, error, decision);
            lastFailure = result.error();
        }
        switch (decision.action) {
        case Action::RetrySameTarget:
            ++attemptAtTarget;
            ++context.record.retries;
            co_await SleepUntil(Clock::now() + decision.delay);
            continue;
        case Action::NextTarget:
            permit.fail(error); // its whole stay there counts as one
            ++target;
            permit = TargetPermit(context.services, plan.candidates[target]);
            attemptAtTarget = 1;
            continue;
        case Action::Exhausted:
            context.record.isExhausted = context.record.attempts > 1;
            break;
        case Action::GiveUp:
            break;
        }
        permit.fail(error);
        if (lastFailure)
            co_return std::unexpected(*std::move(lastFailure));
        if (const std::optional<size_t> leastBad = refusedTargets.takeLeastBad(lastTarget)) {
            target = *leastBad;
            permit = TargetPermit::anyway(context.services, plan.candidates[target]);
            attemptAtTarget = 1;
            continue;
        }
        co_return std::unexpected(UpstreamFailure{.error = refusedTargets.soonest()});
    }
}

} // namespace lunargate
