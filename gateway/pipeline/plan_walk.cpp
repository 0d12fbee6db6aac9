// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/plan_walk.h"

namespace lunargate {

namespace {

using Action = RetryDecision::Action;

// The target was not asked: its circuit is open, its queue is full, it cannot do what the client wants.
bool isOwnRefusal(const Error &error)
{
    return error.kind == ErrorKind::Overloaded || error.kind == ErrorKind::InvalidRequest ||
           error.reason == "provider_not_supported";
}

} // namespace

const Candidate &PlanWalk::takeNext()
{
    const Candidate &candidate = m_plan.candidates[m_next++];
    RequestRecord &record = m_context.record;
    record.fallbackTried = record.fallbackTried || candidate.isFallback;
    return candidate;
}

OpenAnswer PlanWalk::succeeded(const Candidate &candidate, OpenAnswer answer)
{
    note(candidate);
    m_context.record.fallbackUsed = candidate.isFallback;
    return answer;
}

void PlanWalk::failed(const Candidate &candidate, TargetFailure failure)
{
    m_mayGoOn = m_mayGoOn && failure.next == Action::NextTarget;
    m_wasHopeless = failure.next == Action::GiveUp;
    const bool saysLess = m_told && isOwnRefusal(failure.failure.error) && !isOwnRefusal(m_told->failure.error);
    if (!saysLess)
        m_told = Told{&candidate, std::move(failure.failure)};
}

UpstreamFailure PlanWalk::failure()
{
    note(*m_told->candidate);
    m_context.record.isExhausted = !m_wasHopeless && m_context.record.attempts > 1;
    return std::move(m_told->failure);
}

void PlanWalk::note(const Candidate &candidate)
{
    m_context.record.provider = candidate.providerId;
    m_context.record.model = candidate.model;
}

} // namespace lunargate
