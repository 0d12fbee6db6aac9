// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/async/time.h"
#include "gateway/history/history_page.h"
#include "gateway/history/sqlite_connection.h"

namespace lunargate {

/// The requests that `query` asks for, newest first, as far as they are found until `end` and a few milliseconds more;
/// HistoryPage::next tells where to go on.
HistoryResult<HistoryPage> searchRequests(const SqliteConnection &connection, const HistoryQuery &query, TimePoint end);

} // namespace lunargate
