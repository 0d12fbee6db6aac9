// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/history/history_totals.h"
#include "gateway/history/sqlite_connection.h"

namespace lunargate {

/// Adds the requests with positions from `begin` to before `before` to `tally`, newest first, until `end`. Where to go
/// on, if it did not get through.
HistoryResult<std::optional<qint64>> tallyRequests(const SqliteConnection &connection, HistoryTally &tally,
                                                   qint64 begin, qint64 before, TimePoint end);

} // namespace lunargate
