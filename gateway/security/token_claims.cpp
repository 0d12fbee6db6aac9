// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/token_claims.h"

#include "gateway/config/reserved_names.h"
#include "gateway/security/token_reader.h"

#include <algorithm>
#include <cmath>

namespace lunargate {

namespace {

using std::chrono::sys_seconds;

constexpr qsizetype kLongestName = 200;

std::unexpected<Error> refusal(const char *reason, const QByteArray &message)
{
    return std::unexpected(Error{.kind = ErrorKind::InvalidKey, .reason = reason, .message = message});
}

// NumericDate (RFC 7519, section 2) may have a fraction. Years far beyond our own are all the same.
std::optional<sys_seconds> timeOf(json::Value value)
{
    constexpr double kFarAway = 1e11;
    const std::optional<double> seconds = value.number();
    if (!seconds || std::isnan(*seconds))
        return std::nullopt;
    return sys_seconds(std::chrono::seconds(static_cast<qint64>(std::clamp(*seconds, -kFarAway, kFarAway))));
}

/// A claim by its name, or by a path of names such as `realm_access.roles`.
json::Value claimOf(json::Value claims, QByteArrayView name)
{
    if (const json::Value claim = claims[name]; claim.exists())
        return claim;
    const qsizetype dot = name.indexOf('.');
    return dot < 0 ? json::Value() : claimOf(claims[name.first(dot)], name.sliced(dot + 1));
}

bool holds(json::Value claim, QByteArrayView wanted)
{
    for (const json::Value item : claim.elements()) {
        if (item.isString() && item.string() == wanted)
            return true;
    }
    if (const std::optional<bool> flag = claim.boolean())
        return wanted == (*flag ? "true" : "false");
    return claim.isString() && claim.string() == wanted;
}

bool isAdmin(json::Value claims, const QByteArray &adminClaim)
{
    const qsizetype equals = adminClaim.indexOf('=');
    if (equals <= 0 || equals == adminClaim.size() - 1)
        return false;
    const QByteArray name = adminClaim.first(equals).trimmed();
    const QByteArray wanted = adminClaim.sliced(equals + 1).trimmed();
    const json::Value claim = claimOf(claims, name);
    // These two are lists in one text (RFC 8693, section 4.2).
    if ((name == "scope" || name == "scp") && claim.isString())
        return claim.toByteArray().split(' ').contains(wanted);
    return holds(claim, wanted);
}

bool isForUs(json::Value audience, const std::vector<QByteArray> &ours)
{
    return ours.empty() || std::ranges::any_of(ours, [&](const QByteArray &name) {
               return (audience.isString() || audience.isArray()) && holds(audience, name);
           });
}

} // namespace

Result<TokenCaller> checkClaims(json::Value claims, const SecurityConfig::Jwt &rules, sys_seconds now)
{
    const auto leeway = std::chrono::ceil<std::chrono::seconds>(rules.leeway);
    const std::optional<sys_seconds> expires = timeOf(claims["exp"]);
    if (!expires)
        return std::unexpected(invalidToken("it does not say when it ends (exp)"));
    if (*expires + leeway <= now)
        return refusal("expired_token", "the token has expired; get a new one");
    const json::Value notBefore = claims["nbf"];
    const std::optional<sys_seconds> begins = timeOf(notBefore);
    if (notBefore.exists() && !begins)
        return std::unexpected(invalidToken("its nbf is no time"));
    if (begins && *begins > now + leeway)
        return refusal("early_token", "the token is not valid yet (nbf)");
    const json::Value issuer = claims["iss"];
    if (!rules.issuer.isEmpty() && !(issuer.isString() && issuer.string() == rules.issuer))
        return std::unexpected(invalidToken("it has another issuer (iss) than is trusted here"));
    if (!isForUs(claims["aud"], rules.audience))
        return std::unexpected(invalidToken("it was made for others (aud)"));
    const json::Value name = claimOf(claims, rules.nameClaim);
    if (!name.isString() || name.string().isEmpty() || name.string().size() > kLongestName)
        return std::unexpected(invalidToken("it does not name its owner (" + rules.nameClaim + ")"));
    if (isReservedName(name.string()))
        return std::unexpected(invalidToken("its owner has a name that the gateway itself uses"));
    return TokenCaller{.name = name.toByteArray(), .isAdmin = isAdmin(claims, rules.adminClaim), .expires = *expires};
}

} // namespace lunargate
