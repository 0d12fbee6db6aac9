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

// Whether the client learns less from `error` than from `other`, which came before it.
bool saysLess(const Error &error, const Error &other)
{
    if (isRefusal(error) && isRefusal(other))
        return error.retryAfter.value_or(milliseconds(0)) >= other.retryAfter.value_or(milliseconds(0));
    return isOwnRefusal(error) && !isOwnRefusal(other);
}

} // namespace

PlanWalk::Step PlanWalk::takeNext()
{
    const std::optional<size_t> leastBad = std::exchange(m_leastBad, std::nullopt);
    const Candidate &candidate = m_plan.candidates[leastBad ? *leastBad : m_next++];
    ++m_unfinished;
    Services &services = m_context.services;
    return {.candidate = candidate,
            .permit = leastBad ? TargetPermit::anyway(services, candidate) : TargetPermit(services, candidate)};
}

OpenAnswer PlanWalk::succeeded(const Candidate &candidate, OpenAnswer answer)
{
    note(candidate);
    m_context.record.fallbackUsed = candidate.isFallback;
    return answer;
}

void PlanWalk::failed(const Candidate &candidate, TargetFailure failure)
{
    --m_unfinished;
    m_mayGoOn = m_mayGoOn && failure.next == Action::NextTarget;
    m_wasHopeless = failure.next == Action::GiveUp;
    if (isRefusal(failure.failure.error))
        m_refused.add(static_cast<size_t>(&candidate - m_plan.candidates.data()), failure.failure.error);
    if (!m_told || !saysLess(failure.failure.error, m_told->failure.error))
        m_told = Told{&candidate, std::move(failure.failure)};
    lookForLeastBad();
}

void PlanWalk::lookForLeastBad()
{
    const bool isOver = m_unfinished == 0 && !mayGoOn();
    if (isOver && isRefusal(m_told->failure.error))
        m_leastBad = m_refused.takeLeastBad(m_context.runtime->config->circuitBreaker.lastTarget);
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
