// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/metrics.h"

#include "gateway/observability/metric_labels.h"
#include "gateway/observability/metric_registry.h"
#include "gateway/observability/process_metrics.h"
#include "gateway/observability/request_record.h"
#include "gateway/observability/request_series.h"

#include <QHash>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <utility>

namespace lunargate {

namespace {

// More combinations of labels than this are not kept apart: a bound on memory and on the size of a scrape, even if the
// configuration names thousands of models or is changed all the time.
constexpr size_t kMaximumSeries = 10'000;

double seconds(std::chrono::nanoseconds duration)
{
    return std::chrono::duration<double>(duration).count();
}

void countTimes(const RequestSeries &series, const RequestRecord &record)
{
    series.duration->Observe(seconds(record.duration()));
    if (!series.firstToken || !record.stream)
        return;
    if (const auto firstToken = record.timeToFirstByte())
        series.firstToken->Observe(seconds(*firstToken));
    if (const ChunkGaps &gaps = record.chunkGaps; !gaps.isEmpty())
        series.chunkGaps->ObserveMultiple({gaps.counts().begin(), gaps.counts().end()}, gaps.seconds());
}

// What has no connection yet has failed before.
void countPhases(const UpstreamSeries &series, const PhaseTimes &phases)
{
    if (phases.isReused)
        series.reusedConnections->Increment();
    else if (phases.connect)
        series.newConnections->Increment();
    const auto observe = [](prometheus::Histogram *histogram, std::optional<std::chrono::microseconds> time) {
        if (time)
            histogram->Observe(seconds(*time));
    };
    observe(series.dns, phases.dns);
    observe(series.connect, phases.connect);
    observe(series.tls, phases.tls);
    observe(series.firstByte, phases.firstByte);
}

void countTokens(const RequestSeries &series, const std::optional<Usage> &usage)
{
    if (!usage || !series.tokensIn)
        return;
    series.tokensIn->Increment(static_cast<double>(usage->promptTokens()));
    series.tokensOut->Increment(static_cast<double>(usage->completionTokens()));
    series.cacheReads->Increment(static_cast<double>(usage->cachedInput));
    series.cacheWrites->Increment(static_cast<double>(usage->cacheWrites()));
}

void countCost(const RequestSeries &series, const RequestRecord &record)
{
    if (!series.unknownCost)
        return;
    if (record.cost && !record.cost->amount)
        series.unknownCost->Increment();
    else if (record.cost && series.costs[static_cast<size_t>(record.cost->source)])
        series.costs[static_cast<size_t>(record.cost->source)]->Increment(record.cost->amount->dollars());
    if (record.savedCost)
        series.savedCost->Increment(record.savedCost->dollars());
}

} // namespace

/// The registry, and what was looked up in it before.
class Metrics::Private
{
public:
    explicit Private(const KnownNames &names) : m_otherAttempts(registry.attemptCounters(kOtherLabel)), m_labels(names)
    {
        setNames(names);
    }

    void setNames(const KnownNames &names);
    RequestSeries series(const RequestRecord &record);
    AttemptCounters attempts(const QByteArray &provider) const;
    UpstreamSeries upstream(const QByteArray &provider);
    void countProviderError(const RequestRecord &record);
    void countCaller(const QByteArray &caller);
    void countAttemptFailure(const QByteArray &provider, const QByteArray &reason);

    void countRouting(const RequestRecord &record);
    std::vector<MetricReading> running() const;

    MetricRegistry registry;
    std::vector<MetricSource> sources;
    std::atomic<qint64> requests = 0; ///< in progress
    std::atomic<qint64> streams = 0;  ///< likewise

private:
    SeriesKey keyOf(const RequestRecord &record) const;

    const AttemptCounters m_otherAttempts;

    // Protects the members below, but not the counters that they point to.
    mutable std::shared_mutex m_mutex;
    MetricLabels m_labels;
    SeriesMap m_current; ///< series of names that are known now
    SeriesMap m_made;    ///< everything that the registry holds
    QHash<QByteArray, AttemptCounters> m_attempts;
    QHash<QByteArray, UpstreamSeries> m_upstreams;      ///< by label, of providers that were called
    QHash<QByteArray, prometheus::Counter *> m_callers; ///< with kOtherLabel, unless it is empty
};

void Metrics::Private::setNames(const KnownNames &names)
{
    QHash<QByteArray, AttemptCounters> attempts;
    for (const QByteArray &provider : names.providers)
        attempts.insert(provider, registry.attemptCounters(provider));
    QHash<QByteArray, prometheus::Counter *> callers;
    for (const QByteArray &caller : names.callers)
        callers.insert(caller, &registry.callerRequests(caller));

    const std::unique_lock lock(m_mutex);
    m_labels = MetricLabels(names);
    m_attempts = std::move(attempts);
    m_callers = std::move(callers);
    m_upstreams.clear();
    m_current.clear();
}

SeriesKey Metrics::Private::keyOf(const RequestRecord &record) const
{
    SeriesKey key{m_labels.provider(record.provider), m_labels.model(record.model), m_labels.route(record.route),
                  MetricLabels::status(record.status)};
    if (m_made.size() >= kMaximumSeries && !m_made.contains(key))
        key.model = key.route = kOtherLabel;
    return key;
}

RequestSeries Metrics::Private::series(const RequestRecord &record)
{
    {
        const std::shared_lock lock(m_mutex);
        // Nearly always the names are known and were seen before: then nothing is copied.
        if (const RequestSeries *series =
                findSeries(m_current, {record.provider, record.model, record.route, record.status}))
            return *series;
        if (const RequestSeries *series = findSeries(m_current, keyOf(record)))
            return *series;
    }
    const std::unique_lock lock(m_mutex);
    const SeriesKey key = keyOf(record);
    auto made = m_made.find(key);
    if (made == m_made.end())
        made = m_made.emplace(key, registry.requestSeries(key.provider, key.model, key.status, key.route)).first;
    m_current.insert(*made);
    return made->second;
}

AttemptCounters Metrics::Private::attempts(const QByteArray &provider) const
{
    const std::shared_lock lock(m_mutex);
    return m_attempts.value(provider, m_otherAttempts);
}

UpstreamSeries Metrics::Private::upstream(const QByteArray &provider)
{
    {
        const std::shared_lock lock(m_mutex);
        if (const auto known = m_upstreams.constFind(provider); known != m_upstreams.cend())
            return *known;
    }
    const std::unique_lock lock(m_mutex);
    const QByteArray label = m_labels.provider(provider);
    auto made = m_upstreams.find(label);
    if (made == m_upstreams.end())
        made = m_upstreams.insert(label, registry.upstreamSeries(label));
    return *made;
}

void Metrics::Private::countProviderError(const RequestRecord &record)
{
    const char *type = providerErrorLabel(record);
    if (!type)
        return;
    const bool hasPrimary = !record.primaryProvider.isEmpty() && record.isExhausted;
    QByteArray provider;
    {
        const std::shared_lock lock(m_mutex);
        provider = m_labels.provider(hasPrimary ? record.primaryProvider : record.provider);
    }
    registry.providerErrors(provider, type).Increment();
}

// A token's name is its issuer's choice, so that all of them are counted as one.
void Metrics::Private::countCaller(const QByteArray &caller)
{
    if (caller.isEmpty())
        return;
    const std::shared_lock lock(m_mutex);
    const auto known = m_callers.constFind(caller);
    if (prometheus::Counter *counter = known != m_callers.cend() ? *known : m_callers.value(kOtherLabel))
        counter->Increment();
}

void Metrics::Private::countAttemptFailure(const QByteArray &provider, const QByteArray &reason)
{
    QByteArray label;
    {
        const std::shared_lock lock(m_mutex);
        label = m_labels.provider(provider);
    }
    registry.attemptFailures(label, failureReasonLabel(reason)).Increment();
}

void Metrics::Private::countRouting(const RequestRecord &record)
{
    registry.retries.Increment(record.retries);
    if (record.isHedged)
        registry.hedgedRequests.Increment();
    if (record.fallbackUsed)
        registry.fallbacksUsed.Increment();
    else if (record.fallbackTried && record.hasFailed() && record.errorKind != ErrorKind::ClientCancelled)
        registry.fallbacksFailed.Increment();
    if (record.cacheUse != CacheUse::None)
        (record.cacheUse == CacheUse::Hit ? registry.cacheHits : registry.cacheMisses).Increment();
}

std::vector<MetricReading> Metrics::Private::running() const
{
    return {gaugeReading("ai_router_active_requests", "Number of currently active requests",
                         static_cast<double>(requests.load(std::memory_order_relaxed))),
            gaugeReading("lunargate_open_streams", "Number of streams that are being passed on to clients",
                         static_cast<double>(streams.load(std::memory_order_relaxed)))};
}

Metrics::Metrics(const KnownNames &names) : m_data(std::make_unique<Private>(names)) {}

Metrics::~Metrics() = default;

void Metrics::setKnownNames(const KnownNames &names)
{
    m_data->setNames(names);
}

InProgress Metrics::requestStarted()
{
    return InProgress(m_data->requests);
}

qint64 Metrics::activeRequests() const
{
    return m_data->requests.load(std::memory_order_relaxed);
}

InProgress Metrics::streamStarted()
{
    return InProgress(m_data->streams);
}

void Metrics::attemptFinished(const QByteArray &provider, AttemptOutcome outcome)
{
    m_data->attempts(provider)[static_cast<size_t>(outcome)]->Increment();
}

void Metrics::attemptFailed(const QByteArray &provider, const Error &error)
{
    attemptFinished(provider, attemptOutcome(error));
    m_data->countAttemptFailure(provider, error.reason);
}

void Metrics::upstreamReached(const QByteArray &provider, const PhaseTimes &phases)
{
    countPhases(m_data->upstream(provider), phases);
}

void Metrics::requestFinished(const RequestRecord &record)
{
    if (!record.asksModel)
        return;
    const RequestSeries series = m_data->series(record);
    series.requests->Increment();
    countTimes(series, record);
    countTokens(series, record.usage);
    countCost(series, record);
    if (const auto overhead = record.timeToUpstream())
        m_data->registry.overhead.Observe(seconds(*overhead));
    if (const auto own = record.ownTime())
        m_data->registry.ownTime.Observe(seconds(*own));
    m_data->countRouting(record);
    m_data->countProviderError(record);
    m_data->countCaller(record.caller);
}

void Metrics::configReloaded(ReloadResult result)
{
    m_data->registry.reloads[static_cast<size_t>(result)]->Increment();
    m_data->registry.reloadSuccessful.Set(result == ReloadResult::Rejected ? 0 : 1);
    if (result != ReloadResult::Rejected)
        m_data->registry.reloadSuccessTime.SetToCurrentTime();
}

void Metrics::limitRefused(const char *limit)
{
    m_data->registry.limitRefusals(limit).Increment();
}

void Metrics::addSource(MetricSource source)
{
    m_data->sources.push_back(std::move(source));
}

QByteArray Metrics::render() const
{
    std::vector<MetricReading> readings = m_data->running();
    for (const MetricSource &source : m_data->sources)
        std::ranges::move(source(), std::back_inserter(readings));
    std::ranges::move(processMetrics(), std::back_inserter(readings));
    return m_data->registry.render(readings);
}

} // namespace lunargate
