// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/provider_registry.h"
#include "tests/fuzz/provider_check.h"

namespace {

using namespace lunargate;

// One provider of every protocol that is called over the network.
constexpr std::pair<const char *, Protocol> kProviders[] = {{"openai", Protocol::OpenAi},
                                                            {"anthropic", Protocol::Anthropic},
                                                            {"gemini", Protocol::Gemini},
                                                            {"ollama", Protocol::Ollama}};

std::vector<ProviderConfig> configs()
{
    std::vector<ProviderConfig> result;
    for (const auto &[id, protocol] : kProviders) {
        result.push_back(fuzz::config(protocol));
        result.back().id = id;
    }
    return result;
}

void write(const Provider &provider, const ChatRequest &request)
{
    const PreparedCall call = provider.chatCall(request, "model-1");
    if (call)
        fuzz::require(json::Document::parse((*call)->request.body).has_value(), "what is sent is JSON");
    else
        fuzz::require(call.error().kind == ErrorKind::InvalidRequest && !call.error().message.isEmpty(),
                      "what is not sent is the client's mistake, and it is told why");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ProviderRegistry providers(configs());
    Result<ChatRequest> request = openai_chat::readRequest(fuzz::view(data, size).toByteArray(), 64);
    if (!request || !normalise(*request))
        return 0;
    for (const auto &[id, protocol] : kProviders) {
        for (const bool responses : {false, true}) {
            const auto provider = providers.find(id, responses);
            fuzz::require(provider != nullptr, "every protocol has a provider");
            write(*provider, *request);
        }
    }
    return 0;
}
