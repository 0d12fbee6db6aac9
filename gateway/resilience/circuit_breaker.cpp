// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/circuit_breaker.h"

namespace lunargate {

const char *circuitStateName(CircuitState state)
{
    switch (state) {
    case CircuitState::Closed:
        return "closed";
    case CircuitState::HalfOpen:
        return "half-open";
    case CircuitState::Open:
        return "open";
    }
    Q_UNREACHABLE_RETURN("");
}

CircuitBreaker::CircuitBreaker(const CircuitBreakerConfig &settings) : m_settings(settings), m_counts(settings.window)
{
}

std::optional<CircuitBreaker::Ticket> CircuitBreaker::admit(TimePoint now)
{
    if (!wouldAdmit(now))
        return std::nullopt;
    if (m_state == CircuitState::Open)
        enter(CircuitState::HalfOpen);
    Ticket ticket{.period = m_period, .holdsPlace = m_state == CircuitState::HalfOpen};
    if (ticket.holdsPlace)
        ++m_placesTaken;
    return ticket;
}

bool CircuitBreaker::wouldAdmit(TimePoint now) const
{
    switch (m_state) {
    case CircuitState::Closed:
        return true;
    case CircuitState::HalfOpen:
        return m_placesTaken + m_successes < m_settings.halfOpenProbes;
    case CircuitState::Open:
        return now >= m_openUntil;
    }
    Q_UNREACHABLE_RETURN(false);
}

void CircuitBreaker::showContent(Ticket &ticket)
{
    if (std::exchange(ticket.holdsPlace, false) && ticket.period == m_period)
        --m_placesTaken;
}

void CircuitBreaker::report(const Ticket &ticket, BreakerVerdict verdict, TimePoint now)
{
    if (ticket.period != m_period)
        return;
    if (ticket.holdsPlace)
        --m_placesTaken;
    const bool isFailure = verdict == BreakerVerdict::Failure;
    if (!isFailure && verdict != BreakerVerdict::Success)
        return;
    m_counts.add(isFailure, now);
    switch (m_state) {
    case CircuitState::Closed:
        if (isFailure && hasFailedEnough(now))
            forceOpen(now);
        break;
    case CircuitState::HalfOpen:
        if (isFailure)
            forceOpen(now);
        else if (++m_successes >= m_settings.halfOpenProbes)
            reset();
        break;
    case CircuitState::Open: // a call that was made in spite of it
        break;
    }
}

bool CircuitBreaker::hasFailedEnough(TimePoint now) const
{
    const RollingCounts::Totals totals = m_counts.totals(now);
    return totals.failures >= m_settings.failureThreshold &&
           static_cast<double>(totals.failures) >= m_settings.minFailureRatio * static_cast<double>(totals.calls);
}

void CircuitBreaker::reset()
{
    enter(CircuitState::Closed);
    m_counts.clear();
}

void CircuitBreaker::forceOpen(TimePoint now, std::optional<milliseconds> duration)
{
    enter(CircuitState::Open);
    m_openUntil = now + duration.value_or(m_settings.openFor);
}

void CircuitBreaker::forceHalfOpen()
{
    enter(CircuitState::HalfOpen);
}

void CircuitBreaker::enter(CircuitState state)
{
    m_state = state;
    ++m_period;
    m_placesTaken = 0;
    m_successes = 0;
}

CircuitState CircuitBreaker::state(TimePoint now) const
{
    return m_state == CircuitState::Open && now >= m_openUntil ? CircuitState::HalfOpen : m_state;
}

milliseconds CircuitBreaker::untilHalfOpen(TimePoint now) const
{
    if (m_state != CircuitState::Open || now >= m_openUntil)
        return 0ms;
    return std::chrono::ceil<milliseconds>(m_openUntil - now);
}

} // namespace lunargate
