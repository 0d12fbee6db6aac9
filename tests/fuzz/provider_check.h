// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/dialects/openai_chat/completion_writer.h"
#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/dialects/openai_chat/stream_writer.h"
#include "gateway/json/document.h"
#include "gateway/pipeline/normalise.h"
#include "gateway/providers/provider.h"
#include "gateway/providers/reasoning_tag_reader.h"
#include "gateway/upstream/sse_reader.h"
#include "tests/fuzz/fuzz_check.h"

#include <map>

namespace lunargate::fuzz {

inline ChatRequest request(bool isStream)
{
    Result<ChatRequest> request =
        openai_chat::readRequest(isStream ? R"({"messages":[{"role":"user","content":"a"}],"stream":true})"
                                          : R"({"messages":[{"role":"user","content":"a"}]})",
                                 512);
    require(request.has_value() && normalise(*request), "the request is read");
    return *std::move(request);
}

inline std::unique_ptr<ProviderCall> call(const Provider &provider, bool isStream)
{
    PreparedCall prepared = provider.chatCall(request(isStream), "m");
    require(prepared.has_value(), "the call is made");
    return *std::move(prepared);
}

using Events = std::vector<ChatStreamEvent>;

inline Events read(ChatStreamReader &reader, QByteArrayView bytes, qsizetype size)
{
    Events events;
    feedPieces(bytes, size, [&](QByteArrayView piece) {
        reader.feed(piece, events);
        return true;
    });
    reader.finish(events);
    reader.finish(events);
    reader.feed("data: {}\n\n{}\n", events);
    return events;
}

inline bool isEnd(const ChatStreamEvent &event)
{
    return event.kind == ChatStreamEvent::Kind::End || event.kind == ChatStreamEvent::Kind::Failure;
}

inline void checkEvents(const Events &events)
{
    require(!events.empty() && isEnd(events.back()), "a stream ends with an end or a failure");
    std::map<int, QByteArray> calls;
    for (const ChatStreamEvent &event : events) {
        require(&event == &events.back() || !isEnd(event), "nothing comes behind the end");
        if (!event.delta.toolCall)
            continue;
        const ChatDelta::ToolCall &toolCall = *event.delta.toolCall;
        const bool isNew = !calls.contains(toolCall.index);
        require(!isNew || toolCall.index == static_cast<int>(calls.size()), "tool calls are numbered without gaps");
        require(!isNew || !toolCall.id.isEmpty(), "a tool call begins with its id");
        require(isNew || toolCall.id.isEmpty(), "a tool call begins once");
        calls.emplace(toolCall.index, toolCall.id);
    }
}

inline QByteArray frames(const Events &events)
{
    openai_chat::StreamWriter writer({.includeUsage = true, .fallbackId = "id", .fallbackModel = "m", .created = 1});
    QByteArray out;
    for (const ChatStreamEvent &event : events)
        writer.append(out, event);
    return out;
}

// A client that reads strictly understands every frame.
inline void checkFrames(const QByteArray &frames)
{
    SseReader reader(64 * 1024 * 1024);
    std::vector<SseEvent> events;
    require(reader.feed(frames, events) && !reader.finish(), "the frames are an event stream");
    for (const SseEvent &event : events) {
        if (!event.isComment && event.data != "[DONE]")
            require(json::Document::parse(event.data).has_value(), "every frame is JSON");
    }
}

inline void checkAnswer(const ModelAnswer &answer)
{
    const QByteArray body = answer.completion
                                ? openai_chat::completionBody(*answer.completion, answer.usage, "id", "model", 1)
                                : answer.body;
    require(json::Document::parse(body).has_value(), "what the client gets is JSON");
}

/// The first byte says how the others are read: whole answer, error answer, or a stream in pieces of some size.
inline void checkProvider(const Provider &provider, QByteArrayView input)
{
    if (input.isEmpty())
        return;
    const int mode = static_cast<unsigned char>(input[0]) % 16;
    const QByteArrayView bytes = input.sliced(1);
    if (mode == 0) {
        if (auto answer = call(provider, false)->readAnswer(bytes.toByteArray())) {
            checkAnswer(*answer);
            extractReasoningTags(*answer);
            checkAnswer(*answer);
        }
        const Result<ModelPage> models = provider.readModels(bytes.toByteArray());
        require(!models || std::ssize(models->models) <= bytes.size(), "no model comes from nowhere");
        return;
    }
    if (mode == 1) {
        const UpstreamFailure failure = provider.readError({.status = 500, .headers = {}}, bytes);
        require(failure.body.isEmpty() || json::Document::parse(failure.body).has_value(), "an error body is JSON");
        return;
    }
    const auto streamCall = call(provider, true);
    const Events whole = read(*streamCall->streamReader(), bytes, std::max<qsizetype>(bytes.size(), 1));
    const Events pieces = read(*streamCall->streamReader(), bytes, mode);
    checkEvents(whole);
    checkEvents(pieces);
    const QByteArray written = frames(whole);
    require(written == frames(pieces), "it does not matter where the bytes are split");
    checkFrames(written);
    ReasoningTagReader withoutTags(streamCall->streamReader());
    const Events untagged = read(withoutTags, bytes, mode);
    checkEvents(untagged);
    checkFrames(frames(untagged));
}

/// A provider's configuration as good as any.
inline ProviderConfig config(Protocol protocol)
{
    ProviderConfig config;
    config.id = "fuzzed";
    config.protocol = protocol;
    config.baseUrl = "http://fuzzed.invalid/v1";
    config.apiKey = SecretString("sk-fuzz-0123456789");
    return config;
}

} // namespace lunargate::fuzz
