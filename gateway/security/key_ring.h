// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/error.h"
#include "gateway/security/caller.h"

#include <array>
#include <chrono>

namespace lunargate {

/// The SHA-256 of a key or token.
using CredentialDigest = std::array<char, 32>;
CredentialDigest digestOf(QByteArrayView credential);

/// Whom a key or token belongs to.
struct KnownCaller
{
    QByteArray name = {};
    std::shared_ptr<const CallerRights> rights = {};
    CredentialKind kind = CredentialKind::Key;
};

/// The keys that a configuration knows, ready to be compared. Immutable: any thread may use it.
class KeyRing
{
public:
    /// Without keys unless they are what clients must show.
    explicit KeyRing(const Config &config);

    /// Whose key `candidate` is. How long that takes depends on the candidate's length and the number of keys only:
    /// digests are compared, all of them and whole, whatever is found. Empty text is no key. Fails with InvalidKey
    /// (`invalid_api_key`, or `expired_api_key` when it is a key whose time is over at `now`).
    Result<KnownCaller> find(QByteArrayView candidate, std::chrono::sys_seconds now) const;

    bool hasAdmin() const { return m_hasAdmin; }

private:
    struct Entry
    {
        CredentialDigest digest{};
        KnownCaller caller;
        std::optional<std::chrono::sys_seconds> expires;
    };

    std::vector<Entry> m_entries;
    bool m_hasAdmin = false;
};

} // namespace lunargate
