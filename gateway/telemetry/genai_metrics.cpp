// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/genai_metrics.h"

#include "gateway/telemetry/call_facts.h"

namespace lunargate {

namespace {

constexpr int kCumulative = 2; // opentelemetry.proto.metrics.v1.AggregationTemporality
constexpr char kInput[] = "input";
constexpr char kOutput[] = "output";
constexpr char kUnknownModality[] = "unknown"; // no provider tells all tokens apart

double seconds(std::chrono::nanoseconds duration)
{
    return std::chrono::duration<double>(duration).count();
}

QByteArray unixNanoseconds(GenAiMetrics::Time time)
{
    const auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch());
    return QByteArray::number(static_cast<qint64>(since.count()));
}

template <typename Values, typename Write>
void writeArray(json::TextWriter &json, const char *key, const Values &values, Write write)
{
    json.key(key).beginArray();
    for (const auto value : values)
        write(value);
    json.endArray();
}

} // namespace

void GenAiMetrics::add(const TracedRequest &request)
{
    if (request.config != m_config) {
        m_config = request.config;
        m_labels = MetricLabels(knownNames(*m_config));
    }
    for (const AttemptRecord &attempt : request.record.attemptRecords)
        addAttempt(request, attempt);
    addRequest(request);
}

void GenAiMetrics::addAttempt(const TracedRequest &request, const AttemptRecord &attempt)
{
    const NameTable::Metrics &metrics = m_names->metrics;
    const RequestRecord &record = request.record;
    const bool hasAnswered = &attempt == request.answeredAttempt();
    const QByteArray served = hasAnswered ? record.modelServed : QByteArray();
    const double duration = seconds(endOf(attempt, record) - attempt.startedAt);
    point(isEmbeddings(record) ? metrics.embeddingsDuration : metrics.operationDuration,
          attributesOf(request, attempt.provider, attempt.model, served, errorTypeOf(attempt)))
        .values.add(duration);
    if (hasAnswered && record.stream)
        addStream(request, attempt);
    // What the gateway itself counted is no provider's word.
    const bool isTold = hasAnswered && record.usage && !record.usage->isEstimated;
    if (isTold)
        addTokens(request, attempt, *record.usage);
    addUsed(request, attempt, served, isTold ? *record.usage : Usage());
}

void GenAiMetrics::addStream(const TracedRequest &request, const AttemptRecord &attempt)
{
    const NameTable::Metrics &metrics = m_names->metrics;
    const QByteArray attributes =
        attributesOf(request, attempt.provider, attempt.model, request.record.modelServed, {});
    point(metrics.operationFirstChunk, attributes).values.add(seconds(*attempt.firstByteAt - attempt.startedAt));
    if (request.outputChunks.count() > 0)
        point(metrics.operationOutputChunk, attributes).values.merge(request.outputChunks);
}

void GenAiMetrics::addTokens(const TracedRequest &request, const AttemptRecord &attempt, const Usage &usage)
{
    const NameTable::Metrics &metrics = m_names->metrics;
    const auto addSome = [&](const MetricName &metric, const char *type, qint64 tokens) {
        const QByteArray attributes = attributesOf(request, attempt.provider, attempt.model, request.record.modelServed,
                                                   {}, {m_names->tokenType, type});
        point(metric, attributes).values.add(static_cast<double>(tokens));
    };
    if (isEmbeddings(request.record))
        return addSome(metrics.embeddingsInputTokens, kInput, usage.promptTokens());
    addSome(metrics.operationInputTokens, kInput, usage.promptTokens());
    addSome(metrics.operationOutputTokens, kOutput, usage.completionTokens());
}

// Also what failed is counted there, as 0.
void GenAiMetrics::addUsed(const TracedRequest &request, const AttemptRecord &attempt, const QByteArray &served,
                           const Usage &usage)
{
    const NameTable::Metrics &metrics = m_names->metrics;
    if (!metrics.usedInput.exists() || isEmbeddings(request.record))
        return;
    const QByteArray attributes =
        attributesOf(request, attempt.provider, attempt.model, served, {}, {m_names->tokenModality, kUnknownModality});
    point(metrics.usedInput, attributes).sum += usage.promptTokens();
    point(metrics.usedOutput, attributes).sum += usage.completionTokens();
    point(metrics.usedCacheRead, attributes).sum += usage.cachedInput;
    point(metrics.usedCacheWrite, attributes).sum += usage.cacheWrites();
    point(metrics.usedReasoning, attributes).sum += usage.reasoning;
}

void GenAiMetrics::addRequest(const TracedRequest &request)
{
    const NameTable::Metrics &metrics = m_names->metrics;
    const RequestRecord &record = request.record;
    const QByteArray attributes =
        attributesOf(request, record.provider, record.model, record.modelServed, errorTypeOf(record));
    point(metrics.requestDuration, attributes).values.add(seconds(record.duration()));
    const bool isStreamed = record.stream && record.firstByteAt && !record.hasFailed();
    if (!isStreamed)
        return;
    point(metrics.requestFirstToken, attributes).values.add(seconds(*record.timeToFirstByte()));
    const qint64 furtherTokens = record.usage ? record.usage->completionTokens() - 1 : 0;
    if (furtherTokens > 0) {
        const double rest = seconds(*record.finishedAt - *record.firstByteAt);
        point(metrics.requestOutputToken, attributes).values.add(rest / static_cast<double>(furtherTokens));
    }
}

QByteArray GenAiMetrics::attributesOf(const TracedRequest &request, const QByteArray &provider, const QByteArray &model,
                                      const QByteArray &served, const QByteArray &errorType, Extra extra) const
{
    const auto known = [this](const QByteArray &name) { return name.isEmpty() ? name : m_labels.model(name); };
    AttributeList list;
    addCall(list, *m_names, request, provider, known(model));
    list.add(m_names->responseModel, known(served));
    list.add(m_names->errorType, errorType);
    list.add(extra.key, extra.text);
    return list.take();
}

GenAiMetrics::Point &GenAiMetrics::point(const MetricName &metric, const QByteArray &attributes)
{
    std::map<QByteArray, Point> &points = m_metrics.try_emplace(metric.name, Series{&metric, {}}).first->second.points;
    if (points.size() < kMostSeries || points.contains(attributes))
        return points.try_emplace(attributes, Point{.values = Histogram(metric.bounds)}).first->second;
    AttributeList overflow;
    overflow.addFlag(m_names->overflow, true);
    return points.try_emplace(overflow.take(), Point{.values = Histogram(metric.bounds)}).first->second;
}

QByteArray GenAiMetrics::json(Time now) const
{
    const QByteArray nowText = unixNanoseconds(now);
    QByteArray all;
    for (const auto &[name, series] : m_metrics) {
        const MetricName &metric = *series.metric;
        const bool isHistogram = !metric.bounds.empty();
        json::TextWriter json;
        json.beginObject().member("name", name).member("description", metric.description).member("unit", metric.unit);
        json.key(isHistogram ? "histogram" : "sum").beginObject().member("aggregationTemporality", kCumulative);
        if (!isHistogram)
            json.member("isMonotonic", true);
        json.key("dataPoints").beginArray();
        for (const auto &[attributes, point] : series.points)
            writePoint(json, metric, attributes, point, nowText);
        json.endArray().endObject().endObject();
        if (!all.isEmpty())
            all += ',';
        all += json.text();
    }
    return all;
}

void GenAiMetrics::writePoint(json::TextWriter &json, const MetricName &metric, const QByteArray &attributes,
                              const Point &point, const QByteArray &now) const
{
    json.beginObject().key("attributes").raw(attributes);
    json.member("startTimeUnixNano", unixNanoseconds(m_start)).member("timeUnixNano", now);
    if (metric.bounds.empty()) {
        json.member("asInt", QByteArray::number(point.sum)).endObject();
        return;
    }
    const Histogram &values = point.values;
    json.member("count", QByteArray::number(values.count())).member("sum", values.sum());
    writeArray(json, "bucketCounts", values.counts(), [&](qint64 count) { json.string(QByteArray::number(count)); });
    writeArray(json, "explicitBounds", values.bounds(), [&](double bound) { json.number(bound); });
    json.member("min", values.least()).member("max", values.most()).endObject();
}

} // namespace lunargate
