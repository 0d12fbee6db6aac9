// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/token_maker.h"

#include <QDateTime>
#include <QMessageAuthenticationCode>

#include <rhonabwy.h>

#include <memory>

namespace lunargate::test {

namespace {

QByteArray base64Url(const QByteArray &bytes)
{
    return bytes.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
}

QByteArray exported(jwk_t *key)
{
    const std::unique_ptr<char, decltype(&r_free)> text(r_jwk_export_to_json_str(key, 0), &r_free);
    return QByteArray(text.get());
}

int keyType(const QByteArray &algorithm)
{
    if (algorithm == "EdDSA")
        return R_KEY_TYPE_EDDSA;
    return algorithm.startsWith("ES") ? R_KEY_TYPE_EC : R_KEY_TYPE_RSA;
}

unsigned int keyBits(const QByteArray &algorithm, unsigned int bits)
{
    if (keyType(algorithm) == R_KEY_TYPE_RSA)
        return bits;
    return algorithm == "ES384" ? 384 : algorithm == "ES512" ? 521 : 256;
}

} // namespace

TokenMaker::TokenMaker(QByteArray keyId, QByteArray algorithm, unsigned int bits)
    : m_keyId(std::move(keyId)), m_algorithm(std::move(algorithm))
{
    jwk_t *secret = nullptr;
    jwk_t *open = nullptr;
    r_jwk_init(&secret);
    r_jwk_init(&open);
    r_jwk_generate_key_pair(secret, open, keyType(m_algorithm), keyBits(m_algorithm, bits),
                            m_keyId.isEmpty() ? nullptr : m_keyId.constData());
    if (m_keyId.isEmpty()) { // the library makes one up
        r_jwk_delete_property_str(secret, "kid");
        r_jwk_delete_property_str(open, "kid");
    }
    m_publicKey = exported(open);
    m_privateKey = exported(secret);
    r_jwk_free(open);
    r_jwk_free(secret);
}

QByteArray TokenMaker::publicKey(const QByteArray &more) const
{
    return more.isEmpty() ? m_publicKey : m_publicKey.chopped(1) + ',' + more + '}';
}

QByteArray TokenMaker::token(const QByteArray &claims, const QByteArray &header) const
{
    QByteArray fields = R"({"alg":")" + m_algorithm + '"';
    if (!m_keyId.isEmpty())
        fields += R"(,"kid":")" + m_keyId + '"';
    fields += (header.isEmpty() ? QByteArray() : ',' + header) + '}';
    jwk_t *key = nullptr;
    jws_t *signature = nullptr;
    r_jwk_init(&key);
    r_jwk_import_from_json_str(key, m_privateKey.constData());
    r_jws_init(&signature);
    r_jws_set_full_header_json_str(signature, fields.constData());
    r_jws_set_alg(signature, r_str_to_jwa_alg(m_algorithm.constData()));
    r_jws_set_payload(signature, reinterpret_cast<const unsigned char *>(claims.constData()),
                      static_cast<size_t>(claims.size()));
    const std::unique_ptr<char, decltype(&r_free)> text(r_jws_serialize(signature, key, R_FLAG_IGNORE_REMOTE), &r_free);
    r_jws_free(signature);
    r_jwk_free(key);
    return QByteArray(text.get());
}

QByteArray TokenMaker::claims(const QByteArray &subject, qint64 seconds, const QByteArray &more)
{
    return R"({"sub":")" + subject + R"(","exp":)" + QByteArray::number(QDateTime::currentSecsSinceEpoch() + seconds) +
           (more.isEmpty() ? QByteArray() : ',' + more) + '}';
}

QByteArray forgedToken(const QByteArray &header, const QByteArray &claims, const QByteArray &signature)
{
    return base64Url(header) + '.' + base64Url(claims) + '.' + base64Url(signature);
}

QByteArray tokenWithSharedSecret(const QByteArray &header, const QByteArray &claims, const QByteArray &secret)
{
    const QByteArray text = base64Url(header) + '.' + base64Url(claims);
    return text + '.' + base64Url(QMessageAuthenticationCode::hash(text, secret, QCryptographicHash::Sha256));
}

} // namespace lunargate::test
