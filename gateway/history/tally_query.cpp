// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/tally_query.h"

#include "gateway/history/history_columns.h"

#include <QByteArrayList>

#include <algorithm>
#include <array>
#include <iterator>

namespace lunargate {

namespace {

constexpr int kRowsBetweenLooksAtTheClock = 256;

/// The columns that HistoryTally looks at.
std::vector<HistoryColumn> columnsOf(const HistoryTally &tally)
{
    const QByteArrayView wanted[] = {"position",
                                     "error",
                                     "cost_usd",
                                     "cost_source",
                                     "ttft_us",
                                     "input_tokens",
                                     "cached_tokens",
                                     "cache_write_tokens",
                                     "output_tokens",
                                     "reasoning_tokens",
                                     "cache_write_hour_tokens",
                                     "cache",
                                     "saved_tokens",
                                     "saved_usd",
                                     "saved_us",
                                     tally.by().column};
    std::vector<HistoryColumn> columns;
    std::ranges::copy_if(historyColumns(), std::back_inserter(columns), [&](const HistoryColumn &column) {
        return std::ranges::contains(wanted, QByteArrayView(column.name));
    });
    return columns;
}

QByteArray selectColumns(const std::vector<HistoryColumn> &columns)
{
    QByteArrayList names;
    for (const HistoryColumn &column : columns)
        names.append(column.name);
    return "SELECT " + names.join(", ") + " FROM requests WHERE position >= ? AND position < ? ORDER BY position DESC";
}

} // namespace

HistoryResult<std::optional<qint64>> tallyRequests(const SqliteConnection &connection, HistoryTally &tally,
                                                   qint64 begin, qint64 before, TimePoint end)
{
    const std::vector<HistoryColumn> columns = columnsOf(tally);
    HistoryResult<SqliteStatement> query =
        connection.query(selectColumns(columns), std::array<SqliteValue, 2>{begin, before});
    if (!query)
        return std::unexpected(std::move(query.error()));
    HistoryResult<bool> hasRow = query->step();
    for (int rows = 1; hasRow && *hasRow; hasRow = query->step(), ++rows) {
        HistoryRecord record;
        for (int i = 0; const HistoryColumn &column : columns)
            column.read(record, *query, i++);
        tally.add(record);
        if (rows % kRowsBetweenLooksAtTheClock == 0 && Clock::now() >= end)
            return record.position;
    }
    if (!hasRow)
        return std::unexpected(std::move(hasRow.error()));
    return std::nullopt;
}

} // namespace lunargate
