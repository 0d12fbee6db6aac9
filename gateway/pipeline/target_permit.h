// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/resilience/circuit_breakers.h"
#include "gateway/resilience/concurrency_slots.h"

#include <optional>
#include <vector>

namespace lunargate {

struct Candidate;
struct Services;

/// What a request needs to ask one target: the consent of its circuit, once for all attempts there, and one of the
/// provider's slots for each attempt. It says once how the request fared: success, failure, or nothing if it goes
/// without a word while an attempt runs. The circuit learns of a failure before anybody else gets the slot. With a
/// stream it lives until the stream's end. Both arguments must outlive it.
class TargetPermit
{
public:
    /// Holds nothing and may do nothing.
    TargetPermit() = default;
    TargetPermit(Services &services, const Candidate &candidate) : m_services(&services), m_candidate(&candidate) {}
    /// One that has the circuit's consent whatever its state; see LastTargetPolicy::LeastBad.
    static TargetPermit anyway(Services &services, const Candidate &candidate);
    /// One whose circuit is asked, but never told how the request fared: it says nothing about model calls.
    static TargetPermit withoutVerdict(Services &services, const Candidate &candidate);

    /// Before each attempt: the circuit's consent. Fails with Overloaded (`circuit_open`, `provider_cooling_down`).
    Result<void> ask();
    /// Whether waitForSlot() must follow.
    bool needsSlot() const;
    /// Waits until the provider may have one more call. Fails with Overloaded (`provider_queue_full`,
    /// `provider_queue_timeout`, or as ask() if the circuit has opened meanwhile), or with DeadlineExceeded, which is
    /// the caller's to explain. The permit must outlive the task.
    Task<Result<void>> waitForSlot(TimePoint deadline = kNever);

    /// There is consent, and a slot where it is needed: the provider is called now.
    void beginAttempt();
    /// Whether anything came of the last ask().
    bool hasBegunAttempt() const { return m_hasBegunAttempt; }
    /// An attempt failed, though another one may follow: gives back the slot. If none does, that was the last word.
    void attemptFailed(const Error &error);
    /// The first content of a stream is here.
    void showContent() { m_circuit.showContent(); }

    /// The last word, together with the slot.
    void succeed();
    void fail(const Error &error);

private:
    Result<void> renew();

    Services *m_services = nullptr;
    const Candidate *m_candidate = nullptr;
    bool m_hasConsent = false;
    bool m_hasBegunAttempt = false;
    bool m_givesVerdict = true;
    CircuitBreakers::Permit m_circuit;
    ConcurrencySlots::Slot m_slot;
};

/// Whether nobody was called because a permit was refused.
bool isRefusal(const Error &error);

/// The targets of a plan that could not be asked; for the case that none is left.
class RefusedTargets
{
public:
    void add(std::size_t target, const Error &error) { m_refusals.push_back({.target = target, .error = error}); }

    /// With LastTargetPolicy::LeastBad, when circuits alone were the reason: the target whose circuit lets calls
    /// through next. Only once.
    std::optional<std::size_t> takeLeastBad(LastTargetPolicy policy);

private:
    struct Refused
    {
        std::size_t target = 0;
        Error error;
    };

    std::vector<Refused> m_refusals;
    bool m_tookLeastBad = false;
};

} // namespace lunargate
