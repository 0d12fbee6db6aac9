// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/cache/content_hash.h"
#include "gateway/config/config.h"

#include <map>

namespace lunargate {

/// A digest of everything in a provider's configuration that may change what it answers: address, key, headers,
/// defaults, quirks … and nothing else, so that answers outlive a change of timeouts. Nobody can read the key from it.
ContentHash::Digest providerVersion(const ProviderConfig &provider);

/// The same for what a target says otherwise than its provider.
void addOverrides(ContentHash &hash, const TargetOverrides &overrides);

/// The digests of all providers of one configuration. Immutable.
class ProviderVersions
{
public:
    /// Of none, if nothing is cached.
    explicit ProviderVersions(const Config &config);

    /// Nothing if there is none of that id.
    const ContentHash::Digest *find(const QByteArray &providerId) const;

private:
    std::map<QByteArray, ContentHash::Digest> m_versions;
};

} // namespace lunargate
