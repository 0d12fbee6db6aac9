// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/request_reader.h"
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

void check(const PreparedCall &call)
{
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
    const QByteArray body = fuzz::view(data, size).toByteArray();
    Result<anthropic_messages::ReadCall> call = anthropic_messages::readRequest(body, 64);
    if (!call)
        return 0;
    ChatRequest &request = call->request;
    fuzz::require(request.native && request.native->body == body, "the client's bytes are kept");
    fuzz::require(json::Document::parse(request.body).has_value(), "the chat form is JSON");
    if (!normalise(request))
        return 0;
    for (const auto &[id, protocol] : kProviders) {
        for (const bool responses : {false, true})
            check(providers.find(id, responses)->chatCall(request, "model-1"));
    }
    const PreparedCall native = providers.find("anthropic", false)->chatCall(request, request.model);
    fuzz::require(native.has_value() && (*native)->isNative, "a provider of the same protocol takes everything");
    if (!body.contains("lunargate:"))
        fuzz::require(request.model.isEmpty() || (*native)->request.body == body, "its bytes pass");
    return 0;
}
