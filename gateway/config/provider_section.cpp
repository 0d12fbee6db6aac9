// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/sections.h"

#include "gateway/config/nearest_name.h"
#include "gateway/config/scalar_text.h"

#include <algorithm>

namespace lunargate {

namespace {

struct TypeDefaults
{
    const char *type;
    const char *model;
    const char *apiVersion;
};

constexpr TypeDefaults kTypes[] = {
    {"openai", "gpt-4-turbo", ""},
    {"anthropic", "claude-3-sonnet-20240229", "2023-06-01"},
    {"ollama", "llama3.2", ""},
    {"simulator", "simulator-1", ""},
};

const TypeDefaults *findType(const QByteArray &type)
{
    const auto found = std::ranges::find_if(kTypes, [&](const TypeDefaults &known) { return type == known.type; });
    return found == std::end(kTypes) ? nullptr : found;
}

QByteArray typeAdvice(const QByteArray &wanted)
{
    std::vector<QByteArray> names;
    for (const TypeDefaults &known : kTypes)
        names.push_back(known.type);
    const QByteArray nearest = nearestName(wanted, names);
    return (nearest.isEmpty() ? QByteArray() : "did you mean `" + nearest + "`? ") +
           "the types are: " + listOfNames(names);
}

/// The type's own values for what the file leaves out.
void applyDefaults(ProviderConfig &provider, const TypeDefaults &defaults)
{
    if (provider.defaultModel.isEmpty())
        provider.defaultModel = defaults.model;
    if (provider.apiVersion.isEmpty())
        provider.apiVersion = defaults.apiVersion;
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

void readKeys(SectionReader &section, ProviderConfig &provider)
{
    section.read("type", provider.type);
    section.read("api_key", provider.apiKey);
    section.readUrl("base_url", provider.baseUrl);
    section.read("default_model", provider.defaultModel);
    section.read("temperature", provider.temperature, {.smallest = 0});
    section.read("top_p", provider.topP, {0, 1});
    section.read("top_k", provider.topK);
    section.read("max_tokens", provider.maxTokens, {.smallest = 1});
    section.read("organization", provider.organization);
    section.read("api_version", provider.apiVersion);
    section.read("connect_timeout", provider.connectTimeout);
    section.read("timeout", provider.timeout);
    section.read("timeout_mode", provider.timeoutMode);
    section.read("idle_timeout", provider.idleTimeout);
    section.read("compatibility_profile", provider.compatibilityProfile);
    section.read("normalize_developer_role", provider.normalizeDeveloperRole);
    section.read("extract_reasoning_tags", provider.extractReasoningTags);
    section.readMap("extra", provider.extra, SectionReader::MapKeys::LowerCase);
    readModels(section, provider.models);
    readSimulator(section, provider.simulator);
    section.ignore("capabilities", "capabilities are found out from the provider's answers; this key does nothing");
}

ProviderConfig readProvider(const QByteArray &id, SectionReader &section)
{
    ProviderConfig provider;
    provider.id = id;
    provider.line = section.place().position.line;
    readKeys(section, provider);
    applyExtra(section, provider);
    provider.type = provider.type.toLower();
    if (provider.type.isEmpty() && findType(id.toLower()))
        provider.type = id.toLower();
    // A time limit of nothing would fail every call; 0 has always meant the default here.
    if (provider.timeout == 0ms)
        provider.timeout = ProviderConfig().timeout;
    if (provider.connectTimeout == 0ms)
        provider.connectTimeout = ProviderConfig().connectTimeout;
    if (!provider.compatibilityProfile.isEmpty() && provider.compatibilityProfile != "deepseek")
        section.context().warn(section.placeOf("compatibility_profile"),
                               "this profile does nothing; the only one is: deepseek");
    return provider;
}

/// Why the provider cannot be called, or empty.
QByteArray whyUnusable(const ProviderConfig &provider)
{
    if (provider.type.isEmpty())
        return "the provider has no type; " + typeAdvice(provider.id);
    if (!findType(provider.type))
        return "there is no provider type `" + provider.type + "`; " + typeAdvice(provider.type);
    return {};
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
        ProviderConfig provider = readProvider(id, section);
        checkId(section, id);
        if (const QByteArray reason = whyUnusable(provider); !reason.isEmpty()) {
            unusable.push_back({id, section.placeOf("type"), reason});
            return;
        }
        applyDefaults(provider, *findType(provider.type));
        if (section.has("simulator") && provider.type != "simulator")
            section.context().warn(section.placeOf("simulator"),
                                   "only providers of type simulator have this; it does nothing");
        providers.push_back(std::move(provider));
    });
}

} // namespace lunargate
