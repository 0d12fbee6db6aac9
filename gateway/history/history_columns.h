// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/history_record.h"
#include "gateway/history/sqlite_statement.h"

#include <span>

namespace lunargate {

/// How a record without its bodies is laid out in the table `requests`.
struct HistoryColumn
{
    const char *name = "";
    const char *type = "";
    /// Null: the database makes it of other columns. The statement may borrow texts of the record.
    void (*bind)(SqliteStatement &, int place, const HistoryRecord &) = nullptr;
    void (*read)(HistoryRecord &, const SqliteStatement &, int column) = nullptr;
};

/// All of them, `position` first, those that the database makes last. One that is added has a default or may be NULL,
/// so that programs without it can use the file; any other change is another version of the schema.
std::span<const HistoryColumn> historyColumns();

/// One column of the table `messages`.
QByteArray headersToJson(const HeaderList &headers);
HeaderList headersFromJson(const QByteArray &text);
QByteArray framesToJson(const std::vector<HistoryFrame> &frames);
std::vector<HistoryFrame> framesFromJson(const QByteArray &text);

} // namespace lunargate
