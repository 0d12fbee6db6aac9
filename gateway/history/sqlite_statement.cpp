// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/sqlite_statement.h"

#include <sqlite3.h>

namespace lunargate {

namespace {

// SQLite's macros SQLITE_STATIC and SQLITE_TRANSIENT, of which the second is a cast from -1.
sqlite3_destructor_type ownerOf(SqliteBytes bytes)
{
    return bytes == SqliteBytes::Borrowed ? SQLITE_STATIC : SQLITE_TRANSIENT; // NOLINT(performance-no-int-to-ptr)
}

/// SQLite takes a null pointer for NULL.
const char *notNull(QByteArrayView bytes)
{
    return bytes.isEmpty() ? "" : bytes.data();
}

QByteArray bytesAt(const void *data, int size)
{
    return {static_cast<const char *>(data), data ? size : 0};
}

} // namespace

HistoryProblem::Kind kindOfSqliteError(int code)
{
    constexpr int kPrimaryCode = 0xff;
    switch (code & kPrimaryCode) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return HistoryProblem::Kind::Broken;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return HistoryProblem::Kind::Busy;
    default:
        return HistoryProblem::Kind::Unusable;
    }
}

HistoryProblem lastSqliteProblem(sqlite3 *connection)
{
    return {.kind = kindOfSqliteError(sqlite3_extended_errcode(connection)), .text = sqlite3_errmsg(connection)};
}

void SqliteStatement::Finalize::operator()(sqlite3_stmt *statement) const
{
    sqlite3_finalize(statement); // tells once more what step() told
}

void SqliteStatement::note(int bindResult)
{
    if (m_bindError == SQLITE_OK)
        m_bindError = bindResult;
}

void SqliteStatement::bindNull(int place)
{
    note(sqlite3_bind_null(m_statement.get(), place + 1));
}

void SqliteStatement::bind(int place, qint64 value)
{
    note(sqlite3_bind_int64(m_statement.get(), place + 1, value));
}

void SqliteStatement::bind(int place, double value)
{
    note(sqlite3_bind_double(m_statement.get(), place + 1, value));
}

void SqliteStatement::bindText(int place, QByteArrayView utf8, SqliteBytes bytes)
{
    note(sqlite3_bind_text64(m_statement.get(), place + 1, notNull(utf8), static_cast<sqlite3_uint64>(utf8.size()),
                             ownerOf(bytes), SQLITE_UTF8));
}

void SqliteStatement::bindBlob(int place, QByteArrayView blob, SqliteBytes bytes)
{
    note(sqlite3_bind_blob64(m_statement.get(), place + 1, notNull(blob), static_cast<sqlite3_uint64>(blob.size()),
                             ownerOf(bytes)));
}

HistoryResult<bool> SqliteStatement::step()
{
    if (m_bindError != SQLITE_OK)
        return std::unexpected(
            HistoryProblem{.kind = kindOfSqliteError(m_bindError), .text = sqlite3_errstr(m_bindError)});
    const int result = sqlite3_step(m_statement.get());
    if (result == SQLITE_ROW)
        return true;
    HistoryResult<bool> ended = false;
    if (result != SQLITE_DONE)
        ended = std::unexpected(lastSqliteProblem(sqlite3_db_handle(m_statement.get())));
    sqlite3_reset(m_statement.get());
    return ended;
}

HistoryResult<void> SqliteStatement::finish()
{
    HistoryResult<bool> hasRow = step();
    while (hasRow && *hasRow)
        hasRow = step();
    return hasRow ? HistoryResult<void>() : std::unexpected(std::move(hasRow.error()));
}

void SqliteStatement::reset()
{
    if (!m_statement)
        return;
    sqlite3_reset(m_statement.get());
    sqlite3_clear_bindings(m_statement.get());
    m_bindError = SQLITE_OK;
}

bool SqliteStatement::isNull(int column) const
{
    return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}

qint64 SqliteStatement::integer(int column) const
{
    return sqlite3_column_int64(m_statement.get(), column);
}

double SqliteStatement::number(int column) const
{
    return sqlite3_column_double(m_statement.get(), column);
}

QByteArray SqliteStatement::text(int column) const
{
    const unsigned char *data = sqlite3_column_text(m_statement.get(), column); // first: it may convert
    return bytesAt(data, sqlite3_column_bytes(m_statement.get(), column));
}

QByteArray SqliteStatement::blob(int column) const
{
    const void *data = sqlite3_column_blob(m_statement.get(), column);
    return bytesAt(data, sqlite3_column_bytes(m_statement.get(), column));
}

} // namespace lunargate
