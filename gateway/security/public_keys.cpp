// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/public_keys.h"

#include "gateway/config/token_algorithms.h"
#include "gateway/json/document.h"
#include "gateway/json/writer.h"

#include <rhonabwy.h>

#include <algorithm>
#include <memory>

namespace lunargate {

namespace {

// More than any issuer has; each may have to be tried for a token that names none.
constexpr std::size_t kMostKeys = 64;
constexpr unsigned int kFewestRsaBits = 2048; // RFC 7518, section 3.3

struct FreeKey
{
    void operator()(jwk_t *key) const { r_jwk_free(key); }
};
struct FreeSignature
{
    void operator()(jws_t *signature) const { r_jws_free(signature); }
};
using JwkPointer = std::unique_ptr<jwk_t, FreeKey>;
using JwsPointer = std::unique_ptr<jws_t, FreeSignature>;

// Not thread-safe, and needed once. It is never undone: the process ends with it.
void initializeLibrary()
{
    static const int initialized = r_global_init();
    Q_UNUSED(initialized)
}

// The library's objects are counted without locks, so that no thread shows one to another.
JwkPointer importKey(const QByteArray &json)
{
    jwk_t *key = nullptr;
    if (r_jwk_init(&key) != RHN_OK)
        return {};
    JwkPointer owner(key);
    return r_jwk_import_from_json_str(key, json.constData()) == RHN_OK ? std::move(owner) : JwkPointer();
}

/// The members that make the public part of a key of that kind.
std::vector<QByteArrayView> publicMembers(QByteArrayView type)
{
    if (type == "RSA")
        return {"n", "e"};
    if (type == "EC")
        return {"crv", "x", "y"};
    return {"crv", "x"};
}

// Whatever else stands in a key (addresses of certificates, its secret part) is left behind.
QByteArray publicPart(json::Value key)
{
    QByteArray json = R"({"kty":)" + json::quoted(key["kty"].toByteArray());
    for (const QByteArrayView member : publicMembers(key["kty"].string()))
        json += ",\"" + member.toByteArray() + "\":" + json::quoted(key[member].toByteArray());
    return json + '}';
}

bool isForSignatures(json::Value key)
{
    const json::Value use = key["use"];
    if (use.exists() && use.string() != "sig")
        return false;
    const json::Value operations = key["key_ops"];
    for (const json::Value operation : operations.elements()) {
        if (operation.string() == "verify")
            return true;
    }
    return !operations.exists();
}

QByteArray kindOf(json::Value key)
{
    const QByteArrayView type = key["kty"].string();
    const QByteArrayView curve = key["crv"].string();
    if (type == "RSA")
        return "RSA";
    const bool isKnown = (type == "EC" && (curve == "P-256" || curve == "P-384" || curve == "P-521")) ||
                         (type == "OKP" && (curve == "Ed25519" || curve == "Ed448"));
    return isKnown ? curve.toByteArray() : QByteArray();
}

bool isStrong(const QByteArray &json)
{
    const JwkPointer key = importKey(json);
    unsigned int bits = 0;
    const int type = key ? r_jwk_key_type(key.get(), &bits, R_FLAG_IGNORE_REMOTE) : R_KEY_TYPE_NONE;
    const bool isPublic = (type & R_KEY_TYPE_PUBLIC) != 0;
    return isPublic && ((type & R_KEY_TYPE_RSA) == 0 || bits >= kFewestRsaBits);
}

// An algorithm with a key of another kind is how a public key is passed off as a shared secret.
bool isMadeFor(const QByteArray &kind, const QByteArray &algorithm)
{
    if (algorithm.startsWith("RS") || algorithm.startsWith("PS"))
        return kind == "RSA";
    if (algorithm == "EdDSA")
        return kind == "Ed25519" || kind == "Ed448";
    return (algorithm == "ES256" && kind == "P-256") || (algorithm == "ES384" && kind == "P-384") ||
           (algorithm == "ES512" && kind == "P-521");
}

bool hasSigned(const QByteArray &keyJson, const QByteArray &token, const QByteArray &algorithm)
{
    const JwkPointer key = importKey(keyJson);
    jws_t *parsed = nullptr;
    if (!key || r_jws_init(&parsed) != RHN_OK)
        return false;
    const JwsPointer signature(parsed);
    // Nothing that the token says of keys counts, and nothing is fetched.
    return r_jws_advanced_compact_parsen(parsed, token.constData(), static_cast<size_t>(token.size()), R_PARSE_NONE,
                                         R_FLAG_IGNORE_REMOTE) == RHN_OK &&
           r_jws_get_alg(parsed) == r_str_to_jwa_alg(algorithm.constData()) &&
           r_jws_verify_signature(parsed, key.get(), R_FLAG_IGNORE_REMOTE) == RHN_OK;
}

Error noKeySet(const QByteArray &why)
{
    return {.kind = ErrorKind::UpstreamProtocol, .reason = "invalid_key_set", .message = why};
}

} // namespace

Result<PublicKeys> PublicKeys::read(QByteArrayView keySet)
{
    initializeLibrary();
    const std::optional<json::Document> document =
        keySet.size() > kLargestSet ? std::nullopt : json::Document::parse(keySet);
    const json::Value list = document ? document->root()["keys"] : json::Value();
    if (!list.isArray())
        return std::unexpected(noKeySet("this is no JSON Web Key Set (RFC 7517)"));
    PublicKeys keys;
    for (const json::Value item : list.elements()) {
        const QByteArray kind = kindOf(item);
        if (kind.isEmpty() || !isForSignatures(item) || keys.m_keys.size() == kMostKeys)
            continue;
        Key key{.id = item["kid"].toByteArray(),
                .kind = kind,
                .algorithm = item["alg"].toByteArray(),
                .json = publicPart(item)};
        if ((key.algorithm.isEmpty() || isMadeFor(kind, key.algorithm)) && isStrong(key.json))
            keys.m_keys.push_back(std::move(key));
    }
    if (keys.m_keys.empty())
        return std::unexpected(noKeySet("the key set has no public key that could check a signature"));
    return keys;
}

bool PublicKeys::has(QByteArrayView keyId) const
{
    return keyId.isEmpty() || std::ranges::any_of(m_keys, [&](const Key &key) { return key.id == keyId; });
}

bool PublicKeys::haveSigned(const QByteArray &token, const QByteArray &algorithm, const QByteArray &keyId) const
{
    if (std::ranges::find(kTokenAlgorithms, algorithm) == kTokenAlgorithms.end())
        return false;
    return std::ranges::any_of(m_keys, [&](const Key &key) {
        return (keyId.isEmpty() || key.id == keyId) && (key.algorithm.isEmpty() || key.algorithm == algorithm) &&
               isMadeFor(key.kind, algorithm) && hasSigned(key.json, token, algorithm);
    });
}

} // namespace lunargate
