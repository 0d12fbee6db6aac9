// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/metrics.h"

#include "gateway/observability/metric_labels.h"
#include "gateway/observability/metric_registry.h"
#include "gateway/observability/request_record.h"

#include <QHash>
#include <QHashFunctions>

#include <algorithm>
#include <iterator>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
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

/// What tells requests apart, borrowed.
struct KeyView
{
    QByteArrayView provider, model, route;
    int status = 0;

    bool operator==(const KeyView &) const = default;
};

/// The same, owned.
struct Key
{
    QByteArray provider, model, route;
    int status = 0;

    operator KeyView() const { return {provider, model, route, status}; }
};

struct KeyHash
{
    using is_transparent = void;
    size_t operator()(const KeyView &key) const
    {
        return qHashMulti(QHashSeed::globalSeed(), key.provider, key.model, key.route, key.status);
    }
};

struct KeyEqual
{
    using is_transparent = void;
    bool operator()(const KeyView &a, const KeyView &b) const { return a == b; }
};

using SeriesMap = std::unordered_map<Key, RequestSeries, KeyHash, KeyEqual>;

const RequestSeries *find(const SeriesMap &map, const KeyView &key)
{
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
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
    void countProviderError(const RequestRecord &record);
    void countCaller(const QByteArray &caller);
    void countAttemptFailure(const QByteArray &provider, const QByteArray &reason);

    MetricRegistry registry;
    std::vector<MetricSource> sources;

private:
    Key keyOf(const RequestRecord &record) const;

    const AttemptCounters m_otherAttempts;

    // Protects the members below, but not the counters that they point to.
    mutable std::shared_mutex m_mutex;
    MetricLabels m_labels;
    SeriesMap m_current; ///< series of names that are known now
    SeriesMap m_made;    ///< everything that the registry holds
    QHash<QByteArray, AttemptCounters> m_attempts;
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
    m_current.clear();
}

Key Metrics::Private::keyOf(const RequestRecord &record) const
{
    Key key{m_labels.provider(record.provider), m_labels.model(record.model), m_labels.route(record.route),
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
        if (const RequestSeries *series = find(m_current, {record.provider, record.model, record.route, record.status}))
            return *series;
        if (const RequestSeries *series = find(m_current, keyOf(record)))
            return *series;
    }
    const std::unique_lock lock(m_mutex);
    const Key key = keyOf(record);
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

ActiveRequest::ActiveRequest(ActiveRequest &&other) noexcept : m_metrics(std::exchange(other.m_metrics, nullptr)) {}

ActiveRequest &ActiveRequest::operator=(ActiveRequest &&other) noexcept
{
    ActiveRequest taken(std::move(other));
    std::swap(m_metrics, taken.m_metrics);
    return *this;
}

ActiveRequest::~ActiveRequest()
{
    if (m_metrics)
        m_metrics->m_data->registry.activeRequests.Decrement();
}

Metrics::Metrics(const KnownNames &names) : m_data(std::make_unique<Private>(names)) {}

Metrics::~Metrics() = default;

void Metrics::setKnownNames(const KnownNames &names)
{
    m_data->setNames(names);
}

ActiveRequest Metrics::requestStarted()
{
    m_data->registry.activeRequests.Increment();
    return ActiveRequest(this);
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

void Metrics::requestFinished(const RequestRecord &record)
{
    if (!record.countsAsModelCall)
        return;
    const RequestSeries series = m_data->series(record);
    series.requests->Increment();
    series.duration->Observe(seconds(record.duration()));
    if (const auto overhead = record.timeToUpstream())
        m_data->registry.overhead.Observe(seconds(*overhead));
    if (const auto firstToken = record.timeToFirstByte(); firstToken && record.stream && series.firstToken)
        series.firstToken->Observe(seconds(*firstToken));
    if (record.usage && series.tokensIn) {
        series.tokensIn->Increment(static_cast<double>(record.usage->promptTokens()));
        series.tokensOut->Increment(static_cast<double>(record.usage->completionTokens()));
    }
    countCost(series, record);
    if (record.cacheUse != CacheUse::None)
        (record.cacheUse == CacheUse::Hit ? m_data->registry.cacheHits : m_data->registry.cacheMisses).Increment();
    if (record.fallbackUsed)
        m_data->registry.fallbacksUsed.Increment();
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
    std::vector<MetricReading> readings;
    for (const MetricSource &source : m_data->sources)
        std::ranges::move(source(), std::back_inserter(readings));
    return m_data->registry.render(readings);
}

} // namespace lunargate
