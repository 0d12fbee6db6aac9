// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/cache_metrics.h"

namespace lunargate {

namespace {

MetricReading gauge(const char *name, const char *help, qint64 value)
{
    return {.name = name, .help = help, .samples = {{.labels = {}, .value = static_cast<double>(value)}}};
}

MetricReading evictions(const CacheContents &contents)
{
    MetricReading reading{.name = "lunargate_cache_evictions_total",
                          .help = "Total number of answers that the cache let go by why it did",
                          .isCounter = true,
                          .samples = {}};
    for (const auto &[reason, count] :
         {std::pair("expired", contents.expired), std::pair("max_size", contents.displaced),
          std::pair("max_bytes", contents.displacedBytes), std::pair("purged", contents.purged)})
        reading.samples.push_back({.labels = {{"reason", reason}}, .value = static_cast<double>(count)});
    return reading;
}

} // namespace

std::vector<MetricReading> cacheMetrics(const ResponseCache::Statistics &statistics)
{
    const CacheContents &contents = statistics.contents;
    return {gauge("lunargate_cache_entries", "Number of answers in the cache", contents.entries),
            gauge("lunargate_cache_bytes", "Memory that the answers in the cache take in bytes", contents.bytes),
            evictions(contents)};
}

} // namespace lunargate
