// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/security/public_key_store.h"
#include "gateway/security/verified_tokens.h"

namespace lunargate {

struct ReadToken;

/// Checks tokens by the rules of one configuration. What it remembers of them aside, it does not change: any thread may
/// use it.
class TokenVerifier
{
public:
    struct Refusal
    {
        Error error;
        bool isKeyUnknown = false; ///< public keys of another version than `keysVersion` may know better
        quint64 keysVersion = 0;
    };

    explicit TokenVerifier(const SecurityConfig::Jwt &rules);

    /// Whose token it is at `now`. Fails with InvalidKey (`invalid_token`, `expired_token`, `early_token`), and with
    /// Overloaded (`public_keys_missing`) while there are no keys.
    std::expected<KnownCaller, Refusal> verify(const QByteArray &token, const KnownPublicKeys &known,
                                               std::chrono::sys_seconds now) const;

private:
    Result<KnownCaller> verifyClaims(const ReadToken &read, const KnownPublicKeys &known,
                                     const CredentialDigest &digest, std::chrono::sys_seconds now) const;
    CredentialDigest digestOf(const QByteArray &token) const;

    SecurityConfig::Jwt m_rules;
    QByteArray m_context; // what is hashed with the token
    std::shared_ptr<const CallerRights> m_adminRights;
    std::shared_ptr<const CallerRights> m_rights;
    std::unique_ptr<VerifiedTokens> m_verified;
};

} // namespace lunargate
