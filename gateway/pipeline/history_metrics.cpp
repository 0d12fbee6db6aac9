// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/pipeline/history_metrics.h"

namespace lunargate {

std::vector<MetricReading> historyMetrics(const HistoryStatus &status)
{
    const auto reading = [](const char *name, const char *help, qint64 value, bool isCounter = false) {
        return MetricReading{.name = name,
                             .help = help,
                             .isCounter = isCounter,
                             .samples = {{.labels = {}, .value = static_cast<double>(value)}}};
    };
    const bool isStored = status.state == HistoryStatus::State::Database;
    return {
        reading("lunargate_history_stored", "Whether requests are stored in a database (1) or not (0)", isStored),
        reading("lunargate_history_records", "Number of requests in the history's database", status.stored),
        reading("lunargate_history_bytes", "What they take there in bytes", status.storedBytes),
        reading("lunargate_history_queue_length", "Number of requests that wait to be stored", status.queued),
        reading("lunargate_history_dropped_total", "Total number of requests that were not stored, as too many came",
                status.dropped, true),
    };
}

} // namespace lunargate
