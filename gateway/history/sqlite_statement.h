// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <expected>
#include <memory>

struct sqlite3;
struct sqlite3_stmt;

namespace lunargate {

/// Why a database cannot be used.
struct HistoryProblem
{
    enum class Kind {
        Unusable, ///< the disk is full, the folder is read-only …: later it may work
        Busy,     ///< another program keeps it locked: soon it will work
        Broken,   ///< the file is no database, or damaged
        Foreign,  ///< it is somebody else's, or of a newer version
    };
    Kind kind = Kind::Unusable;
    QByteArray text; ///< for the log
};

template <typename T>
using HistoryResult = std::expected<T, HistoryProblem>;

/// What a result code of SQLite means (https://www.sqlite.org/rescode.html; extended ones too).
HistoryProblem::Kind kindOfSqliteError(int code);

/// Who keeps the bytes of a bound text or blob.
enum class SqliteBytes {
    Copied,   ///< the statement
    Borrowed, ///< the caller, until the statement's next reset()
};

/// A prepared statement of a SqliteConnection, which must outlive it. Places of `?` and columns count from 0. Belongs
/// to the connection's thread.
class SqliteStatement
{
public:
    SqliteStatement() = default;
    /// Takes over what sqlite3_prepare_v3() made.
    explicit SqliteStatement(sqlite3_stmt *statement) : m_statement(statement) {}

    // A value that cannot be bound makes step() fail. To be called after prepare() or reset(), before step().
    void bindNull(int place);
    void bind(int place, qint64 value);
    void bind(int place, double value);
    /// UTF-8; a null view is an empty text, not NULL. Zero bytes are kept.
    void bindText(int place, QByteArrayView utf8, SqliteBytes bytes = SqliteBytes::Copied);
    /// A null view is an empty blob, not NULL.
    void bindBlob(int place, QByteArrayView blob, SqliteBytes bytes = SqliteBytes::Copied);

    /// Goes on to the next row; false: there is none. Then, and after an error, it is ready to begin anew with the same
    /// values.
    HistoryResult<bool> step();
    /// Steps to the end, whatever rows there are.
    HistoryResult<void> finish();
    /// Ready to begin anew, with every value NULL.
    void reset();

    // Of the present row. A NULL is 0 or empty.
    bool isNull(int column) const;
    qint64 integer(int column) const;
    double number(int column) const;
    QByteArray text(int column) const;
    QByteArray blob(int column) const;

private:
    struct Finalize
    {
        void operator()(sqlite3_stmt *statement) const;
    };

    void note(int bindResult);

    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
    int m_bindError = 0;
};

/// What went wrong last on this connection.
HistoryProblem lastSqliteProblem(sqlite3 *connection);

} // namespace lunargate
