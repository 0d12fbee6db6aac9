// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

namespace lunargate {

/// The index that `random` (in [0, 1)) falls on when each one is as likely as its weight's share of the sum.
/// A weight of zero or less counts as 1. `weights` must not be empty.
std::size_t pickWeighted(std::span<const int> weights, double random);

/// The index below `count` that `random` (in [0, 1)) falls on, all equally likely. `count` must not be 0.
std::size_t pickUniform(std::size_t count, double random);

} // namespace lunargate
