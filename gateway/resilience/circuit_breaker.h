// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/resilience/breaker_verdict.h"
#include "gateway/resilience/rolling_counts.h"

#include <optional>

namespace lunargate {

enum class CircuitState { Closed, HalfOpen, Open };

/// `closed`, `half-open`, `open`.
const char *circuitStateName(CircuitState state);

/// The state machine of one circuit. Closed: calls pass, and enough failures among them open it. Open: no call passes
/// for `open_for`. Half-open: a few calls pass as probes; when as many have succeeded it closes, and the first failure
/// opens it again. Time is an argument, nothing here waits or locks.
class CircuitBreaker
{
public:
    explicit CircuitBreaker(const CircuitBreakerConfig &settings);

    /// The right to make one call, to be given back with report().
    struct Ticket
    {
        quint64 period = 0;      ///< a result counts only in the period of its state that the call began in
        bool holdsPlace = false; ///< it is one of the probes that are let through at once
    };

    /// Nothing if the call may not be made. An open circuit whose time is over becomes half-open by this.
    std::optional<Ticket> admit(TimePoint now);
    /// For a call that is made in spite of the state.
    Ticket admitAnyway() const { return {.period = m_period}; }
    /// Whether admit() would give a ticket.
    bool wouldAdmit(TimePoint now) const;

    /// The call brings content: a probe makes room for the next one, so that long streams do not keep a provider that
    /// is well again half-open. Only its end says whether it succeeded.
    void showContent(Ticket &ticket);

    /// How the call ended; everything but Success and Failure only frees its place.
    void report(const Ticket &ticket, BreakerVerdict verdict, TimePoint now);

    void reset();
    /// `duration`: instead of `open_for`.
    void forceOpen(TimePoint now, std::optional<milliseconds> duration = {});
    void forceHalfOpen();

    /// As seen from outside: an open circuit whose time is over lets probes through.
    CircuitState state(TimePoint now) const;
    /// As of the last admit() or report().
    CircuitState recordedState() const { return m_state; }
    /// Counts the changes of state.
    quint64 period() const { return m_period; }
    /// Of an open circuit; zero otherwise.
    milliseconds untilHalfOpen(TimePoint now) const;
    RollingCounts::Totals counts(TimePoint now) const { return m_counts.totals(now); }

private:
    void enter(CircuitState state);
    bool hasFailedEnough(TimePoint now) const;

    CircuitBreakerConfig m_settings;
    RollingCounts m_counts;
    CircuitState m_state = CircuitState::Closed;
    quint64 m_period = 1;
    TimePoint m_openUntil{};
    // Of the half-open state.
    int m_placesTaken = 0;
    int m_successes = 0;
};

} // namespace lunargate
