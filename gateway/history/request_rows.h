// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"
#include "gateway/history/sqlite_statement.h"

#include <QByteArray>

namespace lunargate {

/// The columns of the table `requests` that are stored and not made of others, or a `?` for each.
QByteArray storedColumns(bool asPlaces = false);

/// A SELECT of these columns that ends with `rest`.
QByteArray selectRequests(const QByteArray &rest);
/// What stands in the present row of such a query.
HistoryRecord recordOf(const SqliteStatement &row);

} // namespace lunargate
