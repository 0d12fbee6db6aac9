// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"
#include "gateway/dialects/ollama/call_reader.h"
#include "gateway/dialects/openai_chat/openai_chat_dialect.h"
#include "gateway/dialects/openai_responses/responses_call.h"
#include "tests/bench/parts/agent_talk.h"
#include "tests/bench/parts/part.h"
#include "tests/bench/parts/provider_streams.h"

namespace lunargate::bench {

namespace {

constexpr int kMaxJsonDepth = 512; // the configuration's default

using ReadCall = Result<std::unique_ptr<ClientCall>> (*)(const QByteArray &body);

Result<std::unique_ptr<ClientCall>> readChat(const QByteArray &body)
{
    return openai_chat::readCall(body, kMaxJsonDepth);
}

Result<std::unique_ptr<ClientCall>> readMessages(const QByteArray &body)
{
    return anthropic_messages::readCall(body, kMaxJsonDepth, {});
}

Result<std::unique_ptr<ClientCall>> readResponses(const QByteArray &body)
{
    Result<responses::ResponsesBody> read = responses::readBody(body, kMaxJsonDepth);
    if (!read)
        return std::unexpected(std::move(read.error()));
    return responses::readCall(*std::move(read), {}, {});
}

Result<std::unique_ptr<ClientCall>> readOllama(const QByteArray &body)
{
    Result<ollama_api::ReadCall> read =
        ollama_api::readChatCall(body, kMaxJsonDepth, [](QByteArrayView name) { return name.toByteArray(); });
    if (!read)
        return std::unexpected(std::move(read.error()));
    return std::move(read->call);
}

// From the client's bytes to a call of the chat protocol.
Part::Work readRequest(ReadCall read, const QByteArray &body)
{
    return [read, body] {
        const Result<std::unique_ptr<ClientCall>> call = read(body);
        return call ? static_cast<qsizetype>((*call)->request.document.root().size()) : 0;
    };
}

// From what another provider said to the client's frames, each event in a write of its own.
Part::Work writeStream(ReadCall read, const QByteArray &body)
{
    const std::shared_ptr<const Provider> provider = providerFor(anthropicProtocol());
    return [call = read(body).value(), events = eventsOf(*provider, streamOf(anthropicProtocol()))] {
        const AnswerFacts facts{.requestId = "00112233-4455-6677-8899-aabbccddeeff",
                                .model = "bench-model",
                                .created = 1'760'000'000,
                                .promptTokens = 100,
                                .provider = "bench"};
        const std::unique_ptr<StreamWriter> writer = call->streamWriter(facts);
        qsizetype bytes = 0;
        for (const ChatStreamEvent &event : events) {
            QByteArray frames;
            writer->append(frames, event);
            bytes += frames.size();
        }
        return bytes;
    };
}

QByteArray messagesStreamBody()
{
    return R"({"model":"bench-model","max_tokens":1024,"stream":true,)"
           R"("messages":[{"role":"user","content":"Count slowly."}]})";
}

QByteArray ollamaStreamBody()
{
    return R"({"model":"bench-model","stream":true,"messages":[{"role":"user","content":"Count slowly."}]})";
}

QByteArray responsesStreamBody()
{
    return R"({"model":"bench-model","stream":true,"store":false,"input":"Count slowly."})";
}

} // namespace

std::vector<Part> dialectParts()
{
    return {
        {"client-messages/read", 10, [] { return readRequest(&readMessages, agentMessagesBody()); }},
        {"client-responses/read", 10, [] { return readRequest(&readResponses, agentResponsesBody()); }},
        {"client-ollama/read", 10, [] { return readRequest(&readOllama, agentOllamaBody()); }},
        {"client-chat/stream", 20, [] { return writeStream(&readChat, streamBody()); }},
        {"client-messages/stream", 20, [] { return writeStream(&readMessages, messagesStreamBody()); }},
        {"client-responses/stream", 20, [] { return writeStream(&readResponses, responsesStreamBody()); }},
        {"client-ollama/stream", 20, [] { return writeStream(&readOllama, ollamaStreamBody()); }},
    };
}

} // namespace lunargate::bench
