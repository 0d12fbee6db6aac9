// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/configured_model.h"

#include "gateway/config/config.h"

#include <algorithm>

namespace lunargate {

namespace {

bool isOfProvider(const ProviderConfig &provider, const ModelId &id)
{
    if (!id.isPlain() && provider.id != id.provider)
        return false;
    return provider.defaultModel == id.model || std::ranges::contains(provider.models.staticModels, id.model) ||
           std::ranges::contains(provider.knownModels, id.model, &KnownModel::id);
}

bool isOfRoute(const RouteConfig &route, const ModelId &id)
{
    const auto isIt = [&id](const TargetConfig &target) {
        return target.model == id.model && (id.isPlain() || target.provider == id.provider);
    };
    return std::ranges::any_of(route.targets, isIt) || std::ranges::any_of(route.fallback, isIt);
}

} // namespace

bool isConfiguredModel(const Config &config, const ModelId &id)
{
    return std::ranges::any_of(config.providers, [&](const auto &provider) { return isOfProvider(provider, id); }) ||
           std::ranges::any_of(config.routing.routes, [&](const auto &route) { return isOfRoute(route, id); });
}

} // namespace lunargate
