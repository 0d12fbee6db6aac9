// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_schema.h"

#include "gateway/history/history_columns.h"

namespace lunargate {

namespace {

HistoryResult<void> runAll(const SqliteConnection &connection, const std::vector<QByteArray> &statements)
{
    for (const QByteArray &sql : statements) {
        if (HistoryResult<void> done = connection.run(sql); !done)
            return done;
    }
    return {};
}

HistoryResult<void> makeTables(const SqliteConnection &connection)
{
    QByteArray columns;
    for (const HistoryColumn &column : historyColumns())
        columns += QByteArray(columns.isEmpty() ? "" : ", ") + column.name + ' ' + column.type;
    return connection.inTransaction([&] {
        return runAll(connection,
                      {"CREATE TABLE requests (" + columns + ')', "CREATE INDEX requests_id ON requests (id)",
                       // Narrow: to count records without reading them.
                       "CREATE INDEX requests_position ON requests (position)",
                       "CREATE TABLE messages (request INTEGER NOT NULL, part INTEGER NOT NULL, headers TEXT NOT NULL, "
                       "body BLOB NOT NULL, frames TEXT NOT NULL, left_out INTEGER NOT NULL)",
                       "CREATE UNIQUE INDEX messages_request ON messages (request, part)",
                       "PRAGMA user_version = " + QByteArray::number(kHistorySchemaVersion)});
    });
}

} // namespace

HistoryResult<void> prepareHistoryTables(const SqliteConnection &connection)
{
    using Kind = HistoryProblem::Kind;
    const HistoryResult<qint64> version = connection.number(QStringLiteral("PRAGMA user_version"));
    if (!version)
        return std::unexpected(version.error());
    if (*version > kHistorySchemaVersion)
        return std::unexpected(HistoryProblem{Kind::Foreign, "it is of a newer version of LunarGate"});
    if (*version == 0) {
        const HistoryResult<qint64> tables = connection.number(QStringLiteral("SELECT count(*) FROM sqlite_master"));
        if (!tables)
            return std::unexpected(tables.error());
        if (*tables > 0)
            return std::unexpected(HistoryProblem{Kind::Foreign, "it is a database of something else"});
    }
    // Both count only before there is a table, and stand in the file itself only before the journal's mode is set.
    HistoryResult<void> isSet;
    if (*version == 0)
        isSet = runAll(connection, {"PRAGMA auto_vacuum = INCREMENTAL",
                                    "PRAGMA application_id = " + QByteArray::number(kHistoryApplicationId)});
    if (isSet)
        isSet = runAll(connection,
                       {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA temp_store = MEMORY",
                        "PRAGMA cache_size = -8192", "PRAGMA journal_size_limit = 16777216"});
    return isSet && *version == 0 ? makeTables(connection) : isSet;
}

} // namespace lunargate
