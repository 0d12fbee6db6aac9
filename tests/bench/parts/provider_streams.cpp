// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/parts/provider_streams.h"

#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/providers/provider_registry.h"
#include "tests/bench/stream_script.h"

#include <array>

namespace lunargate::bench {

namespace {

struct Service
{
    std::string_view name; // of the fake upstream's protocol
    lunargate::Protocol protocol;
    const char *baseUrl; // as in runner/targets.py
};

constexpr std::array<Service, 5> kServices{{
    {"openai", lunargate::Protocol::OpenAi, "http://127.0.0.1:9/v1"},
    {"anthropic", lunargate::Protocol::Anthropic, "http://127.0.0.1:9"},
    {"gemini", lunargate::Protocol::Gemini, "http://127.0.0.1:9/v1beta"},
    {"responses", lunargate::Protocol::OpenAi, "http://127.0.0.1:9/v1"},
    {"ollama", lunargate::Protocol::Ollama, "http://127.0.0.1:9"},
}};

} // namespace

QByteArray streamOf(const Protocol &protocol)
{
    std::string stream;
    StreamScript script(protocol, kStreamChunks, Fault::None);
    Clock::time_point now{std::chrono::hours(1)};
    while (script.state() == StreamScript::State::Running)
        stream += script.next(now += std::chrono::milliseconds(20));
    return QByteArray::fromStdString(stream);
}

std::shared_ptr<const Provider> providerFor(const Protocol &protocol)
{
    const auto service = std::ranges::find(kServices, protocol.name(), &Service::name);
    const bool isResponses = protocol.name() == "responses";
    ProviderConfig config;
    config.id = "bench";
    config.protocol = service->protocol;
    config.apiKey = SecretString(QByteArrayLiteral("bench"));
    config.baseUrl = service->baseUrl;
    config.capabilities.responses = isResponses;
    return ProviderRegistry({config}).find("bench", isResponses);
}

std::unique_ptr<ChatRequest> chatRequest(const QByteArray &body)
{
    Result<ChatRequest> request = openai_chat::readRequest(body, 512);
    if (!request || !normalise(*request) || !request->conversation)
        qFatal("no chat request: %s", body.left(100).constData());
    return std::make_unique<ChatRequest>(*std::move(request));
}

QByteArray streamBody()
{
    return R"({"model":"bench-model","stream":true,"stream_options":{"include_usage":true},)"
           R"("messages":[{"role":"user","content":"Count slowly."}]})";
}

std::vector<ChatStreamEvent> eventsOf(const Provider &provider, const QByteArray &stream)
{
    std::vector<ChatStreamEvent> events;
    const PreparedCall call = provider.chatCall(*chatRequest(streamBody()), "bench-model");
    const std::unique_ptr<ChatStreamReader> reader = (*call)->streamReader();
    reader->feed(stream, events);
    reader->finish(events);
    return events;
}

} // namespace lunargate::bench
