// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/resilience/circuit_breakers.h"

#include "gateway/observability/logging.h"

#include <algorithm>
#include <ranges>
#include <tuple>
#include <utility>

namespace lunargate {

namespace {

QByteArray inSeconds(milliseconds wait)
{
    return QByteArray::number(static_cast<qint64>(std::chrono::ceil<std::chrono::seconds>(wait).count())) + " s";
}

QByteArray lastFailure(const CircuitRefusal &refusal)
{
    if (refusal.lastError.isEmpty())
        return {};
    QByteArray text = "; the last failure was '" + refusal.lastError + '\'';
    if (refusal.lastStatus != 0)
        text += " with status " + QByteArray::number(refusal.lastStatus);
    return text;
}

// What a target that leaves the model to the client is asked for by whoever names none.
QByteArray modelOf(const TargetConfig &target, const ProviderConfig &provider)
{
    return target.model.isEmpty() ? provider.defaultModel : target.model;
}

} // namespace

Error circuitError(const QByteArray &provider, const CircuitRefusal &refusal)
{
    Error error{.kind = ErrorKind::Overloaded, .reason = "circuit_open", .message = {}, .retryAfter = refusal.wait};
    switch (refusal.cause) {
    case CircuitRefusal::Cause::Open:
        error.message = "provider '" + provider + "' gets no calls for another " + inSeconds(refusal.wait) +
                        " because it failed too often" + lastFailure(refusal);
        break;
    case CircuitRefusal::Cause::Probing:
        error.message = "provider '" + provider +
                        "' failed too often and is being tried with a few calls; try again in " +
                        inSeconds(refusal.wait) + lastFailure(refusal);
        break;
    case CircuitRefusal::Cause::CoolingDown:
        error.reason = "provider_cooling_down";
        error.message = "provider '" + provider + "' gets no calls for another " + inSeconds(refusal.wait) +
                        " because it asked for a pause (status 429)";
        break;
    }
    return error;
}

CircuitBreakers::CircuitBreakers(const Config &config)
{
    configure(config);
}

void CircuitBreakers::configure(const Config &config)
{
    std::vector<CircuitPointer> forgotten;
    {
        const std::unique_lock lock(m_mutex);
        const bool hasSameSettings = m_settings == config.circuitBreaker;
        m_settings = config.circuitBreaker;
        m_isEnabled = m_settings.enabled;
        Providers previous = std::exchange(m_providers, {});
        m_modelCircuits = 0;
        for (const ProviderConfig &provider : config.providers) {
            Provider &made = m_providers[provider.id];
            if (const auto known = previous.find(provider.id); known != previous.end()) {
                made.counters = known->second.counters;
                if (hasSameSettings && known->second.isSame(provider))
                    made = std::move(previous.extract(known).mapped());
            }
            made.baseUrl = provider.baseUrl;
            made.protocol = provider.protocol;
            if (!made.counters)
                made.counters = std::make_shared<CircuitCounters>();
            if (!made.whole && m_settings.enabled && m_settings.scope == BreakerScope::Provider)
                made.whole = std::make_shared<Circuit>(provider.id, QByteArray(), m_settings, made.counters);
            m_modelCircuits += static_cast<qsizetype>(made.byModel.size());
        }
        for (const Provider &gone : previous | std::views::values) {
            if (gone.whole)
                forgotten.push_back(gone.whole);
            std::ranges::copy(gone.byModel | std::views::values, std::back_inserter(forgotten));
        }
        m_routes.clear();
        for (const RouteConfig &route : config.routing.routes) {
            RouteTargets &targets = m_routes.emplace_back(RouteTargets{.name = route.name, .targets = {}});
            for (const auto *list : {&route.targets, &route.fallback}) {
                for (const TargetConfig &target : *list) {
                    if (const ProviderConfig *provider = config.provider(target.provider);
                        provider && target.weight > 0)
                        targets.targets.emplace_back(target.provider, modelOf(target, *provider));
                }
            }
        }
    }
    for (const CircuitPointer &circuit : forgotten)
        announce(*circuit, circuit->retire());
}

// With the lock, of either kind.
CircuitBreakers::CircuitPointer CircuitBreakers::find(const Provider &provider, const QByteArray &model)
{
    if (provider.whole)
        return provider.whole;
    const auto found = provider.byModel.find(model);
    return found == provider.byModel.end() ? nullptr : found->second;
}

CircuitBreakers::CircuitPointer CircuitBreakers::existing(const QByteArray &provider, const QByteArray &model) const
{
    if (!isEnabled())
        return nullptr;
    const std::shared_lock lock(m_mutex);
    const auto found = m_providers.find(provider);
    return found == m_providers.end() ? nullptr : find(found->second, model);
}

CircuitBreakers::CircuitPointer CircuitBreakers::circuitFor(const ProviderConfig &provider, const QByteArray &model,
                                                            TimePoint now)
{
    if (!isEnabled())
        return nullptr;
    {
        const std::shared_lock lock(m_mutex);
        const auto found = m_providers.find(provider.id);
        if (found == m_providers.end() || !found->second.isSame(provider))
            return nullptr;
        if (CircuitPointer circuit = find(found->second, model))
            return circuit;
    }
    return makeForModel(provider, model, now);
}

CircuitBreakers::CircuitPointer CircuitBreakers::makeForModel(const ProviderConfig &provider, const QByteArray &model,
                                                              TimePoint now)
{
    const std::unique_lock lock(m_mutex);
    const auto found = m_providers.find(provider.id);
    if (!m_settings.enabled || found == m_providers.end() || !found->second.isSame(provider))
        return nullptr;
    if (CircuitPointer circuit = find(found->second, model)) // another thread was faster
        return circuit;
    if (m_modelCircuits >= kMaximumCircuits)
        makeRoom(now);
    ++m_modelCircuits;
    auto circuit = std::make_shared<Circuit>(provider.id, model, m_settings, found->second.counters);
    found->second.byModel.emplace(model, circuit);
    return circuit;
}

// Clients choose the names of models, so there can be any number of them.
void CircuitBreakers::makeRoom(TimePoint now)
{
    CircuitPointer least;
    Circuit::Worth leastWorth;
    for (const Provider &provider : m_providers | std::views::values) {
        for (const CircuitPointer &circuit : provider.byModel | std::views::values) {
            const Circuit::Worth worth = circuit->worth(now);
            if (!least || worth < leastWorth) {
                least = circuit;
                leastWorth = worth;
            }
        }
    }
    if (!least)
        return;
    least->retire();
    m_providers.at(least->provider()).byModel.erase(least->model());
    --m_modelCircuits;
}

std::expected<CircuitBreakers::Permit, CircuitRefusal> CircuitBreakers::admit(const ProviderConfig &provider,
                                                                              const QByteArray &model, TimePoint now)
{
    CircuitPointer circuit = circuitFor(provider, model, now);
    if (!circuit)
        return Permit();
    Circuit::Change change;
    std::expected<Circuit::Ticket, CircuitRefusal> ticket = circuit->enter(now, change);
    announce(*circuit, change);
    if (!ticket)
        return std::unexpected(std::move(ticket.error()));
    return Permit(*this, std::move(circuit), *ticket);
}

CircuitBreakers::Permit CircuitBreakers::admitAnyway(const ProviderConfig &provider, const QByteArray &model,
                                                     TimePoint now)
{
    CircuitPointer circuit = circuitFor(provider, model, now);
    if (!circuit)
        return {};
    const Circuit::Ticket ticket = circuit->enterAnyway(now);
    Permit permit(*this, std::move(circuit), ticket);
    permit.m_ignoresPause = true;
    return permit;
}

std::optional<CircuitRefusal> CircuitBreakers::refusal(const QByteArray &provider, const QByteArray &model,
                                                       TimePoint now) const
{
    const CircuitPointer circuit = existing(provider, model);
    return circuit ? circuit->refusal(now) : std::nullopt;
}

CircuitState CircuitBreakers::state(const QByteArray &provider, const QByteArray &model, TimePoint now) const
{
    const CircuitPointer circuit = existing(provider, model);
    return circuit ? circuit->view(now).state : CircuitState::Closed;
}

std::vector<CircuitBreakers::CircuitPointer> CircuitBreakers::all() const
{
    const std::shared_lock lock(m_mutex);
    std::vector<CircuitPointer> circuits;
    for (const Provider &provider : m_providers | std::views::values) {
        if (provider.whole)
            circuits.push_back(provider.whole);
        std::ranges::copy(provider.byModel | std::views::values, std::back_inserter(circuits));
    }
    return circuits;
}

std::vector<CircuitView> CircuitBreakers::views(TimePoint now) const
{
    std::vector<CircuitView> views;
    for (const CircuitPointer &circuit : all())
        views.push_back(circuit->view(now));
    std::ranges::sort(views, {}, [](const CircuitView &view) { return std::tie(view.provider, view.model); });
    return views;
}

CircuitBreakers::CountersByProvider CircuitBreakers::counters() const
{
    const std::shared_lock lock(m_mutex);
    CountersByProvider counters;
    for (const auto &[id, provider] : m_providers)
        counters.emplace(id, provider.counters);
    return counters;
}

std::vector<CircuitBreakers::CircuitPointer> CircuitBreakers::named(const QByteArray &name)
{
    std::vector<CircuitPointer> circuits;
    for (const CircuitPointer &circuit : all()) {
        if (circuit->provider() == name)
            circuits.push_back(circuit);
    }
    const qsizetype slash = name.indexOf('/');
    if (!circuits.empty() || slash < 0)
        return circuits;
    if (CircuitPointer circuit = existing(name.first(slash), name.sliced(slash + 1));
        circuit && !circuit->model().isEmpty())
        circuits.push_back(std::move(circuit));
    return circuits;
}

bool CircuitBreakers::change(const QByteArray &name, const std::function<Circuit::Change(Circuit &)> &action)
{
    const std::vector<CircuitPointer> circuits = named(name);
    for (const CircuitPointer &circuit : circuits)
        announce(*circuit, action(*circuit));
    return !circuits.empty();
}

bool CircuitBreakers::reset(const QByteArray &name)
{
    return change(name, [](Circuit &circuit) { return circuit.reset(); });
}

bool CircuitBreakers::forceOpen(const QByteArray &name, TimePoint now, std::optional<milliseconds> duration)
{
    return change(name, [&](Circuit &circuit) { return circuit.forceOpen(now, duration); });
}

bool CircuitBreakers::forceHalfOpen(const QByteArray &name)
{
    return change(name, [](Circuit &circuit) { return circuit.forceHalfOpen(); });
}

// With no lock held: the log may be slow.
void CircuitBreakers::announce(const Circuit &circuit, const Circuit::Change &change)
{
    if (!change)
        return;
    logEvent(resilienceLog(), LogLevel::Warning, "circuit breaker state change",
             {{"provider", circuit.provider()},
              {"model", circuit.model()},
              {"from", circuitStateName(change->from)},
              {"to", circuitStateName(change->to)},
              {"cause", change->cause},
              {"failures", change->counts.failures},
              {"calls", change->counts.calls},
              {"error", change->lastError},
              {"status", change->lastStatus},
              {"open_for_ms", qint64(change->openFor.count())}});
    if (change->to == CircuitState::Open)
        warnOfCutRoutes(circuit, Clock::now());
}

// A route whose every target is refused serves nobody: whoever watches the log must learn it at once.
void CircuitBreakers::warnOfCutRoutes(const Circuit &opened, TimePoint now) const
{
    std::vector<RouteTargets> affected;
    bool isAskedAnyway = false;
    {
        const std::shared_lock lock(m_mutex);
        isAskedAnyway = m_settings.lastTarget == LastTargetPolicy::LeastBad;
        const auto isMeant = [&](const auto &target) {
            return target.first == opened.provider() && (opened.model().isEmpty() || target.second == opened.model());
        };
        std::ranges::copy_if(m_routes, std::back_inserter(affected),
                             [&](const RouteTargets &route) { return std::ranges::any_of(route.targets, isMeant); });
    }
    for (const RouteTargets &route : affected) {
        const bool isCut = std::ranges::all_of(route.targets, [&](const auto &target) {
            const CircuitPointer circuit = existing(target.first, target.second);
            return circuit && circuit->view(now).state != CircuitState::Closed;
        });
        if (isCut)
            logEvent(resilienceLog(), LogLevel::Warning, "no target of the route has a closed circuit",
                     {{"route", route.name}, {"requests_are", isAskedAnyway ? "sent all the same" : "refused"}});
    }
}

CircuitBreakers::Permit &CircuitBreakers::Permit::operator=(Permit &&other) noexcept
{
    Permit taken(std::move(other));
    std::swap(m_breakers, taken.m_breakers);
    std::swap(m_circuit, taken.m_circuit);
    std::swap(m_ticket, taken.m_ticket);
    std::swap(m_lastFailure, taken.m_lastFailure);
    std::swap(m_ignoresPause, taken.m_ignoresPause);
    return *this;
}

CircuitBreakers::Permit::~Permit()
{
    if (m_lastFailure)
        fail(*m_lastFailure, Clock::now());
    else
        leave(BreakerVerdict::Neutral, nullptr, Clock::now());
}

std::optional<CircuitRefusal> CircuitBreakers::Permit::renew(TimePoint now)
{
    if (!m_circuit)
        return std::nullopt;
    Circuit::Change change;
    std::expected<Circuit::Ticket, CircuitRefusal> ticket = m_circuit->renew(m_ticket, m_ignoresPause, now, change);
    m_breakers->announce(*m_circuit, change);
    if (!ticket)
        return std::move(ticket.error());
    m_ticket = *ticket;
    return std::nullopt;
}

void CircuitBreakers::Permit::attemptFailed(const Error &error, TimePoint now)
{
    if (!m_circuit)
        return;
    if (breakerVerdict(error, {}) == BreakerVerdict::CoolDown) {
        m_circuit->coolDown(error, now);
        m_ignoresPause = true;
    }
    m_lastFailure = error;
}

void CircuitBreakers::Permit::showContent()
{
    if (m_circuit && m_ticket.holdsPlace)
        m_circuit->showContent(m_ticket);
}

void CircuitBreakers::Permit::succeed(TimePoint now)
{
    leave(BreakerVerdict::Success, nullptr, now);
}

void CircuitBreakers::Permit::fail(const Error &error, TimePoint now)
{
    if (!m_circuit)
        return;
    if (!m_lastFailure)
        attemptFailed(error, now);
    leave(breakerVerdict(*m_lastFailure, m_circuit->settings().countedErrors), &*m_lastFailure, now);
}

void CircuitBreakers::Permit::leave(BreakerVerdict verdict, const Error *error, TimePoint now)
{
    const std::shared_ptr<Circuit> circuit = std::exchange(m_circuit, nullptr);
    if (!circuit)
        return;
    m_breakers->announce(*circuit, circuit->leave(m_ticket, verdict, error, now));
}

} // namespace lunargate
