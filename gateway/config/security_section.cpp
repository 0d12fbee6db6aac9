// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/sections.h"

#include "gateway/config/header_name.h"

#include <QDateTime>
#include <QTimeZone>

#include <algorithm>

namespace lunargate {

namespace {

/// What the section says, before it is decided what that means.
struct SecurityInput
{
    struct Key
    {
        SecurityConfig::Key key;
        Place place;
    };

    std::optional<bool> enabled;
    std::optional<AuthProvider> provider;
    std::vector<Key> keys;
    std::optional<bool> legacyEnabled;
    bool hasLegacyKeys = false; ///< `keys` come from `api_keys`
    Place enabledPlace, providerPlace, keysPlace, legacyPlace;
};

/// `2027-01-31`, or with a time and a zone as in RFC 3339.
void readExpiry(SectionReader &section, std::optional<std::chrono::sys_seconds> &expires)
{
    QByteArray text;
    section.read("expires", text);
    if (text.isEmpty())
        return;
    QDateTime time = QDateTime::fromString(QString::fromUtf8(text), Qt::ISODate);
    if (!text.contains('T') && !text.contains('t') && time.isValid())
        time = QDateTime(time.date().addDays(1), QTime(0, 0), QTimeZone::UTC); // to the end of that day
    if (!time.isValid() || time.timeSpec() == Qt::LocalTime) {
        section.context().error(section.placeOf("expires"),
                                "expected a date such as `2027-01-31`, or a time with its zone such as "
                                "`2027-01-31T12:00:00Z`");
        return;
    }
    expires = std::chrono::sys_seconds(std::chrono::seconds(time.toSecsSinceEpoch()));
}

void readJwt(SectionReader &security, SecurityConfig::Jwt &jwt)
{
    security.section("jwt", [&](SectionReader &section) {
        section.read("jwks_file", jwt.jwksFile);
        section.readUrl("jwks_url", jwt.jwksUrl);
        section.read("jwks_refresh", jwt.jwksRefresh);
        section.read("timeout", jwt.timeout);
        section.read("issuer", jwt.issuer);
        section.read("audience", jwt.audience);
        section.read("algorithms", jwt.algorithms);
        section.read("leeway", jwt.leeway);
        section.read("name_claim", jwt.nameClaim);
        section.read("admin_claim", jwt.adminClaim);
    });
}

void readSlowDown(SectionReader &security, SecurityConfig::SlowDown &slowDown)
{
    security.section("slow_down", [&](SectionReader &section) {
        section.read("free_attempts", slowDown.freeAttempts, {.smallest = 0});
        section.read("max_delay", slowDown.maxDelay);
    });
}

void readKey(SectionReader &section, std::vector<SecurityInput::Key> &keys)
{
    SecurityInput::Key item;
    section.read("name", item.key.name);
    section.read("value", item.key.value);
    item.place = section.placeOf("value");
    readExpiry(section, item.key.expires);
    section.read("routes", item.key.routes);
    section.read("models", item.key.models);
    section.read("admin", item.key.isAdmin);
    if (item.key.name.isEmpty())
        item.key.name = "key-" + QByteArray::number(static_cast<qulonglong>(keys.size() + 1));
    const auto isTwin = [&](const SecurityInput::Key &other) { return other.key.name == item.key.name; };
    if (std::ranges::any_of(keys, isTwin))
        section.context().warn(section.placeOf("name"),
                               "another key has that name, so limits and logs take both for one");
    keys.push_back(std::move(item));
}

void readApiKey(SectionReader &security, SecurityConfig &config, SecurityInput &input)
{
    security.section("api_key", [&](SectionReader &section) {
        section.read("header", config.header);
        section.read("prefix", config.prefix);
        section.read("allow_x_api_key", config.allowXApiKey);
        section.list("keys", [&](SectionReader &item) { readKey(item, input.keys); });
        input.keysPlace = section.placeOf("keys");
        if (config.header.isEmpty())
            config.header = SecurityConfig().header;
        if (!isHeaderName(config.header))
            section.context().error(section.placeOf("header"), "expected a header name (letters, digits and dashes)");
        if (config.prefix.isEmpty() && config.header.compare("Authorization", Qt::CaseInsensitive) == 0)
            config.prefix = SecurityConfig().prefix;
    });
}

void readExternal(SectionReader &security, SecurityConfig::External &external)
{
    security.section("external", [&](SectionReader &section) {
        section.read("type", external.type);
        section.readUrl("jwks_url", external.jwksUrl);
        section.readUrl("introspection_url", external.introspectionUrl);
        section.read("issuer", external.issuer);
        section.read("audience", external.audience);
        section.read("timeout", external.timeout);
    });
}

void readLegacyKeys(SectionReader &section, SecurityInput &input)
{
    section.read("api_keys_enabled", input.legacyEnabled);
    input.legacyPlace = section.placeOf("api_keys_enabled");
    const auto secrets = section.readSecrets("api_keys");
    if (section.has("api_keys_enabled"))
        section.context().warn(input.legacyPlace, "this key is deprecated; write security.enabled");
    if (!secrets.empty())
        section.context().warn(section.placeOf("api_keys"), "this key is deprecated; write security.api_key.keys");
    if (secrets.empty() || !input.keys.empty())
        return;
    input.hasLegacyKeys = true;
    for (const auto &[secret, place] : secrets) {
        const auto number = static_cast<qulonglong>(input.keys.size() + 1);
        input.keys.push_back({{"legacy-key-" + QByteArray::number(number), secret}, place});
    }
}

AuthProvider providerOf(const SecurityInput &input)
{
    if (input.hasLegacyKeys && input.provider.value_or(AuthProvider::None) == AuthProvider::None)
        return AuthProvider::ApiKey;
    return input.provider.value_or(input.keys.empty() ? AuthProvider::None : AuthProvider::ApiKey);
}

/// Whether clients shall need a key; what is said explicitly counts most.
bool isWanted(const SecurityInput &input, AuthProvider provider)
{
    if (input.enabled)
        return *input.enabled;
    return input.legacyEnabled.value_or(provider == AuthProvider::ApiKey);
}

/// Reports what makes authentication impossible although it is wanted.
void checkWanted(ReadingContext &context, const SecurityInput &input, AuthProvider provider)
{
    if (provider == AuthProvider::External)
        return context.error(input.providerPlace,
                             "external authentication is not implemented; write api_key, or security.enabled: false");
    if (provider == AuthProvider::None && !input.keys.empty())
        return context.error(input.providerPlace,
                             "authentication is enabled, but the provider is none; write provider: api_key");
    if (input.keys.empty())
        return context.error(input.keysPlace,
                             "authentication is enabled without a key; add one to security.api_key.keys, "
                             "or write security.enabled: false");
    for (const SecurityInput::Key &key : input.keys) {
        if (key.key.value.isEmpty())
            context.error(key.place, "the key is empty; give it a value, or set the variable that holds it");
    }
}

void checkUnwanted(ReadingContext &context, const SecurityInput &input, AuthProvider provider)
{
    if (input.enabled == false && input.legacyEnabled == true)
        return context.error(input.legacyPlace,
                             "security.enabled is false and api_keys_enabled is true; remove api_keys_enabled");
    if (provider == AuthProvider::External)
        context.warn(input.providerPlace, "external authentication is not implemented; no client needs a key");
    const bool hasKey = std::ranges::any_of(input.keys, [](const auto &key) { return !key.key.value.isEmpty(); });
    if (hasKey) {
        context.warn(input.enabled ? input.enabledPlace : input.providerPlace,
                     "there are keys, but no client needs one; write security.enabled: true, or remove the keys");
    }
}

} // namespace

void readSecurity(SectionReader &root, SecurityConfig &security)
{
    root.section("security", [&](SectionReader &section) {
        SecurityInput input;
        section.read("enabled", input.enabled);
        if (const auto word = section.readWord("provider", namesOf(AuthProvider()), std::nullopt))
            input.provider = static_cast<AuthProvider>(*word);
        readApiKey(section, security, input);
        readExternal(section, security.external);
        readJwt(section, security.jwt);
        readSlowDown(section, security.slowDown);
        readLegacyKeys(section, input);
        input.enabledPlace = section.placeOf("enabled");
        input.providerPlace = section.placeOf("provider");

        security.provider = providerOf(input);
        security.enabled = isWanted(input, security.provider);
        if (security.enabled)
            checkWanted(section.context(), input, security.provider);
        else
            checkUnwanted(section.context(), input, security.provider);
        for (SecurityInput::Key &item : input.keys) {
            if (!item.key.value.isEmpty())
                security.keys.push_back(std::move(item.key));
        }
    });
}

} // namespace lunargate
