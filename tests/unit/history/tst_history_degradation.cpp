// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_file.h"
#include "gateway/history/history_keeper.h"
#include "tests/unit/history/history_records.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QTemporaryDir>

#include <csignal>

#include <sys/resource.h>

using namespace lunargate;
using namespace lunargate::test;

namespace {

using State = HistoryStatus::State;

void expectWarning(const char *text)
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QLatin1StringView(text)));
}

constexpr char kCannotBeStored[] = "^the history cannot be stored";

} // namespace

/// Whatever happens to the database: one warning, and the newest requests in memory.
class HistoryDegradationTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_folder = std::make_unique<QTemporaryDir>();
        m_config = {};
        m_config.maxAge = std::chrono::milliseconds(0);
        m_config.path = m_folder->filePath(QStringLiteral("history.sqlite")).toUtf8();
        m_queue = std::make_unique<HistoryQueue>(1000, 100'000'000);
        m_keeper = std::make_unique<HistoryKeeper>(*m_queue, m_feed);
        m_added = 0;
    }
    void cleanup()
    {
        const HistoryStatus status = m_keeper->status();
        const bool isWaiting = status.state == State::Memory && status.queued > 0;
        if (isWaiting && !HistoryDatabase::open(QString::fromUtf8(m_config.path)))
            expectWarning("^the newest requests could not be stored");
        m_keeper->close(kNever);
    }

    void storesInTheDatabase()
    {
        start();
        QCOMPARE(m_keeper->status().state, State::Database);
        add(3);
        QCOMPARE(m_keeper->status().stored, 3);
        QCOMPARE(m_keeper->status().inMemory, 3);
        QCOMPARE(found(), 3);
    }

    void memoryOnlyIfThatIsWanted()
    {
        m_config.path = ":memory:";
        start();
        add(3);
        QCOMPARE(m_keeper->status().state, State::Memory);
        QCOMPARE(m_keeper->status().problem, QByteArray());
        QCOMPARE(found(), 3);
    }

    void aFolderThatCannotBeMade()
    {
        m_config.path = "/dev/null/history.sqlite";
        expectWarning(kCannotBeStored);
        start();
        add(3);
        add(3);
        isInMemory(6);
    }

    void aFolderInItsPlace()
    {
        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("history.sqlite")));
        expectWarning(kCannotBeStored);
        start();
        add(3);
        isInMemory(3);
    }

    void erasingWithoutTheDatabaseSaysSo()
    {
        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("history.sqlite")));
        expectWarning(kCannotBeStored);
        start();
        add(3);
        std::optional<Result<qint64>> outcome;
        m_keeper->erase([&](Result<qint64> told) { outcome = std::move(told); });
        QVERIFY(outcome && !*outcome);
        QCOMPARE(outcome->error().reason, QByteArray("history_not_erased"));
        QCOMPARE(found(), 0);
    }

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

    // A file that may not grow any more is what SQLite sees of a full disk.
    void aFullDisk()
    {
        start();
        add(3);
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        getrlimit(RLIMIT_FSIZE, &before);
        const auto restore = qScopeGuard([&] { setrlimit(RLIMIT_FSIZE, &before); });
        const rlimit small{.rlim_cur = 150'000, .rlim_max = before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
        expectWarning(kCannotBeStored);
        for (int i = 0; i < 9; ++i)
            add(100);
        isInMemory(903);
        start(); // as the timer does; it can be opened, so that only writing shows that nothing has changed
        isInMemory(903);
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

    void isStoredAgainOnceItCanBe()
    {
        m_config.path = m_folder->filePath(QStringLiteral("missing/history.sqlite")).toUtf8();
        QVERIFY(QFile(m_folder->filePath(QStringLiteral("missing"))).open(QIODevice::WriteOnly));
        expectWarning(kCannotBeStored);
        start();
        add(3);
        isInMemory(3);
        QVERIFY(QFile::remove(m_folder->filePath(QStringLiteral("missing"))));
        start(); // as the timer does
        QCOMPARE(m_keeper->status().state, State::Database);
        QCOMPARE(m_keeper->status().stored, 3);
        QTRY_COMPARE(m_keeper->status().problem, QByteArray()); // once it was written
    }

    void theEndTriesOnceMore()
    {
        m_config.path = m_folder->filePath(QStringLiteral("missing/history.sqlite")).toUtf8();
        QVERIFY(QFile(m_folder->filePath(QStringLiteral("missing"))).open(QIODevice::WriteOnly));
        expectWarning(kCannotBeStored);
        start();
        add(3);
        QVERIFY(QFile::remove(m_folder->filePath(QStringLiteral("missing"))));
        m_keeper->close(kNever);
        m_keeper = std::make_unique<HistoryKeeper>(*m_queue, m_feed);
        start();
        QCOMPARE(m_keeper->status().stored, 3);
    }

    void theEndTellsWhatIsLost()
    {
        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("history.sqlite")));
        expectWarning(kCannotBeStored);
        start();
        add(3);
        expectWarning("^the newest requests could not be stored.*3");
        m_keeper->close(kNever);
        QVERIFY(QDir(m_folder->path()).rmdir(QStringLiteral("history.sqlite")));
        m_keeper = std::make_unique<HistoryKeeper>(*m_queue, m_feed);
    }

    // What may wait for a database is bounded; what one takes is not.
    void muchAtOnceIsStored()
    {
        start();
        for (int i = 0; i < 80; ++i) {
            HistoryRecord record = numbered(m_added++);
            record.messages = messagesWith(HistoryPart::ClientRequest, {.body = QByteArray(1024 * 1024, 'x')});
            m_queue->add(std::move(record));
        }
        m_keeper->drain();
        QCOMPARE(m_keeper->status().dropped, 0);
        QCOMPARE(m_keeper->status().stored, 80);
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

    // Somebody else keeps the file locked for a while: nothing is lost, and nobody is alarmed.
    void aLockedDatabaseIsTriedAgainSoon()
    {
        start();
        add(3);
        {
            const auto lock = lockDatabase();
            for (int i = 0; i < 3; ++i)
                add(500); // together more than the memory keeps
            QCOMPARE(m_keeper->status().state, State::Database);
            QCOMPARE(m_keeper->status().stored, 3);
            QCOMPARE(m_keeper->status().queued, 1500);
            QCOMPARE(m_keeper->find({}).records.size(), 3u); // what is stored can be read
            QVERIFY(m_keeper->record("id-1502"));
        }
        QTRY_COMPARE(m_keeper->status().stored, 1503);
        QCOMPARE(m_keeper->status().queued, 0);
        QCOMPARE(m_keeper->status().dropped, 0);
        QCOMPARE(found(), 1503);
    }

    void erasingWaitsForALockedDatabase()
    {
        start();
        add(3);
        std::optional<Result<qint64>> outcome;
        {
            const auto lock = lockDatabase();
            add(2);
            m_keeper->erase([&](Result<qint64> told) { outcome = std::move(told); });
            QTest::qWait(700); // some tries
            QVERIFY(!outcome);
        }
        QTRY_VERIFY(outcome);
        QVERIFY(*outcome);
        QTest::qWait(300); // what waited must not come back
        QCOMPARE(found(), 0);
        QCOMPARE(m_keeper->status().stored, 0);
    }

    void whatIsLockedAtFirstIsOpenedSoon()
    {
        start();
        add(3);
        m_keeper->close(kNever);
        m_keeper = std::make_unique<HistoryKeeper>(*m_queue, m_feed);
        {
            const auto lock = lockDatabase("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
            expectWarning(kCannotBeStored);
            start();
            add(3);
            QCOMPARE(m_keeper->status().state, State::Memory);
        }
        QTRY_COMPARE(m_keeper->status().stored, 6);
    }

    void whatWaitsTooLongIsCounted()
    {
        QVERIFY(QDir(m_folder->path()).mkdir(QStringLiteral("history.sqlite")));
        expectWarning(kCannotBeStored);
        start();
        for (int i = 0; i < 21; ++i)
            add(1000);
        QCOMPARE(m_keeper->status().queued, 20'000);
        QCOMPARE(m_keeper->status().dropped, 1000);
    }

    void theSecondGatewayStaysInMemory()
    {
        start();
        add(3);
        HistoryQueue queue(1000, 100'000'000);
        auto second = std::make_unique<HistoryKeeper>(queue, m_feed);
        expectWarning("^the history cannot be stored.*another gateway \\(process [0-9]+\\)");
        second->apply(m_config);
        queue.add(numbered(1000));
        second->drain();
        QCOMPARE(second->status().state, State::Memory);
        QCOMPARE(second->find({}).records.size(), 1u);
        m_keeper->close(kNever);
        second->apply(m_config); // as the timer does
        QCOMPARE(second->status().stored, 4);
        second->close(kNever);
    }

    void switchedOffForgetsTheNewest()
    {
        start();
        add(3);
        m_config.capture = HistoryCapture::None;
        start();
        add(3);
        QCOMPARE(m_keeper->status().state, State::Off);
        QCOMPARE(m_keeper->status().inMemory, 0);
    }

    void anotherPathIsAnotherDatabase()
    {
        start();
        add(3);
        m_config.path = m_folder->filePath(QStringLiteral("other.sqlite")).toUtf8();
        start();
        add(1);
        QVERIFY(QFile::exists(m_folder->filePath(QStringLiteral("other.sqlite"))));
        QCOMPARE(m_keeper->status().state, State::Database);
    }

private:
    void start() { m_keeper->apply(m_config); }
    void add(int count)
    {
        for (int i = 0; i < count; ++i)
            m_queue->add(numbered(m_added++));
        m_keeper->drain();
    }
    int found()
    {
        int count = 0;
        HistoryQuery query{.limit = kLargestHistoryPage};
        do {
            const HistoryPage page = m_keeper->find(query);
            count += static_cast<int>(page.records.size());
            query.before = page.next;
        } while (query.before);
        return count;
    }
    void isInMemory(int count)
    {
        QCOMPARE(m_keeper->status().state, State::Memory);
        QVERIFY(!m_keeper->status().problem.isEmpty());
        QCOMPARE(found(), count);
        QVERIFY(m_keeper->record("id-0"));
    }

    /// Until it goes, nobody else writes.
    std::shared_ptr<void> lockDatabase(const char *how = "BEGIN IMMEDIATE") const
    {
        const QString name = QStringLiteral("locked by the test");
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
        database.setDatabaseName(QString::fromUtf8(m_config.path));
        bool isLocked = database.open();
        for (const QByteArray &sql : QByteArray(how).split(';'))
            isLocked = isLocked && QSqlQuery(database).exec(QString::fromLatin1(sql));
        if (!isLocked)
            QTest::qFail("cannot lock the database", __FILE__, __LINE__);
        database = QSqlDatabase();
        return {nullptr, [name](void *) {
                    QSqlDatabase::database(name).close();
                    QSqlDatabase::removeDatabase(name);
                }};
    }

    void makeDatabase(const char *sql) const
    {
        const QString name = QStringLiteral("made by the test");
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
            database.setDatabaseName(QString::fromUtf8(m_config.path));
            QVERIFY(database.open());
            QVERIFY(QSqlQuery(database).exec(QLatin1StringView(sql)));
        }
        QSqlDatabase::removeDatabase(name);
    }
    void damageTable(const char *table) const
    {
        const QString name = QStringLiteral("read by the test");
        qint64 page = 0;
        qint64 pageBytes = 0;
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
            database.setDatabaseName(QString::fromUtf8(m_config.path));
            QVERIFY(database.open());
            QSqlQuery query(database);
            QVERIFY(query.exec(QStringLiteral("SELECT rootpage, page_size FROM sqlite_master, pragma_page_size "
                                              "WHERE name = '%1'")
                                   .arg(QLatin1StringView(table))));
            QVERIFY(query.next());
            page = query.value(0).toLongLong();
            pageBytes = query.value(1).toLongLong();
        }
        QSqlDatabase::removeDatabase(name);
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

    std::unique_ptr<QTemporaryDir> m_folder;
    HistoryConfig m_config;
    std::unique_ptr<HistoryQueue> m_queue;
    HistoryFeed m_feed;
    std::unique_ptr<HistoryKeeper> m_keeper;
    int m_added = 0;
};

QTEST_GUILESS_MAIN(HistoryDegradationTest)
#include "tst_history_degradation.moc"
