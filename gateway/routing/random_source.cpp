// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/random_source.h"

#include <random>

namespace lunargate {

double threadLocalRandom()
{
    thread_local std::mt19937_64 generator{std::random_device{}()};
    return std::uniform_real_distribution<double>{}(generator);
}

} // namespace lunargate
