// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_filter.h"
#include "gateway/history/sqlite_connection.h"

#include <QByteArray>

#include <vector>

namespace lunargate {

/// A condition for the table `requests`, with a `?` for each value; without those on the time, see rangeOf().
struct FilterSql
{
    QByteArray condition; ///< empty: none
    std::vector<SqliteValue> values;
};

FilterSql filterSql(const HistoryFilter &filter);

} // namespace lunargate
