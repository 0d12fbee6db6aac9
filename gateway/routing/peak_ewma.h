// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"

#include <optional>

namespace lunargate {

/// A moving average of latencies that believes bad news at once and good news only as time goes by: peak EWMA, as in
/// Finagle's and Linkerd's balancers (twitter/finagle, `PeakEwma.scala`). Latencies are in milliseconds.
class PeakEwma
{
public:
    /// The time in which what was seen before loses all but 1/e of its say. Finagle and Linkerd take 10 s, for calls
    /// of milliseconds. Models answer in seconds and are often asked less than once in ten, so with that value every
    /// target would be forgotten before its next turn. A target that is r times as slow as the others is tried again
    /// about kDecayTime * ln(r) after its last call.
    static constexpr std::chrono::seconds kDecayTime{60};

    void observe(double latency, TimePoint now);

    /// As it was after the last observation; nothing before the first one.
    std::optional<double> last() const { return m_value; }

    /// What is left of it now: without observations it goes towards 0, so that a slow target gets another chance.
    std::optional<double> decayed(TimePoint now) const;

private:
    double weightAt(TimePoint now) const;

    std::optional<double> m_value;
    TimePoint m_observedAt{};
};

} // namespace lunargate
