// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/resilience/circuit_breaker.h"

#include <QByteArray>

#include <atomic>
#include <expected>
#include <memory>
#include <mutex>

namespace lunargate {

/// Why a call may not be made now.
struct CircuitRefusal
{
    enum class Cause {
        Open,
        Probing,     ///< half-open, and as many probes are under way as may be
        CoolingDown, ///< the provider asked for a pause (429)
    };

    Cause cause = Cause::Open;
    milliseconds wait{1}; ///< until another try makes sense; above 0
    QByteArray lastError; ///< the reason of the last failure; empty if there was none
    int lastStatus = 0;   ///< its status, if it had one
};

/// A change of state, for the log.
struct CircuitChange
{
    CircuitState from = CircuitState::Closed;
    CircuitState to = CircuitState::Closed;
    /// `failures`, `probe_failed`, `probes_succeeded`, `time_over`, `forced`, `reset` or `reconfigured`
    const char *cause = "";
    QByteArray lastError; ///< reason of the last failure
    int lastStatus = 0;
    milliseconds openFor{0}; ///< with `to` Open
    RollingCounts::Totals counts = {};
};

/// A circuit as it is told to administrators.
struct CircuitView
{
    using WallClock = std::chrono::system_clock::time_point;

    QByteArray provider;
    QByteArray model; ///< empty: all of the provider's
    CircuitState state = CircuitState::Closed;
    std::optional<WallClock> since; ///< of this state; nothing if it never changed
    const char *cause = "";         ///< as in CircuitChange; empty if it never changed
    QByteArray lastError;
    int lastStatus = 0;
    std::optional<WallClock> lastErrorAt;
    RollingCounts::Totals counts = {};
    milliseconds untilHalfOpen{0};
    milliseconds cooldown{0};
    int runningRequests = 0;
};

/// What of a provider's circuits is counted for ever.
struct CircuitCounters
{
    std::array<std::atomic<quint64>, 3> transitions{}; ///< by the CircuitState that was entered
    std::atomic<quint64> refusedOpen = 0;
    std::atomic<quint64> refusedCoolingDown = 0;
};

/// One circuit with its lock: the state machine, the pause after a 429, and what is known about both. Any thread.
class Circuit
{
public:
    Circuit(QByteArray provider, QByteArray model, const CircuitBreakerConfig &settings,
            std::shared_ptr<CircuitCounters> counters);

    const QByteArray &provider() const { return m_provider; }
    const QByteArray &model() const { return m_model; }
    const CircuitBreakerConfig &settings() const { return m_settings; }

    using Ticket = CircuitBreaker::Ticket;
    /// Every function that can change the state says so here.
    using Change = std::optional<CircuitChange>;

    /// A ticket for a request that now begins to ask, and is to be counted as running until leave().
    std::expected<Ticket, CircuitRefusal> enter(TimePoint now, Change &change);
    Ticket enterAnyway(TimePoint now);
    /// A newer ticket, if the state has changed since this one. The request stays the same. `ignoresPause`: it goes on
    /// in the same state though calls are to pause.
    std::expected<Ticket, CircuitRefusal> renew(const Ticket &ticket, bool ignoresPause, TimePoint now, Change &change);
    std::optional<CircuitRefusal> refusal(TimePoint now) const;

    void showContent(Ticket &ticket);
    /// The request has ended here. `error`: what it ended with; nothing for a success, or if nobody knows.
    Change leave(const Ticket &ticket, BreakerVerdict verdict, const Error *error, TimePoint now);
    /// A 429 came: no calls for so long. It never makes a pause shorter.
    void coolDown(const Error &error, TimePoint now);

    Change reset();
    Change forceOpen(TimePoint now, std::optional<milliseconds> duration);
    Change forceHalfOpen();
    /// The circuit is to be forgotten: nothing that is reported later counts.
    Change retire();

    CircuitView view(TimePoint now) const;
    /// The smaller, the sooner it may be forgotten.
    struct Worth
    {
        bool isInUse = false; ///< a request runs, or calls are being refused
        TimePoint lastUsed{};
        auto operator<=>(const Worth &) const = default;
    };
    Worth worth(TimePoint now) const;

private:
    std::optional<CircuitRefusal> refusalLocked(TimePoint now) const;
    CircuitRefusal makeRefusal(CircuitRefusal::Cause cause, milliseconds wait) const;
    void noteError(const Error &error);
    template <typename Action>
    Change noteChange(const char *cause, const Action &action);

    const QByteArray m_provider;
    const QByteArray m_model;
    const CircuitBreakerConfig m_settings;
    const std::shared_ptr<CircuitCounters> m_counters;

    mutable std::mutex m_mutex; // protects everything below
    CircuitBreaker m_breaker;
    TimePoint m_cooldownUntil{};
    TimePoint m_lastUsed{};
    std::optional<CircuitView::WallClock> m_since;
    const char *m_cause = "";
    QByteArray m_lastError;
    int m_lastStatus = 0;
    std::optional<CircuitView::WallClock> m_lastErrorAt;
    int m_runningRequests = 0;
    bool m_isRetired = false;
};

} // namespace lunargate
