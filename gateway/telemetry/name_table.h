// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/config/observability_config.h"

#include <QByteArray>
#include <QByteArrayView>

#include <span>

namespace lunargate {

/// What a metric is called, and how it is counted.
struct MetricName
{
    const char *name = nullptr; ///< null: the dialect does not have it
    const char *unit = nullptr;
    const char *description = nullptr;
    std::span<const double> bounds = {}; ///< of a histogram; none: it is a counter

    bool exists() const { return name != nullptr; }
};

/// Every name that is told to OpenTelemetry's collector, in one dialect. What a dialect does not have is null; whoever
/// writes leaves it out.
struct NameTable
{
    // Of OpenTelemetry's general conventions.
    const char *schemaUrl = nullptr;
    const char *serviceName = nullptr;
    const char *serviceVersion = nullptr;
    const char *serviceInstance = nullptr;
    const char *sdkName = nullptr;
    const char *sdkLanguage = nullptr;
    const char *sdkVersion = nullptr;
    const char *overflow = nullptr;
    const char *httpMethod = nullptr;
    const char *httpRoute = nullptr;
    const char *httpStatus = nullptr;
    const char *urlScheme = nullptr;
    const char *urlPath = nullptr;
    const char *serverAddress = nullptr;
    const char *serverPort = nullptr;
    const char *errorType = nullptr;

    // Our own.
    const char *requestId = nullptr;
    const char *route = nullptr;
    const char *provider = nullptr;
    const char *model = nullptr;
    const char *cache = nullptr;
    const char *attempts = nullptr;
    const char *retries = nullptr;
    const char *isFallback = nullptr;
    const char *isHedged = nullptr;
    const char *costUsd = nullptr;
    const char *costSource = nullptr;
    const char *attemptOutcome = nullptr;
    const char *attemptWaited = nullptr;
    const char *isConnectionReused = nullptr;
    const char *attemptDns = nullptr;
    const char *attemptConnect = nullptr;
    const char *attemptTls = nullptr;
    const char *attemptFirstByte = nullptr;
    const char *isUsageEstimated = nullptr;
    const char *messagesLeftOut = nullptr;

    // Of those for generative AI: what was asked …
    const char *operation = nullptr;
    const char *providerName = nullptr;
    const char *requestModel = nullptr;
    const char *requestStream = nullptr;
    const char *temperature = nullptr;
    const char *topP = nullptr;
    const char *topK = nullptr;
    bool isTopKWhole = false; ///< it is an integer
    const char *maxTokens = nullptr;
    const char *frequencyPenalty = nullptr;
    const char *presencePenalty = nullptr;
    const char *seed = nullptr;
    const char *choiceCount = nullptr;
    const char *stopSequences = nullptr;
    const char *reasoningLevel = nullptr;
    const char *outputType = nullptr;
    const char *encodingFormats = nullptr;
    const char *dimensionCount = nullptr;
    const char *conversationId = nullptr;
    // … what was answered …
    const char *responseId = nullptr;
    const char *responseModel = nullptr;
    const char *finishReasons = nullptr;
    const char *timeToFirstChunk = nullptr;
    const char *inputTokens = nullptr;
    const char *outputTokens = nullptr;
    const char *cacheReadTokens = nullptr;
    const char *cacheWriteTokens = nullptr;
    const char *reasoningTokens = nullptr;
    const char *inputMessages = nullptr;
    const char *outputMessages = nullptr;
    // … and how tokens are told apart in metrics.
    const char *tokenType = nullptr;
    const char *tokenModality = nullptr;

    struct Metrics
    {
        MetricName operationDuration;
        MetricName operationFirstChunk;
        MetricName operationOutputChunk;
        MetricName operationInputTokens;
        MetricName operationOutputTokens;
        MetricName embeddingsDuration;
        MetricName embeddingsInputTokens;
        MetricName usedInput;
        MetricName usedOutput;
        MetricName usedCacheRead;
        MetricName usedCacheWrite;
        MetricName usedReasoning;
        MetricName requestDuration;
        MetricName requestFirstToken;
        MetricName requestOutputToken;
    } metrics;
};

/// The names of that dialect. They live as long as the program.
const NameTable &nameTable(GenAiNames dialect);

/// `gen_ai.provider.name` for a provider of that type (see resources/providers.yaml): the conventions' word for the
/// service, where they have one, and else the type itself.
QByteArray conventionalProvider(const QByteArray &type);

} // namespace lunargate
