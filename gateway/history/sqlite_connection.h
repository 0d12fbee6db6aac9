// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QString>
#include <QVariant>

#include <expected>
#include <functional>

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

/// A text as a value of a statement. (A QByteArray would be a blob, which equals no text, and a null QString NULL.)
QVariant sqlText(QByteArrayView utf8);

/// A connection to an SQLite file; Qt SQL with errors as values. Belongs to the thread that makes it. All queries must
/// be gone before it goes.
class SqliteConnection
{
public:
    explicit SqliteConnection(const QString &path);
    ~SqliteConnection();
    SqliteConnection(const SqliteConnection &) = delete;
    SqliteConnection &operator=(const SqliteConnection &) = delete;

    HistoryResult<void> open();

    HistoryResult<QSqlQuery> prepare(const QString &sql) const;
    /// Runs a prepared query with these values for its `?`.
    static HistoryResult<void> execute(QSqlQuery &query, const QVariantList &values);
    /// Both.
    HistoryResult<QSqlQuery> query(const QString &sql, const QVariantList &values = {}) const;
    /// Whether there is a row more.
    static HistoryResult<bool> next(QSqlQuery &query);
    /// Runs a statement to its end.
    HistoryResult<void> run(const QByteArray &sql) const;
    /// The first value of the first row; 0 if there is none.
    HistoryResult<qint64> number(const QString &sql, const QVariantList &values = {}) const;

    /// All that `change` does, or nothing of it.
    HistoryResult<void> inTransaction(const std::function<HistoryResult<void>()> &change) const;

private:
    const QString m_name;
    QSqlDatabase m_database;
};

} // namespace lunargate
