// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keys/key_uses.h"

#include "gateway/config/config_reader.h"
#include "gateway/config/origin.h"
#include "gateway/config/provider_presets.h"
#include "gateway/security/placeholder_keychain.h"

#include <algorithm>
#include <set>

namespace lunargate {

std::vector<KeyUse> keyUsesOfFile(const QString &path)
{
    PlaceholderKeychain keychain;
    Environment environment = Environment::ofProcess();
    environment.setKeychain(&keychain);
    return readConfigFile(path, environment).keyUses;
}

Result<QByteArray> originForKey(const QByteArray &name, const std::vector<KeyUse> &uses)
{
    std::set<QByteArray> origins;
    for (const KeyUse &use : uses) {
        if (const QByteArray origin = originOf(use.address); use.name == name && !origin.isEmpty())
            origins.insert(origin);
    }
    if (origins.size() == 1)
        return *origins.begin();
    if (origins.size() > 1) {
        QByteArray list;
        for (const QByteArray &origin : origins)
            list += (list.isEmpty() ? "" : ", ") + origin;
        return std::unexpected(Error{.reason = "several_origins",
                                     .message = "the configuration uses the key '" + name +
                                                "' for several addresses (" + list + "); say for which one it is"});
    }
    const bool isUsed = std::ranges::any_of(uses, [&](const KeyUse &use) { return use.name == name; });
    const ProviderPreset *preset = isUsed ? nullptr : findProviderPreset(name.toLower());
    return preset ? originOf(preset->defaults.baseUrl) : QByteArray();
}

} // namespace lunargate
