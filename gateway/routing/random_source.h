// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

namespace lunargate {

/// Gives numbers uniform in [0, 1). Called from every worker, so it must be thread-safe.
using RandomSource = std::function<double()>;

/// The default: one generator a thread, seeded by the system.
double threadLocalRandom();

} // namespace lunargate
