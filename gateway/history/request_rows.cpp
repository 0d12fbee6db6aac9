// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/request_rows.h"

#include "gateway/history/history_columns.h"

namespace lunargate {

QString storedColumns(bool asPlaces)
{
    QStringList names;
    for (const HistoryColumn &column : historyColumns()) {
        if (column.value)
            names.append(asPlaces ? QStringLiteral("?") : QString::fromLatin1(column.name));
    }
    return names.join(QStringLiteral(", "));
}

QString selectRequests(const QString &rest)
{
    static const QString select = QStringLiteral("SELECT ") + storedColumns() + QStringLiteral(" FROM requests ");
    return select + rest;
}

HistoryRecord recordOf(const QSqlQuery &query)
{
    HistoryRecord record;
    int i = 0;
    for (const HistoryColumn &column : historyColumns()) {
        if (column.read)
            column.read(record, query.value(i++));
    }
    return record;
}

} // namespace lunargate
