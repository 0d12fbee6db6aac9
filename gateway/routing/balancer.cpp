// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/balancer.h"

#include <algorithm>
#include <numeric>

namespace lunargate {

namespace {

double effective(int weight)
{
    return weight <= 0 ? 1.0 : static_cast<double>(weight);
}

} // namespace

std::size_t pickWeighted(std::span<const int> weights, double random)
{
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0,
                                       [](double total, int weight) { return total + effective(weight); });
    double left = random * sum;
    for (std::size_t index = 0; index < weights.size(); ++index) {
        left -= effective(weights[index]);
        if (left < 0)
            return index;
    }
    // Rounding may leave a rest just below 1.
    return weights.size() - 1;
}

std::size_t pickUniform(std::size_t count, double random)
{
    return std::min(static_cast<std::size_t>(random * static_cast<double>(count)), count - 1);
}

} // namespace lunargate
