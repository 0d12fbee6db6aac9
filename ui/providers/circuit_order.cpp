// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/circuit_order.h"

namespace lunargate::ui {

bool CircuitOrder::carryOut(CircuitBreakers &breakers) const
{
    switch (kind) {
    case Kind::Reset:
        return breakers.reset(name);
    case Kind::Open:
        return breakers.forceOpen(name, Clock::now(), duration);
    case Kind::HalfOpen:
        return breakers.forceHalfOpen(name);
    }
    Q_UNREACHABLE_RETURN(false);
}

PossibleOrders PossibleOrders::of(std::span<const CircuitView> circuits)
{
    PossibleOrders possible{.open = !circuits.empty()};
    for (const CircuitView &circuit : circuits) {
        possible.reset |=
            circuit.state != CircuitState::Closed || circuit.cooldown > 0ms || circuit.counts.failures > 0;
        possible.halfOpen |= circuit.state == CircuitState::Open || circuit.cooldown > 0ms;
    }
    return possible;
}

std::vector<OpenDuration> OpenDuration::all()
{
    return {{.duration = std::nullopt, .text = tr("for the configured time")},
            {.duration = 1min, .text = tr("for 1 minute")},
            {.duration = 5min, .text = tr("for 5 minutes")},
            {.duration = 30min, .text = tr("for 30 minutes")},
            {.duration = 2h, .text = tr("for 2 hours")}};
}

} // namespace lunargate::ui
