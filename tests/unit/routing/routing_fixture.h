// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"

#include <QByteArray>

#include <vector>

namespace lunargate::test {

inline ProviderConfig provider(QByteArray id, QByteArray type = "openai", QByteArray defaultModel = {})
{
    ProviderConfig config;
    config.id = std::move(id);
    config.type = std::move(type);
    config.defaultModel = std::move(defaultModel);
    return config;
}

inline TargetConfig target(QByteArray provider, QByteArray model = {}, int weight = 1)
{
    TargetConfig config;
    config.provider = std::move(provider);
    config.model = std::move(model);
    config.weight = weight;
    return config;
}

inline RouteConfig route(QByteArray name, std::vector<TargetConfig> targets, std::vector<TargetConfig> fallback = {})
{
    RouteConfig config;
    config.name = std::move(name);
    config.targets = std::move(targets);
    config.fallback = std::move(fallback);
    return config;
}

/// Providers `openai`, `anthropic`, `groq`, `openrouter` and `local` (which has no default model), without routes.
inline Config someProviders()
{
    Config config;
    config.providers = {provider("openai", "openai", "gpt-4o"), provider("anthropic", "anthropic", "claude-sonnet"),
                        provider("groq", "groq", "llama"), provider("openrouter", "openrouter", "openrouter/auto"),
                        provider("local", "llamacpp")};
    return config;
}

} // namespace lunargate::test
