// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/keys/key_service.h"

#include "gateway/config/origin.h"
#include "gateway/config/provider_presets.h"

#include <algorithm>

namespace lunargate::ui {

std::vector<KeyService> keyServices(const std::vector<ProviderConfig> &providers)
{
    std::vector<KeyService> services;
    const auto add = [&services](const QByteArray &name, const QByteArray &url) {
        const QByteArray origin = originOf(url);
        if (!origin.isEmpty() && !std::ranges::contains(services, name, &KeyService::name))
            services.push_back({.name = name, .origin = origin});
    };
    for (const ProviderConfig &provider : providers)
        add(provider.id, provider.baseUrl);
    for (const ProviderPreset &preset : providerPresets()) {
        if (!preset.keyVariable.isEmpty())
            add(preset.name, preset.defaults.baseUrl);
    }
    return services;
}

} // namespace lunargate::ui
