// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config.h"

#include <algorithm>
#include <tuple>

namespace lunargate {

const ProviderConfig *Config::provider(QByteArrayView id) const
{
    const auto it =
        std::ranges::find_if(providers, [id](const ProviderConfig &candidate) { return candidate.id == id; });
    return it == providers.end() ? nullptr : &*it;
}

bool DataSharingConfig::operator==(const DataSharingConfig &other) const
{
    const auto others = [](const DataSharingConfig &sharing) {
        return std::tie(sharing.enabled, sharing.sharePrompts, sharing.shareResponses, sharing.backendUrl,
                        sharing.gatewayLat, sharing.gatewayLon, sharing.compress, sharing.spoolPath,
                        sharing.maxSpoolBytes, sharing.remoteControl);
    };
    return apiKey.isSame(other.apiKey) && others(*this) == others(other);
}

} // namespace lunargate
