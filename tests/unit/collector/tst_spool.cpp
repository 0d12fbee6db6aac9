// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/spool.h"
#include "gateway/collector/spool_file.h"

#include <QDir>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/resource.h>

using namespace lunargate;

namespace {

using Reports = Spool::Reports;

constexpr qint64 kPlenty = 1LL << 30;

Reports reports(const QByteArray &name, int count = 2)
{
    Reports all;
    for (int i = 0; i < count; ++i)
        all.push_back({.events = {"{\"" + name + "\":" + QByteArray::number(i) + '}'}});
    return all;
}

/// A folder that is gone afterwards.
struct Folder
{
    QTemporaryDir parent;
    QString path = parent.filePath(QStringLiteral("a/spool"));

    QStringList files() const
    {
        return QDir(path).entryList(QDir::Files | QDir::Hidden, QDir::Name).filter(QStringLiteral("events"));
    }
    void open(Spool &spool, qint64 maxBytes = kPlenty) const { spool.apply(path.toUtf8(), maxBytes); }
};

/// Takes the oldest, for good.
Reports next(Spool &spool)
{
    const Reports taken = spool.take().value_or(Reports());
    spool.done();
    return taken;
}

void expectFailure()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("keeps less than it should")));
}

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
        QCOMPARE(readSpoolFile(spoolFileBytes(all)), all);
        QCOMPARE(readSpoolFile(spoolFileBytes({})), Reports());
    }

    void damagedFilesAreRefused()
    {
        const QByteArray whole = spoolFileBytes(reports("a"));
        for (qsizetype i = 0; i < whole.size(); ++i) {
            QByteArray changed = whole;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            QVERIFY(!readSpoolFile(changed));
            QVERIFY(!readSpoolFile(whole.first(i)));
        }
        QVERIFY(!readSpoolFile(whole + '\0'));
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

    void onlyTheOwnerReadsThem()
    {
        const Folder folder;
        Spool spool;
        folder.open(spool);
        QVERIFY(spool.append(reports("a")));
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        QVERIFY(!QFile::permissions(folder.path).testAnyFlags(others));
        QVERIFY(!QFile::permissions(folder.path + u'/' + folder.files().value(0)).testAnyFlags(others));
    }

    void aRestartFindsThem()
    {
        const Folder folder;
        {
            Spool spool;
            folder.open(spool);
            QVERIFY(spool.append(reports("a")));
            QVERIFY(spool.append(reports("b", 3)));
            QVERIFY(spool.take()); // and it ends before that is done
            QFile unfinished(folder.path + QStringLiteral("/00000000000000000001-1.events.part"));
            QVERIFY(unfinished.open(QFile::WriteOnly));
            QFile strange(folder.path + QStringLiteral("/mine.events"));
            QVERIFY(strange.open(QFile::WriteOnly));
        }
        Spool spool;
        folder.open(spool);
        QCOMPARE(spool.found(), 5);
        QCOMPARE(spool.waiting(), 5);
        QVERIFY(spool.append(reports("c")));
        QCOMPARE(next(spool), reports("a"));
        QCOMPARE(next(spool), reports("b", 3));
        QCOMPARE(next(spool), reports("c"));
        QCOMPARE(folder.files(), QStringList{QStringLiteral("mine.events")});
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
        const qint64 one = spoolFileBytes(reports("a")).size();
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
        QVERIFY(spool.append(reports("much", 1000)));
        QCOMPARE(spool.dropped(), 8 + 4 + 1000);
        QVERIFY(!spool.hasFiles());
    }

    void oneProcessHasAFolder()
    {
        const Folder folder;
        Spool first;
        folder.open(first);
        QVERIFY(first.append(reports("a")));
        Spool second;
        expectFailure();
        folder.open(second);
        QVERIFY(!second.take());
        QVERIFY(!second.append(reports("b"))); // told once
        first.apply({}, kPlenty);
        QCOMPARE(second.take(), reports("a"));
    }

    void aFullDiskIsToldOnceAndTriedAgain()
    {
        const Folder folder;
        Spool spool;
        folder.open(spool);
        QVERIFY(spool.append(reports("a")));
        {
            const FileSizeLimit limit(100);
            expectFailure();
            QVERIFY(!spool.append(reports("b", 100)));
            QVERIFY(!spool.append(reports("b", 100)));
            QVERIFY(!spool.giveBack(reports("b", 100)));
            QCOMPARE(spool.take(), reports("a"));
            QVERIFY(spool.giveBack(reports("a", 100))); // the old file stays: rather twice than never
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
        QFile damaged(folder.path + u'/' + folder.files().value(0));
        QVERIFY(damaged.open(QFile::ReadWrite) && damaged.resize(40));
        damaged.close();
        QVERIFY(QFile::remove(folder.path + u'/' + folder.files().value(1)));
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
        spool.clear();
        QCOMPARE(folder.files().size(), 1);
        spool.done();
        QCOMPARE(folder.files(), QStringList());
        QCOMPARE(spool.dropped(), 2);
    }
};

QTEST_APPLESS_MAIN(SpoolTest)
#include "tst_spool.moc"
