// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/resilience/circuit.h"

#include <functional>
#include <map>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace lunargate {

/// The circuits of all providers (or of their models, by `circuit_breaker.scope`). One for all workers, and it outlives
/// configurations; every function may be called from any thread.
class CircuitBreakers
{
public:
    /// Circuits for so many providers and models at most. Those that nobody used for the longest time go first.
    static constexpr qsizetype kMaximumCircuits = 1024;

    explicit CircuitBreakers(const Config &config);
    CircuitBreakers(const CircuitBreakers &) = delete;
    CircuitBreakers &operator=(const CircuitBreakers &) = delete;

    /// A newer configuration. Circuits keep their state, unless the section `circuit_breaker` or their provider's
    /// address or protocol has changed.
    void configure(const Config &config);

    /// A request's consent to ask one target, from its first attempt there to the end of the answer. If it goes without
    /// a word about the outcome, the last attempt's failure is the outcome, or else it is as if nothing had been asked.
    /// An empty one consents to everything. The breakers outlive it.
    class Permit
    {
    public:
        Permit() = default;
        Permit(Permit &&other) noexcept = default;
        Permit &operator=(Permit &&other) noexcept;
        ~Permit();

        /// To be called before another attempt: the circuit may have opened in the meantime, or the provider may have
        /// asked others for a pause. Whoever was asked itself knows when to retry.
        std::optional<CircuitRefusal> renew(TimePoint now);
        /// Nobody knows what comes of it.
        void beginAttempt() { m_lastFailure.reset(); }
        /// An attempt failed, though more may follow: a 429 gives the provider its pause at once.
        void attemptFailed(const Error &error, TimePoint now);
        /// A stream brings content.
        void showContent();
        void succeed(TimePoint now);
        /// With the last attempt's error, unless attemptFailed() has told it.
        void fail(const Error &error, TimePoint now);

    private:
        friend CircuitBreakers;
        Permit(CircuitBreakers &breakers, std::shared_ptr<Circuit> circuit, Circuit::Ticket ticket)
            : m_breakers(&breakers), m_circuit(std::move(circuit)), m_ticket(ticket)
        {
        }
        void leave(BreakerVerdict verdict, const Error *error, TimePoint now);

        CircuitBreakers *m_breakers = nullptr;
        std::shared_ptr<Circuit> m_circuit; // null: nothing is left to be said
        Circuit::Ticket m_ticket;
        std::optional<Error> m_lastFailure; // no attempt has begun since
        bool m_ignoresPause = false;
    };

    /// Asks for one. Providers that the running configuration does not have, or has at another address or with another
    /// protocol, have no circuit: whoever still asks them by an older one may.
    std::expected<Permit, CircuitRefusal> admit(const ProviderConfig &provider, const QByteArray &model, TimePoint now);
    /// The same in spite of the circuit's state. The outcome counts as far as the state lets it.
    Permit admitAnyway(const ProviderConfig &provider, const QByteArray &model, TimePoint now);
    /// Whether, and why, a call would be refused now. Changes nothing.
    std::optional<CircuitRefusal> refusal(const QByteArray &provider, const QByteArray &model, TimePoint now) const;
    bool isRefused(const QByteArray &provider, const QByteArray &model, TimePoint now) const
    {
        return refusal(provider, model, now).has_value();
    }

    /// Closed, too, where there is no circuit.
    CircuitState state(const QByteArray &provider, const QByteArray &model, TimePoint now) const;

    bool isEnabled() const { return m_isEnabled.load(std::memory_order_relaxed); }
    /// By provider and model. With `scope: provider` each provider has one, with `scope: model` those that were used.
    std::vector<CircuitView> views(TimePoint now) const;
    using CountersByProvider = std::map<QByteArray, std::shared_ptr<const CircuitCounters>>;
    /// The transitions and refusals of each provider so far.
    CountersByProvider counters() const;

    // By hand. `name` is PROVIDER or, with `scope: model`, also PROVIDER/MODEL; then PROVIDER means all its models that
    // were used. False if there is no such circuit.
    bool reset(const QByteArray &name);
    /// For `duration`, or for `open_for`.
    bool forceOpen(const QByteArray &name, TimePoint now, std::optional<milliseconds> duration = {});
    /// Lets probes through at once.
    bool forceHalfOpen(const QByteArray &name);

private:
    using CircuitPointer = std::shared_ptr<Circuit>;
    /// The circuits of one provider.
    struct Provider
    {
        /// Whether its circuits are those of `config`, which may be of an older configuration.
        bool isSame(const ProviderConfig &config) const
        {
            return baseUrl == config.baseUrl && protocol == config.protocol;
        }

        QByteArray baseUrl;
        Protocol protocol = Protocol::OpenAi;
        std::shared_ptr<CircuitCounters> counters;
        CircuitPointer whole; ///< with scope Provider
        std::unordered_map<QByteArray, CircuitPointer> byModel;
    };
    struct RouteTargets
    {
        QByteArray name;
        std::vector<std::pair<QByteArray, QByteArray>> targets; ///< provider and model
    };
    using Providers = std::map<QByteArray, Provider>;

    CircuitPointer circuitFor(const ProviderConfig &provider, const QByteArray &model, TimePoint now);
    CircuitPointer existing(const QByteArray &provider, const QByteArray &model) const;
    static CircuitPointer find(const Provider &provider, const QByteArray &model);
    CircuitPointer makeForModel(const ProviderConfig &provider, const QByteArray &model, TimePoint now);
    void makeRoom(TimePoint now);
    std::vector<CircuitPointer> named(const QByteArray &name);
    std::vector<CircuitPointer> all() const;
    bool change(const QByteArray &name, const std::function<Circuit::Change(Circuit &)> &action);
    void announce(const Circuit &circuit, const Circuit::Change &change);
    void warnOfCutRoutes(const Circuit &opened, TimePoint now) const;

    std::atomic<bool> m_isEnabled = false;
    mutable std::shared_mutex m_mutex; // protects what follows, but not the circuits themselves
    CircuitBreakerConfig m_settings;
    Providers m_providers;
    qsizetype m_modelCircuits = 0;
    std::vector<RouteTargets> m_routes;
};

/// A refusal in the words of an error: 503 with the time to wait.
Error circuitError(const QByteArray &provider, const CircuitRefusal &refusal);

} // namespace lunargate
