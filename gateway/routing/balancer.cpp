// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/balancer.h"

#include <algorithm>
#include <numeric>

namespace lunargate {

namespace {

// A target without any latency yet that has a call already: worse than every known one (Finagle's `Penalty`).
constexpr double kUnknownCost = 1e12;

double relativePending(const TargetStanding &target)
{
    return static_cast<double>(target.pending) / target.weight;
}

double latencyCost(const TargetStanding &target)
{
    if (target.latency)
        return *target.latency * (target.pending + 1);
    return target.pending == 0 ? 0 : kUnknownCost + target.pending;
}

double weightOf(const TargetStanding &target)
{
    return target.weight;
}

double one(const TargetStanding &)
{
    return 1;
}

/// Those whose `cost` is the lowest share as `share` says.
template <typename Cost, typename Share>
Shares shareAmongCheapest(std::span<const TargetStanding> targets, Cost cost, Share share)
{
    Shares costs;
    for (const TargetStanding &target : targets)
        costs.push_back(cost(target));
    const double lowest = costs.isEmpty() ? 0 : *std::ranges::min_element(costs);
    for (qsizetype index = 0; index < costs.size(); ++index)
        costs[index] = costs[index] <= lowest ? share(targets[static_cast<std::size_t>(index)]) : 0.0;
    return costs;
}

template <typename Share>
Shares shareAmongAll(std::span<const TargetStanding> targets, Share share)
{
    Shares shares;
    for (const TargetStanding &target : targets)
        shares.push_back(share(target));
    return shares;
}

} // namespace

Shares sharesOf(Strategy strategy, std::span<const TargetStanding> targets)
{
    switch (strategy) {
    case Strategy::Weighted:
        return shareAmongAll(targets, weightOf);
    case Strategy::LeastPending:
        return shareAmongCheapest(targets, relativePending, weightOf);
    case Strategy::Latency:
        return shareAmongCheapest(targets, latencyCost, one);
    case Strategy::RoundRobin:
    case Strategy::Random:
        break;
    }
    return shareAmongAll(targets, one);
}

std::size_t pickByShare(std::span<const double> shares, double random)
{
    double left = random * std::accumulate(shares.begin(), shares.end(), 0.0);
    std::size_t last = 0;
    for (std::size_t index = 0; index < shares.size(); ++index) {
        if (shares[index] <= 0)
            continue;
        last = index;
        left -= shares[index];
        if (left < 0)
            return index;
    }
    return last; // rounding may leave a rest just below 1
}

} // namespace lunargate
