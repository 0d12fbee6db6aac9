// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/jwt_section.h"

#include "gateway/config/local_address.h"
#include "gateway/config/nearest_name.h"
#include "gateway/config/resolve_path.h"
#include "gateway/config/token_algorithms.h"
#include "gateway/json/document.h"

#include <QFile>

#include <algorithm>

namespace lunargate {

namespace {

// More than any set of public keys, and little enough to read at once.
constexpr qint64 kMaxFileBytes = 1024 * 1024;
constexpr milliseconds kLargestLeeway = 1h;

void checkFile(ReadingContext &context, const SecurityConfig::Jwt &jwt, const Place &place)
{
    QFile file(QString::fromUtf8(jwt.jwksFile));
    if (!file.open(QIODevice::ReadOnly))
        return context.error(place, "the file with the public keys cannot be read: " + file.errorString().toUtf8());
    const std::optional<json::Document> document =
        file.size() > kMaxFileBytes ? std::nullopt : json::Document::parse(file.readAll());
    const json::Value keys = document ? document->root()["keys"] : json::Value();
    if (!keys.isArray() || keys.size() == 0)
        context.error(place, "the file is no set of public keys: it must be JSON such as {\"keys\": [...]} (RFC 7517)");
}

// Whoever can change the keys on their way lets anybody in.
void checkUrl(ReadingContext &context, const SecurityConfig::Jwt &jwt, const Place &place)
{
    if (isReadableOnTheWay(jwt.jwksUrl))
        context.error(place, "the public keys must be fetched by https; plain http is only for this machine");
}

void checkAlgorithms(ReadingContext &context, const SecurityConfig::Jwt &jwt, const Place &place)
{
    for (const QByteArray &algorithm : jwt.algorithms) {
        if (std::ranges::find(kTokenAlgorithms, algorithm) != kTokenAlgorithms.end())
            continue;
        if (algorithm.compare("none", Qt::CaseInsensitive) == 0)
            context.error(place, "tokens without a signature are never taken; remove `none`");
        else if (algorithm.startsWith("HS"))
            context.error(place, algorithm +
                                     " has no public key: whoever can check such a token can make one; have "
                                     "tokens signed with one of: " +
                                     listOfNames(kTokenAlgorithms));
        else
            context.error(place, "expected names of signatures; there are: " + listOfNames(kTokenAlgorithms));
    }
}

void checkAdminClaim(ReadingContext &context, const SecurityConfig::Jwt &jwt, const Place &place)
{
    const qsizetype equals = jwt.adminClaim.indexOf('=');
    if (!jwt.adminClaim.isEmpty() && (equals <= 0 || equals == jwt.adminClaim.size() - 1))
        context.error(place, "expected CLAIM=VALUE, such as `role=admin`");
}

} // namespace

void readOlderJwtKeys(SectionReader &security, SecurityConfig::Jwt &jwt, JwtPlaces &places)
{
    security.section("external", [&](SectionReader &section) {
        QByteArray introspectionUrl;
        section.read("type", places.type);
        section.readUrl("jwks_url", jwt.jwksUrl);
        section.readUrl("introspection_url", introspectionUrl);
        section.read("issuer", jwt.issuer, Blank::Refused);
        section.read("audience", jwt.audience, Blank::Refused);
        section.read("timeout", jwt.timeout);
        places.typePlace = section.placeOf("type");
        places.url = section.placeOf("jwks_url");
        if (!introspectionUrl.isEmpty())
            places.introspection = section.placeOf("introspection_url");
    });
}

void readJwt(SectionReader &security, SecurityConfig::Jwt &jwt, JwtPlaces &places)
{
    security.section("jwt", [&](SectionReader &section) {
        if (section.has("jwks_url"))
            places.url = section.placeOf("jwks_url");
        section.read("jwks_file", jwt.jwksFile);
        section.readUrl("jwks_url", jwt.jwksUrl);
        section.read("jwks_refresh", jwt.jwksRefresh);
        section.read("timeout", jwt.timeout);
        section.read("issuer", jwt.issuer, Blank::Refused);
        section.read("audience", jwt.audience, Blank::Refused);
        section.read("algorithms", jwt.algorithms, Blank::Refused);
        section.read("leeway", jwt.leeway);
        section.read("name_claim", jwt.nameClaim);
        section.read("admin_claim", jwt.adminClaim);
        places.section = section.place();
        places.file = section.placeOf("jwks_file");
        places.algorithms = section.placeOf("algorithms");
        places.leeway = section.placeOf("leeway");
        places.adminClaim = section.placeOf("admin_claim");
        if (jwt.nameClaim.isEmpty())
            jwt.nameClaim = SecurityConfig::Jwt().nameClaim;
        if (!section.isDescribing())
            resolvePath(section.context(), jwt.jwksFile);
    });
}

void checkJwt(ReadingContext &context, const SecurityConfig::Jwt &jwt, const JwtPlaces &places)
{
    if (!places.type.isEmpty() && places.type.compare("jwt", Qt::CaseInsensitive) != 0)
        context.error(places.typePlace, "only tokens that are signed are known here; write `jwt`, or remove the key");
    if (places.introspection)
        context.error(*places.introspection, "nobody is asked about tokens: they are checked by their signature; name "
                                             "the public keys with security.jwt.jwks_url and remove this key");
    if (jwt.jwksFile.isEmpty() && jwt.jwksUrl.isEmpty())
        return context.error(places.section,
                             "tokens need public keys to be checked with; set security.jwt.jwks_url or jwks_file");
    if (!jwt.jwksFile.isEmpty() && !jwt.jwksUrl.isEmpty())
        context.error(places.file, "there are two places of public keys; remove jwks_file or jwks_url");
    else if (!jwt.jwksFile.isEmpty())
        checkFile(context, jwt, places.file);
    else
        checkUrl(context, jwt, places.url);
    checkAlgorithms(context, jwt, places.algorithms);
    checkAdminClaim(context, jwt, places.adminClaim);
    if (jwt.leeway > kLargestLeeway)
        context.error(places.leeway, "expected a duration of at most 1h: tokens would be taken long after their end");
    if (jwt.issuer.isEmpty() && jwt.audience.empty())
        context.warn(places.section, "every token that these keys signed is taken, whoever it was made for; set "
                                     "security.jwt.audience, and issuer too");
}

} // namespace lunargate
