// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/security/key_ring.h"

#include <cstring>
#include <deque>
#include <shared_mutex>
#include <unordered_map>

namespace lunargate {

/// Tokens whose signature was found right, so that it is checked once and not with every request. They are known by the
/// digest of the whole token. Any thread.
class VerifiedTokens
{
public:
    explicit VerifiedTokens(std::size_t most = 10'000) : m_most(most) {}
    VerifiedTokens(const VerifiedTokens &) = delete;
    VerifiedTokens &operator=(const VerifiedTokens &) = delete;

    /// Whose token it is, if it was checked with that version of the keys and has not ended at `now`.
    std::optional<KnownCaller> find(const CredentialDigest &token, quint64 keysVersion,
                                    std::chrono::sys_seconds now) const;

    /// Where there is no room, the one that was added first goes.
    void add(const CredentialDigest &token, KnownCaller caller, std::chrono::sys_seconds ends, quint64 keysVersion);

    std::size_t size() const;

private:
    struct Entry
    {
        KnownCaller caller;
        std::chrono::sys_seconds ends;
        quint64 keysVersion = 0;
    };
    struct Hash
    {
        std::size_t operator()(const CredentialDigest &digest) const
        {
            std::size_t hash = 0;
            std::memcpy(&hash, digest.data(), sizeof hash);
            return hash;
        }
    };

    const std::size_t m_most;
    mutable std::shared_mutex m_mutex; // protects both below
    std::unordered_map<CredentialDigest, Entry, Hash> m_entries;
    std::deque<CredentialDigest> m_order; // as they were added; each is in m_entries
};

} // namespace lunargate
