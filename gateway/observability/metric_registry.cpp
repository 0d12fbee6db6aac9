// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/metric_registry.h"

#include "gateway/observability/chunk_gaps.h"
#include "gateway/observability/metric_labels.h"
#include "gateway/version.h"

#include <QtVersion>

#include <prometheus/text_serializer.h>

#include <sstream>

namespace lunargate {

namespace {

using prometheus::MetricType;
using Buckets = prometheus::Histogram::BucketBoundaries;

// Seconds. The first ones are what dashboards of ai_router_* metrics expect.
const Buckets kDurationBuckets = {0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120};
// Those of OpenTelemetry's gen_ai.server.time_to_first_token, and two more for models that think first.
const Buckets kFirstTokenBuckets = {0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25,
                                    0.5,   0.75,  1,    2.5,  5,    7.5,  10,   30,  60};
const Buckets kGapBuckets(ChunkGaps::kBounds.begin(), ChunkGaps::kBounds.end());
// From a connection on this machine to a model that thinks before it answers.
const Buckets kPhaseBuckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
const Buckets kOverheadBuckets = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1};

prometheus::Family<prometheus::Counter> &counter(prometheus::Registry &registry, const char *name, const char *help)
{
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Family<prometheus::Gauge> &gauge(prometheus::Registry &registry, const char *name, const char *help)
{
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

prometheus::Family<prometheus::Histogram> &histogram(prometheus::Registry &registry, const char *name, const char *help)
{
    return prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
}

auto reloadCounters(prometheus::Family<prometheus::Counter> &family)
{
    return std::array{&family.Add({{"result", "applied"}}), &family.Add({{"result", "unchanged"}}),
                      &family.Add({{"result", "rejected"}})};
}

prometheus::Counter &cacheLookups(prometheus::Registry &registry, const char *status)
{
    // Registering a family again gives the one that is there.
    return counter(registry, "ai_router_cache_hits_total", "Total number of cache hits/misses")
        .Add({{"status", status}});
}

prometheus::MetricFamily readFamily(const MetricReading &reading)
{
    prometheus::MetricFamily family{
        reading.name, reading.help, reading.isCounter ? MetricType::Counter : MetricType::Gauge, {}};
    for (const MetricReading::Sample &sample : reading.samples) {
        prometheus::ClientMetric &metric = family.metric.emplace_back();
        for (const auto &[name, value] : sample.labels)
            metric.label.push_back({name, value.toStdString()});
        metric.counter.value = sample.value;
        metric.gauge.value = sample.value;
    }
    return family;
}

} // namespace

MetricRegistry::MetricRegistry()
    : retries(counter(m_registry, "lunargate_retries_total",
                      "Total number of calls to providers that repeated the call before")
                  .Add({})),
      hedgedRequests(counter(m_registry, "lunargate_hedged_requests_total",
                             "Total number of requests for which a second target was asked beside a silent one")
                         .Add({})),
      fallbacksUsed(
          counter(m_registry, "ai_router_fallbacks_used_total", "Total number of fallback invocations").Add({})),
      fallbacksFailed(counter(m_registry, "lunargate_fallbacks_failed_total",
                              "Total number of requests for which a fallback was asked, but did not answer either")
                          .Add({})),
      cacheHits(cacheLookups(m_registry, "hit")),
      cacheMisses(cacheLookups(m_registry, "miss")),
      overhead(histogram(m_registry, "lunargate_gateway_overhead_seconds",
                         "Time from the request to the first call to a provider in seconds")
                   .Add({}, kOverheadBuckets)),
      ownTime(histogram(m_registry, "lunargate_gateway_own_seconds",
                        "Time that the gateway itself took for a request that reached a provider in seconds")
                  .Add({}, kOverheadBuckets)),
      reloadSuccessful(gauge(m_registry, "lunargate_config_last_reload_successful",
                             "Whether the configuration could be used when it was read last")
                           .Add({}, 1)),
      reloadSuccessTime(gauge(m_registry, "lunargate_config_last_reload_success_timestamp_seconds",
                              "When the configuration was last read and found usable, in seconds since unix epoch")
                            .Add({})),
      reloads(reloadCounters(counter(m_registry, "lunargate_config_reloads_total",
                                     "Total number of times the configuration was read anew by what came of it"))),
      m_requests(counter(m_registry, "ai_router_requests_total", "Total number of requests processed")),
      m_durations(histogram(m_registry, "ai_router_request_duration_seconds", "Request duration in seconds")),
      m_tokens(counter(m_registry, "ai_router_tokens_total", "Total number of tokens processed")),
      m_cacheTokens(counter(m_registry, "ai_router_cache_tokens_total",
                            "Total number of tokens read from and written to providers' prompt caches")),
      m_costs(counter(m_registry, "lunargate_cost_usd_total",
                      "Total cost of model calls in US dollars by who says so, as far as it is known")),
      m_unknownCosts(counter(m_registry, "lunargate_cost_unknown_requests_total",
                             "Total number of requests that a provider served at a cost that nobody knows")),
      m_savedCosts(counter(m_registry, "lunargate_cost_saved_usd_total",
                           "Total cost of the calls that answers from the cache made unnecessary in US dollars")),
      m_providerErrors(counter(m_registry, "ai_router_provider_errors_total", "Total number of provider errors")),
      m_firstTokens(histogram(m_registry, "lunargate_time_to_first_token_seconds",
                              "Streams: time from the request to the first content in seconds")),
      m_chunkGaps(histogram(m_registry, "lunargate_time_between_chunks_seconds",
                            "Streams: time from one piece with content to the next in seconds")),
      m_attempts(
          counter(m_registry, "lunargate_attempts_total", "Total number of calls to providers by how they ended")),
      m_connections(counter(m_registry, "lunargate_upstream_connections_total",
                            "Total number of calls to providers by the connection that they went over")),
      m_phases(histogram(m_registry, "lunargate_upstream_phase_seconds",
                         "Time that the phases of calls to providers took in seconds")),
      m_callerRequests(counter(m_registry, "lunargate_caller_requests_total",
                               "Total number of requests for models by the name of the key that was shown")),
      m_attemptFailures(counter(m_registry, "lunargate_attempt_failures_total",
                                "Total number of calls to providers that failed by why they did")),
      m_limitRefusals(
          counter(m_registry, "lunargate_limiter_refusals_total", "Total number of requests refused, by the limit"))
{
    gauge(m_registry, "lunargate_build_info", "Version of the program, always 1")
        .Add({{"version", version()}, {"qt", qVersion()}}, 1.0);
    reloadSuccessTime.SetToCurrentTime();
}

RequestSeries MetricRegistry::requestSeries(const QByteArray &provider, const QByteArray &model, int status,
                                            const QByteArray &route)
{
    const prometheus::Labels target = {{"provider", provider.toStdString()}, {"model", model.toStdString()}};
    const auto with = [&](const char *name, const std::string &value) {
        prometheus::Labels labels = target;
        labels.emplace(name, value);
        return labels;
    };
    prometheus::Labels request = with("status_code", statusLabel(status));
    request.emplace("route", route.toStdString());

    RequestSeries series{
        .requests = &m_requests.Add(request),
        .duration = &m_durations.Add(target, kDurationBuckets),
    };
    if (provider != kNoLabel) {
        series.firstToken = &m_firstTokens.Add(target, kFirstTokenBuckets);
        series.chunkGaps = &m_chunkGaps.Add(target, kGapBuckets);
        series.tokensIn = &m_tokens.Add(with("direction", "input"));
        series.tokensOut = &m_tokens.Add(with("direction", "output"));
        series.cacheReads = &m_cacheTokens.Add(with("operation", "read"));
        series.cacheWrites = &m_cacheTokens.Add(with("operation", "write"));
        for (const CostSource source : {CostSource::Provider, CostSource::Table, CostSource::Override})
            series.costs[static_cast<size_t>(source)] = &m_costs.Add(with("source", nameOf(source)));
        series.unknownCost = &m_unknownCosts.Add(target);
        series.savedCost = &m_savedCosts.Add(target);
    }
    return series;
}

AttemptCounters MetricRegistry::attemptCounters(const QByteArray &provider)
{
    AttemptCounters counters{};
    for (size_t i = 0; i < counters.size(); ++i) {
        const char *outcome = outcomeLabel(static_cast<AttemptOutcome>(i));
        counters[i] = &m_attempts.Add({{"provider", provider.toStdString()}, {"outcome", outcome}});
    }
    return counters;
}

UpstreamSeries MetricRegistry::upstreamSeries(const QByteArray &provider)
{
    const std::string name = provider.toStdString();
    const auto connections = [&](const char *state) {
        return &m_connections.Add({{"provider", name}, {"state", state}});
    };
    const auto times = [&](const char *phase) {
        return &m_phases.Add({{"provider", name}, {"phase", phase}}, kPhaseBuckets);
    };
    return {.newConnections = connections("new"),
            .reusedConnections = connections("reused"),
            .dns = times("dns"),
            .connect = times("connect"),
            .tls = times("tls"),
            .firstByte = times("first_byte")};
}

prometheus::Counter &MetricRegistry::providerErrors(const QByteArray &provider, const char *errorType)
{
    return m_providerErrors.Add({{"provider", provider.toStdString()}, {"error_type", errorType}});
}

prometheus::Counter &MetricRegistry::callerRequests(const QByteArray &caller)
{
    return m_callerRequests.Add({{"caller", caller.toStdString()}});
}

prometheus::Counter &MetricRegistry::attemptFailures(const QByteArray &provider, const char *reason)
{
    return m_attemptFailures.Add({{"provider", provider.toStdString()}, {"reason", reason}});
}

prometheus::Counter &MetricRegistry::limitRefusals(const char *limit)
{
    return m_limitRefusals.Add({{"limit", limit}});
}

QByteArray MetricRegistry::render(const std::vector<MetricReading> &readings) const
{
    std::vector<prometheus::MetricFamily> families = m_registry.Collect();
    for (const MetricReading &reading : readings) {
        if (!reading.samples.empty())
            families.push_back(readFamily(reading));
    }
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families);
    return QByteArray::fromStdString(out.str());
}

} // namespace lunargate
