// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/public_key_stores.h"

#include <algorithm>

namespace lunargate {

namespace {

// The running configuration's, and those of requests that began under earlier ones.
constexpr std::size_t kMostStores = 4;

} // namespace

std::shared_ptr<PublicKeyStore> PublicKeyStores::of(const SecurityConfig::Jwt &settings)
{
    const QByteArray place = settings.jwksFile.isEmpty() ? "url " + settings.jwksUrl : "file " + settings.jwksFile;
    const std::scoped_lock lock(m_mutex);
    const auto known = std::ranges::find(m_entries, place, &Entry::place);
    if (known != m_entries.end())
        return known->store;
    if (m_entries.size() == kMostStores)
        m_entries.pop_front();
    using Origin = PublicKeyStore::Origin;
    const Origin origin = settings.jwksFile.isEmpty() ? Origin::Address : Origin::File;
    m_entries.push_back({place, std::make_shared<PublicKeyStore>(origin)});
    return m_entries.back().store;
}

void PublicKeyStores::markOld()
{
    const std::scoped_lock lock(m_mutex);
    for (const Entry &entry : m_entries)
        entry.store->markOld();
}

} // namespace lunargate
