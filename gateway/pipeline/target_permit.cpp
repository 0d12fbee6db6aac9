// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/target_permit.h"

#include "gateway/pipeline/services.h"
#include "gateway/routing/route_plan.h"

#include <algorithm>

namespace lunargate {

namespace {

bool isCircuitsRefusal(const Error &error)
{
    return error.reason == "circuit_open" || error.reason == "provider_cooling_down";
}

} // namespace

TargetPermit TargetPermit::anyway(Services &services, const Candidate &candidate)
{
    TargetPermit permit(services, candidate);
    permit.m_circuit = services.breakers->admitAnyway(*candidate.provider, candidate.model, Clock::now());
    permit.m_hasConsent = true;
    return permit;
}

TargetPermit TargetPermit::withoutVerdict(Services &services, const Candidate &candidate)
{
    TargetPermit permit(services, candidate);
    permit.m_givesVerdict = false;
    return permit;
}

Result<void> TargetPermit::ask()
{
    m_hasBegunAttempt = false;
    if (m_hasConsent)
        return renew();
    if (!m_services->breakers->isEnabled())
        return {};
    auto circuit = m_services->breakers->admit(*m_candidate->provider, m_candidate->model, Clock::now());
    if (!circuit)
        return std::unexpected(circuitError(m_candidate->providerId, circuit.error()));
    m_circuit = *std::move(circuit);
    m_hasConsent = true;
    return {};
}

Result<void> TargetPermit::renew()
{
    if (const std::optional<CircuitRefusal> refusal = m_circuit.renew(Clock::now()))
        return std::unexpected(circuitError(m_candidate->providerId, *refusal));
    return {};
}

bool TargetPermit::needsSlot() const
{
    return m_candidate->provider->concurrency.limit > 0;
}

Task<Result<void>> TargetPermit::waitForSlot(TimePoint deadline)
{
    Result<ConcurrencySlots::Slot> slot = co_await m_services->slots->acquire(m_candidate->providerId, deadline);
    if (!slot)
        co_return std::unexpected(std::move(slot.error()));
    // Whoever waited behind calls to a provider that is down must not be sent there as well.
    if (Result<void> consent = renew(); !consent)
        co_return consent;
    m_slot = *std::move(slot);
    co_return Result<void>();
}

void TargetPermit::beginAttempt()
{
    m_hasBegunAttempt = true;
    m_circuit.beginAttempt();
}

void TargetPermit::attemptFailed(const Error &error)
{
    if (m_givesVerdict)
        m_circuit.attemptFailed(error, Clock::now());
    m_slot.release();
}

void TargetPermit::succeed()
{
    if (m_givesVerdict)
        m_circuit.succeed(Clock::now());
    m_slot.release();
}

void TargetPermit::fail(const Error &error)
{
    if (m_givesVerdict)
        m_circuit.fail(error, Clock::now());
    m_slot.release();
}

bool isRefusal(const Error &error)
{
    return error.kind == ErrorKind::Overloaded;
}

std::optional<std::size_t> RefusedTargets::takeLeastBad(LastTargetPolicy policy)
{
    if (policy != LastTargetPolicy::LeastBad || m_tookLeastBad || m_refusals.empty())
        return std::nullopt;
    if (!std::ranges::all_of(m_refusals, [](const Refused &refused) { return isCircuitsRefusal(refused.error); }))
        return std::nullopt;
    m_tookLeastBad = true;
    const auto wait = [](const Refused &refused) { return refused.error.retryAfter.value_or(milliseconds(0)); };
    return std::ranges::min_element(m_refusals, {}, wait)->target;
}

} // namespace lunargate
