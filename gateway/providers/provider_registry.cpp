// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/provider_registry.h"

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

struct Type
{
    QByteArrayView name;
    Make make = nullptr;
    Make makeResponses = nullptr; ///< for targets with `upstream_request_type: responses`
};

// A new provider protocol is one line here.
constexpr Type kTypes[] = {
    {"openai", &make<OpenAiProvider>, &make<OpenAiResponsesProvider>},
    {"simulator", &make<SimulatorProvider>},
};

const Type *findType(QByteArrayView name)
{
    const auto it = std::ranges::find(kTypes, name, &Type::name);
    return it == std::end(kTypes) ? nullptr : &*it;
}

} // namespace

ProviderRegistry::ProviderRegistry(const std::vector<ProviderConfig> &configs)
{
    for (const ProviderConfig &config : configs) {
        const Type *type = findType(config.type);
        if (!type)
            continue;
        m_providers.emplace(config.id, type->make(config));
        if (type->makeResponses)
            m_responses.emplace(config.id, type->makeResponses(config));
    }
}

bool ProviderRegistry::isSupported(QByteArrayView type)
{
    return findType(type) != nullptr;
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
