// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/peak_ewma.h"

#include <algorithm>
#include <cmath>

namespace lunargate {

void PeakEwma::observe(double latency, TimePoint now)
{
    if (!m_value || latency >= *m_value) {
        m_value = latency;
    } else {
        const double weight = weightAt(now);
        m_value = *m_value * weight + latency * (1 - weight);
    }
    m_observedAt = now;
}

std::optional<double> PeakEwma::decayed(TimePoint now) const
{
    return m_value ? std::optional(*m_value * weightAt(now)) : std::nullopt;
}

// What the value from before counts now. Calls of several threads may bring their times out of order.
double PeakEwma::weightAt(TimePoint now) const
{
    using Seconds = std::chrono::duration<double>;
    const Seconds age = std::max(Seconds(now - m_observedAt), Seconds(0));
    return std::exp(-age / Seconds(kDecayTime));
}

} // namespace lunargate
