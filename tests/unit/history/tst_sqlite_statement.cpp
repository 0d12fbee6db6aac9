// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/sqlite_connection.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <limits>

using namespace lunargate;

namespace {

using Kind = HistoryProblem::Kind;

constexpr qint64 kLargest = std::numeric_limits<qint64>::max();

} // namespace

class SqliteStatementTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_database = std::make_unique<SqliteConnection>(QStringLiteral(":memory:"));
        QVERIFY(m_database->open());
        QVERIFY(m_database->run("CREATE TABLE t (a, b TEXT, c BLOB)"));
    }

    void valuesComeBack()
    {
        SqliteStatement select = prepared("SELECT ?, ?, ?, ?, ?");
        select.bind(0, kLargest);
        select.bind(1, 0.125);
        select.bindText(2, "\u00e4\U0001F600");
        select.bindBlob(3, QByteArray("\0\xff", 2));
        select.bindNull(4);
        QVERIFY(select.step().value());
        QCOMPARE(select.integer(0), kLargest);
        QCOMPARE(select.number(1), 0.125);
        QCOMPARE(select.text(2), QByteArray("\u00e4\U0001F600"));
        QCOMPARE(select.blob(3), QByteArray("\0\xff", 2));
        QVERIFY(!select.isNull(3));
        QVERIFY(select.isNull(4));
        QCOMPARE(select.integer(4), 0);
        QCOMPARE(select.text(4), QByteArray());
        QVERIFY(!select.step().value());
    }

    // What is empty is not NULL, and a text is no blob: databases of before have it so.
    void typesAreThoseOfTheCall_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("null") << QByteArray();
        QTest::newRow("empty") << QByteArray("");
        QTest::newRow("some") << QByteArray("abc");
        QTest::newRow("zero bytes") << QByteArray("a\0b\0", 4);
    }

    void typesAreThoseOfTheCall()
    {
        QFETCH(const QByteArray, bytes);
        for (const SqliteBytes kept : {SqliteBytes::Copied, SqliteBytes::Borrowed}) {
            SqliteStatement select =
                prepared("SELECT v, w, typeof(v), typeof(w), length(CAST(v AS BLOB)) FROM (SELECT ? AS v, ? AS w)");
            select.bindText(0, bytes, kept);
            select.bindBlob(1, bytes, kept);
            QVERIFY(select.step().value());
            QCOMPARE(select.text(0), bytes);
            QCOMPARE(select.blob(1), bytes);
            QCOMPARE(select.text(2), QByteArray("text"));
            QCOMPARE(select.text(3), QByteArray("blob"));
            QCOMPARE(select.integer(4), bytes.size());
            QVERIFY(!select.isNull(0));
            QVERIFY(!select.isNull(1));
        }
    }

    void copiesOutliveTheirSource()
    {
        SqliteStatement select = prepared("SELECT ?, ?");
        {
            QByteArray text = "a text";
            QByteArray blob = "a blob";
            select.bindText(0, text);
            select.bindBlob(1, blob);
            text.fill('x');
            blob.fill('x');
        }
        QVERIFY(select.step().value());
        QCOMPARE(select.text(0), QByteArray("a text"));
        QCOMPARE(select.blob(1), QByteArray("a blob"));
    }

    void oneStatementInsertsMany()
    {
        SqliteStatement insert = prepared("INSERT INTO t (a, b) VALUES (?, ?)");
        QVERIFY(m_database->inTransaction([&]() -> HistoryResult<void> {
            for (qint64 i = 0; i < 3; ++i) {
                insert.reset();
                insert.bind(0, i);
                if (i != 1)
                    insert.bindText(1, "text");
                if (HistoryResult<void> done = insert.finish(); !done)
                    return done;
            }
            return {};
        }));
        QCOMPARE(m_database->changes(), 1);
        QCOMPARE(m_database->number("SELECT sum(a) FROM t").value(), 3);
        QCOMPARE(m_database->number("SELECT a FROM t WHERE b IS NULL").value(), 1); // reset() forgets values
    }

    void rowsFollowEachOther()
    {
        for (const qint64 value : {1, 2, 3})
            QVERIFY(m_database->run("INSERT INTO t (a) VALUES (?)", {value}));
        HistoryResult<SqliteStatement> select = m_database->query("SELECT a FROM t ORDER BY a", {});
        QVERIFY(select);
        for (int round = 0; round < 2; ++round) { // after the end it begins anew
            for (const qint64 value : {1, 2, 3}) {
                QVERIFY(select->step().value());
                QCOMPARE(select->integer(0), value);
            }
            QVERIFY(!select->step().value());
        }
    }

    void aMovedStatementIsTheSame()
    {
        SqliteStatement one = prepared("SELECT ?");
        one.bind(0, qint64(7));
        SqliteStatement other = std::move(one);
        QVERIFY(other.step().value());
        QCOMPARE(other.integer(0), 7);
    }

    void valuesOfAQuery()
    {
        QCOMPARE(m_database->number("SELECT ? + ? + length(?)", {qint64(40), 1.0, QByteArray("x")}).value(), 42);
        QCOMPARE(m_database->number("SELECT typeof(?) = 'text'", {QByteArray()}).value(), 1);
        QCOMPARE(m_database->number("SELECT a FROM t").value(), 0);
    }

    void whatChangesIsCounted()
    {
        QVERIFY(m_database->run("CREATE TABLE once (a INTEGER PRIMARY KEY)"));
        for (const qint64 changed : {1, 0}) {
            QVERIFY(m_database->run("INSERT INTO once VALUES (5) ON CONFLICT (a) DO NOTHING"));
            QCOMPARE(m_database->changes(), changed);
        }
    }

    void aFailedChangeLeavesNothing()
    {
        const HistoryResult<void> done = m_database->inTransaction([&]() -> HistoryResult<void> {
            if (HistoryResult<void> one = m_database->run("INSERT INTO t (a) VALUES (1)"); !one)
                return one;
            return m_database->run("INSERT INTO missing VALUES (1)");
        });
        QVERIFY(!done);
        QVERIFY2(done.error().text.contains("missing"), done.error().text.constData());
        QCOMPARE(m_database->number("SELECT count(*) FROM t").value(), 0);
        QVERIFY(m_database->inTransaction([] { return HistoryResult<void>(); })); // none is left open
    }

    void errors()
    {
        QVERIFY(!m_database->prepare("SELEKT 1"));
        SqliteStatement select = prepared("SELECT ?");
        select.bind(1, qint64(1)); // there is no such place
        QVERIFY(!select.step());
        select.reset();
        select.bind(0, qint64(1));
        QVERIFY(select.step().value());
        QVERIFY(m_database->run("CREATE TABLE filled (a INTEGER NOT NULL)"));
        SqliteStatement insert = prepared("INSERT INTO filled VALUES (?)");
        QVERIFY(!insert.finish());
        insert.reset();
        insert.bind(0, qint64(1));
        QVERIFY(insert.finish()); // goes on after an error
    }

    void kindsOfErrors()
    {
        constexpr int kBusySnapshot = 5 | (2 << 8);
        constexpr int kCorruptIndex = 11 | (3 << 8);
        QCOMPARE(kindOfSqliteError(5), Kind::Busy);
        QCOMPARE(kindOfSqliteError(6), Kind::Busy);
        QCOMPARE(kindOfSqliteError(kBusySnapshot), Kind::Busy);
        QCOMPARE(kindOfSqliteError(11), Kind::Broken);
        QCOMPARE(kindOfSqliteError(26), Kind::Broken);
        QCOMPARE(kindOfSqliteError(kCorruptIndex), Kind::Broken);
        QCOMPARE(kindOfSqliteError(13), Kind::Unusable); // a full disk
    }

    void kindsOfFiles()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("file"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(QByteArray(10'000, 'x')), 10'000);
        file.close();
        QCOMPARE(kindOfFile(path), Kind::Broken);
        QCOMPARE(kindOfFile(folder.path()), Kind::Unusable);
        QVERIFY(file.remove());
        SqliteConnection locking(path);
        QVERIFY(locking.open());
        QVERIFY(locking.run("CREATE TABLE t (a)"));
        QVERIFY(locking.run("BEGIN EXCLUSIVE"));
        QCOMPARE(kindOfFile(path), Kind::Busy);
    }

    void whatIsNotOpenSaysSo()
    {
        const SqliteConnection closed(QStringLiteral(":memory:"));
        QVERIFY(!closed.run("SELECT 1"));
        QVERIFY(!closed.number("SELECT 1"));
    }

private:
    SqliteStatement prepared(const char *sql) const
    {
        HistoryResult<SqliteStatement> statement = m_database->prepare(sql);
        if (!statement)
            qFatal("%s", statement.error().text.constData());
        return *std::move(statement);
    }

    /// What using that file fails with.
    static std::optional<Kind> kindOfFile(const QString &path)
    {
        SqliteConnection connection(path);
        HistoryResult<void> used = connection.open();
        if (used)
            used = connection.run("INSERT INTO t VALUES (1)");
        return used ? std::nullopt : std::optional(used.error().kind);
    }

    std::unique_ptr<SqliteConnection> m_database;
};

QTEST_GUILESS_MAIN(SqliteStatementTest)
#include "tst_sqlite_statement.moc"
