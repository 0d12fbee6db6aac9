// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/writer.h"
#include "gateway/providers/provider_registry.h"
#include "tests/fuzz/provider_check.h"

#include <optional>
#include <utility>
#include <vector>

// What the targets of all readers of requests share.
namespace lunargate::fuzz {

/// One provider of every protocol that is called over the network.
inline constexpr std::pair<const char *, Protocol> kProviders[] = {{"openai", Protocol::OpenAi},
                                                                   {"anthropic", Protocol::Anthropic},
                                                                   {"gemini", Protocol::Gemini},
                                                                   {"ollama", Protocol::Ollama}};

/// All of them; where `temperature` is set, it is added to what passes.
inline ProviderRegistry everyProvider(std::optional<double> temperature = {})
{
    std::vector<ProviderConfig> configs;
    for (const auto &[id, protocol] : kProviders) {
        configs.push_back(config(protocol));
        configs.back().id = id;
        configs.back().temperature = temperature;
    }
    return ProviderRegistry(configs);
}

inline bool isJson(const QByteArray &text)
{
    return json::Document::parse(text).has_value();
}

/// Writes the text of a request that was made of another protocol's, and reads it again.
inline void checkWrittenBody(ChatRequest &request)
{
    request.writeBody();
    const std::optional<json::Document> again = json::Document::parse(request.body);
    require(again.has_value(), "the chat form is JSON");
    require(json::toText(again->root()) == request.body, "its text says what it says");
    require(request.members.size() == request.document.root().size(), "all its members have their places");
}

inline void requireClientsMistake(const Error &error)
{
    require(error.kind == ErrorKind::InvalidRequest && !error.message.isEmpty(),
            "what is not read or sent is the client's mistake, and it is told why");
}

/// Writes the request for every protocol, over the Responses API too.
inline void checkCalls(const ProviderRegistry &providers, const ChatRequest &request)
{
    for (const auto &[id, protocol] : kProviders) {
        for (const bool responses : {false, true}) {
            const auto provider = providers.find(id, responses);
            require(provider != nullptr, "every protocol has a provider");
            const PreparedCall call = provider->chatCall(request, "model-1");
            if (call)
                require(isJson((*call)->request.body), "what is sent is JSON");
            else
                requireClientsMistake(call.error());
        }
    }
}

} // namespace lunargate::fuzz
