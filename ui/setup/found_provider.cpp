// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/setup/found_provider.h"

#include "gateway/config/provider_presets.h"

#include <QCoreApplication>

#include <algorithm>

namespace lunargate::ui {

namespace {

struct Found
{
    Q_DECLARE_TR_FUNCTIONS(FoundProvider)
};

} // namespace

QString describe(const FoundProvider &provider)
{
    const QString name = QString::fromUtf8(provider.id);
    if (provider.baseUrl.isEmpty())
        return Found::tr("%1 · its key is in %2").arg(name, QString::fromUtf8(provider.keyVariable));
    const QString url = QString::fromUtf8(provider.baseUrl);
    if (provider.modelCount == 0)
        return Found::tr("%1 · runs at %2, without any model").arg(name, url);
    if (provider.modelCount == 1)
        return Found::tr("%1 · runs at %2, with one model").arg(name, url);
    return Found::tr("%1 · runs at %2, with %3 models").arg(name, url, QString::number(provider.modelCount));
}

// Of services that share a key the first one is taken. One without an address of its own needs more than a key.
std::vector<FoundProvider> providersWithKeys(const Environment &environment)
{
    std::vector<FoundProvider> found;
    for (const ProviderPreset &preset : providerPresets()) {
        const bool isComplete = !preset.keyVariable.isEmpty() && !preset.defaults.baseUrl.isEmpty();
        const bool isKnown = std::ranges::contains(found, preset.keyVariable, &FoundProvider::keyVariable);
        if (isComplete && !isKnown && !environment.value(preset.keyVariable).value_or("").isEmpty())
            found.push_back({.id = preset.name, .type = preset.name, .keyVariable = preset.keyVariable});
    }
    return found;
}

} // namespace lunargate::ui
