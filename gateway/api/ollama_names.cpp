// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/ollama_names.h"

#include "gateway/config/config.h"
#include "gateway/pipeline/runtime.h"
#include "gateway/routing/model_id.h"

#include <algorithm>

namespace lunargate::api {

namespace {

constexpr QByteArrayView kLatest = ":latest";

// With the tag instead of without it, or the other way round.
QByteArray otherName(QByteArrayView name)
{
    return name.endsWith(kLatest) ? name.chopped(kLatest.size()).toByteArray() : name.toByteArray().append(kLatest);
}

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

QByteArray modelMeant(const Config &config, const std::function<ModelCatalogue()> &catalogue, QByteArrayView name)
{
    const QByteArray said = name.toByteArray();
    const QByteArray other = otherName(name);
    for (const QByteArray &spelling : {said, other}) {
        if (isConfigured(config, spelling))
            return spelling;
    }
    const ModelCatalogue told = catalogue();
    for (const QByteArray &spelling : {said, other}) {
        if (told.find(spelling))
            return spelling;
    }
    return name.endsWith(kLatest) ? other : said;
}

QByteArray modelMeant(const Runtime &runtime, QByteArrayView name)
{
    return modelMeant(*runtime.config, [&runtime] { return runtime.catalogue(); }, name);
}

const ModelEntry *findModel(const ModelCatalogue &catalogue, QByteArrayView name)
{
    if (const ModelEntry *model = catalogue.find(name))
        return model;
    return catalogue.find(otherName(name));
}

} // namespace lunargate::api
