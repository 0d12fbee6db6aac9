// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gateway/history/sqlite_statement.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <functional>
#include <memory>
#include <span>
#include <variant>
#include <vector>

struct sqlite3;

namespace lunargate {

/// A value of a statement that is made for one query. A QByteArray is a text, also if it is null.
using SqliteValue = std::variant<qint64, double, QByteArray>;

/// A connection to an SQLite file, with errors as values. Belongs to one thread at a time. All statements must be gone
/// before it goes.
class SqliteConnection
{
public:
    explicit SqliteConnection(QString path);
    ~SqliteConnection();
    SqliteConnection(const SqliteConnection &) = delete;
    SqliteConnection &operator=(const SqliteConnection &) = delete;

    /// Makes the file if there is none. Once, before everything else.
    HistoryResult<void> open();

    /// One statement, in UTF-8.
    HistoryResult<SqliteStatement> prepare(QByteArrayView sql) const;
    /// The same with copies of these values for its `?`; its rows are still to be stepped through.
    HistoryResult<SqliteStatement> query(QByteArrayView sql, std::span<const SqliteValue> values) const;
    /// Runs a statement to its end.
    HistoryResult<void> run(QByteArrayView sql, const std::vector<SqliteValue> &values = {}) const;
    /// The first value of the first row; 0 if there is none.
    HistoryResult<qint64> number(QByteArrayView sql, const std::vector<SqliteValue> &values = {}) const;
    /// How many rows the INSERT, UPDATE or DELETE that ended last has changed.
    qint64 changes() const;

    /// All that `change` does, or nothing of it.
    HistoryResult<void> inTransaction(const std::function<HistoryResult<void>()> &change) const;

private:
    struct Close
    {
        void operator()(sqlite3 *connection) const;
    };

    const QString m_path;
    std::unique_ptr<sqlite3, Close> m_connection;
};

} // namespace lunargate
