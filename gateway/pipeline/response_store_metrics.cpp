// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/response_store_metrics.h"

namespace lunargate {

namespace {

MetricReading evictions(const ResponseStore::Contents &contents)
{
    MetricReading reading{.name = "lunargate_stored_responses_evictions_total",
                          .help = "Total number of stored responses that were let go by why they were",
                          .isCounter = true,
                          .samples = {}};
    for (const auto &[reason, count] :
         {std::pair("expired", contents.expired), std::pair("max_entries", contents.displaced),
          std::pair("max_bytes", contents.displacedBytes)})
        reading.samples.push_back({.labels = {{"reason", reason}}, .value = static_cast<double>(count)});
    return reading;
}

} // namespace

std::vector<MetricReading> responseStoreMetrics(const ResponseStore::Contents &contents)
{
    const auto number = [](qint64 count) { return static_cast<double>(count); };
    return {gaugeReading("lunargate_stored_responses", "Number of responses that are kept for later calls",
                         number(contents.entries)),
            gaugeReading("lunargate_stored_responses_bytes", "Memory that the kept responses take in bytes",
                         number(contents.bytes)),
            evictions(contents)};
}

} // namespace lunargate
