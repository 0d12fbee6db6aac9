// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/sqlite_connection.h"

#include <QSqlError>

#include <atomic>

namespace lunargate {

namespace {

const QString &driverName()
{
    static const QString name = QStringLiteral("QSQLITE");
    return name;
}

QString nextName()
{
    static std::atomic<int> count = 0;
    return QStringLiteral("history-%1").arg(++count);
}

std::unexpected<HistoryProblem> failed(const QSqlError &error)
{
    // https://www.sqlite.org/rescode.html; the low byte is the primary code.
    constexpr int kBusy = 5;
    constexpr int kLocked = 6;
    constexpr int kCorrupt = 11;
    constexpr int kNotADatabase = 26;
    const int code = error.nativeErrorCode().toInt() & 0xff;
    HistoryProblem problem{.text = error.databaseText().toUtf8()};
    if (code == kCorrupt || code == kNotADatabase)
        problem.kind = HistoryProblem::Kind::Broken;
    else if (code == kBusy || code == kLocked)
        problem.kind = HistoryProblem::Kind::Busy;
    return std::unexpected(std::move(problem));
}

} // namespace

QVariant sqlText(QByteArrayView utf8)
{
    return utf8.isEmpty() ? QStringLiteral("") : QString::fromUtf8(utf8);
}

// A driver that is missing would be warned of.
SqliteConnection::SqliteConnection(const QString &path) : m_name(nextName())
{
    if (!QSqlDatabase::isDriverAvailable(driverName()))
        return;
    m_database = QSqlDatabase::addDatabase(driverName(), m_name);
    m_database.setDatabaseName(path);
    m_database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=500"));
}

SqliteConnection::~SqliteConnection()
{
    if (!m_database.isValid())
        return;
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_name);
}

HistoryResult<void> SqliteConnection::open()
{
    if (!m_database.isValid())
        return std::unexpected(HistoryProblem{.text = "Qt's driver for SQLite is not installed"});
    if (!m_database.open())
        return failed(m_database.lastError());
    return {};
}

HistoryResult<QSqlQuery> SqliteConnection::prepare(const QString &sql) const
{
    QSqlQuery query(m_database);
    query.setForwardOnly(true);
    if (!query.prepare(sql))
        return failed(query.lastError());
    return query;
}

HistoryResult<void> SqliteConnection::execute(QSqlQuery &query, const QVariantList &values)
{
    for (qsizetype i = 0; i < values.size(); ++i)
        query.bindValue(static_cast<int>(i), values[i]);
    if (!query.exec())
        return failed(query.lastError());
    return {};
}

HistoryResult<QSqlQuery> SqliteConnection::query(const QString &sql, const QVariantList &values) const
{
    HistoryResult<QSqlQuery> query = prepare(sql);
    if (!query)
        return query;
    if (HistoryResult<void> done = execute(*query, values); !done)
        return std::unexpected(std::move(done.error()));
    return query;
}

HistoryResult<bool> SqliteConnection::next(QSqlQuery &query)
{
    if (query.next())
        return true;
    if (query.lastError().isValid())
        return failed(query.lastError());
    return false;
}

HistoryResult<void> SqliteConnection::run(const QByteArray &sql) const
{
    HistoryResult<QSqlQuery> query = this->query(QString::fromUtf8(sql));
    if (!query)
        return std::unexpected(std::move(query.error()));
    while (query->next()) { // a step of an incremental vacuum is a row
    }
    return {};
}

HistoryResult<qint64> SqliteConnection::number(const QString &sql, const QVariantList &values) const
{
    HistoryResult<QSqlQuery> query = this->query(sql, values);
    if (!query)
        return std::unexpected(std::move(query.error()));
    return query->next() ? query->value(0).toLongLong() : 0;
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
