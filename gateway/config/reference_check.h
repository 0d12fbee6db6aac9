// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/sections.h"

namespace lunargate {

/// What one section says about another.
struct References
{
    std::vector<ProviderReference> used;
    std::vector<UnusableProvider> unusable;
    std::vector<NameReference> routes;
    std::vector<NameReference> limitedKeys;
};

/// Reports targets and aliases that name no provider, keys that name no route, limits that name no key, unusable
/// providers, and a configuration without any usable one.
void checkReferences(SectionReader &root, const Config &config, const References &references);

} // namespace lunargate
