// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"

#include <QVarLengthArray>

#include <cstddef>
#include <optional>
#include <span>

namespace lunargate {

/// A target as the strategies see it.
struct TargetStanding
{
    int weight = 1;                     ///< at least 1: whoever has 0 does not stand for election
    int pending = 0;                    ///< calls that run or wait for their turn
    std::optional<double> latency = {}; ///< milliseconds, see TargetLoad; empty: not known yet
};

/// For each target the part of the next requests that it gets, in relation to the others.
using Shares = QVarLengthArray<double, 8>;

/// What `strategy` gives the targets now. Round-robin is no matter of chance: each has the same share.
/// - Weighted: the weight. Random: the same for all.
/// - LeastPending: those with the fewest running calls for their weight share by weight; the others get nothing.
/// - Latency: those with the lowest latency times running calls (the new one included) share equally; the others get
///   nothing. A target that is not known yet comes first, but with one call only (Finagle's `PeakEwma` does so too).
Shares sharesOf(Strategy strategy, std::span<const TargetStanding> targets);

/// The index that `random` (in [0, 1)) falls on when each one is as likely as its part of the sum. An index without a
/// share is never picked unless none has one. `shares` must not be empty.
std::size_t pickByShare(std::span<const double> shares, double random);

} // namespace lunargate
