// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/resilience/circuit.h"
#include "ui/theme/icons.h"

#include <QCoreApplication>

#include <span>

namespace lunargate::ui {

/// `24 s`, `4 m 05 s`, `1 h 20 m`: what is left until something happens. Goes on with each full second.
QString countdownText(milliseconds left);

/// The local time, with its date if it is not of today.
QString momentText(std::chrono::system_clock::time_point moment);

/// How a circuit is shown.
struct CircuitText
{
    /// One circuit.
    static CircuitText of(const CircuitView &circuit);
    /// All those of a provider's models.
    static CircuitText ofModels(std::span<const CircuitView> circuits);
    /// There are no circuits (`circuit_breaker.enabled`).
    static CircuitText ofNone();

    Glyph glyph = Glyph::Check;
    Tone tone = Tone::Ok;
    QString state;
    QString detail; ///< may be empty

    Q_DECLARE_TR_FUNCTIONS(CircuitText)
};

} // namespace lunargate::ui
