// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/wait.h"
#include "tests/unit/collector/sender_fixture.h"

#include <QDir>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <algorithm>

using namespace lunargate;
using namespace lunargate::test;
using Wake = CollectorQueue::Wake;

namespace {

constexpr Sharing kAll{.prompts = true, .responses = true};
constexpr CollectorQueue::Limits kThousand{.requests = 1000, .bytes = 1LL << 40};
constexpr CollectorQueue::Limits kForty{.requests = 40, .bytes = 1LL << 40};
constexpr int kPerSecond = 15;

/// A collector that goes away for ten minutes, while requests come at a steady rate.
struct Outage : SenderFixture
{
    explicit Outage(CollectorQueue::Limits most = kPlenty) : SenderFixture(most)
    {
        perSecond = kPerSecond;
        answer = [this, backAt = now + 10min] {
            static constexpr int kStatuses[] = {503, 429, 500};
            if (now >= backAt)
                return Script(200);
            return requests.size() % 4 == 3
                       ? Script::failing(
                             {.kind = ErrorKind::UpstreamTransport, .reason = "connect_error", .message = {}})
                       : Script(kStatuses[requests.size() % 4]);
        };
    }

    /// The outage, and all that is sent afterwards.
    bool run(const DataSharingConfig &settings)
    {
        bool isOver = false;
        muted([&] {
            sender.apply(settings);
            add(added++);
            sender.wake(Wake::Now);
            perSecond = 0;
            isOver = waitUntil(
                [&] { return queue.size() == 0 && sender.beingSent() == 0 && sender.spool().waiting() == 0; });
        });
        return isOver;
    }
};

/// A collector that is away for good, in a time that stands still.
struct AwayCollector : SenderFixture
{
    explicit AwayCollector(CollectorQueue::Limits most = kPlenty) : SenderFixture(most)
    {
        isTimeStill = true;
        answer = [] { return Script(503); };
    }
};

DataSharingConfig withSpool(const QTemporaryDir &folder)
{
    DataSharingConfig config = sharingSettings();
    config.sharePrompts = config.shareResponses = true;
    config.spoolPath = folder.filePath(QStringLiteral("spool")).toUtf8();
    return config;
}

QStringList filesIn(const DataSharingConfig &config)
{
    return QDir(QString::fromUtf8(config.spoolPath)).entryList({QStringLiteral("*.events")}, QDir::Files, QDir::Name);
}

/// Ends the sender as the program's end does.
bool close(SenderFixture &fixture, std::chrono::milliseconds time = 30s)
{
    bool isClosed = false;
    fixture.sender.close(Clock::now() + time, [&] { isClosed = true; });
    return waitUntil([&] { return isClosed; });
}

} // namespace

/// A collector that is not there, and what waits for it in memory and on the disk.
class CollectorOutageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tenMinutesLoseNothing()
    {
        Outage f;
        QVERIFY(f.run(sharingSettings()));
        QVERIFY(f.added > kPerSecond * 600);
        QCOMPARE(f.received(), numbers(0, f.added)); // each once, in order
        QCOMPARE(f.sender.sent(), f.added);
        QCOMPARE(f.queue.dropped(), 0);
        QCOMPARE(f.sender.failed(), 0);
        QVERIFY(f.sender.attempts() < f.added / 10 + 30); // no hail of tries
    }

    void beyondTheBoundTheNewestAreDroppedAndCounted()
    {
        Outage f(kThousand);
        QVERIFY(f.run(sharingSettings()));
        const std::vector<int> received = f.received();
        QVERIFY(f.queue.dropped() > 7000);
        QCOMPARE(f.queue.dropped(), f.added - std::ssize(received));
        QCOMPARE(f.sender.sent(), std::ssize(received));
        QVERIFY(std::ranges::is_sorted(received));
        QVERIFY(std::ranges::adjacent_find(received) == received.end());
        QVERIFY(std::ranges::equal(numbers(0, 1000), std::span(received).first(1000)));
    }

    void withTheDiskTenMinutesLoseNothingWhateverMemoryHolds()
    {
        const QTemporaryDir folder;
        const DataSharingConfig settings = withSpool(folder);
        Outage f(kThousand);
        QVERIFY(f.run(settings));
        QVERIFY(f.added > kPerSecond * 600);
        QCOMPARE(f.received(), numbers(0, f.added));
        QCOMPARE(f.queue.dropped() + f.sender.spool().dropped(), 0);
        QCOMPARE(f.sender.sent(), f.added);
        QCOMPARE(filesIn(settings), QStringList());
        QCOMPARE(f.sender.spool().bytes(), 0);
    }

    void beyondTheDisksBoundTheOldestAreDroppedAndCounted()
    {
        const QTemporaryDir folder;
        DataSharingConfig settings = withSpool(folder);
        settings.maxSpoolBytes = 1024LL * 1024;
        Outage f(kThousand);
        QVERIFY(f.run(settings));
        const std::vector<int> received = f.received();
        QVERIFY(f.sender.spool().dropped() > 1000);
        QCOMPARE(f.sender.spool().dropped(), f.added - std::ssize(received));
        QCOMPARE(f.queue.dropped(), 0);
        QVERIFY(std::ranges::is_sorted(received));
        QCOMPARE(received.back(), f.added - 1);
    }

    void whatWaitsAtTheEndIsSentAfterTheNextStart()
    {
        const QTemporaryDir folder;
        const DataSharingConfig settings = withSpool(folder);
        muted([&] {
            AwayCollector first;
            first.sender.apply(settings);
            for (int i = 0; i < 25; ++i)
                first.add(i);
            first.sender.wake(Wake::Now);
            QVERIFY(close(first));
            QCOMPARE(first.sender.failed(), 0);
            QCOMPARE(first.sender.spool().waiting(), 25);
        });
        QCOMPARE(filesIn(settings).size(), 3);

        SenderFixture second;
        for (int i = 25; i < 35; ++i)
            second.add(i);
        second.sender.apply(settings);
        QVERIFY(waitUntil([&] { return second.queue.size() == 0 && second.sender.sent() == 35; }));
        QCOMPARE(second.received(), numbers(0, 35));
        QCOMPARE(second.sender.spool().found(), 25);
        QCOMPARE(filesIn(settings), QStringList());
    }

    // What was in delivery is older than what is on the disk already.
    void theEndKeepsTheOrder()
    {
        const QTemporaryDir folder;
        const DataSharingConfig settings = withSpool(folder);
        muted([&] {
            AwayCollector first(kForty);
            first.sender.apply(settings);
            for (int i = 0; i < 10; ++i)
                first.add(i);
            first.sender.wake(Wake::Now);
            for (int i = 10; i < 95; ++i)
                first.add(i);
            QVERIFY(first.sender.spool().waiting() > 0);
            QVERIFY(close(first));
        });
        // Again without success: what was taken of the disk goes back there.
        muted([&] {
            SenderFixture again;
            again.isTimeStill = true;
            again.answer = [&again] { return Script(again.requests.size() < 3 ? 200 : 503); };
            again.sender.apply(settings);
            QCOMPARE(again.received(), numbers(0, 20));
            QVERIFY(close(again));
            QCOMPARE(again.sender.failed(), 0);
        });
        SenderFixture last;
        last.sender.apply(settings);
        QCOMPARE(last.received(), numbers(20, 95));
        QCOMPARE(filesIn(settings), QStringList());
    }

    void whatIsOnTheDiskSaysNoMoreThanIsAllowedWhenItIsSent()
    {
        const QTemporaryDir folder;
        DataSharingConfig settings = withSpool(folder);
        const auto leave = [&settings](int number) {
            muted([&] {
                AwayCollector first;
                first.sender.apply(settings);
                first.add(number, kAll);
                QVERIFY(close(first));
            });
        };
        leave(1);
        {
            SenderFixture same;
            same.sender.apply(settings);
            QVERIFY(same.taken.at(0).contains("my diary") && same.taken.at(0).contains("dear diary"));
        }

        leave(2);
        settings.sharePrompts = false;
        {
            SenderFixture less;
            less.sender.apply(settings);
            QCOMPARE(less.received(), std::vector<int>{2});
            QVERIFY(!less.taken.at(0).contains("diary"));
        }

        // Nothing of it was written in the first place.
        leave(3);
        QFile file(QString::fromUtf8(settings.spoolPath) + u'/' + filesIn(settings).value(0));
        QVERIFY(file.open(QFile::ReadOnly));
        const QByteArray bytes = file.readAll();
        QVERIFY(bytes.contains("dear diary") && !bytes.contains("my diary"));
    }

    void withoutSharingTheDiskIsForgottenToo()
    {
        const QTemporaryDir folder;
        DataSharingConfig settings = withSpool(folder);
        AwayCollector f(kForty);
        muted([&] {
            f.sender.apply(settings);
            for (int i = 0; i < 50; ++i)
                f.add(i);
            QVERIFY(f.sender.spool().waiting() > 0);
            settings.enabled = false;
            f.sender.apply(settings);
        });
        QCOMPARE(filesIn(settings), QStringList());
        QCOMPARE(f.sender.spool().waiting(), 0);
        QCOMPARE(f.queue.dropped() + f.sender.spool().dropped() + f.sender.failed(), 50);
    }

    // Whoever does both in one step wants nothing to be left.
    void theDiskIsForgottenWithItsFolder_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::newRow("no folder") << QByteArray();
        QTest::newRow("another folder") << QByteArray("/proc/no-such-folder/spool");
    }
    void theDiskIsForgottenWithItsFolder()
    {
        QFETCH(QByteArray, path);
        const QTemporaryDir folder;
        const DataSharingConfig settings = withSpool(folder);
        AwayCollector f(kForty);
        muted([&] {
            f.sender.apply(settings);
            for (int i = 0; i < 50; ++i)
                f.add(i);
            QVERIFY(!filesIn(settings).isEmpty());
            DataSharingConfig off = settings;
            off.enabled = false;
            off.spoolPath = path;
            f.sender.apply(off);
        });
        QCOMPARE(filesIn(settings), QStringList());
    }

    void aFolderThatIsInUseIsForgottenLater()
    {
        const QTemporaryDir folder;
        DataSharingConfig settings = withSpool(folder);
        Spool other;
        other.apply(settings.spoolPath, settings.maxSpoolBytes);
        QVERIFY(other.append(std::vector<WrittenReport>{{.events = {"{}"}}}));
        settings.enabled = false;
        SenderFixture f;
        muted([&] { f.sender.apply(settings); });
        QCOMPARE(filesIn(settings).size(), 1);
        muted([&] { other.apply({}, settings.maxSpoolBytes); });
        QVERIFY(waitUntil([&] { return filesIn(settings).isEmpty(); }));
    }

    // In memory, on its way and on the disk.
    void offAndOnAgainLetsNothingOutThatWasWaiting()
    {
        const QTemporaryDir folder;
        const DataSharingConfig settings = withSpool(folder);
        DataSharingConfig less = settings;
        less.sharePrompts = less.shareResponses = false;
        AwayCollector f(kForty);
        muted([&] {
            f.sender.apply(settings);
            for (int i = 0; i < 50; ++i)
                f.add(i, kAll);
            QVERIFY(f.requests.back().body.contains("diary"));
            QVERIFY(f.sender.spool().waiting() > 0 && f.queue.size() > 0);
            f.sender.apply(less);
            f.answer = [] { return Script(200); };
            f.sender.apply(settings);
        });
        QVERIFY(waitUntil([&] { return f.sender.sent() == 50; }));
        QCOMPARE(f.received(), numbers(0, 50));
        for (const QByteArray &body : f.taken)
            QVERIFY(!body.contains("diary"));
        f.add(50, kAll);
        f.sender.wake(Wake::Now);
        QVERIFY(f.taken.back().contains("diary"));
    }

    // A variable that is not set is no wish to forget.
    void withoutAKeyTheDiskWaits()
    {
        const QTemporaryDir folder;
        DataSharingConfig settings = withSpool(folder);
        muted([&] {
            AwayCollector f;
            f.sender.apply(settings);
            for (int i = 0; i < 10; ++i)
                f.add(i);
            f.sender.wake(Wake::Now);
            DataSharingConfig keyless = settings;
            keyless.apiKey = {};
            f.sender.apply(keyless);
            QVERIFY(close(f));
            QCOMPARE(f.sender.failed(), 0);
        });
        SenderFixture f;
        f.sender.apply(settings);
        QCOMPARE(f.received(), numbers(0, 10));
    }

    void anotherFolderTakesOver()
    {
        const QTemporaryDir folder;
        const QTemporaryDir otherFolder;
        const DataSharingConfig settings = withSpool(folder);
        AwayCollector f(kForty);
        muted([&] {
            f.sender.apply(settings);
            for (int i = 0; i < 50; ++i)
                f.add(i);
            f.answer = [] { return Script(200); };
            f.sender.apply(withSpool(otherFolder));
        });
        const qint64 left = f.sender.spool().dropped();
        QVERIFY(left > 0);
        QVERIFY(waitUntil([&] { return f.sender.sent() + left == 50; }));

        SenderFixture back;
        back.sender.apply(settings);
        QCOMPARE(back.sender.sent(), left);
        std::vector<int> all = f.received();
        std::ranges::copy(back.received(), std::back_inserter(all));
        std::ranges::sort(all);
        QCOMPARE(all, numbers(0, 50));
    }

    void aDiskThatTakesNothingLeavesThemInMemory()
    {
        const QTemporaryDir folder;
        DataSharingConfig settings = withSpool(folder);
        settings.spoolPath = "/proc/no-such-folder/spool";
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("keeps less than it should")));
        AwayCollector f(kForty);
        f.sender.apply(settings);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("did not take events")));
        for (int i = 0; i < 60; ++i)
            f.add(i);
        QCOMPARE(f.queue.size(), 40u);
        QCOMPARE(f.queue.dropped(), 10);
        f.answer = [] { return Script(200); };
        settings.gatewayLat = "50.1";
        f.sender.apply(settings);
        QVERIFY(waitUntil([&] { return f.sender.sent() == 50; }));
        QCOMPARE(f.received(), numbers(0, 50));
    }

    void aDiskThatTookNothingIsTriedAgainSoon()
    {
        const QTemporaryDir folder;
        const DataSharingConfig settings = withSpool(folder);
        QFile blocker(QString::fromUtf8(settings.spoolPath));
        QVERIFY(blocker.open(QFile::WriteOnly));
        AwayCollector f(kForty);
        muted([&] {
            f.sender.apply(settings);
            for (int i = 0; i < 45; ++i)
                f.add(i);
        });
        QCOMPARE(f.sender.spool().waiting(), 0);
        QVERIFY(blocker.remove());
        QVERIFY(waitUntil([&] { return f.sender.spool().waiting() > 0; }));
        QVERIFY(!f.queue.isHalfFull());
        QCOMPARE(f.requests.size(), 1u);
    }

    // The event loop was busy, for example with a slow disk.
    void anEndThatComesTooLateStillStores()
    {
        const QTemporaryDir folder;
        const DataSharingConfig settings = withSpool(folder);
        AwayCollector f;
        muted([&] {
            f.sender.apply(settings);
            for (int i = 0; i < 25; ++i)
                f.add(i);
            QVERIFY(close(f, -1s));
        });
        QCOMPARE(f.sender.failed(), 0);
        QCOMPARE(f.sender.spool().waiting(), 25);
    }

    void theEndsDeadlineIsTheDisksToo()
    {
        const QTemporaryDir folder;
        const DataSharingConfig settings = withSpool(folder);
        SenderFixture f(kForty);
        muted([&] {
            f.sender.apply(settings);
            f.add(0);
            f.answer = [&f] {
                if (f.requests.size() > 1)
                    return Script(503);
                for (int i = 1; i < 31; ++i)
                    f.queue.add({});
                QThread::sleep(600ms); // longer than the end has
                return Script(200);
            };
            QVERIFY(close(f, 1ms));
        });
        QCOMPARE(f.sender.sent(), 1);
        QCOMPARE(f.sender.spool().waiting(), 10); // only what was on its way
        QCOMPARE(f.sender.failed(), 20);
    }
};

QTEST_GUILESS_MAIN(CollectorOutageTest)
#include "tst_collector_outage.moc"
