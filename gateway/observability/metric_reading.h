// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <functional>
#include <utility>
#include <vector>

namespace lunargate {

/// Numbers that somebody else keeps, as they are at the moment. Label values must come from a bounded set.
struct MetricReading
{
    struct Sample
    {
        std::vector<std::pair<const char *, QByteArray>> labels;
        double value = 0;
    };

    const char *name = "";
    const char *help = "";
    bool isCounter = false; ///< otherwise a gauge
    std::vector<Sample> samples;
};

/// A single number that goes up and down.
inline MetricReading gaugeReading(const char *name, const char *help, double value)
{
    return {.name = name, .help = help, .samples = {{.labels = {}, .value = value}}};
}

/// A single number that only grows.
inline MetricReading counterReading(const char *name, const char *help, double value)
{
    return {.name = name, .help = help, .isCounter = true, .samples = {{.labels = {}, .value = value}}};
}

/// Gives such numbers, each name once. Called from any thread, for what is simpler to read than to count along.
using MetricSource = std::function<std::vector<MetricReading>()>;

} // namespace lunargate
