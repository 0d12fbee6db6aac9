// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/provider_registry.h"

#include "gateway/providers/anthropic/anthropic_provider.h"
#include "gateway/providers/gemini/gemini_provider.h"
#include "gateway/providers/ollama/ollama_provider.h"
#include "gateway/providers/openai/openai_provider.h"
#include "gateway/providers/openai_responses/openai_responses_provider.h"
#include "gateway/providers/simulator/simulator_provider.h"

#include <algorithm>

namespace lunargate {

namespace {

using Make = std::shared_ptr<const Provider> (*)(const ProviderConfig &);

template <typename T>
std::shared_ptr<const Provider> make(const ProviderConfig &config)
{
    return std::make_shared<const T>(config);
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
    {Protocol::Simulator, &make<SimulatorProvider>},
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
        const Row *row = findRow(config.protocol);
        if (!row)
            continue;
        m_providers.emplace(config.id, row->make(config));
        if (row->makeResponses && config.capabilities.responses)
            m_responses.emplace(config.id, row->makeResponses(config));
    }
}

bool ProviderRegistry::isSupported(Protocol protocol)
{
    return findRow(protocol) != nullptr;
}

std::shared_ptr<const Provider> ProviderRegistry::find(const QByteArray &id, bool responses) const
{
    if (responses) {
        if (const auto it = m_responses.find(id); it != m_responses.end())
            return it->second;
    }
    const auto it = m_providers.find(id);
    return it == m_providers.end() ? nullptr : it->second;
}

} // namespace lunargate
