// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/failed_attempts.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

namespace {

const SecurityConfig::SlowDown kSettings{.freeAttempts = 2, .maxDelay = 5s};
constexpr TimePoint kStart{1h};

} // namespace

class FailedAttemptsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void eachFailureWaitsTwiceAsLong_data()
    {
        QTest::addColumn<int>("failure");
        QTest::addColumn<int>("milliseconds");
        QTest::newRow("first") << 1 << 0;
        QTest::newRow("last free one") << 2 << 0;
        QTest::newRow("third") << 3 << 250;
        QTest::newRow("fourth") << 4 << 500;
        QTest::newRow("fifth") << 5 << 1000;
        QTest::newRow("at the limit") << 8 << 5000;
        QTest::newRow("far beyond") << 1'000'000 << 5000;
    }
    void eachFailureWaitsTwiceAsLong()
    {
        QFETCH(int, failure);
        QFETCH(int, milliseconds);
        QCOMPARE(delayOf(failure, kSettings), std::chrono::milliseconds(milliseconds));
    }

    void noDelayMayBeConfigured()
    {
        QCOMPARE(delayOf(100, {.freeAttempts = 0, .maxDelay = 0ms}), 0ms);
        QCOMPARE(delayOf(1, {.freeAttempts = 0, .maxDelay = 1s}), 250ms);
    }

    void addressesCountApart()
    {
        FailedAttempts attempts;
        for (int i = 0; i < 2; ++i)
            QCOMPARE(attempts.fail("a", kSettings, kStart).wait, 0ms);
        QCOMPARE(attempts.fail("a", kSettings, kStart).wait, 250ms);
        QCOMPARE(attempts.fail("b", kSettings, kStart).wait, 0ms);
        QCOMPARE(attempts.size(), 2U);
    }

    void aGoodKeyForgets()
    {
        FailedAttempts attempts;
        failOften(attempts, "a", 5);
        attempts.succeed("a");
        QCOMPARE(attempts.size(), 0U);
        QCOMPARE(attempts.fail("a", kSettings, kStart).wait, 0ms);
    }

    void timeForgets()
    {
        FailedAttempts attempts;
        failOften(attempts, "a", 5);
        QVERIFY(attempts.fail("a", kSettings, kStart + 9min).wait > 0ms); // and counts from there on
        QVERIFY(attempts.fail("a", kSettings, kStart + 18min).wait > 0ms);
        QCOMPARE(attempts.fail("a", kSettings, kStart + 28min).wait, 0ms);
        QCOMPARE(attempts.fail("b", kSettings, kStart + 38min).wait, 0ms);
        QCOMPARE(attempts.size(), 1U);
    }

    void theTableIsBounded()
    {
        FailedAttempts attempts({.addresses = 3});
        failOften(attempts, "a", 5);
        failOften(attempts, "b", 5);
        failOften(attempts, "c", 5);
        QVERIFY(attempts.fail("a", kSettings, kStart).wait > 0ms); // `b` is the longest quiet one now
        QCOMPARE(attempts.fail("d", kSettings, kStart).wait, 0ms);
        QCOMPARE(attempts.size(), 3U);
        QVERIFY(attempts.fail("c", kSettings, kStart).wait > 0ms);
        QCOMPARE(attempts.fail("b", kSettings, kStart).wait, 0ms);
    }

    void onlySomeMayWait()
    {
        FailedAttempts attempts({.waiting = 3, .waitingPerAddress = 2});
        failOften(attempts, "a", 2);
        failOften(attempts, "b", 2);
        FailedAttempts::Penalty first = attempts.fail("a", kSettings, kStart);
        FailedAttempts::Penalty second = attempts.fail("a", kSettings, kStart);
        QVERIFY(first.place && second.place);
        const FailedAttempts::Penalty third = attempts.fail("a", kSettings, kStart);
        QVERIFY(!third.place);
        QVERIFY(third.wait > 0ms);
        const FailedAttempts::Penalty other = attempts.fail("b", kSettings, kStart);
        QVERIFY(other.place);
        QVERIFY(!attempts.fail("b", kSettings, kStart).place); // all places are taken
        first.place.reset();
        QVERIFY(attempts.fail("a", kSettings, kStart).place);
    }

    void littleIsComparedWhileAllPlacesAreTaken()
    {
        FailedAttempts attempts({.waiting = 3, .waitingPerAddress = 2});
        QVERIFY(mayOften(attempts, "a", kStart));
        failOften(attempts, "a", 2);
        FailedAttempts::Penalty first = attempts.fail("a", kSettings, kStart);
        QVERIFY(mayOften(attempts, "a", kStart));
        FailedAttempts::Penalty second = attempts.fail("a", kSettings, kStart);
        QVERIFY(!mayOften(attempts, "a", kStart));
        attempts.succeed("a"); // somebody else behind that address
        QVERIFY(!mayOften(attempts, "a", kStart));
        failOften(attempts, "b", 2);
        const FailedAttempts::Penalty other = attempts.fail("b", kSettings, kStart); // the last place of all
        QVERIFY(!mayOften(attempts, "b", kStart));
        QVERIFY(mayOften(attempts, "b", kStart + 10min));
        QVERIFY(mayOften(attempts, "c", kStart)); // it has some free ones
        first.place.reset();
        QVERIFY(mayOften(attempts, "b", kStart));
    }

    void oneKeyIsComparedNowAndThen()
    {
        FailedAttempts attempts({.waiting = 10, .waitingPerAddress = 1});
        failOften(attempts, "a", 2);
        failOften(attempts, "b", 2);
        const FailedAttempts::Penalty first = attempts.fail("a", kSettings, kStart);
        const FailedAttempts::Penalty second = attempts.fail("b", kSettings, kStart);
        QVERIFY(attempts.mayCompare("a", kSettings, kStart));
        QVERIFY(!attempts.mayCompare("a", kSettings, kStart + 249ms));
        QVERIFY(attempts.mayCompare("b", kSettings, kStart + 249ms)); // each address has its own turns
        QVERIFY(attempts.mayCompare("a", kSettings, kStart + 250ms));
        QVERIFY(!attempts.mayCompare("a", kSettings, kStart + 499ms));
    }

    void thoseThatWaitCountAlsoAfterAGoodKey()
    {
        FailedAttempts attempts({.waiting = 3, .waitingPerAddress = 1});
        failOften(attempts, "a", 2);
        FailedAttempts::Penalty waiting = attempts.fail("a", kSettings, kStart);
        attempts.succeed("a");
        failOften(attempts, "a", 2);
        QVERIFY(!attempts.fail("a", kSettings, kStart).place);
        waiting.place.reset();
        QVERIFY(attempts.fail("a", kSettings, kStart).place);
    }

private:
    static bool mayOften(FailedAttempts &attempts, const QByteArray &address, TimePoint now)
    {
        const bool first = attempts.mayCompare(address, kSettings, now);
        return attempts.mayCompare(address, kSettings, now) && first;
    }
    static void failOften(FailedAttempts &attempts, const QByteArray &address, int times)
    {
        for (int i = 0; i < times; ++i)
            attempts.fail(address, kSettings, kStart);
    }
};

QTEST_GUILESS_MAIN(FailedAttemptsTest)
#include "tst_failed_attempts.moc"
