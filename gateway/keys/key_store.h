// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/keychain_entry.h"

#include <vector>

namespace lunargate {

/// A key that was put into the keychain, without its secret.
struct KeyName
{
    QByteArray name;
    QByteArray origin; ///< as it was when the key was put there; what counts stands with the secret
};

/// The keys of a keychain, with a list of their names, which keychains do not tell: an entry of its own keeps it. Every
/// function waits for the keychain until `stop`, and fails as it does.
class KeyStore
{
public:
    /// Where the list is kept; no key can have this name.
    static constexpr const char *kListName = ":names";

    /// `keychain` outlives it.
    KeyStore(Keychain &keychain, std::stop_token stop) : m_keychain(keychain), m_stop(std::move(stop)) {}

    /// By name; keys that others put there are missing. Fails with `keychain_entry_unknown` if a later version wrote
    /// the list.
    Result<std::vector<KeyName>> names();
    Result<KeychainEntry> read(const QByteArray &name) { return readKeychainEntry(m_keychain, name, m_stop); }
    /// The origin that the key of that name is bound to; empty if there is none of either.
    Result<QByteArray> boundTo(const QByteArray &name);
    /// Puts a key there; fails with `keychain_entry_exists` if there is one of that name.
    Result<void> add(const QByteArray &name, const KeychainEntry &entry);
    /// Puts a key there, or another one in its place.
    Result<void> set(const QByteArray &name, const KeychainEntry &entry);
    /// Fails with `keychain_entry_missing` if there is none of that name; the list forgets it in any case.
    Result<void> remove(const QByteArray &name);

private:
    Result<void> writeNames(const std::vector<KeyName> &names);

    Keychain &m_keychain;
    std::stop_token m_stop;
};

} // namespace lunargate
