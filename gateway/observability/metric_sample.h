// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <functional>
#include <utility>
#include <vector>

namespace lunargate {

/// A number that somebody else keeps, as it is when the metrics are asked for.
struct MetricSample
{
    enum class Type { Counter, Gauge };

    const char *name = "";
    const char *help = "";
    Type type = Type::Gauge;
    std::vector<std::pair<const char *, QByteArray>> labels = {}; ///< of a bounded set, as everywhere
    double value = 0;
};

/// Gives such numbers; those of one name stand together. Called from any thread.
using MetricSource = std::function<std::vector<MetricSample>()>;

} // namespace lunargate
