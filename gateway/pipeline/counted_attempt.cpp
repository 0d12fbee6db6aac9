// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/counted_attempt.h"

#include "gateway/observability/logging.h"
#include "gateway/pipeline/hide_secrets.h"

#include <algorithm>
#include <exception>

namespace lunargate {

namespace {

// What a failure says about the target, for routes that choose the fastest one. A deadline of the request says only
// that it took at least so long.
void tell(TargetCall &call, const Error &error)
{
    constexpr int kTargetsOwn[] = {401, 402, 403, 404, 408, 429}; // key, balance, model, patience, quota
    const int status = httpStatus(error);
    if (isClientsMistake(error) || error.kind == ErrorKind::Overloaded)
        call.dismissed();
    else if (error.kind == ErrorKind::DeadlineExceeded)
        return;
    else if (error.kind != ErrorKind::UpstreamStatus || status >= 500 || std::ranges::contains(kTargetsOwn, status))
        call.failed();
    else
        call.refused(); // what one provider does not like, the others may not like either
}

class AttemptCount
{
public:
    AttemptCount(RequestContext &context, const Candidate &candidate, const AttemptTerms &terms, TargetCall load,
                 std::chrono::nanoseconds waited)
        : m_context(context),
          m_candidate(candidate),
          m_load(std::move(load)),
          m_record{.provider = candidate.providerId, .model = candidate.model, .spanId = terms.spanId, .waited = waited}
    {
        RequestRecord &record = m_context.record;
        ++record.attempts;
        record.retries += terms.isRetry ? 1 : 0;
        record.isHedged = record.isHedged || terms.isHedge;
        record.provider = candidate.providerId;
        record.model = candidate.model;
        if (record.primaryProvider.isEmpty())
            record.primaryProvider = candidate.providerId;
    }
    ~AttemptCount()
    {
        if (m_isOver)
            return;
        const bool isAnswered = m_context.record.firstByteAt.has_value(); // by another one
        m_record.outcome = std::uncaught_exceptions() > m_exceptions ? AttemptOutcome::InternalError
                           : isAnswered                              ? AttemptOutcome::Superseded
                                                                     : AttemptOutcome::Cancelled;
        m_context.services.metrics.attemptFinished(m_candidate.providerId, m_record.outcome);
        note(Clock::now());
    }
    AttemptCount(const AttemptCount &) = delete;
    AttemptCount &operator=(const AttemptCount &) = delete;

    std::optional<PhaseTimes> &phases() { return m_record.phases; }
    void succeeded(OpenAnswer &open)
    {
        m_isOver = true;
        m_load.answered();
        open.load = std::move(m_load);
        m_record.status = 200;
        m_record.firstByteAt = m_context.record.firstByteAt;
        if (open.call)
            return note(std::nullopt); // a stream has only begun: RequestContext counts how it ends
        m_context.services.metrics.attemptFinished(m_candidate.providerId, AttemptOutcome::Success);
        note(m_record.firstByteAt);
    }
    void failed(const Error &error)
    {
        m_isOver = true;
        tell(m_load, error);
        if (isClientsMistake(error)) {
            --m_context.record.attempts;
            return;
        }
        m_context.services.metrics.attemptFailed(m_candidate.providerId, error);
        m_record.setError(error);
        note(Clock::now());
    }

private:
    void note(std::optional<TimePoint> finishedAt)
    {
        m_record.finishedAt = finishedAt;
        if (m_record.phases)
            m_context.services.metrics.upstreamReached(m_candidate.providerId, *m_record.phases);
        m_context.record.fallbackTried = m_context.record.fallbackTried || m_candidate.isFallback;
        m_context.record.addAttempt(std::move(m_record));
    }

    RequestContext &m_context;
    const Candidate &m_candidate;
    TargetCall m_load;
    AttemptRecord m_record;
    const int m_exceptions = std::uncaught_exceptions();
    bool m_isOver = false;
};

std::unexpected<UpstreamFailure> refused(RequestContext &context, const Candidate &candidate, Error error)
{
    if (context.record.primaryProvider.isEmpty())
        context.record.primaryProvider = candidate.providerId;
    logEvent(pipelineLog(), LogLevel::Debug, "target not asked",
             {{"request_id", context.record.requestId},
              {"provider", candidate.providerId},
              {"model", candidate.model},
              {"error", error.reason}});
    return std::unexpected(UpstreamFailure{.error = std::move(error)});
}

} // namespace

Task<AttemptResult> countedAttempt(RequestContext &context, const Prepare &prepare, const Candidate &candidate,
                                   const AttemptTerms &terms, TargetPermit &permit)
{
    if (Result<void> consent = permit.ask(); !consent)
        co_return refused(context, candidate, std::move(consent.error()));
    TargetCall load(candidate.load);
    std::chrono::nanoseconds waited = terms.backOff;
    if (permit.needsSlot()) {
        load.dismissed();
        const TimePoint begin = Clock::now();
        Result<void> slot = co_await permit.waitForSlot(terms.deadline.at);
        context.record.noteWait(Clock::now() - begin);
        if (!slot) {
            Error &error = slot.error();
            if (error.kind == ErrorKind::DeadlineExceeded)
                error = requestTimeout(terms.deadline, candidate.providerId, std::move(error.message));
            co_return refused(context, candidate, std::move(error));
        }
        waited += Clock::now() - begin;
        load.restart();
    }
    permit.beginAttempt();
    AttemptCount count(context, candidate, terms, std::move(load), waited);
    AttemptResult result = co_await attempt(context, prepare, candidate, terms, count.phases());
    if (!result) {
        hideSecrets(result.error());
        count.failed(result.error().error);
        co_return result;
    }
    count.succeeded(*result);
    if (result->call) { // a stream has only begun
        permit.showContent();
        result->permit = std::move(permit);
    } else {
        permit.succeed();
    }
    co_return result;
}

bool isClientsMistake(const Error &error)
{
    return error.kind == ErrorKind::InvalidRequest || error.kind == ErrorKind::RequestTimeout ||
           error.kind == ErrorKind::PayloadTooLarge;
}

} // namespace lunargate
