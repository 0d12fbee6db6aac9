// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/history_metrics.h"

namespace lunargate {

std::vector<MetricReading> historyMetrics(const HistoryStatus &status)
{
    const bool isStored = status.state == HistoryStatus::State::Database;
    const auto number = [](qint64 count) { return static_cast<double>(count); };
    return {
        gaugeReading("lunargate_history_stored", "Whether requests are stored in a database (1) or not (0)", isStored),
        gaugeReading("lunargate_history_degraded",
                     "Whether requests are only in memory (1) although a database is wanted, or not (0)",
                     !status.problem.isEmpty()),
        gaugeReading("lunargate_history_records", "Number of requests in the history's database",
                     number(status.stored)),
        gaugeReading("lunargate_history_bytes", "What they take there in bytes", number(status.storedBytes)),
        gaugeReading("lunargate_history_memory_records", "Number of the newest requests, which are in memory",
                     number(status.inMemory)),
        gaugeReading("lunargate_history_queue_length", "Number of requests that wait to be stored",
                     number(status.queued)),
        counterReading("lunargate_history_dropped_total",
                       "Total number of requests that were not stored, as too many came", number(status.dropped)),
        counterReading("lunargate_history_left_out_total",
                       "Total number of requests that were turned away, and not kept as too many were",
                       number(status.leftOut)),
    };
}

} // namespace lunargate
