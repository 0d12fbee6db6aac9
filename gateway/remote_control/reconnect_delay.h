// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace lunargate {

/// How long to wait before the backend is tried again: about 1, 2, 4, 8, 16, 16 … seconds, less up to a half at random,
/// so that gateways do not come back all at once. A connection that lasted starts it anew.
class ReconnectDelay
{
public:
    /// What counts as lasting. One that is closed right after it was accepted must not be tried every second.
    static constexpr std::chrono::seconds kLasting{30};

    explicit ReconnectDelay(std::chrono::milliseconds first = std::chrono::seconds(1)) : m_first(first) {}

    /// A connection ended after that time.
    void connectionEnded(std::chrono::nanoseconds lasted);
    /// The next wait. `random` is in [0, 1).
    std::chrono::milliseconds next(double random);
    void reset() { m_failures = 0; }

private:
    std::chrono::milliseconds m_first;
    int m_failures = 0; // since the last connection that lasted
};

} // namespace lunargate
