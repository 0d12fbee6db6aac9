// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/telemetry_metrics.h"

namespace lunargate {

std::vector<MetricReading> telemetryMetrics(const TelemetryStatus &status)
{
    const auto counter = [](const char *name, const char *help, qint64 value) {
        return MetricReading{.name = name,
                             .help = help,
                             .isCounter = true,
                             .samples = {{.labels = {}, .value = static_cast<double>(value)}}};
    };
    const auto spans = [](const char *outcome, qint64 value) {
        return MetricReading::Sample{.labels = {{"outcome", outcome}}, .value = static_cast<double>(value)};
    };
    const auto calls = [](const char *signal, const char *outcome, qint64 value) {
        return MetricReading::Sample{.labels = {{"signal", signal}, {"outcome", outcome}},
                                     .value = static_cast<double>(value)};
    };
    return {
        counter("lunargate_telemetry_queued_total", "Total number of requests that OpenTelemetry was to be told of",
                status.queued),
        counter("lunargate_telemetry_dropped_total", "Total number of these requests for which there was no room",
                status.dropped),
        {.name = "lunargate_telemetry_queue_length",
         .help = "Number of requests that OpenTelemetry has not been told of yet",
         .samples = {{.labels = {}, .value = static_cast<double>(status.waiting)}}},
        {.name = "lunargate_telemetry_spans_total",
         .help = "Total number of spans by what became of them",
         .isCounter = true,
         .samples = {spans("sent", status.sentSpans), spans("dropped", status.droppedSpans),
                     spans("failed", status.failedSpans), spans("rejected", status.rejectedSpans)}},
        {.name = "lunargate_telemetry_exports_total",
         .help = "Total number of calls to the OpenTelemetry collector",
         .isCounter = true,
         .samples = {calls("traces", "sent", status.traces.sent), calls("traces", "failed", status.traces.failed),
                     calls("metrics", "sent", status.metrics.sent), calls("metrics", "failed", status.metrics.failed)}},
    };
}

} // namespace lunargate
