// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/config.h"
#include "gateway/telemetry/traced_request.h"

namespace lunargate::test {

using namespace std::chrono_literals;

/// Providers `main` (OpenAI's) and `spare` (Gemini), with the models `gpt-known` and `spare-known`.
inline std::shared_ptr<const Config> tracedConfig()
{
    auto config = std::make_shared<Config>();
    ProviderConfig provider;
    provider.id = "main";
    provider.type = "openai";
    provider.baseUrl = "https://api.openai.test/v1";
    provider.defaultModel = "gpt-known";
    config->providers.push_back(provider);
    provider.id = "spare";
    provider.type = "gemini";
    provider.baseUrl = "http://127.0.0.1:8181";
    provider.defaultModel = "spare-known";
    config->providers.push_back(provider);
    return config;
}

/// A chat that took 2 seconds, of which the call to `main` took the last 1.5, the first byte coming after 0.5 of them.
inline TracedRequest tracedChat(const std::shared_ptr<const Config> &config = tracedConfig())
{
    const TimePoint begin{1h};
    TracedRequest request;
    request.trace = TraceContext{.traceId = {.high = 1, .low = 2}, .spanId = 3, .parentId = 4, .isSampled = true};
    request.isMeasured = true;
    request.config = config;
    RequestRecord &record = request.record;
    record.requestId = "request-1";
    record.method = "POST";
    record.path = request.path = "/v1/chat/completions";
    record.endpoint = "chat_completions";
    record.asksModel = true;
    record.route = "default";
    record.provider = record.primaryProvider = "main";
    record.model = "gpt-known";
    record.modelServed = "gpt-known";
    record.responseId = "answer-1";
    record.finishReason = "stop";
    record.attempts = 1;
    record.status = 200;
    record.usage = Usage{.input = 10, .cachedInput = 20, .cacheWrite = 30, .output = 7, .reasoning = 5};
    record.time = std::chrono::system_clock::time_point(1'700'000'000s);
    record.startedAt = begin;
    record.upstreamStartedAt = begin + 500ms;
    record.firstByteAt = begin + 1s;
    record.finishedAt = begin + 2s;
    record.attemptRecords = {{.provider = "main",
                              .model = "gpt-known",
                              .status = 200,
                              .spanId = 5,
                              .startedAt = begin + 500ms,
                              .firstByteAt = begin + 1s,
                              .finishedAt = begin + 2s}};
    return request;
}

/// The same as a stream of four pieces.
inline TracedRequest tracedStream(const std::shared_ptr<const Config> &config = tracedConfig())
{
    TracedRequest request = tracedChat(config);
    request.record.stream = true;
    for (const double gap : {0.005, 0.03, 0.5})
        request.outputChunks.add(gap);
    return request;
}

/// A chat of which `main` failed, before `spare` answered it.
inline TracedRequest tracedFallback(const std::shared_ptr<const Config> &config = tracedConfig())
{
    TracedRequest request = tracedChat(config);
    RequestRecord &record = request.record;
    AttemptRecord failed = record.attemptRecords.front();
    failed.spanId = 6;
    failed.startedAt = record.startedAt + 100ms;
    failed.firstByteAt.reset();
    failed.finishedAt = record.startedAt + 400ms;
    failed.outcome = AttemptOutcome::ServerError;
    failed.status = 503;
    failed.errorReason = "upstream_error";
    AttemptRecord &answered = record.attemptRecords.front();
    answered.provider = record.provider = "spare";
    answered.model = record.model = "spare-known";
    answered.waited = 50ms;
    record.modelServed = "a-model-of-the-day";
    record.attempts = 2;
    record.fallbackUsed = record.fallbackTried = true;
    record.attemptRecords.insert(record.attemptRecords.begin(), failed);
    return request;
}

inline TracedRequest tracedEmbeddings(const std::shared_ptr<const Config> &config = tracedConfig())
{
    TracedRequest request = tracedChat(config);
    request.record.path = request.path = "/v1/embeddings";
    request.record.endpoint = "embeddings";
    request.record.usage = Usage{.input = 12};
    request.record.finishReason = {};
    request.record.responseId = {};
    return request;
}

/// A request that was refused before anybody was asked.
inline TracedRequest tracedRefusal(const std::shared_ptr<const Config> &config = tracedConfig())
{
    TracedRequest request = tracedChat(config);
    RequestRecord &record = request.record;
    record.route = record.provider = record.primaryProvider = record.model = record.modelServed = {};
    record.responseId = record.finishReason = {};
    record.attempts = 0;
    record.usage.reset();
    record.upstreamStartedAt.reset();
    record.firstByteAt.reset();
    record.attemptRecords = {};
    record.setError({.kind = ErrorKind::InvalidKey, .reason = "invalid_key", .message = "no"});
    return request;
}

} // namespace lunargate::test
