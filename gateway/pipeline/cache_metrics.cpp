// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/cache_metrics.h"

namespace lunargate {

namespace {

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
    const auto number = [](qint64 count) { return static_cast<double>(count); };
    return {gaugeReading("lunargate_cache_entries", "Number of answers in the cache", number(contents.entries)),
            gaugeReading("lunargate_cache_bytes", "Memory that the answers in the cache take in bytes",
                         number(contents.bytes)),
            gaugeReading("lunargate_cache_waiting_requests",
                         "Number of requests that wait for the answer to an equal one", number(statistics.followers)),
            evictions(contents)};
}

} // namespace lunargate
