// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_json_sections.h"

#include <QDateTime>
#include <QTimeZone>

namespace lunargate {

namespace {

std::optional<QByteArray> toText(const std::optional<std::chrono::sys_seconds> &time)
{
    if (!time)
        return std::nullopt;
    const qint64 seconds = time->time_since_epoch().count();
    return QDateTime::fromSecsSinceEpoch(seconds, QTimeZone::UTC).toString(Qt::ISODate).toUtf8();
}

void writeKey(ConfigJsonWriter &json, const SecurityConfig::Key &key)
{
    json.write("name", key.name);
    json.write("value", key.value.isEmpty() ? SecretString(key.sha256) : key.value);
    json.writeUnlessEmpty("expires", toText(key.expires));
    json.writeUnlessEmpty("routes", key.routes);
    json.writeUnlessEmpty("models", key.models);
    json.write("admin", key.isAdmin);
}

void writeJwt(ConfigJsonWriter &json, const SecurityConfig::Jwt &jwt)
{
    json.write("jwks_file", jwt.jwksFile);
    json.writeUrl("jwks_url", jwt.jwksUrl);
    json.write("jwks_refresh", jwt.jwksRefresh);
    json.write("timeout", jwt.timeout);
    json.writeUnlessEmpty("issuer", jwt.issuer);
    json.writeUnlessEmpty("audience", jwt.audience);
    json.writeUnlessEmpty("algorithms", jwt.algorithms);
    json.write("leeway", jwt.leeway);
    json.write("name_claim", jwt.nameClaim);
    json.write("admin_claim", jwt.adminClaim);
}

} // namespace

void writeSecurity(ConfigJsonWriter &json, const SecurityConfig &security)
{
    json.write("enabled", security.enabled);
    json.write("provider", security.provider);
    json.section("api_key", [&](ConfigJsonWriter &apiKey) {
        apiKey.write("header", security.header);
        apiKey.write("prefix", security.prefix);
        apiKey.write("allow_x_api_key", security.allowXApiKey);
        apiKey.list("keys", security.keys, writeKey);
    });
    json.section("jwt", [&](ConfigJsonWriter &inner) { writeJwt(inner, security.jwt); });
    json.section("slow_down", [&](ConfigJsonWriter &inner) {
        inner.write("free_attempts", security.slowDown.freeAttempts);
        inner.write("max_delay", security.slowDown.maxDelay);
    });
}

} // namespace lunargate
