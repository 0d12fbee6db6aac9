// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/observability/metrics.h"
#include "gateway/prices/cost.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <QByteArray>

#include <array>

namespace lunargate {

/// Where one kind of request is counted. The objects belong to the registry and live as long as it does.
struct RequestSeries
{
    prometheus::Counter *requests = nullptr;
    prometheus::Histogram *duration = nullptr;
    // Null without a provider: there are neither tokens nor a first one.
    prometheus::Histogram *firstToken = nullptr;
    prometheus::Histogram *chunkGaps = nullptr;
    prometheus::Counter *tokensIn = nullptr;
    prometheus::Counter *tokensOut = nullptr;
    prometheus::Counter *cacheReads = nullptr; ///< tokens
    prometheus::Counter *cacheWrites = nullptr;
    std::array<prometheus::Counter *, kCostSources> costs{}; ///< by CostSource; null where there is nothing to add
    prometheus::Counter *unknownCost = nullptr;
    prometheus::Counter *savedCost = nullptr;
};

/// One counter for each outcome of the attempts at a provider.
using AttemptCounters = std::array<prometheus::Counter *, static_cast<size_t>(AttemptOutcome::InternalError) + 1>;

/// How calls got to one provider.
struct UpstreamSeries
{
    prometheus::Counter *newConnections = nullptr;
    prometheus::Counter *reusedConnections = nullptr;
    prometheus::Histogram *dns = nullptr;
    prometheus::Histogram *connect = nullptr;
    prometheus::Histogram *tls = nullptr;
    prometheus::Histogram *firstByte = nullptr;
};

/// Every metric with its name, help text, labels and buckets. It does not limit label values: that is for its caller.
/// Thread-safe, but slow: series are to be looked up once and kept.
class MetricRegistry
{
private:
    prometheus::Registry m_registry; // before the families, which are parts of it

public:
    MetricRegistry();

    RequestSeries requestSeries(const QByteArray &provider, const QByteArray &model, int status,
                                const QByteArray &route);
    AttemptCounters attemptCounters(const QByteArray &provider);
    UpstreamSeries upstreamSeries(const QByteArray &provider);
    prometheus::Counter &providerErrors(const QByteArray &provider, const char *errorType);
    prometheus::Counter &callerRequests(const QByteArray &caller);
    prometheus::Counter &attemptFailures(const QByteArray &provider, const char *reason);
    prometheus::Counter &limitRefusals(const char *limit);

    /// All of them and `readings` in Prometheus' text format.
    QByteArray render(const std::vector<MetricReading> &readings) const;

    prometheus::Counter &retries;
    prometheus::Counter &hedgedRequests;
    prometheus::Counter &fallbacksUsed;
    prometheus::Counter &fallbacksFailed;
    prometheus::Counter &cacheHits;
    prometheus::Counter &cacheMisses;
    prometheus::Histogram &overhead;
    prometheus::Histogram &ownTime;
    prometheus::Gauge &reloadSuccessful;
    prometheus::Gauge &reloadSuccessTime;
    std::array<prometheus::Counter *, static_cast<size_t>(ReloadResult::Rejected) + 1> reloads; ///< by result

private:
    prometheus::Family<prometheus::Counter> &m_requests;
    prometheus::Family<prometheus::Histogram> &m_durations;
    prometheus::Family<prometheus::Counter> &m_tokens;
    prometheus::Family<prometheus::Counter> &m_cacheTokens;
    prometheus::Family<prometheus::Counter> &m_costs;
    prometheus::Family<prometheus::Counter> &m_unknownCosts;
    prometheus::Family<prometheus::Counter> &m_savedCosts;
    prometheus::Family<prometheus::Counter> &m_providerErrors;
    prometheus::Family<prometheus::Histogram> &m_firstTokens;
    prometheus::Family<prometheus::Histogram> &m_chunkGaps;
    prometheus::Family<prometheus::Counter> &m_attempts;
    prometheus::Family<prometheus::Counter> &m_connections;
    prometheus::Family<prometheus::Histogram> &m_phases;
    prometheus::Family<prometheus::Counter> &m_callerRequests;
    prometheus::Family<prometheus::Counter> &m_attemptFailures;
    prometheus::Family<prometheus::Counter> &m_limitRefusals;
};

} // namespace lunargate
