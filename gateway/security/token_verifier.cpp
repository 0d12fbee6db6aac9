// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/token_verifier.h"

#include "gateway/config/token_algorithms.h"
#include "gateway/security/token_claims.h"
#include "gateway/security/token_reader.h"

#include <QCryptographicHash>

#include <algorithm>

namespace lunargate {

TokenVerifier::TokenVerifier(const SecurityConfig::Jwt &rules)
    : m_rules(rules),
      m_context('\n' + rules.issuer),
      m_adminRights(std::make_shared<const CallerRights>(CallerRights{.routes = {}, .models = {}, .isAdmin = true})),
      m_rights(std::make_shared<const CallerRights>()),
      m_verified(std::make_unique<VerifiedTokens>())
{
    for (const QByteArray &audience : rules.audience)
        m_context += '\n' + audience;
    if (m_rules.algorithms.empty())
        m_rules.algorithms.assign(kDefaultTokenAlgorithms.begin(), kDefaultTokenAlgorithms.end());
}

std::expected<KnownCaller, TokenVerifier::Refusal>
TokenVerifier::verify(const QByteArray &token, const KnownPublicKeys &known, std::chrono::sys_seconds now) const
{
    if (!known.keys)
        return std::unexpected(Refusal{{.kind = ErrorKind::Overloaded,
                                        .reason = "public_keys_missing",
                                        .message = "the public keys to check tokens with could not be had; the "
                                                   "gateway's log says why",
                                        .retryAfter = std::chrono::seconds(10)},
                                       true,
                                       known.version});
    const CredentialDigest digest = digestOf(token);
    if (std::optional<KnownCaller> caller = m_verified->find(digest, known.version, now))
        return *std::move(caller);
    const Result<ReadToken> read = readToken(token);
    if (!read)
        return std::unexpected(Refusal{read.error()});
    if (std::ranges::find(m_rules.algorithms, read->algorithm) == m_rules.algorithms.end())
        return std::unexpected(Refusal{invalidToken("it is signed in a way that is not taken here (alg)")});
    if (!known.keys->has(read->keyId))
        return std::unexpected(Refusal{invalidToken("it is signed with an unknown key (kid)"), true, known.version});
    // An issuer may use an id again, or none.
    if (!known.keys->haveSigned(token, read->algorithm, read->keyId))
        return std::unexpected(Refusal{invalidToken("its signature is wrong"), true, known.version});
    return verifyClaims(*read, known, digest, now).transform_error([](Error error) {
        return Refusal{std::move(error)};
    });
}

Result<KnownCaller> TokenVerifier::verifyClaims(const ReadToken &read, const KnownPublicKeys &known,
                                                const CredentialDigest &digest, std::chrono::sys_seconds now) const
{
    Result<TokenCaller> claims = checkClaims(read.claims.root(), m_rules, now);
    if (!claims)
        return std::unexpected(std::move(claims.error()));
    KnownCaller caller{.name = std::move(claims->name),
                       .rights = claims->isAdmin ? m_adminRights : m_rights,
                       .kind = CredentialKind::Token};
    m_verified->add(digest, caller, claims->expires + std::chrono::ceil<std::chrono::seconds>(m_rules.leeway),
                    known.version);
    return caller;
}

CredentialDigest TokenVerifier::digestOf(const QByteArray &token) const
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(token);
    hash.addData(m_context);
    CredentialDigest digest{};
    const QByteArrayView result = hash.resultView();
    std::ranges::copy(result, digest.begin());
    return digest;
}

} // namespace lunargate
