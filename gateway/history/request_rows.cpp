// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/request_rows.h"

#include "gateway/history/history_columns.h"

#include <QByteArrayList>

namespace lunargate {

QByteArray storedColumns(bool asPlaces)
{
    QByteArrayList names;
    for (const HistoryColumn &column : historyColumns()) {
        if (column.bind)
            names.append(asPlaces ? "?" : column.name);
    }
    return names.join(", ");
}

QByteArray selectRequests(const QByteArray &rest)
{
    static const QByteArray select = "SELECT " + storedColumns() + " FROM requests ";
    return select + rest;
}

HistoryRecord recordOf(const SqliteStatement &row)
{
    HistoryRecord record;
    int i = 0;
    for (const HistoryColumn &column : historyColumns()) {
        if (column.read)
            column.read(record, row, i++);
    }
    return record;
}

} // namespace lunargate
