// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/collector_metrics.h"

namespace lunargate {

std::vector<MetricReading> collectorMetrics(const CollectorStatus &status)
{
    const auto counter = [](const char *name, const char *help, qint64 value) {
        return MetricReading{.name = name,
                             .help = help,
                             .isCounter = true,
                             .samples = {{.labels = {}, .value = static_cast<double>(value)}}};
    };
    const auto ended = [](const char *how, qint64 value) {
        return MetricReading::Sample{.labels = {{"outcome", how}}, .value = static_cast<double>(value)};
    };
    const auto gauge = [](const char *name, const char *help, qint64 value) {
        return MetricReading{
            .name = name, .help = help, .samples = {{.labels = {}, .value = static_cast<double>(value)}}};
    };
    return {
        counter("lunargate_collector_queued_total", "Total number of reports on requests for the collector",
                status.queued),
        {.name = "lunargate_collector_reports_total",
         .help = "Total number of these reports by what became of them",
         .isCounter = true,
         .samples = {ended("sent", status.sent), ended("dropped", status.dropped), ended("failed", status.failed)}},
        counter("lunargate_collector_attempts_total", "Total number of calls to the collector", status.attempts),
        counter("lunargate_collector_refused_events_total",
                "Total number of events that the collector refused for good", status.refusedEvents),
        gauge("lunargate_collector_queue_length", "Number of reports that wait for the collector", status.waiting),
        gauge("lunargate_collector_spool_reports", "Number of these that wait on the disk", status.spooled),
        gauge("lunargate_collector_spool_bytes", "Size of the files that they are in", status.spoolBytes),
    };
}

} // namespace lunargate
