// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/responses_call.h"
#include "gateway/providers/provider_registry.h"
#include "tests/fuzz/provider_check.h"

namespace {

using namespace lunargate;

// One provider of every protocol that is called over the network.
constexpr std::pair<const char *, Protocol> kProviders[] = {{"openai", Protocol::OpenAi},
                                                            {"anthropic", Protocol::Anthropic},
                                                            {"gemini", Protocol::Gemini},
                                                            {"ollama", Protocol::Ollama}};

const ProviderRegistry &providers()
{
    static const ProviderRegistry registry([] {
        std::vector<ProviderConfig> configs;
        for (const auto &[id, protocol] : kProviders) {
            configs.push_back(fuzz::config(protocol));
            configs.back().id = id;
        }
        return configs;
    }());
    return registry;
}

bool isJson(const QByteArray &text)
{
    return json::Document::parse(text).has_value();
}

void write(const Provider &provider, const ChatRequest &request)
{
    const PreparedCall call = provider.chatCall(request, "model-1");
    if (call)
        fuzz::require(isJson((*call)->request.body), "what is sent is JSON");
    else
        fuzz::require(call.error().kind == ErrorKind::InvalidRequest && !call.error().message.isEmpty(),
                      "what is not sent is the client's mistake, and it is told why");
}

void checkAnswer(ClientCall &call)
{
    const AnswerFacts facts{.requestId = "00112233-4455-6677-8899-aabbccddeeff", .model = "m", .provider = "p"};
    ModelAnswer answer{.completion = Completion{.text = "t"}};
    fuzz::require(isJson(call.answerBody(answer, facts)), "the answer is JSON, whatever it repeats of the request");
}

// As the first call of a conversation, and as one that goes on from itself.
void check(const QByteArray &bytes, const responses::EarlierTurns &earlier)
{
    Result<responses::ResponsesBody> body = responses::readBody(bytes, 64);
    if (!body)
        return;
    responses::FinishedResponse kept;
    Result<std::unique_ptr<ClientCall>> call = responses::readCall(
        *std::move(body), earlier, [&](responses::FinishedResponse finished) { kept = std::move(finished); });
    fuzz::require(call.has_value(), "what was read becomes a call");
    ChatRequest &request = (*call)->request;
    fuzz::require(request.native && isJson(request.native->body), "the client's own words are JSON");
    if (!normalise(request))
        return;
    for (const auto &[id, protocol] : kProviders) {
        for (const bool isResponses : {false, true}) {
            const auto provider = providers().find(id, isResponses);
            fuzz::require(provider != nullptr, "every protocol has a provider");
            write(*provider, request);
        }
    }
    checkAnswer(**call);
    fuzz::require(isJson(kept.inputItems) && isJson(kept.outputItems) && isJson(kept.object), "what is kept is JSON");
    if (!earlier.previous)
        check(bytes, {.previous = responses::PreviousResponse{
                          .inputItems = kept.inputItems, .outputItems = kept.outputItems, .providerId = "openai"}});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check(fuzz::view(data, size).toByteArray(), {});
    return 0;
}
