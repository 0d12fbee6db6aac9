// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/sqlite_connection.h"

#include <sqlite3.h>

#include <utility>

namespace lunargate {

namespace {

constexpr int kBusyTimeoutMs = 500;

void bindValue(SqliteStatement &statement, int place, const SqliteValue &value)
{
    if (const auto *text = std::get_if<QByteArray>(&value))
        statement.bindText(place, *text);
    else if (const auto *number = std::get_if<double>(&value))
        statement.bind(place, *number);
    else
        statement.bind(place, std::get<qint64>(value));
}

} // namespace

void SqliteConnection::Close::operator()(sqlite3 *connection) const
{
    sqlite3_close_v2(connection); // rolls back what is open
}

SqliteConnection::SqliteConnection(QString path) : m_path(std::move(path)) {}

SqliteConnection::~SqliteConnection() = default;

HistoryResult<void> SqliteConnection::open()
{
    // One thread at a time uses it, so that SQLite need not lock it.
    constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOMUTEX;
    sqlite3 *connection = nullptr;
    const int result = sqlite3_open_v2(m_path.toUtf8().constData(), &connection, kFlags, nullptr);
    m_connection.reset(connection); // there is one after most failures, too
    if (!connection)
        return std::unexpected(HistoryProblem{.text = sqlite3_errstr(result)});
    if (result != SQLITE_OK) {
        HistoryProblem problem = lastSqliteProblem(connection);
        m_connection.reset();
        return std::unexpected(std::move(problem));
    }
    sqlite3_extended_result_codes(connection, 1);
    sqlite3_busy_timeout(connection, kBusyTimeoutMs);
    return {};
}

HistoryResult<SqliteStatement> SqliteConnection::prepare(QByteArrayView sql) const
{
    if (!m_connection)
        return std::unexpected(HistoryProblem{.text = "the database is not open"});
    sqlite3_stmt *statement = nullptr;
    if (sqlite3_prepare_v3(m_connection.get(), sql.data(), static_cast<int>(sql.size()), 0, &statement, nullptr) !=
        SQLITE_OK)
        return std::unexpected(lastSqliteProblem(m_connection.get()));
    if (!statement)
        return std::unexpected(HistoryProblem{.text = "a statement without words"});
    return SqliteStatement(statement);
}

HistoryResult<SqliteStatement> SqliteConnection::query(QByteArrayView sql, std::span<const SqliteValue> values) const
{
    HistoryResult<SqliteStatement> statement = prepare(sql);
    if (!statement)
        return statement;
    for (int place = 0; const SqliteValue &value : values)
        bindValue(*statement, place++, value);
    return statement;
}

HistoryResult<void> SqliteConnection::run(QByteArrayView sql, const std::vector<SqliteValue> &values) const
{
    HistoryResult<SqliteStatement> statement = query(sql, values);
    return statement ? statement->finish() : std::unexpected(std::move(statement.error()));
}

HistoryResult<qint64> SqliteConnection::number(QByteArrayView sql, const std::vector<SqliteValue> &values) const
{
    HistoryResult<SqliteStatement> statement = query(sql, values);
    if (!statement)
        return std::unexpected(std::move(statement.error()));
    HistoryResult<bool> hasRow = statement->step();
    if (!hasRow)
        return std::unexpected(std::move(hasRow.error()));
    return *hasRow ? statement->integer(0) : 0;
}

qint64 SqliteConnection::changes() const
{
    return sqlite3_changes64(m_connection.get());
}

HistoryResult<void> SqliteConnection::inTransaction(const std::function<HistoryResult<void>()> &change) const
{
    // From its start on the only one that writes: later that could fail.
    if (HistoryResult<void> begun = run("BEGIN IMMEDIATE"); !begun)
        return begun;
    HistoryResult<void> done = change();
    if (done)
        done = run("COMMIT");
    if (!done)
        static_cast<void>(run("ROLLBACK")); // SQLite may have done it
    return done;
}

} // namespace lunargate
