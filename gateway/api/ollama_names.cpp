// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/ollama_names.h"

#include "gateway/config/config.h"
#include "gateway/routing/model_id.h"

#include <algorithm>

namespace lunargate::api {

namespace {

constexpr QByteArrayView kLatest = ":latest";

bool isOf(const TargetConfig &target, const ModelId &id)
{
    return target.model == id.model && (id.isPlain() || target.provider == id.provider);
}

bool isConfigured(const Config &config, QByteArrayView name)
{
    if (config.routing.modelAliases.contains(name.toByteArray()))
        return true;
    const ModelId id = readModelId(name, config);
    const auto isTarget = [&](const TargetConfig &target) { return isOf(target, id); };
    const auto isInRoute = [&](const RouteConfig &route) {
        return std::ranges::any_of(route.targets, isTarget) || std::ranges::any_of(route.fallback, isTarget);
    };
    const auto hasModel = [&](const ProviderConfig &provider) {
        return (id.isPlain() || provider.id == id.provider) &&
               (provider.defaultModel == id.model || std::ranges::contains(provider.models.staticModels, id.model));
    };
    return std::ranges::any_of(config.routing.routes, isInRoute) || std::ranges::any_of(config.providers, hasModel);
}

} // namespace

QByteArray modelMeant(const Config &config, QByteArrayView name)
{
    if (isConfigured(config, name))
        return name.toByteArray();
    if (name.endsWith(kLatest))
        return name.chopped(kLatest.size()).toByteArray();
    QByteArray tagged = name.toByteArray().append(kLatest);
    return isConfigured(config, tagged) ? tagged : name.toByteArray();
}

const ModelEntry *findModel(const ModelCatalogue &catalogue, QByteArrayView name)
{
    if (const ModelEntry *model = catalogue.find(name))
        return model;
    if (name.endsWith(kLatest))
        return catalogue.find(name.chopped(kLatest.size()));
    return catalogue.find(name.toByteArray().append(kLatest));
}

} // namespace lunargate::api
