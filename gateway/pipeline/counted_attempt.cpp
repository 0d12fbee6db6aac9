// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/counted_attempt.h"

namespace lunargate {

namespace {

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
        if (!m_isOver)
            m_context.services.metrics.attemptFinished(m_candidate.providerId, AttemptOutcome::Cancelled);
    }
    AttemptCount(const AttemptCount &) = delete;
    AttemptCount &operator=(const AttemptCount &) = delete;

    void succeeded()
    {
        m_isOver = true;
        m_context.services.metrics.attemptFinished(m_candidate.providerId, AttemptOutcome::Success);
    }
    void failed(const Error &error)
    {
        m_isOver = true;
        if (isClientsMistake(error))
            --m_context.record.attempts;
        else
            m_context.services.metrics.attemptFailed(m_candidate.providerId, error);
    }

private:
    RequestContext &m_context;
    const Candidate &m_candidate;
    bool m_isOver = false;
};

} // namespace

Task<AttemptResult> countedAttempt(RequestContext &context, const Prepare &prepare, const Candidate &candidate,
                                   const RequestDeadline &deadline)
{
    AttemptCount count(context, candidate);
    AttemptResult result = co_await attempt(context, prepare, candidate, deadline);
    if (result)
        count.succeeded();
    else
        count.failed(result.error().error);
    co_return result;
}

bool isClientsMistake(const Error &error)
{
    return error.kind == ErrorKind::InvalidRequest;
}

} // namespace lunargate
