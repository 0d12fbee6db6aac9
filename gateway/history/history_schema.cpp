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
        return runAll(
            connection,
            {"CREATE TABLE requests (" + columns + ')',
             // Narrow: to count records without reading them.
             "CREATE INDEX requests_position ON requests (position)",
             ("CREATE TABLE messages (request INTEGER NOT NULL, part INTEGER NOT NULL, headers TEXT NOT NULL, "
              "body BLOB NOT NULL, frames TEXT NOT NULL, left_out INTEGER NOT NULL)"),
             "CREATE UNIQUE INDEX messages_request ON messages (request, part)",
             "PRAGMA user_version = " + QByteArray::number(kHistorySchemaVersion)});
    });
}

/// Those of programs before this one had fewer columns.
HistoryResult<void> addMissingColumns(const SqliteConnection &connection)
{
    std::vector<QByteArray> statements;
    for (const HistoryColumn &column : historyColumns()) {
        const HistoryResult<qint64> isThere = connection.number(
            "SELECT count(*) FROM pragma_table_xinfo('requests') WHERE name = ?", {QByteArray(column.name)});
        if (!isThere)
            return std::unexpected(isThere.error());
        if (*isThere == 0)
            statements.push_back(QByteArray("ALTER TABLE requests ADD COLUMN ") + column.name + ' ' + column.type);
    }
    if (statements.empty())
        return {};
    return connection.inTransaction([&] { return runAll(connection, statements); });
}

/// Ids are random, so that each new one is put into another page of their index, and every page that was changed is
/// written. Of their beginnings alone twice as many stand in a page. Programs before this one made one of whole ids: it
/// goes first, so that its pages are used again.
HistoryResult<void> indexIds(const SqliteConnection &connection)
{
    const HistoryResult<qint64> isThere =
        connection.number("SELECT count(*) FROM sqlite_master WHERE name = 'requests_id_start'");
    if (!isThere || *isThere > 0)
        return isThere ? HistoryResult<void>() : std::unexpected(isThere.error());
    return connection.inTransaction([&] {
        return runAll(connection, {"DROP INDEX IF EXISTS requests_id",
                                   "CREATE INDEX requests_id_start ON requests (substr(id, 1, 8))"});
    });
}

} // namespace

HistoryResult<void> prepareHistoryTables(const SqliteConnection &connection)
{
    using Kind = HistoryProblem::Kind;
    const HistoryResult<qint64> version = connection.number("PRAGMA user_version");
    if (!version)
        return std::unexpected(version.error());
    if (*version > kHistorySchemaVersion)
        return std::unexpected(HistoryProblem{Kind::Foreign, "it is of a newer version of LunarGate"});
    if (*version == 0) {
        const HistoryResult<qint64> tables = connection.number("SELECT count(*) FROM sqlite_master");
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
                        "PRAGMA cache_size = -8192", "PRAGMA journal_size_limit = 16777216",
                        // Pages that change again and again go from the journal into the file less often.
                        "PRAGMA wal_autocheckpoint = 4000"});
    if (isSet && *version == 0)
        isSet = makeTables(connection);
    else if (isSet)
        isSet = addMissingColumns(connection);
    if (isSet)
        isSet = indexIds(connection);
    // Programs of before made none, and do not look at it: what is pinned they erase like everything else.
    return isSet ? connection.run("CREATE TABLE IF NOT EXISTS pinned (request INTEGER PRIMARY KEY)") : isSet;
}

} // namespace lunargate
