// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/token_reader.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace lunargate {

namespace {

// Tokens with hundreds of groups stay below it; what is longer only costs time.
constexpr qsizetype kLongestToken = 16 * 1024;
constexpr qsizetype kLongestKeyId = 256;

bool isBase64Url(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::optional<QByteArray> decode(QByteArrayView part)
{
    if (part.isEmpty() || part.size() % 4 == 1 || !std::ranges::all_of(part, isBase64Url))
        return std::nullopt;
    auto decoded = QByteArray::fromBase64Encoding(part.toByteArray(), QByteArray::Base64UrlEncoding |
                                                                          QByteArray::OmitTrailingEquals |
                                                                          QByteArray::AbortOnBase64DecodingErrors);
    return decoded ? std::optional(std::move(decoded.decoded)) : std::nullopt;
}

// Readers differ in which of two they take: one could be checked and the other be used.
bool hasTwins(json::Value object)
{
    std::vector<QByteArrayView> names;
    for (const auto [name, value] : object.members())
        names.push_back(name);
    std::ranges::sort(names, [](QByteArrayView a, QByteArrayView b) { return a.compare(b) < 0; });
    return std::adjacent_find(names.begin(), names.end()) != names.end();
}

/// The JSON object in `part`.
std::optional<json::Document> readObject(QByteArrayView part)
{
    const std::optional<QByteArray> text = decode(part);
    std::optional<json::Document> document = text ? json::Document::parse(*text) : std::nullopt;
    if (!document || !document->root().isObject() || hasTwins(document->root()))
        return std::nullopt;
    return document;
}

} // namespace

Error invalidToken(const QByteArray &why)
{
    return {.kind = ErrorKind::InvalidKey, .reason = "invalid_token", .message = "invalid token: " + why};
}

Result<ReadToken> readToken(QByteArrayView token)
{
    if (token.size() > kLongestToken)
        return std::unexpected(invalidToken("it is longer than 16 KiB"));
    const qsizetype first = token.indexOf('.');
    const qsizetype second = first < 0 ? -1 : token.indexOf('.', first + 1);
    if (second < 0 || !decode(token.sliced(second + 1)))
        return std::unexpected(invalidToken("it is no signed JSON Web Token"));
    const std::optional<json::Document> header = readObject(token.first(first));
    std::optional<json::Document> claims = readObject(token.sliced(first + 1, second - first - 1));
    if (!header || !claims)
        return std::unexpected(invalidToken("it is no signed JSON Web Token"));
    const json::Value keyId = header->root()["kid"];
    if (!header->root()["alg"].isString() || (keyId.exists() && !keyId.isString()) ||
        keyId.string().size() > kLongestKeyId)
        return std::unexpected(invalidToken("its header is malformed"));
    if (header->root()["crit"].exists()) // RFC 7515, section 4.1.11
        return std::unexpected(invalidToken("it asks for extensions that are not known here"));
    return ReadToken{
        .algorithm = header->root()["alg"].toByteArray(), .keyId = keyId.toByteArray(), .claims = *std::move(claims)};
}

} // namespace lunargate
