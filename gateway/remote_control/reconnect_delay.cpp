// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/remote_control/reconnect_delay.h"

#include <algorithm>

namespace lunargate {

namespace {

constexpr int kMostDoublings = 4;

} // namespace

void ReconnectDelay::connectionEnded(std::chrono::nanoseconds lasted)
{
    if (lasted >= kLasting)
        reset();
}

std::chrono::milliseconds ReconnectDelay::next(double random)
{
    const std::chrono::milliseconds whole = m_first * (1 << std::min(m_failures, kMostDoublings));
    ++m_failures;
    return std::chrono::duration_cast<std::chrono::milliseconds>(whole * (1 - random / 2));
}

} // namespace lunargate
