// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/replay/replay_targets.h"

#include "gateway/config/config.h"

#include <QCoreApplication>

#include <algorithm>

namespace lunargate::ui {

namespace {

QString translated(const char *text)
{
    return QCoreApplication::translate("ReplayTargets", text);
}

// A target without a model serves all of its provider.
std::vector<QByteArray> modelsOf(const Config &config, const TargetConfig &target)
{
    if (!target.model.isEmpty())
        return {target.model};
    std::vector<QByteArray> models;
    if (const ProviderConfig *provider = config.provider(target.provider)) {
        models = provider->models.staticModels;
        if (!provider->defaultModel.isEmpty())
            models.insert(models.begin(), provider->defaultModel);
    }
    return models;
}

/// Each model once, with the first route that has it: what a route does not have cannot be asked of it.
void addModels(const Config &config, const RouteConfig &route, std::vector<ReplayTarget> &targets)
{
    for (const auto *served : {&route.targets, &route.fallback}) {
        for (const TargetConfig &target : *served) {
            for (const QByteArray &model : modelsOf(config, target)) {
                QByteArray name = model.startsWith(target.provider + '/') ? model : target.provider + '/' + model;
                if (!std::ranges::contains(targets, name, &ReplayTarget::model))
                    targets.push_back({.text = QString::fromUtf8(name), .route = route.name, .model = name});
            }
        }
    }
}

} // namespace

std::vector<ReplayTarget> replayTargets(const Config &config)
{
    std::vector<ReplayTarget> targets{
        {.text = translated(QT_TRANSLATE_NOOP("ReplayTargets", "As before")), .route = {}, .model = {}}};
    const QString text = translated(QT_TRANSLATE_NOOP("ReplayTargets", "Route %1"));
    for (const RouteConfig &route : config.routing.routes)
        targets.push_back({.text = text.arg(QString::fromUtf8(route.name)), .route = route.name, .model = {}});
    for (const RouteConfig &route : config.routing.routes)
        addModels(config, route, targets);
    return targets;
}

} // namespace lunargate::ui
