// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/parts/agent_talk.h"
#include "tests/bench/parts/part.h"
#include "tests/bench/parts/provider_streams.h"

namespace lunargate::bench {

namespace {

// From the canonical form to the bytes for the provider.
Part::Work writeRequest(const Protocol &protocol)
{
    return [provider = providerFor(protocol), request = chatRequest(agentChatBody())] {
        const PreparedCall call = provider->chatCall(*request, "another-model");
        return call ? (*call)->request.body.size() : 0;
    };
}

// From a stream's bytes to what they mean, each event in a read of its own.
Part::Work readStream(const Protocol &protocol)
{
    const QByteArray stream = streamOf(protocol);
    const qsizetype size = stream.size() / kStreamChunks;
    return [provider = providerFor(protocol), request = chatRequest(streamBody()), stream, size] {
        const PreparedCall call = provider->chatCall(*request, "bench-model");
        const std::unique_ptr<ChatStreamReader> reader = (*call)->streamReader();
        std::vector<ChatStreamEvent> events;
        qsizetype count = 0;
        for (qsizetype at = 0; at < stream.size(); at += size) {
            reader->feed(QByteArrayView(stream).sliced(at, std::min(size, stream.size() - at)), events);
            count += qsizetype(events.size());
            if (!events.empty() && events.back().kind == ChatStreamEvent::Kind::Failure)
                return qsizetype(0);
            events.clear();
        }
        return count;
    };
}

} // namespace

std::vector<Part> providerParts()
{
    return {
        {"provider-openai/write", 20, [] { return writeRequest(openAiProtocol()); }},
        {"provider-anthropic/write", 10, [] { return writeRequest(anthropicProtocol()); }},
        {"provider-gemini/write", 10, [] { return writeRequest(geminiProtocol()); }},
        {"provider-responses/write", 10, [] { return writeRequest(responsesProtocol()); }},
        {"provider-ollama/write", 10, [] { return writeRequest(ollamaProtocol()); }},
        {"provider-openai/read-stream", 20, [] { return readStream(openAiProtocol()); }},
        {"provider-anthropic/read-stream", 20, [] { return readStream(anthropicProtocol()); }},
        {"provider-gemini/read-stream", 20, [] { return readStream(geminiProtocol()); }},
        {"provider-responses/read-stream", 20, [] { return readStream(responsesProtocol()); }},
        {"provider-ollama/read-stream", 20, [] { return readStream(ollamaProtocol()); }},
    };
}

} // namespace lunargate::bench
