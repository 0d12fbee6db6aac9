// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/provider_registry.h"

#include "gateway/providers/anthropic/anthropic_provider.h"
#include "gateway/providers/gemini/gemini_provider.h"
#include "gateway/providers/ollama/ollama_provider.h"
#include "gateway/providers/target_overrides.h"
#include "gateway/providers/openai/openai_provider.h"
#include "gateway/providers/openai_responses/openai_responses_provider.h"
#include "gateway/providers/simulator/simulator_provider.h"

#include <algorithm>

namespace lunargate {

namespace {

/// `original`: the provider whose configuration `config` was before a target's overrides; null: it is none of those.
using Make = std::shared_ptr<const Provider> (*)(const ProviderConfig &config, const Provider *original);

template <typename T>
std::shared_ptr<const Provider> make(const ProviderConfig &config, const Provider *)
{
    return std::make_shared<const T>(config);
}

// There is one simulated service, however it is called.
std::shared_ptr<const Provider> makeSimulator(const ProviderConfig &config, const Provider *original)
{
    if (const auto *simulator = dynamic_cast<const SimulatorProvider *>(original))
        return std::make_shared<const SimulatorProvider>(config, *simulator);
    return std::make_shared<const SimulatorProvider>(config);
}

struct Row
{
    Protocol protocol = Protocol::OpenAi;
    Make make = nullptr;
    Make makeResponses = nullptr; ///< for targets with `upstream_request_type: responses`
};

// A new provider protocol is one line here.
constexpr Row kProtocols[] = {
    {Protocol::Anthropic, &make<AnthropicProvider>},
    {Protocol::Gemini, &make<GeminiProvider>},
    {Protocol::Ollama, &make<OllamaProvider>},
    {Protocol::OpenAi, &make<OpenAiProvider>, &make<OpenAiResponsesProvider>},
    {Protocol::Simulator, &makeSimulator},
};

const Row *findRow(Protocol protocol)
{
    const auto it = std::ranges::find(kProtocols, protocol, &Row::protocol);
    return it == std::end(kProtocols) ? nullptr : &*it;
}

} // namespace

ProviderRegistry::ProviderRegistry(const std::vector<ProviderConfig> &configs)
{
    for (const ProviderConfig &config : configs) {
        if (Entry entry = makeEntry(config); entry.usual)
            m_providers.emplace(config.id, std::move(entry));
    }
}

ProviderRegistry::ProviderRegistry(const Config &config) : ProviderRegistry(config.providers)
{
    for (const RouteConfig &route : config.routing.routes) {
        for (const std::vector<TargetConfig> *targets : {&route.targets, &route.fallback}) {
            for (const TargetConfig &target : *targets)
                addTarget(config, route, target);
        }
    }
}

ProviderRegistry::Entry ProviderRegistry::makeEntry(const ProviderConfig &config, const Provider *original)
{
    Entry entry;
    const Row *row = findRow(config.protocol);
    if (!row)
        return entry;
    entry.usual = row->make(config, original);
    if (row->makeResponses && config.capabilities.responses)
        entry.responses = row->makeResponses(config, original);
    return entry;
}

void ProviderRegistry::addTarget(const Config &config, const RouteConfig &route, const TargetConfig &target)
{
    const ProviderConfig *provider = config.provider(target.provider);
    const auto original = m_providers.find(target.provider);
    const TargetOverrides overrides = effectiveOverrides(route, target);
    if (overrides == TargetOverrides() || !provider || original == m_providers.end())
        return;
    m_targets.emplace(&target, makeEntry(withOverrides(*provider, overrides), original->second.usual.get()));
}

bool ProviderRegistry::isSupported(Protocol protocol)
{
    return findRow(protocol) != nullptr;
}

std::shared_ptr<const Provider> ProviderRegistry::find(const QByteArray &id, bool responses,
                                                       const TargetConfig *target) const
{
    const auto choose = [responses](const Entry &entry) {
        return responses && entry.responses ? entry.responses : entry.usual;
    };
    if (target && !m_targets.empty()) {
        if (const auto it = m_targets.find(target); it != m_targets.end())
            return choose(it->second);
    }
    const auto it = m_providers.find(id);
    return it == m_providers.end() ? nullptr : choose(it->second);
}

} // namespace lunargate
