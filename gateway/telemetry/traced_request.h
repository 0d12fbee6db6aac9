// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/request_record.h"
#include "gateway/telemetry/histogram.h"
#include "gateway/telemetry/trace_context.h"

#include <QByteArray>

#include <memory>
#include <optional>
#include <vector>

namespace lunargate {

struct Config;

/// How a model was told to answer, by the client.
struct RequestParameters
{
    std::optional<double> temperature = {};
    std::optional<double> topP = {};
    std::optional<qint64> topK = {};
    std::optional<double> frequencyPenalty = {};
    std::optional<double> presencePenalty = {};
    std::optional<qint64> maxTokens = {};
    std::optional<qint64> seed = {};
    std::optional<qint64> choices = {};
    std::optional<qint64> dimensions = {}; ///< of embeddings, as is encodingFormat
    QByteArray encodingFormat = {};        ///< `float` or `base64`; empty: the client did not say, as below
    QByteArray outputType = {};            ///< `text` or `json`
    QByteArray reasoningEffort = {};       ///< `none`, `minimal`, `low`, `medium`, `high`, `xhigh` or `max`
    std::vector<QByteArray> stop = {};     ///< the client's words: only where content is told
};

/// What was said in a request, where telemetry.content is on: JSON in the dialect of the client. Too large ones are
/// left out.
struct TracedContent
{
    static constexpr qsizetype kLargestBody = 1024 * 1024;
    static constexpr qsizetype kLargestStream = 4 * 1024 * 1024;

    QByteArray request = {};
    QByteArray response = {};
    QByteArray frames = {}; ///< of a stream, instead of `response`
    bool isStreamTooLarge = false;

    void setRequest(const QByteArray &body);
    void setResponse(QByteArrayView body);
    /// The frames that come next.
    void addFrames(const QByteArray &more);
};

/// What OpenTelemetry's collector is told of one request, beside its record. A worker fills it along the request's way;
/// spans and metrics are made of it later, in the exporter's thread.
struct TracedRequest
{
    std::optional<TraceContext> trace = {}; ///< nothing: only metrics are told
    bool isMeasured = false;                ///< its metrics are told
    std::shared_ptr<const Config> config = {};
    QByteArray path = {}; ///< of the endpoint, as our table writes it
    RequestRecord record = {};
    RequestParameters parameters = {};
    Histogram outputChunks{kOperationSeconds};   ///< seconds between the pieces of a stream, as from the provider
    std::unique_ptr<TracedContent> content = {}; ///< null: it is not told

    bool hasSpans() const { return trace && trace->isSampled; }
    /// Whether anything is told of it.
    bool isTold() const { return isMeasured || hasSpans(); }
    /// One for itself, and one for each attempt.
    qint64 spanCount() const { return hasSpans() ? 1 + std::ssize(record.attemptRecords) : 0; }
    /// The attempt that the client was answered with, or, if there was none, nullptr.
    const AttemptRecord *answeredAttempt() const;
    /// Nothing that was said is told.
    void dropContent();
    /// About how much memory it takes.
    qint64 bytes() const;
};

} // namespace lunargate
