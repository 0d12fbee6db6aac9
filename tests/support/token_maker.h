// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>

namespace lunargate::test {

/// Issues JSON Web Tokens, with a key pair that it makes up.
class TokenMaker
{
public:
    /// `algorithm` as in a token's header, such as `ES256`. `bits` is for RSA.
    explicit TokenMaker(QByteArray keyId, QByteArray algorithm = "ES256", unsigned int bits = 2048);

    /// The public key as a member of a key set; `more` is spliced in: `"use":"sig"`.
    QByteArray publicKey(const QByteArray &more = {}) const;
    QByteArray privateKey() const { return m_privateKey; }

    /// A token with these claims, signed. `header` goes into its header: `"typ":"JWT"`.
    QByteArray token(const QByteArray &claims, const QByteArray &header = {}) const;

    /// `sub`, and `exp` that many seconds from now, with `more` spliced in.
    static QByteArray claims(const QByteArray &subject, qint64 seconds = 3600, const QByteArray &more = {});
    static QByteArray keySet(const QByteArrayList &keys) { return R"({"keys":[)" + keys.join(',') + "]}"; }

private:
    QByteArray m_keyId;
    QByteArray m_algorithm;
    QByteArray m_publicKey;
    QByteArray m_privateKey;
};

/// A token whose parts are what they are: nobody signed it.
QByteArray forgedToken(const QByteArray &header, const QByteArray &claims, const QByteArray &signature = "x");

/// A token that is signed with a secret (HS256).
QByteArray tokenWithSharedSecret(const QByteArray &header, const QByteArray &claims, const QByteArray &secret);

} // namespace lunargate::test
