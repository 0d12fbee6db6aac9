// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_file.h"
#include "tests/unit/history/keeper_fixture.h"

#include <QDir>
#include <QFile>

using namespace lunargate;
using namespace lunargate::test;

/// Files that are no history, or none any more.
class HistoryDamageTest : public QObject, private KeeperFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        begin();
    }
    void cleanup() { end(); }

    void aFileOfSomethingElseIsLeftAlone_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("long") << QByteArray(10'000, 'x');
        QTest::newRow("short") << QByteArray("x");
        QTest::newRow("looks like SQLite") << QByteArray("SQLite format 3\0", 16) + QByteArray(100, 'x');
    }

    void aFileOfSomethingElseIsLeftAlone()
    {
        QFETCH(const QByteArray, content);
        QVERIFY(write(content));
        const auto open = QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup | QFile::ReadOther;
        QVERIFY(QFile::setPermissions(QString::fromUtf8(m_config.path), open));
        expectWarning(kCannotBeStored);
        start();
        add(3);
        isInMemory(3);
        QVERIFY(m_keeper->status().problem.contains("something else"));
        QCOMPARE(read(), content);
        QVERIFY(QFile::permissions(QString::fromUtf8(m_config.path)).testFlag(QFile::ReadOther));
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList(QStringLiteral("history.sqlite")));
    }

    void anEmptyFileBecomesAHistory()
    {
        QVERIFY(write(""));
        start();
        add(3);
        QCOMPARE(m_keeper->status().stored, 3);
    }

    // Before the first checkpoint, too: what tells whose the file is must not be in the journal alone.
    void aHistoryIsKnownAfterACrash()
    {
        start();
        add(3);
        const QString copy = m_folder->filePath(QStringLiteral("copy.sqlite"));
        QVERIFY(QFile::copy(QString::fromUtf8(m_config.path), copy)); // without the journal
        QVERIFY(makeHistoryFile(copy));
    }

    void aBrokenFileIsPutAside()
    {
        start();
        m_keeper->close(kNever);
        m_keeper = std::make_unique<HistoryKeeper>(*m_queue, m_feed);
        QByteArray broken = read().first(100) + QByteArray(10'000, 'x');
        QVERIFY(write(broken));
        expectWarning("^the history's database is broken; it was put aside");
        start();
        add(3);
        QCOMPARE(m_keeper->status().state, State::Database);
        QCOMPARE(m_keeper->status().stored, 3);
        const QStringList aside = QDir(m_folder->path()).entryList({QStringLiteral("*.broken-*")});
        QCOMPARE(aside.size(), 1);
        QFile file(m_folder->filePath(aside.first()));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), broken);
    }

    void aFileOfANewerVersionIsLeftAlone()
    {
        start();
        m_keeper->close(kNever);
        m_keeper = std::make_unique<HistoryKeeper>(*m_queue, m_feed);
        makeDatabase("PRAGMA user_version = 999");
        const QByteArray before = read();
        expectWarning(kCannotBeStored);
        start();
        add(3);
        isInMemory(3);
        QCOMPARE(read(), before);
    }

    // It knows nothing of what answers from the cache saved, nor of pins.
    void aFileOfAnOlderProgramIsBroughtUpToDate()
    {
        start();
        add(3);
        m_keeper->close(kNever);
        m_keeper = std::make_unique<HistoryKeeper>(*m_queue, m_feed);
        for (const char *column : {"saved_tokens", "saved_usd", "saved_us"})
            makeDatabase((QByteArray("ALTER TABLE requests DROP COLUMN ") + column).constData());
        makeDatabase("DROP TABLE pinned");
        start();
        HistoryRecord record = numbered(m_added++);
        record.savedTokens = 7;
        record.savedUsd = 0.5;
        m_queue->add(record);
        m_keeper->drain();
        QCOMPARE(m_keeper->status().state, State::Database);
        QCOMPARE(found(), 4);
        QCOMPARE(m_keeper->record("id-0")->savedTokens, 0);
        QCOMPARE(m_keeper->record("id-3")->savedTokens, 7);
        QCOMPARE(m_keeper->record("id-3")->savedUsd.value(), 0.5);
        m_keeper->setPinned("id-0", true);
        QCOMPARE(m_keeper->status().state, State::Database);
        m_keeper->close(kNever);
        m_keeper = std::make_unique<HistoryKeeper>(*m_queue, m_feed);
        start(); // once is enough
        QCOMPARE(found(), 4);
    }

    // It looks at the version, and writes the columns that it knows.
    void anOlderProgramCanGoOnWithTheFile()
    {
        start();
        add(1);
        m_keeper->close(kNever);
        m_keeper = std::make_unique<HistoryKeeper>(*m_queue, m_feed);
        QCOMPARE(numberIn("PRAGMA user_version"), 1);
        QCOMPARE(numberIn("SELECT count(*) FROM pragma_table_info('requests') WHERE name LIKE 'saved%' AND "
                          "\"notnull\" = 1 AND dflt_value IS NULL"),
                 0);
        QCOMPARE(numberIn("SELECT count(*) FROM pragma_table_info('requests') WHERE name LIKE 'saved%'"), 3);
        start();
        QCOMPARE(found(), 1);
    }

    void aDatabaseOfSomebodyElseIsLeftAlone()
    {
        makeDatabase("CREATE TABLE photos (name TEXT)");
        expectWarning(kCannotBeStored);
        start();
        add(3);
        isInMemory(3);
        QVERIFY(read().contains("photos"));
        QVERIFY(!read().contains("requests"));
    }

    // The file can still be opened, and counted.
    void whatTurnsOutBrokenLaterIsPutAsideToo()
    {
        start();
        add(500);
        m_keeper->close(kNever);
        damageTable("requests");
        m_keeper = std::make_unique<HistoryKeeper>(*m_queue, m_feed);
        start();
        QCOMPARE(m_keeper->status().state, State::Database);
        expectWarning(kCannotBeStored);
        add(3);
        QCOMPARE(m_keeper->status().state, State::Memory);
        expectWarning("^the history's database is broken; it was put aside");
        start(); // as the timer does
        QCOMPARE(m_keeper->status().state, State::Database);
        QCOMPARE(m_keeper->status().stored, 3);
        QCOMPARE(QDir(m_folder->path()).entryList({QStringLiteral("*.broken-*")}).size(), 1);
    }

    void aLinkToABrokenFileStays()
    {
        const QString target = m_folder->filePath(QStringLiteral("big-disk.sqlite"));
        const QString link = QString::fromUtf8(m_config.path);
        QVERIFY(QFile(target).open(QIODevice::WriteOnly));
        QVERIFY(QFile::link(target, link));
        start();
        add(3);
        m_keeper->close(kNever);
        QVERIFY(write(read().first(100) + QByteArray(10'000, 'x')));
        m_keeper = std::make_unique<HistoryKeeper>(*m_queue, m_feed);
        expectWarning("^the history's database is broken; it was put aside");
        start();
        QCOMPARE(m_keeper->status().state, State::Database);
        QVERIFY(QFileInfo(link).isSymLink());
        QVERIFY(QFileInfo(target).isFile());
        QCOMPARE(QDir(m_folder->path()).entryList({QStringLiteral("big-disk.sqlite.broken-*")}).size(), 1);
    }

private:
    void makeDatabase(const char *sql) const
    {
        SqliteConnection database(QString::fromUtf8(m_config.path));
        QVERIFY(database.open());
        QVERIFY(database.run(sql));
    }

    /// -1: it cannot be asked.
    qint64 numberIn(const QByteArray &sql) const
    {
        SqliteConnection database(QString::fromUtf8(m_config.path));
        return database.open() ? database.number(sql).value_or(-1) : -1;
    }

    void damageTable(const QByteArray &table) const
    {
        const qint64 page = numberIn("SELECT rootpage FROM sqlite_master WHERE name = '" + table + '\'');
        const qint64 pageBytes = numberIn("PRAGMA page_size");
        QVERIFY(page > 0);
        QFile file(QString::fromUtf8(m_config.path));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek((page - 1) * pageBytes));
        QCOMPARE(file.write(QByteArray(pageBytes, 'x')), pageBytes);
    }

    bool write(const QByteArray &bytes) const
    {
        QFile file(QString::fromUtf8(m_config.path));
        return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
    }

    QByteArray read() const
    {
        QFile file(QString::fromUtf8(m_config.path));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
};

QTEST_GUILESS_MAIN(HistoryDamageTest)
#include "tst_history_damage.moc"
