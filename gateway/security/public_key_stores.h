// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/security/public_key_store.h"

#include <deque>

namespace lunargate {

/// The public keys by where they come from: a configuration that names the same place as the one before has them at
/// once. Any thread.
class PublicKeyStores
{
public:
    /// The store of that file or address. The last few are remembered.
    std::shared_ptr<PublicKeyStore> of(const SecurityConfig::Jwt &settings);

    /// Of all: see PublicKeyStore::markOld().
    void markOld();

private:
    struct Entry
    {
        QByteArray place;
        std::shared_ptr<PublicKeyStore> store;
    };

    std::mutex m_mutex; // protects m_entries
    std::deque<Entry> m_entries;
};

} // namespace lunargate
