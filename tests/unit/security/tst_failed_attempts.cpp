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

    void nothingIsLookedAtWhileAllPlacesAreTaken()
    {
        FailedAttempts attempts({.waiting = 3, .waitingPerAddress = 2});
        QVERIFY(!attempts.isFullFor("a", kSettings, kStart));
        failOften(attempts, "a", 2);
        FailedAttempts::Penalty first = attempts.fail("a", kSettings, kStart);
        QVERIFY(!attempts.isFullFor("a", kSettings, kStart));
        FailedAttempts::Penalty second = attempts.fail("a", kSettings, kStart);
        QVERIFY(attempts.isFullFor("a", kSettings, kStart));
        attempts.succeed("a"); // somebody else behind that address
        QVERIFY(attempts.isFullFor("a", kSettings, kStart));
        failOften(attempts, "b", 2);
        const FailedAttempts::Penalty other = attempts.fail("b", kSettings, kStart); // the last place of all
        QVERIFY(attempts.isFullFor("b", kSettings, kStart));
        QVERIFY(!attempts.isFullFor("b", kSettings, kStart + 10min));
        QVERIFY(!attempts.isFullFor("c", kSettings, kStart)); // it has some free ones
        first.place.reset();
        QVERIFY(!attempts.isFullFor("b", kSettings, kStart));
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
    static void failOften(FailedAttempts &attempts, const QByteArray &address, int times)
    {
        for (int i = 0; i < times; ++i)
            attempts.fail(address, kSettings, kStart);
    }
};

QTEST_GUILESS_MAIN(FailedAttemptsTest)
#include "tst_failed_attempts.moc"
