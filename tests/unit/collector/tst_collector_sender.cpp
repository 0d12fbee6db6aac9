// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/wait.h"
#include "tests/unit/collector/sender_fixture.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using Wake = CollectorQueue::Wake;
using Fixture = SenderFixture;

/// Batches, tries, waiting and the end.
class CollectorSenderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void postsToTheCollector()
    {
        Fixture f;
        f.sender.apply(sharingSettings());
        f.add(1);
        f.sender.wake(Wake::Now);
        QCOMPARE(f.requests.size(), 1u);
        const UpstreamRequest &request = f.requests.front();
        QCOMPARE(request.method, QByteArray("POST"));
        QCOMPARE(request.url, QUrl(QStringLiteral("http://collector.test/v1/collector")));
        QCOMPARE(request.headers.value("Authorization"), QByteArray("Bearer lgw_test_key"));
        QCOMPARE(request.headers.value("Content-Type"), QByteArray("application/json"));
        QVERIFY(!request.headers.contains("Content-Encoding"));
        QCOMPARE(f.received(), std::vector<int>{1});
        QCOMPARE(f.sender.sent(), 1);
    }

    void compressesWhereThatIsWanted()
    {
        Fixture f;
        DataSharingConfig config = sharingSettings();
        config.compress = true;
        f.sender.apply(config);
        f.add(1);
        f.sender.wake(Wake::Now);
        QCOMPARE(f.requests.front().headers.value("Content-Encoding"), QByteArray("gzip"));
        QProcess gunzip;
        gunzip.start(QStringLiteral("gzip"), {QStringLiteral("-dc")});
        gunzip.write(f.requests.front().body);
        gunzip.closeWriteChannel();
        QVERIFY(gunzip.waitForFinished());
        QCOMPARE(gunzip.exitCode(), 0);
        QCOMPARE(textAt(gunzip.readAllStandardOutput(), "events.0.data.request_id"), QByteArray("1"));
    }

    void waitsForABatchOrForTime()
    {
        Fixture f;
        f.sender.apply(sharingSettings());
        for (int i = 0; i < 25; ++i)
            f.add(i);
        f.sender.wake(Wake::Now);
        QCOMPARE(f.requests.size(), 2u); // 10 and 10; the rest waits for more
        QCOMPARE(f.queue.size(), 5u);
        QVERIFY(waitUntil([&] { return f.requests.size() == 3; }));
        QCOMPARE(f.received(), numbers(0, 25));
        f.add(25);
        f.sender.wake(Wake::Soon);
        QCOMPARE(f.requests.size(), 3u);
        QVERIFY(waitUntil([&] { return f.requests.size() == 4; }));
    }

    void waitsLongerAndAsLongAsAsked()
    {
        Fixture f;
        const std::vector<Script> scripts = {Script(503), Script(503), Script(429, {{"Retry-After", "40"}}),
                                             Script(200)};
        f.answer = [&] { return scripts[f.requests.size() - 1]; };
        muted([&] {
            f.sender.apply(sharingSettings());
            f.add(1);
            f.sender.wake(Wake::Now);
        });
        QCOMPARE(f.pauses, (std::vector<std::chrono::milliseconds>{500ms, 1s, 40s}));
        QCOMPARE(f.received().size(), 1u);
    }

    // What is wrong with the sender or the address is no fault of the events.
    void otherRefusalsLoseNothing_data()
    {
        QTest::addColumn<int>("status");
        for (const int status : {302, 401, 403, 404, 405, 407})
            QTest::addRow("%d", status) << status;
    }
    void otherRefusalsLoseNothing()
    {
        QFETCH(int, status);
        Fixture f;
        f.answer = [&] { return Script(f.requests.size() <= 3 ? status : 200); };
        muted([&] {
            f.sender.apply(sharingSettings());
            for (int i = 0; i < 20; ++i)
                f.add(i);
            f.sender.wake(Wake::Now);
        });
        QCOMPARE(f.pauses, (std::vector<std::chrono::milliseconds>{500ms, 1s, 2s}));
        QCOMPARE(f.received(), numbers(0, 20));
        QCOMPARE(f.sender.failed(), 0);
    }

    void aWrongKeyIsHintedAt()
    {
        Fixture f;
        f.answer = [&] { return Script(f.requests.size() <= 7 ? 401 : 200); };
        f.sender.apply(sharingSettings());
        const QRegularExpression hint(QStringLiteral("refused the key; check data_sharing.api_key"));
        QTest::ignoreMessage(QtWarningMsg, hint);
        QTest::ignoreMessage(QtWarningMsg, hint); // after 30 seconds
        for (int i = 0; i < 10; ++i)
            f.add(i);
        f.sender.wake(Wake::Now);
        QCOMPARE(f.sender.sent(), 10);
    }

    void otherSettingsAreTriedAtOnce()
    {
        Fixture f;
        f.isTimeStill = true;
        f.answer = [&] { return Script(f.requests.size() == 1 ? 503 : 200); };
        muted([&] {
            f.sender.apply(sharingSettings());
            f.add(1);
            f.sender.wake(Wake::Now);
            QCOMPARE(f.requests.size(), 1u);
            DataSharingConfig other = sharingSettings();
            other.backendUrl = "http://other.test";
            f.sender.apply(other);
        });
        QCOMPARE(f.requests.size(), 2u);
        QCOMPARE(f.requests[1].url, QUrl(QStringLiteral("http://other.test/collector")));
        QCOMPARE(f.sender.sent(), 1);
    }

    void theSameSettingsEndNoPause()
    {
        Fixture f;
        f.isTimeStill = true;
        f.answer = [] { return Script(503); };
        muted([&] {
            f.sender.apply(sharingSettings());
            f.add(1);
            f.sender.wake(Wake::Now);
            f.sender.apply(sharingSettings());
        });
        QCOMPARE(f.requests.size(), 1u);
        DataSharingConfig other = sharingSettings();
        other.apiKey = SecretString("lgw_other_key");
        f.answer = [] { return Script(200); };
        f.sender.apply(other);
        QCOMPARE(f.requests.back().headers.value("Authorization"), QByteArray("Bearer lgw_other_key"));
        QCOMPARE(f.sender.sent(), 1);
    }

    void settingsThatWereUsedAlreadyEndNoPause()
    {
        Fixture f;
        f.isTimeStill = true;
        f.answer = [&] {
            DataSharingConfig other = sharingSettings();
            other.backendUrl = "http://other.test";
            f.sender.apply(other); // while the first batch is on its way
            return Script(f.requests.size() == 1 ? 200 : 503);
        };
        muted([&] {
            f.sender.apply(sharingSettings());
            for (int i = 0; i < 20; ++i)
                f.add(i);
            f.sender.wake(Wake::Now);
        });
        QCOMPARE(f.requests.size(), 2u);
        QCOMPARE(f.requests.back().url.host(), QStringLiteral("other.test"));
    }

    void withoutSharingWhatWaitsIsForgotten()
    {
        Fixture f;
        f.isTimeStill = true;
        f.answer = [] { return Script(503); };
        muted([&] {
            f.sender.apply(sharingSettings());
            for (int i = 0; i < 15; ++i)
                f.add(i);
            f.sender.wake(Wake::Now);
            DataSharingConfig off = sharingSettings();
            off.enabled = false;
            f.sender.apply(off);
        });
        QCOMPARE(f.requests.size(), 1u);
        QCOMPARE(f.queue.size(), 0u);
        QCOMPARE(f.queue.dropped(), 5);
        QCOMPARE(f.sender.failed(), 10);
    }

    void theEndSendsWhatWaits()
    {
        Fixture f;
        f.sender.apply(sharingSettings());
        for (int i = 0; i < 25; ++i)
            f.add(i);
        bool isClosed = false;
        f.sender.close(Clock::now() + 10s, [&] { isClosed = true; });
        QVERIFY(waitUntil([&] { return isClosed; }));
        QCOMPARE(f.received(), numbers(0, 25));
        QCOMPARE(f.requests.size(), 3u);
    }

    void theEndWaitsForNoCollectorThatIsNotThere()
    {
        Fixture f;
        f.isTimeStill = true;
        f.answer = [] { return Script(503); };
        bool isClosed = false;
        muted([&] {
            f.sender.apply(sharingSettings());
            for (int i = 0; i < 25; ++i)
                f.add(i);
            f.sender.wake(Wake::Now);
            QCOMPARE(f.requests.size(), 1u);
            f.sender.close(Clock::now() + 10min, [&] { isClosed = true; });
            QVERIFY(waitUntil([&] { return isClosed; }));
        });
        QCOMPARE(f.requests.size(), 2u); // it had its chance
        QCOMPARE(f.sender.failed(), 25);
    }

    void theEndHasADeadline()
    {
        Fixture f;
        f.answer = [] { return Script::silent(); };
        f.sender.apply(sharingSettings());
        f.add(1);
        f.sender.wake(Wake::Now);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("could not be told of everything")));
        bool isClosed = false;
        const TimePoint begin = Clock::now();
        f.sender.close(begin + 50ms, [&] { isClosed = true; });
        QVERIFY(waitUntil([&] { return isClosed; }));
        QVERIFY(Clock::now() - begin < 5s);
        QCOMPARE(f.sender.failed(), 1);
        QCOMPARE(f.sender.beingSent(), 0);
    }
};

QTEST_GUILESS_MAIN(CollectorSenderTest)
#include "tst_collector_sender.moc"
