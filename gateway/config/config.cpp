// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config.h"

#include <algorithm>

namespace lunargate {

const ProviderConfig *Config::provider(QByteArrayView id) const
{
    const auto it =
        std::ranges::find_if(providers, [id](const ProviderConfig &candidate) { return candidate.id == id; });
    return it == providers.end() ? nullptr : &*it;
}

} // namespace lunargate
