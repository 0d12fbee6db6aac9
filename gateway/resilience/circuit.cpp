// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/circuit.h"

#include <algorithm>

namespace lunargate {

namespace {

// Nobody knows when the probes that are under way will have ended.
constexpr milliseconds kWaitForProbes = 1s;
// A provider that asks for more was misunderstood, or is; it is asked again after this time.
constexpr milliseconds kLongestCooldown = 1h;

milliseconds remaining(TimePoint until, TimePoint now)
{
    return until > now ? std::chrono::ceil<milliseconds>(until - now) : 0ms;
}

} // namespace

Circuit::Circuit(QByteArray provider, QByteArray model, const CircuitBreakerConfig &settings,
                 std::shared_ptr<CircuitCounters> counters)
    : m_provider(std::move(provider)),
      m_model(std::move(model)),
      m_settings(settings),
      m_counters(std::move(counters)),
      m_breaker(settings)
{
}

// Runs `action` and tells what it made of the state. An action that stays in the state, as opening what is open
// already, is told too if it began a new period.
template <typename Action>
Circuit::Change Circuit::noteChange(const char *cause, const Action &action)
{
    const CircuitState from = m_breaker.recordedState();
    const quint64 period = m_breaker.period();
    action();
    if (m_breaker.period() == period || m_isRetired)
        return std::nullopt;
    const CircuitState to = m_breaker.recordedState();
    m_since = std::chrono::system_clock::now();
    m_cause = cause;
    if (from == to)
        return std::nullopt;
    m_counters->transitions[static_cast<size_t>(to)].fetch_add(1, std::memory_order_relaxed);
    return CircuitChange{
        .from = from, .to = to, .cause = m_cause, .lastError = m_lastError, .lastStatus = m_lastStatus};
}

std::expected<Circuit::Ticket, CircuitRefusal> Circuit::enter(TimePoint now, Change &change)
{
    const std::scoped_lock lock(m_mutex);
    m_lastUsed = now;
    if (std::optional<CircuitRefusal> refusal = refusalLocked(now)) {
        const bool isCooling = refusal->cause == CircuitRefusal::Cause::CoolingDown;
        (isCooling ? m_counters->refusedCoolingDown : m_counters->refusedOpen).fetch_add(1, std::memory_order_relaxed);
        return std::unexpected(*std::move(refusal));
    }
    std::optional<Ticket> ticket;
    change = noteChange("time_over", [&] { ticket = m_breaker.admit(now); });
    ++m_runningRequests;
    return *ticket;
}

Circuit::Ticket Circuit::enterAnyway(TimePoint now)
{
    const std::scoped_lock lock(m_mutex);
    m_lastUsed = now;
    ++m_runningRequests;
    return m_breaker.admitAnyway();
}

std::expected<Circuit::Ticket, CircuitRefusal> Circuit::renew(const Ticket &ticket, bool ignoresPause, TimePoint now,
                                                              Change &change)
{
    {
        const std::scoped_lock lock(m_mutex);
        if (ticket.period == m_breaker.period() && (ignoresPause || m_cooldownUntil <= now))
            return ticket;
    }
    std::expected<Ticket, CircuitRefusal> newer = enter(now, change);
    if (newer) {
        const std::scoped_lock lock(m_mutex);
        --m_runningRequests; // it was counted already
    }
    return newer;
}

std::optional<CircuitRefusal> Circuit::refusal(TimePoint now) const
{
    const std::scoped_lock lock(m_mutex);
    return refusalLocked(now);
}

std::optional<CircuitRefusal> Circuit::refusalLocked(TimePoint now) const
{
    using Cause = CircuitRefusal::Cause;
    if (!m_breaker.wouldAdmit(now)) {
        const bool isOpen = m_breaker.state(now) == CircuitState::Open;
        return isOpen ? makeRefusal(Cause::Open, m_breaker.untilHalfOpen(now))
                      : makeRefusal(Cause::Probing, kWaitForProbes);
    }
    if (m_cooldownUntil > now)
        return makeRefusal(Cause::CoolingDown, remaining(m_cooldownUntil, now));
    return std::nullopt;
}

CircuitRefusal Circuit::makeRefusal(CircuitRefusal::Cause cause, milliseconds wait) const
{
    return {.cause = cause, .wait = std::max(wait, 1ms), .lastError = m_lastError, .lastStatus = m_lastStatus};
}

void Circuit::showContent(Ticket &ticket)
{
    const std::scoped_lock lock(m_mutex);
    m_breaker.showContent(ticket);
}

Circuit::Change Circuit::leave(const Ticket &ticket, BreakerVerdict verdict, const Error *error, TimePoint now)
{
    const std::scoped_lock lock(m_mutex);
    m_lastUsed = now;
    --m_runningRequests;
    if (m_isRetired)
        return std::nullopt;
    const bool isFailure = verdict == BreakerVerdict::Failure;
    if (isFailure && error)
        noteError(*error);
    const bool isHalfOpen = m_breaker.recordedState() == CircuitState::HalfOpen;
    const char *cause = !isFailure ? "probes_succeeded" : isHalfOpen ? "probe_failed" : "failures";
    const RollingCounts::Totals before = m_breaker.counts(now);
    Change change = noteChange(cause, [&] { m_breaker.report(ticket, verdict, now); });
    if (change) {
        change->counts = {.calls = before.calls + 1, .failures = before.failures + (isFailure ? 1 : 0)};
        change->openFor = m_breaker.untilHalfOpen(now);
    }
    return change;
}

void Circuit::noteError(const Error &error)
{
    m_lastError = QByteArray(error.reason); // moved in, so that the race detector sees the old one go
    m_lastStatus = error.upstreamStatus;
    m_lastErrorAt = std::chrono::system_clock::now();
}

void Circuit::coolDown(const Error &error, TimePoint now)
{
    if (!error.retryAfter || *error.retryAfter <= 0ms)
        return;
    const std::scoped_lock lock(m_mutex);
    if (m_isRetired)
        return;
    noteError(error);
    m_cooldownUntil = std::max(m_cooldownUntil, now + std::min(*error.retryAfter, kLongestCooldown));
}

Circuit::Change Circuit::reset()
{
    const std::scoped_lock lock(m_mutex);
    m_cooldownUntil = {};
    return noteChange("reset", [this] { m_breaker.reset(); });
}

Circuit::Change Circuit::forceOpen(TimePoint now, std::optional<milliseconds> duration)
{
    const std::scoped_lock lock(m_mutex);
    Change change = noteChange("forced", [&] { m_breaker.forceOpen(now, duration); });
    if (change)
        change->openFor = m_breaker.untilHalfOpen(now);
    return change;
}

Circuit::Change Circuit::forceHalfOpen()
{
    const std::scoped_lock lock(m_mutex);
    m_cooldownUntil = {};
    return noteChange("forced", [this] { m_breaker.forceHalfOpen(); });
}

Circuit::Change Circuit::retire()
{
    const std::scoped_lock lock(m_mutex);
    Change change = noteChange("reconfigured", [this] { m_breaker.reset(); });
    m_isRetired = true;
    return change;
}

CircuitView Circuit::view(TimePoint now) const
{
    const std::scoped_lock lock(m_mutex);
    return {.provider = m_provider,
            .model = m_model,
            .state = m_breaker.state(now),
            .since = m_since,
            .cause = m_cause,
            .lastError = m_lastError,
            .lastStatus = m_lastStatus,
            .lastErrorAt = m_lastErrorAt,
            .counts = m_breaker.counts(now),
            .untilHalfOpen = m_breaker.untilHalfOpen(now),
            .cooldown = remaining(m_cooldownUntil, now),
            .runningRequests = m_runningRequests};
}

Circuit::Worth Circuit::worth(TimePoint now) const
{
    const std::scoped_lock lock(m_mutex);
    const bool isClosed = m_breaker.recordedState() == CircuitState::Closed;
    return {.isInUse = m_runningRequests > 0 || !isClosed || m_cooldownUntil > now, .lastUsed = m_lastUsed};
}

} // namespace lunargate
