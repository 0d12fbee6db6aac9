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
    const char *schemaUrl;
    const char *serviceName;
    const char *serviceVersion;
    const char *serviceInstance;
    const char *sdkName;
    const char *sdkLanguage;
    const char *sdkVersion;
    const char *overflow;
    const char *httpMethod;
    const char *httpRoute;
    const char *httpStatus;
    const char *urlScheme;
    const char *urlPath;
    const char *serverAddress;
    const char *serverPort;
    const char *errorType;

    // Our own.
    const char *requestId;
    const char *route;
    const char *provider;
    const char *model;
    const char *cache;
    const char *attempts;
    const char *retries;
    const char *isFallback;
    const char *isHedged;
    const char *costUsd;
    const char *costSource;
    const char *attemptOutcome;
    const char *attemptWaited;
    const char *isUsageEstimated;
    const char *messagesLeftOut;

    // Of those for generative AI: what was asked …
    const char *operation;
    const char *providerName;
    const char *requestModel;
    const char *requestStream;
    const char *temperature;
    const char *topP;
    const char *topK;
    bool isTopKWhole; ///< it is an integer
    const char *maxTokens;
    const char *frequencyPenalty;
    const char *presencePenalty;
    const char *seed;
    const char *choiceCount;
    const char *stopSequences;
    const char *reasoningLevel;
    const char *outputType;
    const char *encodingFormats;
    const char *dimensionCount;
    const char *conversationId;
    // … what was answered …
    const char *responseId;
    const char *responseModel;
    const char *finishReasons;
    const char *timeToFirstChunk;
    const char *inputTokens;
    const char *outputTokens;
    const char *cacheReadTokens;
    const char *cacheWriteTokens;
    const char *reasoningTokens;
    const char *inputMessages;
    const char *outputMessages;
    // … and how tokens are told apart in metrics.
    const char *tokenType;
    const char *tokenModality;

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
