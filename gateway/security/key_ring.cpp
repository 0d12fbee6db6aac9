// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/key_ring.h"

#include <QCryptographicHash>

#include <algorithm>

namespace lunargate {

namespace {

// Every byte is looked at, whatever was found before.
bool isSame(const CredentialDigest &a, const CredentialDigest &b)
{
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned char>(a[i] ^ b[i]);
    return difference == 0;
}

CredentialDigest digestOfKey(const SecurityConfig::Key &key)
{
    if (key.sha256.isEmpty())
        return digestOf(key.value.reveal());
    CredentialDigest digest{};
    std::ranges::copy_n(key.sha256.begin(), std::min<qsizetype>(key.sha256.size(), digest.size()), digest.begin());
    return digest;
}

} // namespace

CredentialDigest digestOf(QByteArrayView credential)
{
    CredentialDigest digest;
    QCryptographicHash::hashInto(digest, credential, QCryptographicHash::Sha256);
    return digest;
}

KeyRing::KeyRing(const Config &config)
{
    const SecurityConfig &security = config.security;
    if (!security.enabled || security.provider != AuthProvider::ApiKey)
        return;
    for (const SecurityConfig::Key &key : security.keys) {
        if (key.value.isEmpty() && key.sha256.isEmpty())
            continue; // it would let in whoever shows nothing
        CallerRights rights{.routes = key.routes, .models = modelPatterns(key.models, config), .isAdmin = key.isAdmin};
        m_entries.push_back({.digest = digestOfKey(key),
                             .caller = {key.name, std::make_shared<const CallerRights>(std::move(rights))},
                             .expires = key.expires});
        m_hasAdmin |= key.isAdmin;
    }
}

Result<KnownCaller> KeyRing::find(QByteArrayView candidate, std::chrono::sys_seconds now) const
{
    const CredentialDigest digest = digestOf(candidate);
    const Entry *found = nullptr;
    for (const Entry &entry : m_entries)
        found = isSame(entry.digest, digest) ? &entry : found;
    if (!found || candidate.isEmpty())
        return std::unexpected(
            Error{.kind = ErrorKind::InvalidKey, .reason = "invalid_api_key", .message = "invalid API key"});
    if (found->expires && *found->expires <= now)
        return std::unexpected(Error{.kind = ErrorKind::InvalidKey,
                                     .reason = "expired_api_key",
                                     .message = "the API key '" + found->caller.name +
                                                "' has expired; ask whoever runs the gateway for a new one"});
    return found->caller;
}

} // namespace lunargate
