// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"

#include <QSqlQuery>
#include <QString>

namespace lunargate {

/// The columns of the table `requests` that are stored and not made of others, or a `?` for each.
QString storedColumns(bool asPlaces = false);

/// A SELECT of these columns that ends with `rest`.
QString selectRequests(const QString &rest);
/// What stands in the present row of such a query.
HistoryRecord recordOf(const QSqlQuery &query);

} // namespace lunargate
