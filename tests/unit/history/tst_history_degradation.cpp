// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/history/keeper_fixture.h"

#include <QDir>
#include <QFile>
#include <QScopeGuard>

#include <algorithm>
#include <csignal>

#include <sys/resource.h>

using namespace lunargate;
using namespace lunargate::test;

/// A database that cannot be used, or not now: one warning, and the newest requests in memory.
class HistoryDegradationTest : public QObject, private KeeperFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        begin();
    }
    void cleanup() { end(); }

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
        for (int i = 0; i < 900; ++i) { // what waits is more than fits, even into an empty journal
            HistoryRecord record = numbered(m_added++);
            record.messages = messagesWith(HistoryPart::ClientRequest, {.body = QByteArray(1000, 'x')});
            m_queue->add(std::move(record));
            if (m_added % 100 == 0)
                m_keeper->drain();
        }
        m_keeper->drain();
        isInMemory(903);
        start(); // as the timer does; it can be opened, so that only writing shows that nothing has changed
        isInMemory(903);
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

    // Somebody else keeps the file locked for a while: nothing is lost, and nobody is alarmed.
    void theJournalStaysSmall()
    {
        start();
        for (int i = 0; i < 1000; ++i) {
            HistoryRecord record = numbered(i);
            record.messages = messagesWith(HistoryPart::ClientRequest, {.body = QByteArray(32 * 1024, 'x')});
            m_queue->add(std::move(record));
        }
        m_keeper->drain();
        QCOMPARE(found(), 1000);
        const qint64 journal = QFileInfo(QString::fromUtf8(m_config.path) + QStringLiteral("-wal")).size();
        QVERIFY2(journal > 4 * 1024 * 1024, QByteArray::number(journal)); // it is not emptied all the time
        QVERIFY2(journal < 24 * 1024 * 1024, QByteArray::number(journal));
    }

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
            QCOMPARE(addedUp(), 1503); // what waits counts, too
        }
        QTRY_COMPARE(m_keeper->status().stored, 1503);
        QCOMPARE(m_keeper->status().queued, 0);
        QCOMPARE(m_keeper->status().dropped, 0);
        QCOMPARE(found(), 1503);
        QCOMPARE(addedUp(), 1503);
    }

    void erasingWaitsForALockedDatabase()
    {
        start();
        add(3);
        std::optional<Result<qint64>> outcome;
        // The keeper's own timers, which it listens to first: each that went off is a try that was made.
        const QList<QTimer *> timers = m_keeper->findChildren<QTimer *>();
        int tries = 0;
        const QObject scope;
        for (const QTimer *timer : timers)
            connect(timer, &QTimer::timeout, &scope, [&tries] { ++tries; });
        {
            const auto lock = lockDatabase();
            add(2);
            m_keeper->erase([&](Result<qint64> told) { outcome = std::move(told); });
            QTRY_VERIFY(tries >= 2);
            QVERIFY(!outcome);
        }
        QTRY_VERIFY(outcome);
        QVERIFY(*outcome);
        // What waited must not come back: nothing is due any more but what waits for a minute.
        QTRY_VERIFY(std::ranges::none_of(
            timers, [](const QTimer *timer) { return timer->isActive() && timer->interval() < 1000; }));
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
        const HistoryStatus status = m_keeper->status();
        const auto mostLike = [](const HistoryRecord &record) {
            return std::min<qint64>(20'000, 32LL * 1024 * 1024 / record.bytes());
        };
        QCOMPARE_GE(status.queued, mostLike(numbered(20'999)));
        QCOMPARE_LE(status.queued, mostLike(numbered(0)));
        QCOMPARE(status.dropped, 21'000 - status.queued);
        QCOMPARE(addedUp(), status.queued + 1000); // the newest thousand are in memory all the same
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
    qint64 addedUp() const
    {
        HistoryTally tally(*std::ranges::find(historyFields(), "model", &HistoryField::name));
        std::optional<qint64> before = std::numeric_limits<qint64>::max();
        while (before)
            before = m_keeper->tally(tally, 0, *before);
        return tally.sum().requests;
    }

    /// Until it goes, nobody else writes.
    std::shared_ptr<SqliteConnection> lockDatabase(const char *how = "BEGIN IMMEDIATE") const
    {
        auto database = std::make_shared<SqliteConnection>(QString::fromUtf8(m_config.path));
        bool isLocked = database->open().has_value();
        for (const QByteArray &sql : QByteArray(how).split(';'))
            isLocked = isLocked && database->run(sql);
        if (!isLocked)
            QTest::qFail("cannot lock the database", __FILE__, __LINE__);
        return database;
    }
};

QTEST_GUILESS_MAIN(HistoryDegradationTest)
#include "tst_history_degradation.moc"
