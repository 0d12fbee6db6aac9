// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/json/text_writer.h"
#include "gateway/observability/metric_labels.h"
#include "gateway/telemetry/histogram.h"
#include "gateway/telemetry/name_table.h"
#include "gateway/telemetry/traced_request.h"

#include <QByteArray>

#include <chrono>
#include <map>

namespace lunargate {

/// The metrics of OpenTelemetry's conventions for generative AI, summed up since their start: what calls to providers
/// took and used (`gen_ai.client.…`), and what the gateway's clients waited for (`gen_ai.server.…`). Models that the
/// configuration does not name are `other`, so that the number of series is bounded. One thread.
class GenAiMetrics
{
public:
    using Time = std::chrono::system_clock::time_point;

    /// Series of one metric; what comes beyond is summed up in a series of its own, as OpenTelemetry's SDKs do.
    static constexpr size_t kMostSeries = 2000;

    GenAiMetrics(const NameTable &names, Time start) : m_names(&names), m_start(start) {}

    void add(const TracedRequest &request);

    bool isEmpty() const { return m_metrics.empty(); }
    /// opentelemetry.proto.metrics.v1.Metric, separated by commas.
    QByteArray json(Time now) const;

private:
    /// One more attribute; a null key: none.
    struct Extra
    {
        const char *key;
        const char *text;
    };
    struct Point
    {
        Histogram values;
        qint64 sum = 0; ///< of a counter
    };
    struct Series
    {
        const MetricName *metric;
        std::map<QByteArray, Point> points; ///< by attributes, as JSON
    };

    void addAttempt(const TracedRequest &request, const AttemptRecord &attempt);
    void addStream(const TracedRequest &request, const AttemptRecord &attempt);
    void addTokens(const TracedRequest &request, const AttemptRecord &attempt, const Usage &usage);
    void addUsed(const TracedRequest &request, const AttemptRecord &attempt, const QByteArray &served,
                 const Usage &usage);
    void addRequest(const TracedRequest &request);
    QByteArray attributesOf(const TracedRequest &request, const QByteArray &provider, const QByteArray &model,
                            const QByteArray &served, const QByteArray &errorType, Extra extra = {}) const;
    Point &point(const MetricName &metric, const QByteArray &attributes);
    void writePoint(json::TextWriter &json, const MetricName &metric, const QByteArray &attributes, const Point &point,
                    const QByteArray &now) const;

    const NameTable *m_names;
    Time m_start;
    std::shared_ptr<const Config> m_config; ///< that m_labels is of
    MetricLabels m_labels{{}};
    std::map<QByteArrayView, Series> m_metrics; ///< by name
};

} // namespace lunargate
