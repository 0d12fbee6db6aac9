// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/cache_metrics.h"

namespace lunargate {

namespace {

MetricSample gauge(const char *name, const char *help, qint64 value)
{
    return {.name = name, .help = help, .type = MetricSample::Type::Gauge, .value = static_cast<double>(value)};
}

MetricSample eviction(const char *reason, quint64 value)
{
    return {.name = "lunargate_cache_evictions_total",
            .help = "Total number of answers that the cache let go by why it did",
            .type = MetricSample::Type::Counter,
            .labels = {{"reason", reason}},
            .value = static_cast<double>(value)};
}

} // namespace

std::vector<MetricSample> cacheSamples(const ResponseCache::Statistics &statistics)
{
    const CacheContents &contents = statistics.contents;
    return {
        gauge("lunargate_cache_entries", "Number of answers in the cache", contents.entries),
        gauge("lunargate_cache_bytes", "Memory that the answers in the cache take in bytes", contents.bytes),
        eviction("expired", contents.expired),
        eviction("max_size", contents.displaced),
        eviction("max_bytes", contents.displacedBytes),
        eviction("purged", contents.purged),
    };
}

} // namespace lunargate
