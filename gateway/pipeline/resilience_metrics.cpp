// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/resilience_metrics.h"

#include "gateway/resilience/circuit_breakers.h"
#include "gateway/resilience/concurrency_slots.h"

#include <algorithm>

namespace lunargate {

namespace {

using Sample = MetricReading::Sample;

double levelOf(CircuitState state)
{
    switch (state) {
    case CircuitState::Closed:
        return 0;
    case CircuitState::HalfOpen:
        return 1;
    case CircuitState::Open:
        return 2;
    }
    Q_UNREACHABLE_RETURN(0);
}

// The worst of a provider's circuits, for every provider there is.
MetricReading states(const CircuitBreakers &breakers, const CircuitBreakers::CountersByProvider &counters)
{
    std::map<QByteArray, double> worst;
    for (const auto &[provider, numbers] : counters)
        worst.emplace(provider, 0);
    for (const CircuitView &view : breakers.views(Clock::now())) {
        double &level = worst[view.provider];
        level = std::max(level, levelOf(view.state));
    }
    MetricReading reading{.name = "ai_router_circuit_breaker_state",
                          .help = "Circuit breaker state (0=closed, 1=half-open, 2=open)",
                          .samples = {}};
    for (const auto &[provider, level] : worst)
        reading.samples.push_back({.labels = {{"provider", provider}}, .value = level});
    return reading;
}

MetricReading transitions(const CircuitBreakers::CountersByProvider &counters)
{
    MetricReading reading{.name = "lunargate_circuit_transitions_total",
                          .help = "Total number of circuit breaker state changes",
                          .isCounter = true,
                          .samples = {}};
    for (const auto &[provider, numbers] : counters) {
        for (const CircuitState state : {CircuitState::Closed, CircuitState::HalfOpen, CircuitState::Open}) {
            const auto &count = numbers->transitions[static_cast<size_t>(state)];
            reading.samples.push_back({.labels = {{"provider", provider}, {"to", circuitStateName(state)}},
                                       .value = static_cast<double>(count.load(std::memory_order_relaxed))});
        }
    }
    return reading;
}

MetricReading refusals(const CircuitBreakers::CountersByProvider &counters,
                       const std::vector<ConcurrencySlots::View> &queues)
{
    MetricReading reading{.name = "lunargate_refused_calls_total",
                          .help = "Total number of calls to providers that the gateway did not make, by reason",
                          .isCounter = true,
                          .samples = {}};
    const auto add = [&reading](const QByteArray &provider, const char *reason, quint64 count) {
        reading.samples.push_back(
            {.labels = {{"provider", provider}, {"reason", reason}}, .value = static_cast<double>(count)});
    };
    for (const auto &[provider, numbers] : counters) {
        add(provider, "circuit_open", numbers->refusedOpen.load(std::memory_order_relaxed));
        add(provider, "provider_cooling_down", numbers->refusedCoolingDown.load(std::memory_order_relaxed));
    }
    for (const ConcurrencySlots::View &queue : queues) {
        add(queue.provider, "provider_queue_full", queue.refusedFull);
        add(queue.provider, "provider_queue_timeout", queue.refusedTimeout);
    }
    return reading;
}

MetricReading perQueue(const char *name, const char *help, const std::vector<ConcurrencySlots::View> &queues,
                       int ConcurrencySlots::View::*number)
{
    MetricReading reading{.name = name, .help = help, .samples = {}};
    for (const ConcurrencySlots::View &queue : queues)
        reading.samples.push_back({.labels = {{"provider", queue.provider}}, .value = double(queue.*number)});
    return reading;
}

} // namespace

std::vector<MetricReading> resilienceMetrics(const CircuitBreakers &breakers, const ConcurrencySlots &slots)
{
    using View = ConcurrencySlots::View;
    const CircuitBreakers::CountersByProvider counters = breakers.counters();
    const std::vector<View> queues = slots.views();
    return {states(breakers, counters), transitions(counters), refusals(counters, queues),
            perQueue("lunargate_provider_running_calls", "Calls that hold one of a provider's slots", queues,
                     &View::running),
            perQueue("lunargate_provider_waiting_calls", "Calls that wait for one of a provider's slots", queues,
                     &View::waiting)};
}

} // namespace lunargate
