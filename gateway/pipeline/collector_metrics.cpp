// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/collector_metrics.h"

namespace lunargate {

std::vector<MetricReading> collectorMetrics(const CollectorStatus &status)
{
    const auto number = [](qint64 count) { return static_cast<double>(count); };
    const auto ended = [&](const char *how, qint64 value) {
        return MetricReading::Sample{.labels = {{"outcome", how}}, .value = number(value)};
    };
    return {
        counterReading("lunargate_collector_queued_total", "Total number of reports on requests for the collector",
                       number(status.queued)),
        {.name = "lunargate_collector_reports_total",
         .help = "Total number of these reports by what became of them",
         .isCounter = true,
         .samples = {ended("sent", status.sent), ended("dropped", status.dropped), ended("failed", status.failed)}},
        counterReading("lunargate_collector_attempts_total", "Total number of calls to the collector",
                       number(status.attempts)),
        counterReading("lunargate_collector_refused_events_total",
                       "Total number of events that the collector refused for good", number(status.refusedEvents)),
        gaugeReading("lunargate_collector_queue_length", "Number of reports that wait for the collector",
                     number(status.waiting)),
        gaugeReading("lunargate_collector_spool_reports", "Number of these that wait on the disk",
                     number(status.spooled)),
        gaugeReading("lunargate_collector_spool_bytes", "Size of the files that they are in",
                     number(status.spoolBytes)),
    };
}

} // namespace lunargate
