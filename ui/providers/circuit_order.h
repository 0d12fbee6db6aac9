// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/resilience/circuit_breakers.h"

#include <QCoreApplication>

#include <optional>
#include <vector>

namespace lunargate::ui {

/// What the user wants of a provider's circuits.
struct CircuitOrder
{
    enum class Kind {
        Reset,    ///< closed, and all failures forgotten
        Open,     ///< no calls for a while
        HalfOpen, ///< the next requests probe it
    };

    QByteArray name = {}; ///< PROVIDER, or PROVIDER/MODEL
    Kind kind = Kind::Reset;
    std::optional<milliseconds> duration = {}; ///< of Open; nothing: `circuit_breaker.open_for`

    /// False if there is no such circuit.
    bool carryOut(CircuitBreakers &breakers) const;
};

/// Which orders would change something.
struct PossibleOrders
{
    static PossibleOrders of(std::span<const CircuitView> circuits);

    bool reset = false;
    bool open = false;
    bool halfOpen = false;

    bool operator==(const PossibleOrders &) const = default;
};

/// How long a circuit can be opened for by hand.
struct OpenDuration
{
    /// The choices.
    static std::vector<OpenDuration> all();

    std::optional<milliseconds> duration; ///< nothing: `circuit_breaker.open_for`
    QString text;                         ///< `for 5 minutes`

    Q_DECLARE_TR_FUNCTIONS(OpenDuration)
};

} // namespace lunargate::ui
