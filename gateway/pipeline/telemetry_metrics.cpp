// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/telemetry_metrics.h"

namespace lunargate {

std::vector<MetricReading> telemetryMetrics(const TelemetryStatus &status)
{
    const auto number = [](qint64 count) { return static_cast<double>(count); };
    const auto spans = [&](const char *outcome, qint64 value) {
        return MetricReading::Sample{.labels = {{"outcome", outcome}}, .value = number(value)};
    };
    const auto calls = [&](const char *signal, const char *outcome, qint64 value) {
        return MetricReading::Sample{.labels = {{"signal", signal}, {"outcome", outcome}}, .value = number(value)};
    };
    return {
        counterReading("lunargate_telemetry_queued_total",
                       "Total number of requests that OpenTelemetry was to be told of", number(status.queued)),
        counterReading("lunargate_telemetry_dropped_total",
                       "Total number of these requests for which there was no room", number(status.dropped)),
        gaugeReading("lunargate_telemetry_queue_length",
                     "Number of requests that OpenTelemetry has not been told of yet", number(status.waiting)),
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
