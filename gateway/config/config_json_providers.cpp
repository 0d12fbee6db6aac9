// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_json_sections.h"

namespace lunargate {

namespace {

void writeQuirks(ConfigJsonWriter &json, const QuirksConfig &quirks)
{
    json.write("developer_role", quirks.developerRole);
    json.write("logprobs_as_number", quirks.logprobsAsNumber);
    json.write("max_tokens_field", quirks.maxTokensField);
    json.write("reasoning_field", quirks.reasoningField);
    json.write("reasoning_history", quirks.reasoningHistory);
    json.write("reasoning_with_tool_calls", quirks.reasoningWithToolCalls);
    json.write("refused", quirks.refused);
    json.write("refused_message_fields", quirks.refusedMessageFields);
    json.write("refused_tool_call_fields", quirks.refusedToolCallFields);
    json.write("required_tool_choice", quirks.requiredToolChoice);
    json.write("seed_field", quirks.seedField);
    json.write("stop_as_array", quirks.stopAsArray);
    json.write("stream_options", quirks.streamOptions);
    json.write("tool_call_id_length", quirks.toolCallIdLength);
}

void writeModels(ConfigJsonWriter &json, const ModelsConfig &models)
{
    json.write("mode", models.mode);
    json.write("static", models.staticModels);
    json.section("fetch", [&](ConfigJsonWriter &fetch) { fetch.write("ttl", models.fetchTtl); });
}

void writeSimulator(ConfigJsonWriter &json, const SimulatorConfig &simulator)
{
    json.write("latency", simulator.latency);
    json.write("time_to_first_token", simulator.timeToFirstToken);
    json.write("tokens_per_second", simulator.tokensPerSecond);
    json.write("answer_tokens", simulator.answerTokens);
    json.write("statuses", simulator.statuses);
    json.write("retry_after", simulator.retryAfter);
    json.write("cut_after_chunks", simulator.cutAfterChunks);
    json.write("stall_after_chunks", simulator.stallAfterChunks);
    json.write("malformed_after_chunks", simulator.malformedAfterChunks);
    json.write("missing_end", simulator.missingEnd);
}

void writeTimes(ConfigJsonWriter &json, const ProviderConfig &provider)
{
    json.write("connect_timeout", provider.connectTimeout);
    json.write("timeout", provider.timeout);
    json.write("timeout_mode", provider.timeoutMode);
    json.write("idle_timeout", provider.idleTimeout);
    writeTimeouts(json, provider.timeouts);
}

} // namespace

void writeProvider(ConfigJsonWriter &json, const ProviderConfig &provider)
{
    json.write("type", provider.type);
    json.write("api_key", provider.apiKey);
    json.writeUrl("base_url", provider.baseUrl);
    json.write("protocol", provider.protocol);
    json.section("auth", [&](ConfigJsonWriter &auth) {
        auth.write("scheme", provider.auth.scheme);
        auth.write("header", provider.auth.header);
    });
    json.writeSecretMap("headers", provider.headers);
    json.writeSecretMap("query", provider.query);
    json.write("default_model", provider.defaultModel);
    json.write("temperature", provider.temperature);
    json.write("top_p", provider.topP);
    json.write("top_k", provider.topK);
    json.write("max_tokens", provider.maxTokens);
    json.write("organization", provider.organization);
    json.write("api_version", provider.apiVersion);
    writeTimes(json, provider);
    json.section("concurrency", [&](ConfigJsonWriter &map) {
        map.write("limit", provider.concurrency.limit);
        map.write("queue_size", provider.concurrency.queueSize);
        map.write("queue_timeout", provider.concurrency.queueTimeout);
    });
    json.write("warm_connections", provider.warmConnections);
    json.write("compatibility_profile", provider.compatibilityProfile);
    json.write("normalize_developer_role", provider.normalizeDeveloperRole);
    json.section("quirks", [&](ConfigJsonWriter &quirks) { writeQuirks(quirks, provider.quirks); });
    json.write("extract_reasoning_tags", provider.extractReasoningTags);
    json.writeMap("extra", provider.extra);
    json.section("models", [&](ConfigJsonWriter &models) { writeModels(models, provider.models); });
    json.section("simulator", [&](ConfigJsonWriter &simulator) { writeSimulator(simulator, provider.simulator); });
}

} // namespace lunargate
