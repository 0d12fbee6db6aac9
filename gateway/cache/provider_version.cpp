// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/provider_version.h"

#include <bit>

namespace lunargate {

namespace {

void add(ContentHash &hash, const AuthConfig &auth);
void add(ContentHash &hash, const QuirksConfig &quirks);
void add(ContentHash &hash, const SimulatorConfig &simulator);

// A list says how long it is, and an optional value whether it is there: so two of them in a row cannot be mixed up.

void add(ContentHash &hash, QByteArrayView text)
{
    hash.add(text);
}

template <typename T>
    requires std::integral<T> || std::is_enum_v<T>
void add(ContentHash &hash, T value)
{
    hash.add(static_cast<qint64>(value));
}

void add(ContentHash &hash, double value)
{
    hash.add(std::bit_cast<qint64>(value));
}

void add(ContentHash &hash, milliseconds value)
{
    hash.add(qint64(value.count()));
}

template <typename T>
void add(ContentHash &hash, const std::optional<T> &value)
{
    hash.add(qint64(value.has_value()));
    if (value)
        add(hash, *value);
}

template <typename T>
void add(ContentHash &hash, const std::vector<T> &values)
{
    hash.add(qint64(values.size()));
    for (const T &value : values)
        add(hash, value);
}

void add(ContentHash &hash, const std::map<QByteArray, QByteArray> &values)
{
    hash.add(qint64(values.size()));
    for (const auto &[key, value] : values) {
        hash.add(key);
        hash.add(value);
    }
}

template <typename... Values>
void addAll(ContentHash &hash, const Values &...values)
{
    (add(hash, values), ...);
}

// Each struct is taken apart, so that a member that comes later does not compile before somebody decided about it here.

void add(ContentHash &hash, const AuthConfig &auth)
{
    const auto &[scheme, header] = auth;
    addAll(hash, scheme, header);
}

void add(ContentHash &hash, const QuirksConfig &quirks)
{
    const auto &[developerRole, maxTokensField, reasoningField, seedField, requiredToolChoice, logprobsAsNumber,
                 stopAsArray, streamOptions, toolCallIdLength, reasoningHistory, reasoningWithToolCalls, refused,
                 refusedMessageFields, refusedToolCallFields] = quirks;
    addAll(hash, developerRole, maxTokensField, reasoningField, seedField, requiredToolChoice, logprobsAsNumber,
           stopAsArray, streamOptions, toolCallIdLength, reasoningHistory, reasoningWithToolCalls, refused,
           refusedMessageFields, refusedToolCallFields);
}

void add(ContentHash &hash, const SimulatorConfig &simulator)
{
    const auto &[latency, timeToFirstToken, tokensPerSecond, answerTokens, statuses, retryAfter, cutAfterChunks,
                 stallAfterChunks, malformedAfterChunks, missingEnd] = simulator;
    addAll(hash, latency, timeToFirstToken, tokensPerSecond, answerTokens, statuses, retryAfter, cutAfterChunks,
           stallAfterChunks, malformedAfterChunks, missingEnd);
}

} // namespace

ContentHash::Digest providerVersion(const ProviderConfig &provider)
{
    // Left out is what only decides about when, how often and whether somebody is asked, and what others are told of
    // the provider. The id and the model are in the key by themselves.
    const auto &[id, type, protocol, apiKey, baseUrl, auth, headers, query, defaultModel, temperature, topP, topK,
                 maxTokens, organization, apiVersion, connectTimeout, timeout, timeoutMode, idleTimeout, timeouts,
                 concurrency, warmConnections, compatibilityProfile, normalizeDeveloperRole, extractReasoningTags,
                 extra, quirks, capabilities, knownModels, models, simulator, line] = provider;
    ContentHash hash;
    addAll(hash, type, protocol, apiKey.reveal(), baseUrl, auth, headers, query, temperature, topP, topK, maxTokens,
           organization, apiVersion, compatibilityProfile, normalizeDeveloperRole, extractReasoningTags, extra, quirks,
           simulator);
    return hash.result();
}

void addOverrides(ContentHash &hash, const TargetOverrides &overrides)
{
    const auto &[timeouts, temperature, topP, topK, maxTokens, headers] = overrides;
    addAll(hash, temperature, topP, topK, maxTokens, headers);
}

ProviderVersions::ProviderVersions(const Config &config)
{
    if (!config.caching.enabled)
        return;
    for (const ProviderConfig &provider : config.providers)
        m_versions.emplace(provider.id, providerVersion(provider));
}

const ContentHash::Digest *ProviderVersions::find(const QByteArray &providerId) const
{
    const auto it = m_versions.find(providerId);
    return it == m_versions.end() ? nullptr : &it->second;
}

} // namespace lunargate
