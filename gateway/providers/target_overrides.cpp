// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/target_overrides.h"

namespace lunargate {

namespace {

template <typename T>
void replace(std::optional<T> &value, const std::optional<T> &narrower)
{
    if (narrower)
        value = narrower;
}

void replace(TimeoutsConfig &timeouts, const TimeoutsConfig &narrower)
{
    replace(timeouts.connect, narrower.connect);
    replace(timeouts.headers, narrower.headers);
    replace(timeouts.firstContent, narrower.firstContent);
    replace(timeouts.betweenChunks, narrower.betweenChunks);
    replace(timeouts.total, narrower.total);
}

} // namespace

TargetOverrides effectiveOverrides(const RouteConfig &route, const TargetConfig &target)
{
    TargetOverrides overrides = target.overrides;
    overrides.timeouts = route.timeouts;
    replace(overrides.timeouts, target.overrides.timeouts);
    return overrides;
}

ProviderConfig withOverrides(ProviderConfig provider, const TargetOverrides &overrides)
{
    replace(provider.timeouts, overrides.timeouts);
    replace(provider.temperature, overrides.temperature);
    replace(provider.topP, overrides.topP);
    replace(provider.topK, overrides.topK);
    replace(provider.maxTokens, overrides.maxTokens);
    for (const auto &[name, value] : overrides.headers)
        provider.headers[name] = value;
    return provider;
}

} // namespace lunargate
