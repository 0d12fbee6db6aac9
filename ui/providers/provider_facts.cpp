// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/providers/provider_facts.h"

namespace lunargate::ui {

std::optional<ProviderFailure> ProviderFacts::lastFailure() const
{
    std::optional<ProviderFailure> last = traffic.lastFailure();
    for (const CircuitView &circuit : circuits) {
        if (circuit.lastErrorAt && (!last || last->at < *circuit.lastErrorAt))
            last = {.at = *circuit.lastErrorAt, .reason = circuit.lastError, .status = circuit.lastStatus};
    }
    return last;
}

} // namespace lunargate::ui
