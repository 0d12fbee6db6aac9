// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keys/key_import.h"

#include "gateway/config/origin.h"
#include "gateway/config/provider_presets.h"

#include <algorithm>

namespace lunargate {

std::vector<KeyInEnvironment> keysInEnvironment(const Environment &environment)
{
    std::vector<KeyInEnvironment> found;
    for (const ProviderPreset &preset : providerPresets()) {
        const QByteArray value = environment.value(preset.keyVariable).value_or(QByteArray()).trimmed();
        const QByteArray origin = originOf(preset.defaults.baseUrl);
        // One service may have two types (Gemini's own protocol and OpenAI's).
        const bool isThere = std::ranges::contains(found, preset.keyVariable, &KeyInEnvironment::variable);
        if (!value.isEmpty() && !origin.isEmpty() && !isThere)
            found.push_back({.variable = preset.keyVariable, .name = preset.name, .origin = origin});
    }
    return found;
}

KeychainEntry entryOf(const KeyInEnvironment &key, const Environment &environment)
{
    return {.secret = SecretString(environment.value(key.variable).value_or(QByteArray()).trimmed()),
            .origin = key.origin};
}

} // namespace lunargate
