// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/provider_registry.h"
#include "tests/fuzz/provider_check.h"

namespace {

using namespace lunargate;

// One provider of every protocol.
std::vector<ProviderConfig> configs()
{
    std::vector<ProviderConfig> result;
    for (const char *type : {"openai", "anthropic", "gemini", "ollama"}) {
        if (!ProviderRegistry::isSupported(type))
            continue;
        result.push_back(fuzz::config(type));
        result.back().id = type;
    }
    return result;
}

void write(const ProviderRegistry &providers, const ChatRequest &request)
{
    for (const char *id : {"openai", "anthropic", "gemini", "ollama"}) {
        for (const bool responses : {false, true}) {
            const auto provider = providers.find(id, responses);
            if (!provider)
                continue;
            const PreparedCall call = provider->chatCall(request, "model-1");
            if (call)
                fuzz::require(json::Document::parse((*call)->request.body).has_value(), "what is sent is JSON");
            else
                fuzz::require(call.error().kind == ErrorKind::InvalidRequest && !call.error().message.isEmpty(),
                              "what is not sent is the client's mistake, and it is told why");
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ProviderRegistry providers(configs());
    Result<ChatRequest> request = openai_chat::readRequest(fuzz::view(data, size).toByteArray(), 64);
    if (!request || !normalise(*request))
        return 0;
    write(providers, *request);
    return 0;
}
