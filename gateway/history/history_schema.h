// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/sqlite_connection.h"

namespace lunargate {

/// The version of the tables that this program makes (`PRAGMA user_version`). Columns and tables that a program without
/// them need not know of make no other version.
inline constexpr qint64 kHistorySchemaVersion = 1;

/// What tells a history from other databases of SQLite (`PRAGMA application_id`): "Luna".
inline constexpr quint32 kHistoryApplicationId = 0x4c756e61;

/// Behind `FROM requests`: the one with the id that is the first value, by the index of how ids begin.
inline constexpr char kWithId[] = "WHERE substr(id, 1, 8) = substr(?1, 1, 8) AND +id = ?1";

/// Sets up a connection that was just opened, makes the tables in an empty file, and adds what those of an older
/// program lack. A file of a newer version, or with tables of somebody else, is left as it is.
HistoryResult<void> prepareHistoryTables(const SqliteConnection &connection);

} // namespace lunargate
