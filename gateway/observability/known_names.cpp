// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/known_names.h"

#include "gateway/config/config.h"
#include "gateway/config/reserved_names.h"

namespace lunargate {

namespace {

QByteArray withoutProviderPrefix(const Config &config, const QByteArray &model)
{
    const qsizetype slash = model.indexOf('/');
    return slash > 0 && config.provider(QByteArrayView(model).first(slash)) ? model.sliced(slash + 1) : model;
}

} // namespace

KnownNames knownNames(const Config &config)
{
    KnownNames names;
    const auto addModel = [&](const QByteArray &model) {
        if (!model.isEmpty())
            names.models.push_back(withoutProviderPrefix(config, model));
    };
    for (const ProviderConfig &provider : config.providers) {
        names.providers.push_back(provider.id);
        addModel(provider.defaultModel);
        for (const QByteArray &model : provider.models.staticModels)
            addModel(model);
    }
    for (const RouteConfig &route : config.routing.routes) {
        names.routes.push_back(route.name);
        for (const auto *targets : {&route.targets, &route.fallback}) {
            for (const TargetConfig &target : *targets)
                addModel(target.model);
        }
    }
    for (const auto &[alias, model] : config.routing.modelAliases)
        addModel(model);
    if (config.security.enabled) {
        for (const SecurityConfig::Key &key : config.security.keys)
            names.callers.push_back(key.name);
        names.callers.emplace_back("other"); // who has a token
    }
    if (config.dataSharing.remoteControl)
        names.callers.emplace_back(kRemoteControlCaller);
    return names;
}

} // namespace lunargate
