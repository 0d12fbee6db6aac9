// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/resilience/circuit.h"
#include "gateway/resilience/concurrency_slots.h"
#include "ui/providers/provider_traffic.h"

#include <optional>
#include <vector>

namespace lunargate::ui {

/// All that a provider's card shows at one time.
struct ProviderFacts
{
    bool hasBreaker = true; ///< `circuit_breaker.enabled`
    bool isByModel = false; ///< `circuit_breaker.scope`
    std::vector<CircuitView> circuits = {};
    std::optional<ConcurrencySlots::View> queue = {}; ///< with a limit of its own
    bool hasHistory = true;                           ///< `history.enabled`
    bool isRead = true;                               ///< `traffic` is whole
    const ProviderTraffic &traffic;

    /// The later of what requests and circuits tell.
    std::optional<ProviderFailure> lastFailure() const;
};

} // namespace lunargate::ui
