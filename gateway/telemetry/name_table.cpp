// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/name_table.h"

#include "gateway/telemetry/histogram.h"

#include <utility>

namespace lunargate {

namespace {

// https://github.com/open-telemetry/semantic-conventions/tree/v1.41.0/docs/gen-ai, and docs/http, docs/resource there.
constexpr NameTable kV141 = {
    .schemaUrl = "https://opentelemetry.io/schemas/1.41.0",
    .serviceName = "service.name",
    .serviceVersion = "service.version",
    .serviceInstance = "service.instance.id",
    .sdkName = "telemetry.sdk.name",
    .sdkLanguage = "telemetry.sdk.language",
    .sdkVersion = "telemetry.sdk.version",
    .overflow = "otel.metric.overflow",
    .httpMethod = "http.request.method",
    .httpRoute = "http.route",
    .httpStatus = "http.response.status_code",
    .urlScheme = "url.scheme",
    .urlPath = "url.path",
    .serverAddress = "server.address",
    .serverPort = "server.port",
    .errorType = "error.type",

    .requestId = "lunargate.request_id",
    .route = "lunargate.route",
    .provider = "lunargate.provider",
    .model = "lunargate.model",
    .cache = "lunargate.cache",
    .attempts = "lunargate.attempts",
    .retries = "lunargate.retries",
    .isFallback = "lunargate.fallback_used",
    .isHedged = "lunargate.hedged",
    .costUsd = "lunargate.cost.usd",
    .costSource = "lunargate.cost.source",
    .attemptOutcome = "lunargate.attempt.outcome",
    .attemptWaited = "lunargate.attempt.waited",
    .isConnectionReused = "lunargate.attempt.connection_reused",
    .attemptDns = "lunargate.attempt.dns",
    .attemptConnect = "lunargate.attempt.connect",
    .attemptTls = "lunargate.attempt.tls",
    .attemptFirstByte = "lunargate.attempt.first_byte",
    .isUsageEstimated = "lunargate.usage.estimated",
    .messagesLeftOut = "lunargate.messages.left_out",

    .operation = "gen_ai.operation.name",
    .providerName = "gen_ai.provider.name",
    .requestModel = "gen_ai.request.model",
    .requestStream = "gen_ai.request.stream",
    .temperature = "gen_ai.request.temperature",
    .topP = "gen_ai.request.top_p",
    .topK = "gen_ai.request.top_k",
    .maxTokens = "gen_ai.request.max_tokens",
    .frequencyPenalty = "gen_ai.request.frequency_penalty",
    .presencePenalty = "gen_ai.request.presence_penalty",
    .seed = "gen_ai.request.seed",
    .choiceCount = "gen_ai.request.choice.count",
    .stopSequences = "gen_ai.request.stop_sequences",
    .outputType = "gen_ai.output.type",
    .encodingFormats = "gen_ai.request.encoding_formats",
    .dimensionCount = "gen_ai.embeddings.dimension.count",
    .conversationId = "gen_ai.conversation.id",
    .responseId = "gen_ai.response.id",
    .responseModel = "gen_ai.response.model",
    .finishReasons = "gen_ai.response.finish_reasons",
    .timeToFirstChunk = "gen_ai.response.time_to_first_chunk",
    .inputTokens = "gen_ai.usage.input_tokens",
    .outputTokens = "gen_ai.usage.output_tokens",
    .cacheReadTokens = "gen_ai.usage.cache_read.input_tokens",
    .cacheWriteTokens = "gen_ai.usage.cache_creation.input_tokens",
    .reasoningTokens = "gen_ai.usage.reasoning.output_tokens",
    .inputMessages = "gen_ai.input.messages",
    .outputMessages = "gen_ai.output.messages",
    .tokenType = "gen_ai.token.type",

    .metrics = {
        .operationDuration = {"gen_ai.client.operation.duration", "s", "GenAI operation duration.", kOperationSeconds},
        .operationFirstChunk = {"gen_ai.client.operation.time_to_first_chunk", "s",
                                "Time to receive the first chunk in a streaming operation.", kOperationSeconds},
        .operationOutputChunk = {"gen_ai.client.operation.time_per_output_chunk", "s",
                                 "Time per output chunk after the first one.", kOperationSeconds},
        .operationInputTokens = {"gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.",
                                 kTokens},
        .operationOutputTokens = {"gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.",
                                  kTokens},
        .embeddingsDuration = {"gen_ai.client.operation.duration", "s", "GenAI operation duration.", kOperationSeconds},
        .embeddingsInputTokens = {"gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.",
                                  kTokens},
        .requestDuration = {"gen_ai.server.request.duration", "s",
                            "Generative AI server request duration such as time-to-last byte or last output token.",
                            kOperationSeconds},
        .requestFirstToken = {"gen_ai.server.time_to_first_token", "s",
                              "Time to generate first token for successful responses.", kFirstTokenSeconds},
        .requestOutputToken = {"gen_ai.server.time_per_output_token", "s",
                               "Time per output token generated after the first token for successful responses.",
                               kOutputTokenSeconds},
    }};

// https://github.com/open-telemetry/semantic-conventions-genai, docs/gen-ai (client-inference.md, client-embeddings.md,
// gen-ai-token-metrics.md, non-normative/migration.md), as of November 2026. There is no release yet, and so no schema.
constexpr NameTable makeLatest()
{
    NameTable table = kV141;
    table.schemaUrl = nullptr;
    table.isTopKWhole = true;
    table.reasoningLevel = "gen_ai.request.reasoning.level";
    table.cacheWriteTokens = "gen_ai.usage.cache_write.input_tokens";
    table.tokenType = nullptr;
    table.tokenModality = "gen_ai.token.modality";
    NameTable::Metrics &metrics = table.metrics;
    metrics.operationDuration.name = "gen_ai.client.inference.duration";
    metrics.operationDuration.description = "GenAI client inference operation duration.";
    metrics.operationFirstChunk.name = "gen_ai.client.inference.time_to_first_chunk";
    metrics.operationOutputChunk.name = "gen_ai.client.inference.time_per_output_chunk";
    metrics.operationInputTokens = {"gen_ai.client.inference.operation.input_tokens", "{token}",
                                    "Input tokens of one inference operation.", kTokens};
    metrics.operationOutputTokens = {"gen_ai.client.inference.operation.output_tokens", "{token}",
                                     "Output tokens of one inference operation.", kTokens};
    metrics.embeddingsDuration.name = "gen_ai.client.embeddings.duration";
    metrics.embeddingsDuration.description = "GenAI client embeddings operation duration.";
    metrics.embeddingsInputTokens = {"gen_ai.client.embeddings.operation.input_tokens", "{token}",
                                     "Input tokens of one embeddings operation.", kTokens};
    metrics.usedInput = {"gen_ai.client.inference.usage.input_tokens", "{token}",
                         "The number of input (prompt) tokens used, including cached tokens."};
    metrics.usedOutput = {"gen_ai.client.inference.usage.output_tokens", "{token}",
                          "The number of output (completion) tokens used, including reasoning tokens."};
    metrics.usedCacheRead = {"gen_ai.client.inference.usage.cache_read.input_tokens", "{token}",
                             "The number of input tokens read from the provider's cache."};
    metrics.usedCacheWrite = {"gen_ai.client.inference.usage.cache_write.input_tokens", "{token}",
                              "The number of input tokens written to the provider's cache."};
    metrics.usedReasoning = {"gen_ai.client.inference.usage.reasoning.output_tokens", "{token}",
                             "The number of output tokens used for reasoning."};
    return table;
}

constexpr NameTable kLatest = makeLatest();

// By type of provider; all others are what they are called.
constexpr std::pair<const char *, const char *> kProviders[] = {
    {"azure", "azure.ai.openai"}, {"gemini", "gcp.gemini"},    {"gemini-openai", "gcp.gemini"},
    {"mistral", "mistral_ai"},    {"moonshot", "moonshot_ai"}, {"xai", "x_ai"},
};

} // namespace

const NameTable &nameTable(GenAiNames dialect)
{
    return dialect == GenAiNames::Latest ? kLatest : kV141;
}

QByteArray conventionalProvider(const QByteArray &type)
{
    for (const auto &[ours, conventional] : kProviders) {
        if (type == ours)
            return conventional;
    }
    return type;
}

} // namespace lunargate
