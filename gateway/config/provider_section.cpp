// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/local_address.h"
#include "gateway/config/sections.h"

#include "gateway/config/nearest_name.h"
#include "gateway/config/provider_presets.h"
#include "gateway/config/scalar_text.h"
#include "gateway/config/service_keys.h"

#include <QUrl>
#include <QUrlQuery>

#include <algorithm>
#include <iterator>
#include <optional>

namespace lunargate {

namespace {

QByteArray typeAdvice(const QByteArray &wanted)
{
    std::vector<QByteArray> names;
    std::ranges::transform(providerPresets(), std::back_inserter(names), &ProviderPreset::name);
    const QByteArray nearest = nearestName(wanted, names);
    return (nearest.isEmpty() ? QByteArray() : "did you mean `" + nearest + "`? ") +
           "the types are: " + listOfNames(names);
}

void readModels(SectionReader &section, ModelsConfig &models)
{
    const milliseconds defaultTtl = models.fetchTtl;
    section.section("models", [&](SectionReader &inner) {
        inner.read("mode", models.mode);
        inner.read("static", models.staticModels);
        inner.section("fetch", [&](SectionReader &fetch) { fetch.read("ttl", models.fetchTtl); });
    });
    if (models.fetchTtl == 0ms)
        models.fetchTtl = defaultTtl;
}

void readSimulator(SectionReader &section, SimulatorConfig &simulator)
{
    section.section("simulator", [&](SectionReader &inner) {
        inner.read("latency", simulator.latency);
        inner.read("time_to_first_token", simulator.timeToFirstToken);
        inner.read("tokens_per_second", simulator.tokensPerSecond, {.smallest = 0});
        inner.read("answer_tokens", simulator.answerTokens, {.smallest = 0});
        inner.read("statuses", simulator.statuses, {200, 599});
        inner.read("retry_after", simulator.retryAfter);
        inner.read("cut_after_chunks", simulator.cutAfterChunks, {.smallest = -1});
        inner.read("stall_after_chunks", simulator.stallAfterChunks, {.smallest = -1});
        inner.read("malformed_after_chunks", simulator.malformedAfterChunks, {.smallest = -1});
        inner.read("missing_end", simulator.missingEnd);
    });
}

/// Takes over what `extra` says in place of keys of its own.
void applyExtra(SectionReader &section, ProviderConfig &provider)
{
    const auto extra = [&](const char *key) {
        const auto found = provider.extra.find(key);
        return found == provider.extra.end() ? QByteArray() : found->second.trimmed();
    };
    if (provider.compatibilityProfile.isEmpty())
        provider.compatibilityProfile = extra("compatibility_profile");
    provider.compatibilityProfile = provider.compatibilityProfile.toLower();
    if (!section.has("normalize_developer_role"))
        provider.normalizeDeveloperRole = parseBoolean(extra("normalize_developer_role")).value_or(false);
}

void readConcurrency(SectionReader &section, ConcurrencyConfig &concurrency)
{
    section.section("concurrency", [&](SectionReader &map) {
        map.read("limit", concurrency.limit, {.smallest = 0});
        map.read("queue_size", concurrency.queueSize, {0, 100'000});
        map.read("queue_timeout", concurrency.queueTimeout);
    });
}

void readKeys(SectionReader &section, ProviderConfig &provider)
{
    section.read("api_key", provider.apiKey);
    readServiceKeys(section, provider);
    section.read("temperature", provider.temperature, {.smallest = 0});
    section.read("top_p", provider.topP, {0, 1});
    section.read("top_k", provider.topK);
    section.read("max_tokens", provider.maxTokens, {.smallest = 1});
    section.read("organization", provider.organization);
    section.read("connect_timeout", provider.connectTimeout);
    section.read("timeout", provider.timeout);
    section.read("timeout_mode", provider.timeoutMode);
    section.read("idle_timeout", provider.idleTimeout);
    readTimeouts(section, provider.timeouts);
    readConcurrency(section, provider.concurrency);
    section.read("warm_connections", provider.warmConnections, {0, 16});
    section.read("compatibility_profile", provider.compatibilityProfile);
    section.read("normalize_developer_role", provider.normalizeDeveloperRole);
    section.read("extract_reasoning_tags", provider.extractReasoningTags);
    section.readMap("extra", provider.extra, SectionReader::MapKeys::LowerCase);
    readModels(section, provider.models);
    readSimulator(section, provider.simulator);
    section.ignore("capabilities", "capabilities are found out from the provider's answers; this key does nothing");
}

QByteArray readType(const QByteArray &id, SectionReader &section)
{
    QByteArray type;
    section.read("type", type);
    type = type.toLower();
    return type.isEmpty() && findProviderPreset(id.toLower()) ? id.toLower() : type;
}

/// Empty text means the default, as a missing key does.
void applyDefaults(ProviderConfig &provider, const ProviderConfig &defaults)
{
    if (provider.baseUrl.isEmpty())
        provider.baseUrl = defaults.baseUrl;
    if (provider.defaultModel.isEmpty())
        provider.defaultModel = defaults.defaultModel;
    if (provider.apiVersion.isEmpty())
        provider.apiVersion = defaults.apiVersion;
    // A time limit of nothing would fail every call; 0 has always meant the default here.
    if (provider.timeout == 0ms)
        provider.timeout = ProviderConfig().timeout;
    if (provider.connectTimeout == 0ms)
        provider.connectTimeout = ProviderConfig().connectTimeout;
}

/// Takes back what is known of the vendor only if the provider is somebody else's: its key must not go there.
void applyVendor(SectionReader &section, ProviderConfig &provider, const ProviderPreset &preset)
{
    if (!preset.isVendorAddress(provider.baseUrl))
        provider.knownModels.clear();
    if (section.has("api_key") || preset.keyVariable.isEmpty() || provider.auth.scheme == KeyScheme::None)
        return;
    const QByteArray key = section.context().environment.value(preset.keyVariable).value_or(QByteArray()).trimmed();
    if (!preset.mayHaveKey(provider.baseUrl)) {
        if (!key.isEmpty() && !provider.baseUrl.isEmpty() && !isOnThisMachine(provider.baseUrl))
            section.context().warn(section.placeOf("base_url"), "the key of the variable " + preset.keyVariable +
                                                                    " is not sent to this address; write `api_key: ${" +
                                                                    preset.keyVariable +
                                                                    "}` if it is meant to be, or `api_key: ''` if not");
        return;
    }
    if (key.isEmpty() && preset.needsKey) {
        section.context().warn(section.placeOf("api_key"), "the provider has no key; set the variable " +
                                                               preset.keyVariable + ", or write `api_key`");
    }
    provider.apiKey = SecretString(key);
}

/// Azure's classic addresses need a version in the query; all others get one only if the configuration names it (Azure
/// OpenAI REST API reference, "API versioning").
void applyQuery(SectionReader &section, ProviderConfig &provider)
{
    if (provider.protocol != Protocol::OpenAi || provider.apiVersion.isEmpty())
        return;
    if (QUrlQuery(QUrl::fromEncoded(provider.baseUrl)).hasQueryItem(QStringLiteral("api-version")))
        return;
    if (section.has("api_version") || provider.baseUrl.contains("/openai/deployments/"))
        provider.query.try_emplace("api-version", provider.apiVersion);
}

void checkUse(SectionReader &section, const ProviderConfig &provider)
{
    if (!provider.compatibilityProfile.isEmpty() && provider.compatibilityProfile != "deepseek")
        section.context().warn(section.placeOf("compatibility_profile"),
                               "this profile does nothing; the only one is: deepseek");
    if (section.has("simulator") && provider.protocol != Protocol::Simulator)
        section.context().warn(section.placeOf("simulator"),
                               "only providers of type simulator have this; it does nothing");
    const bool isOpenAi = provider.protocol == Protocol::OpenAi || provider.protocol == Protocol::Simulator;
    if (section.has("quirks") && !isOpenAi)
        section.context().warn(section.placeOf("quirks"),
                               "only providers with the protocol of OpenAI have this; it does nothing");
}

ProviderConfig readProvider(const QByteArray &id, const QByteArray &type, const ProviderPreset &preset,
                            SectionReader &section)
{
    ProviderConfig provider = preset.defaults;
    provider.id = id;
    provider.type = type;
    provider.line = section.place().position.line;
    readKeys(section, provider);
    applyExtra(section, provider);
    applyDefaults(provider, preset.defaults);
    applyVendor(section, provider, preset);
    applyQuery(section, provider);
    checkUse(section, provider);
    return provider;
}

/// A provider that cannot be called, and why.
std::optional<UnusableProvider> whyUnusable(const ProviderConfig &provider, const ProviderPreset &preset,
                                            const SectionReader &section)
{
    const auto unusable = [&](const char *key, const QByteArray &reason) {
        return UnusableProvider{provider.id, section.placeOf(key), reason};
    };
    if (provider.type.isEmpty())
        return unusable("type", "the provider has no type; " + typeAdvice(provider.id));
    if (preset.name.isEmpty())
        return unusable("type", "there is no provider type `" + provider.type + "`; " + typeAdvice(provider.type));
    if (provider.baseUrl.isEmpty() && provider.protocol != Protocol::Simulator) {
        return unusable("base_url", "every provider of this type has an address of its own; write it here" +
                                        (preset.exampleUrl.isEmpty() ? QByteArray() : ": " + preset.exampleUrl));
    }
    return std::nullopt;
}

void checkId(SectionReader &section, const QByteArray &id)
{
    // A model is named PROVIDER/MODEL and split at the first slash.
    if (id.trimmed().isEmpty() || id.trimmed() != id || id.contains('/'))
        section.context().error(section.place(),
                                "a provider's name must not be empty, have spaces around it or a slash in it");
}

} // namespace

void readProviders(SectionReader &root, std::vector<ProviderConfig> &providers, std::vector<UnusableProvider> &unusable)
{
    root.named("providers", [&](const QByteArray &id, SectionReader &section) {
        static const ProviderPreset none;
        const std::size_t firstKey = section.context().keys.size();
        const QByteArray type = readType(id, section);
        const ProviderPreset *known = findProviderPreset(type);
        const ProviderPreset &preset = known ? *known : none;
        ProviderConfig provider = readProvider(id, type, preset, section);
        for (const char *key : {"api_key", "headers", "query"})
            section.context().sends(firstKey, section.placeOf(key), provider.baseUrl, id);
        section.context().addresses[id] = provider.baseUrl;
        checkId(section, id);
        if (std::optional<UnusableProvider> problem = whyUnusable(provider, preset, section)) {
            unusable.push_back(*std::move(problem));
            return;
        }
        providers.push_back(std::move(provider));
    });
}

} // namespace lunargate
