// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/sections.h"

#include "gateway/config/header_name.h"
#include "gateway/config/reserved_names.h"
#include "gateway/config/jwt_section.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QTimeZone>

#include <algorithm>
#include <iterator>
#include <utility>

namespace lunargate {

namespace {

/// What the section says, before it is decided what that means.
struct SecurityInput
{
    struct Key
    {
        SecurityConfig::Key key;
        Place place; ///< of its value
        Place expiresPlace = {};
    };

    std::optional<bool> enabled;
    std::optional<AuthProvider> provider;
    std::vector<Key> keys;
    std::optional<bool> legacyEnabled;
    bool hasLegacyKeys = false;                              ///< `keys` come from `api_keys`
    bool hasTokenRules = false;                              ///< there is a section about tokens
    std::vector<ConfigProblem> blanksOfKeys, blanksOfTokens; ///< they count where keys or tokens do
    Place enabledPlace, providerPlace, keysPlace, legacyPlace;
    JwtPlaces jwtPlaces;
};

/// `2027-01-31`, or with a time and a zone as in RFC 3339.
void readExpiry(SectionReader &section, std::optional<std::chrono::sys_seconds> &expires)
{
    QByteArray text;
    section.read("expires", text, Blank::Refused);
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

void readSlowDown(SectionReader &security, SecurityConfig::SlowDown &slowDown)
{
    security.section("slow_down", [&](SectionReader &section) {
        section.read("free_attempts", slowDown.freeAttempts, {.smallest = 0});
        section.read("max_delay", slowDown.maxDelay);
    });
}

QByteArray digestOf(const QByteArray &key)
{
    return QCryptographicHash::hash(key, QCryptographicHash::Sha256);
}

QByteArray digestOf(const SecurityConfig::Key &key)
{
    return key.sha256.isEmpty() ? digestOf(key.value.reveal()) : key.sha256;
}

// A hash instead of the key itself, so that the file gives nothing away.
void takeHash(ReadingContext &context, SecurityInput::Key &item)
{
    constexpr QByteArrayView prefix = "sha256:";
    constexpr qsizetype digits = 64;
    const QByteArray text = item.key.value.reveal();
    if (text.size() < prefix.size() || text.first(prefix.size()).compare(prefix, Qt::CaseInsensitive) != 0)
        return;
    const QByteArray hex = text.sliced(prefix.size()).trimmed().toLower();
    const QByteArray hash = QByteArray::fromHex(hex);
    if (hex.size() != digits || hash.toHex() != hex) {
        context.error(item.place, "expected `sha256:` and the 64 hexadecimal digits of the key's SHA-256, as "
                                  "`printf %s KEY | sha256sum` gives them");
        return;
    }
    if (hash == digestOf(QByteArray()))
        return context.error(item.place, "this is the SHA-256 of empty text, which is no key; write that of the key");
    item.key.sha256 = hash;
    item.key.value = SecretString();
}

bool isEmpty(const SecurityConfig::Key &key)
{
    return key.value.isEmpty() && key.sha256.isEmpty();
}

/// Without `routes` that exist a key is good for nothing.
void readRoutes(SectionReader &section, SecurityConfig::Key &key, std::vector<NameReference> &references)
{
    section.read("routes", key.routes, Blank::Refused);
    for (const QByteArray &route : key.routes)
        references.push_back({route, section.placeOf("routes")});
}

/// A key without a name gets one that stays the same whatever stands before it, as limits and cached answers belong to
/// names. A key that is there under its name already replaces that.
void addKey(ReadingContext &context, SecurityInput::Key item, const QByteArray &prefix, const Place &place,
            std::vector<SecurityInput::Key> &keys)
{
    constexpr qsizetype bytes = 4;
    SecurityConfig::Key &key = item.key;
    if (key.name.isEmpty() && !isEmpty(key))
        key.name = prefix + digestOf(key).first(bytes).toHex();
    const auto hasItsName = [&](const SecurityInput::Key &other) {
        return !key.name.isEmpty() && other.key.name == key.name;
    };
    const auto isTwin = [&](const SecurityInput::Key &other) {
        return hasItsName(other) && digestOf(other.key) == digestOf(key);
    };
    if (std::erase_if(keys, isTwin) > 0)
        context.warn(place, "this key stands here twice, and its last entry counts; remove the other");
    else if (std::ranges::any_of(keys, hasItsName)) // as while a new key takes over from an old one
        context.warn(place, "another key has the name '" + key.name +
                                "', so limits, logs and cached answers take both for one caller; if that is not "
                                "meant, give each its own");
    keys.push_back(std::move(item));
}

void readKey(SectionReader &section, std::vector<SecurityInput::Key> &keys, std::vector<NameReference> &references)
{
    SecurityInput::Key item;
    section.read("name", item.key.name, Blank::Refused);
    if (isReservedName(item.key.name))
        section.context().error(section.placeOf("name"), "the gateway itself uses this name; choose another one");
    section.read("value", item.key.value);
    item.place = section.placeOf("value");
    item.expiresPlace = section.placeOf("expires");
    takeHash(section.context(), item);
    readExpiry(section, item.key.expires);
    readRoutes(section, item.key, references);
    section.read("models", item.key.models, Blank::Refused);
    section.read("admin", item.key.isAdmin);
    addKey(section.context(), std::move(item), "key-", section.placeOf("name"), keys);
}

void readApiKey(SectionReader &security, SecurityConfig &config, SecurityInput &input,
                std::vector<NameReference> &references)
{
    security.section("api_key", [&](SectionReader &section) {
        section.read("header", config.header);
        section.read("prefix", config.prefix);
        section.read("allow_x_api_key", config.allowXApiKey);
        section.list("keys", [&](SectionReader &item) { readKey(item, input.keys, references); });
        input.keysPlace = section.placeOf("keys");
        if (config.header.isEmpty())
            config.header = SecurityConfig().header;
        if (!isHeaderName(config.header))
            section.context().error(section.placeOf("header"), "expected a header name (letters, digits and dashes)");
        if (config.prefix.isEmpty() && config.header.compare("Authorization", Qt::CaseInsensitive) == 0)
            config.prefix = SecurityConfig().prefix;
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
        SecurityInput::Key item{{.value = secret}, place};
        takeHash(section.context(), item);
        addKey(section.context(), std::move(item), "legacy-key-", place, input.keys);
    }
}

bool hasKey(const SecurityInput &input)
{
    return std::ranges::any_of(input.keys, [](const SecurityInput::Key &item) { return !isEmpty(item.key); });
}

AuthProvider providerOf(const SecurityInput &input)
{
    if (input.hasLegacyKeys && hasKey(input) && input.provider.value_or(AuthProvider::None) == AuthProvider::None)
        return AuthProvider::ApiKey;
    if (input.provider)
        return *input.provider;
    if (!input.keys.empty())
        return AuthProvider::ApiKey;
    return input.hasTokenRules ? AuthProvider::Jwt : AuthProvider::None;
}

/// Whether clients shall need a key; what is said explicitly counts most.
bool isWanted(const SecurityInput &input, AuthProvider provider)
{
    if (input.enabled)
        return *input.enabled;
    return input.legacyEnabled.value_or(provider != AuthProvider::None);
}

/// Says so while there is time to hand out another key.
void warnOfExpiry(ReadingContext &context, const SecurityInput::Key &item, std::chrono::sys_seconds now)
{
    constexpr std::chrono::days soon{14};
    if (!item.key.expires || *item.key.expires > now + soon)
        return;
    const auto end = QDateTime::fromSecsSinceEpoch(item.key.expires->time_since_epoch().count(), QTimeZone::UTC);
    const QByteArray time = end.toString(Qt::ISODate).toUtf8();
    const QByteArray name = "the key '" + item.key.name + "' ";
    if (*item.key.expires <= now)
        context.warn(item.expiresPlace, name + "has expired (" + time + "); remove it, or give its user a new one");
    else
        context.warn(item.expiresPlace, name + "expires soon, at " + time + "; give its user a new one");
}

void checkKeys(ReadingContext &context, const SecurityInput &input)
{
    std::ranges::copy(input.blanksOfKeys, std::back_inserter(context.problems));
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (input.keys.empty())
        return context.error(input.keysPlace,
                             "authentication is enabled without a key; add one to security.api_key.keys, "
                             "or write security.enabled: false");
    for (const SecurityInput::Key &item : input.keys) {
        if (isEmpty(item.key))
            context.error(item.place, "the key is empty; give it a value, or set the variable that holds it");
        warnOfExpiry(context, item, now);
    }
}

bool namesPublicKeys(const SecurityConfig::Jwt &jwt)
{
    return !jwt.jwksFile.isEmpty() || !jwt.jwksUrl.isEmpty();
}

/// Reports what makes authentication impossible although it is wanted.
void checkWanted(ReadingContext &context, const SecurityInput &input, const SecurityConfig &security)
{
    if (!input.provider && !input.keys.empty() && namesPublicKeys(security.jwt))
        context.warn(input.providerPlace,
                     "there are API keys, and public keys for tokens: clients must show a key, and "
                     "tokens are not taken; write provider: api_key or provider: jwt to choose");
    if (security.provider == AuthProvider::Jwt) {
        if (!input.keys.empty())
            context.warn(input.keysPlace, "with provider: jwt these keys are not taken; remove them");
        std::ranges::copy(input.blanksOfTokens, std::back_inserter(context.problems));
        return checkJwt(context, security.jwt, input.jwtPlaces);
    }
    if (security.provider == AuthProvider::None && !input.keys.empty())
        return context.error(input.providerPlace,
                             "authentication is enabled, but the provider is none; write provider: api_key");
    checkKeys(context, input);
}

void checkUnwanted(ReadingContext &context, const SecurityInput &input, const SecurityConfig::Jwt &jwt)
{
    if (input.enabled == false && input.legacyEnabled == true)
        return context.error(input.legacyPlace,
                             "security.enabled is false and api_keys_enabled is true; remove api_keys_enabled");
    const Place &place = input.enabled ? input.enabledPlace : input.providerPlace;
    if (hasKey(input))
        context.warn(place,
                     "there are keys, but no client needs one; write security.enabled: true, or remove the keys");
    if (namesPublicKeys(jwt))
        context.warn(place, "there are public keys, but no client needs a token; write security.enabled: true and "
                            "provider: jwt, or remove them");
}

} // namespace

void readSecurity(SectionReader &root, SecurityConfig &security, std::vector<NameReference> &references)
{
    root.section("security", [&](SectionReader &section) {
        SecurityInput input;
        section.read("enabled", input.enabled);
        if (const auto word = section.readWord("provider", namesOf(AuthProvider()), std::nullopt, Blank::AsWritten))
            input.provider = static_cast<AuthProvider>(*word);
        readApiKey(section, security, input, references);
        input.blanksOfKeys = std::exchange(section.context().blanks, {});
        readOlderJwtKeys(section, security.jwt, input.jwtPlaces);
        readJwt(section, security.jwt, input.jwtPlaces);
        input.blanksOfTokens = std::exchange(section.context().blanks, {});
        readSlowDown(section, security.slowDown);
        readLegacyKeys(section, input);
        input.enabledPlace = section.placeOf("enabled");
        input.providerPlace = section.placeOf("provider");
        input.hasTokenRules = section.has("jwt") || section.has("external") || namesPublicKeys(security.jwt);

        security.provider = providerOf(input);
        security.enabled = isWanted(input, security.provider);
        security.isDecided = input.enabled || input.provider || input.legacyEnabled;
        if (security.enabled)
            checkWanted(section.context(), input, security);
        else
            checkUnwanted(section.context(), input, security.jwt);
        for (SecurityInput::Key &item : input.keys) {
            if (!isEmpty(item.key))
                security.keys.push_back(std::move(item.key));
        }
    });
}

} // namespace lunargate
