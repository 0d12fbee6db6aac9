// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/collector/spool_fixture.h"

#include <csignal>
#include <sys/resource.h>

using namespace lunargate;
using namespace lunargate::test;

namespace {

/// As on a full disk: files cannot become larger.
class FileSizeLimit
{
public:
    explicit FileSizeLimit(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit{.rlim_cur = bytes, .rlim_max = m_before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &m_before); }

private:
    rlimit m_before{};
};

} // namespace

/// What is kept on the disk for the collector.
class SpoolTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void filesReadAsTheyWereWritten()
    {
        const Reports all = {{.sharing = {.prompts = true}, .events = {"{}", "{\"a\":1}"}, .measurement = "{}"},
                             {.sharing = {.responses = true}, .events = {"[]"}, .isRest = true}};
        QCOMPARE(spoolContents(spoolFileBytes(7, all)), SpoolContents(7, all));
        QCOMPARE(spoolContents(spoolFileBytes(7, {})), SpoolContents(7));
    }

    void damagedFilesAreRefused()
    {
        const QByteArray whole = spoolFileBytes(7, reports("a"));
        for (qsizetype i = 0; i < whole.size(); ++i) {
            QByteArray changed = whole;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            QVERIFY(!spoolContents(changed));
            QVERIFY(!spoolContents(whole.first(i)));
        }
        QVERIFY(!spoolContents(whole + '\0'));
    }

    void oldestComeFirst()
    {
        const Folder folder;
        Spool spool;
        folder.open(spool);
        QVERIFY(!spool.hasFiles());
        QVERIFY(!QDir(folder.path).exists()); // nobody needs it yet
        QVERIFY(spool.append(reports("a")));
        QVERIFY(spool.append(reports("b")));
        QCOMPARE(spool.waiting(), 4);
        QCOMPARE(spool.take(), reports("a"));
        QCOMPARE(spool.waiting(), 2);
        QVERIFY(spool.append(reports("c")));
        QCOMPARE(folder.files().size(), 3); // what is taken is not done
        spool.done();
        QCOMPARE(next(spool), reports("b"));
        QCOMPARE(next(spool), reports("c"));
        QVERIFY(!spool.take());
        QCOMPARE(folder.files(), QStringList());
        QCOMPARE(spool.bytes(), 0);
    }

    void aRestartFindsThem()
    {
        const Folder folder;
        const QStringList othersFiles = {QStringLiteral("1-1.events.part"), QStringLiteral("events.part"),
                                         QStringLiteral("mine.events")};
        {
            Spool spool;
            folder.open(spool);
            QVERIFY(spool.append(reports("a")));
            QVERIFY(spool.append(reports("b", 3)));
            QVERIFY(spool.take()); // and it ends before that is done
            folder.put(QStringLiteral("00000000000000000001-1.events.part"));
            for (const QString &name : othersFiles)
                folder.put(name);
        }
        Spool spool;
        folder.open(spool);
        QCOMPARE(spool.found(), 5);
        QCOMPARE(spool.waiting(), 5);
        QVERIFY(spool.append(reports("c")));
        QCOMPARE(next(spool), reports("a"));
        QCOMPARE(next(spool), reports("b", 3));
        QCOMPARE(next(spool), reports("c"));
        QCOMPARE(folder.files(), othersFiles);
    }

    void whatIsGivenBackIsTheOldestAgain()
    {
        const Folder folder;
        Spool spool;
        folder.open(spool);
        QVERIFY(spool.giveBack(reports("a"))); // was never in here
        QVERIFY(spool.append(reports("b")));
        QVERIFY(spool.append(reports("c")));
        Reports rest = spool.take().value_or(Reports());
        rest.erase(rest.begin());
        QVERIFY(spool.giveBack(rest));
        QCOMPARE(spool.waiting(), 5);
        QVERIFY(spool.giveBack(reports("0")));
        QCOMPARE(next(spool), reports("0"));
        QCOMPARE(next(spool), rest);
        QCOMPARE(spool.take(), reports("b"));
        QVERIFY(spool.giveBack({}));
        QCOMPARE(next(spool), reports("c"));
        QCOMPARE(folder.files(), QStringList());
    }

    void whatHasNoRoomIsDropped()
    {
        const Folder folder;
        const qint64 one = sizeOfOne();
        Spool spool;
        folder.open(spool, 3 * one);
        for (const char *name : {"a", "b", "c", "d"})
            QVERIFY(spool.append(reports(name)));
        QCOMPARE(spool.dropped(), 2);
        QCOMPARE(spool.bytes(), 3 * one);
        QCOMPARE(spool.take(), reports("b")); // what is taken is not dropped
        QVERIFY(spool.append(reports("e")));
        QVERIFY(spool.append(reports("f")));
        QCOMPARE(spool.dropped(), 6);
        QVERIFY(spool.giveBack(reports("b")));
        QVERIFY(spool.giveBack(reports("a"))); // it is the oldest
        QCOMPARE(spool.dropped(), 8);
        QCOMPARE(next(spool), reports("b"));
        QVERIFY(spool.append(reports("much", 1000))); // it is too large, whatever is dropped for it
        QCOMPARE(spool.dropped(), 8 + 1000);
        QCOMPARE(next(spool), reports("e"));
        QCOMPARE(next(spool), reports("f"));
    }

    void aFullDiskIsToldOnceAndTriedAgain()
    {
        const Folder folder;
        Spool spool;
        folder.open(spool);
        QVERIFY(spool.append(reports("a")));
        {
            const FileSizeLimit limit(50);
            expectFailure();
            QVERIFY(!spool.append(reports("b", 100)));
            QVERIFY(!spool.append(reports("b", 100)));
            QVERIFY(!spool.giveBack(reports("b", 100)));
            QCOMPARE(spool.take(), reports("a"));
            QVERIFY(spool.giveBack(reports("a", 1))); // the old file stays: rather twice than never
            QCOMPARE(spool.waiting(), 2);
            QCOMPARE(spool.found(), 1); // it was sent already, and comes again
        }
        QCOMPARE(folder.files().size(), 1);
        QVERIFY(spool.append(reports("b", 100)));
        QCOMPARE(next(spool), reports("a"));
        QCOMPARE(next(spool), reports("b", 100));
        QCOMPARE(spool.bytes(), 0);
    }

    void aDamagedFileIsSkipped()
    {
        const Folder folder;
        Spool spool;
        folder.open(spool);
        for (const char *name : {"a", "b", "c"})
            QVERIFY(spool.append(reports(name)));
        QFile damaged(folder.file(0));
        QVERIFY(damaged.open(QFile::ReadWrite) && damaged.resize(40));
        damaged.close();
        QVERIFY(QFile::remove(folder.file(1)));
        expectFailure();
        QCOMPARE(next(spool), reports("c"));
        QCOMPARE(spool.dropped(), 4);
        QCOMPARE(folder.files(), QStringList());
        QCOMPARE(spool.bytes(), 0);
    }

    void whatIsForgottenIsRemoved()
    {
        const Folder folder;
        Spool spool;
        folder.open(spool);
        QVERIFY(spool.append(reports("a")));
        QVERIFY(spool.append(reports("b")));
        QVERIFY(spool.take());
        QVERIFY(spool.clear());
        QCOMPARE(folder.files().size(), 1);
        spool.done();
        QCOMPARE(folder.files(), QStringList());
        QCOMPARE(spool.dropped(), 2);
    }

    void aLowerBoundCountsAtOnce()
    {
        const Folder folder;
        {
            Spool spool;
            folder.open(spool);
            for (const char *name : {"a", "b", "c", "d"})
                QVERIFY(spool.append(reports(name)));
            folder.open(spool, 3 * sizeOfOne());
            QCOMPARE(spool.dropped(), 2);
            QCOMPARE(folder.files().size(), 3);
        }
        Spool spool;
        folder.open(spool, 2 * sizeOfOne());
        QCOMPARE(spool.dropped(), 2);
        QCOMPARE(spool.bytes(), 2 * sizeOfOne());
        QCOMPARE(next(spool), reports("c"));
    }

    void whatCannotBeRemovedStillTakesRoom()
    {
        const Folder folder;
        Spool spool;
        folder.open(spool, 2 * sizeOfOne());
        QVERIFY(spool.append(reports("a")));
        QVERIFY(spool.append(reports("b")));
        const QString oldest = folder.file(0);
        QVERIFY(QFile::remove(oldest) && QDir().mkdir(oldest));
        expectFailure();
        QVERIFY(!spool.append(reports("c")));
        QCOMPARE(spool.waiting(), 4); // nothing is dropped in vain
        QCOMPARE(next(spool), reports("b"));
        QCOMPARE(spool.bytes(), sizeOfOne());
        QVERIFY(spool.append(reports("c")));
        expectFailure();
        QVERIFY(!spool.clear());
        QVERIFY(QDir().rmdir(oldest));
        QVERIFY(spool.clear());
        QCOMPARE(spool.bytes(), 0);
    }

    void aNameThatIsTakenBlocksNothing()
    {
        const Folder folder;
        QVERIFY(QDir().mkpath(folder.of(QStringLiteral("00000001000000000000-2.events"))));
        Spool spool;
        folder.open(spool);
        expectFailure();
        QVERIFY(!spool.append(reports("a")));
        QVERIFY(spool.append(reports("b")));
        QCOMPARE(next(spool), reports("b"));
    }

    void aFileOfAnotherVersionStays()
    {
        const Folder folder;
        QByteArray bytes = spoolFileBytes(0, reports("a"));
        bytes[17] = 9; // behind the first words
        const QString name = QStringLiteral("00000009000000000000-2.events");
        folder.put(name, bytes);
        Spool spool;
        folder.open(spool);
        expectFailure();
        QVERIFY(!spool.take());
        QCOMPARE(spool.dropped(), 2);
        QCOMPARE(spool.bytes(), bytes.size());
        QVERIFY(spool.append(reports("b")));
        QCOMPARE(folder.files().size(), 2);
        QCOMPARE(folder.files().value(0), name); // what is newer has a higher number
        QVERIFY(spool.clear());                  // but it may hold what was said
        QCOMPARE(folder.files(), QStringList());
    }

    void aFileThatCannotBeReadStays()
    {
        const Folder folder;
        Spool spool;
        folder.open(spool, 5 * sizeOfOne());
        for (const char *name : {"a", "b", "c"})
            QVERIFY(spool.append(reports(name)));
        const QStringList before = folder.files();
        QVERIFY(QFile::remove(folder.file(0)));
        QVERIFY(QFile::link(QStringLiteral("/proc/self/mem"), folder.of(before.value(0)))); // reading fails
        QFile large(folder.file(1));
        QVERIFY(large.open(QFile::Append) && large.resize(6 * sizeOfOne()));
        expectFailure();
        QCOMPARE(next(spool), reports("c"));
        QCOMPARE(spool.dropped(), 4);
        QCOMPARE(folder.files(), before.first(2));
    }

    void whatWasWrittenBeforeLessWasAllowedSaysNoMore_data()
    {
        QTest::addColumn<bool>("restarts");
        QTest::newRow("reloads") << false;
        QTest::newRow("restarts") << true;
    }
    void whatWasWrittenBeforeLessWasAllowedSaysNoMore()
    {
        QFETCH(bool, restarts);
        const Folder folder;
        std::optional<Spool> spool;
        const auto allow = [&](Sharing allowed) {
            if (restarts || !spool)
                spool.emplace();
            folder.open(*spool, kPlenty, allowed);
        };
        allow(kPrompts);
        QVERIFY(spool->append(talkative()));
        allow({.prompts = true, .responses = true});
        QVERIFY(spool->append(talkative()));
        allow(kPrompts);
        allow(kPrompts);
        QVERIFY(spool->append(talkative()));
        for (int i = 0; i < 2; ++i)
            QCOMPARE(next(*spool).at(0).events, QByteArrayList{"measurement"});
        QCOMPARE(next(*spool), talkative());
    }
};

QTEST_APPLESS_MAIN(SpoolTest)
#include "tst_spool.moc"
