// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits/token_bucket.h"

#include <QTest>

#include <limits>

using namespace lunargate;
using namespace std::chrono_literals;

class TokenBucketTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void fillsAtAnEvenPace_data();
    void fillsAtAnEvenPace();
    void itsWaitIsEnoughAndNoLongerThanNeeded_data();
    void itsWaitIsEnoughAndNoLongerThanNeeded();
    void losesNothingInManySmallSteps();
    void neverHoldsMoreThanItsCapacity();
    void owesWhatWasUsedOverWhatThereWas();
    void owesNoMoreThanADayBringsIn();
    void givesBackExactly();
    void withoutALimitThereIsAlwaysEnough();
    void timeDoesNotGoBack();
    void keepsItsPartOfAnotherSize_data();
    void keepsItsPartOfAnotherSize();
    void keepsWhatItOwes();
    void bearsTheLargestNumbers();
};

namespace {

const TimePoint kStart = TimePoint(1000h);

qint64 availableAfter(TokenBucket bucket, std::chrono::nanoseconds time)
{
    return bucket.available(kStart + time);
}

} // namespace

void TokenBucketTest::fillsAtAnEvenPace_data()
{
    QTest::addColumn<qint64>("perMinute");
    QTest::addColumn<qint64>("milliseconds");
    QTest::addColumn<qint64>("available"); // of a bucket of 10 from which all was taken
    QTest::newRow("nothing yet") << qint64(60) << qint64(999) << qint64(0);
    QTest::newRow("one a second") << qint64(60) << qint64(1000) << qint64(1);
    QTest::newRow("almost two") << qint64(60) << qint64(1999) << qint64(1);
    QTest::newRow("nine") << qint64(60) << qint64(9999) << qint64(9);
    QTest::newRow("full") << qint64(60) << qint64(10000) << qint64(10);
    QTest::newRow("not over full") << qint64(60) << qint64(1000000) << qint64(10);
    QTest::newRow("one a minute, early") << qint64(1) << qint64(59999) << qint64(0);
    QTest::newRow("one a minute") << qint64(1) << qint64(60000) << qint64(1);
    QTest::newRow("seven a minute") << qint64(7) << qint64(8571) << qint64(0);
    QTest::newRow("seven a minute, a millisecond later") << qint64(7) << qint64(8572) << qint64(1);
    QTest::newRow("many") << qint64(6000) << qint64(50) << qint64(5);
}

void TokenBucketTest::fillsAtAnEvenPace()
{
    QFETCH(const qint64, perMinute);
    QFETCH(const qint64, milliseconds);
    TokenBucket bucket({.perMinute = perMinute, .capacity = 10}, kStart);
    QCOMPARE(bucket.available(kStart), 10);
    bucket.take(10, kStart);
    QCOMPARE(bucket.available(kStart), 0);
    QTEST(availableAfter(bucket, std::chrono::milliseconds(milliseconds)), "available");
}

void TokenBucketTest::itsWaitIsEnoughAndNoLongerThanNeeded_data()
{
    QTest::addColumn<qint64>("perMinute");
    QTest::addColumn<qint64>("taken");
    QTest::addColumn<qint64>("count");
    for (const qint64 perMinute : {1, 3, 7, 59, 60, 61, 1000, 999'983}) {
        for (const qint64 taken : {7, 10, 25}) {
            for (const qint64 count : {1, 4, 10}) {
                QTest::addRow("%lld a minute, %lld taken, %lld wanted", perMinute, taken, count)
                    << perMinute << taken << count;
            }
        }
    }
}

void TokenBucketTest::itsWaitIsEnoughAndNoLongerThanNeeded()
{
    QFETCH(const qint64, perMinute);
    QFETCH(const qint64, taken);
    QFETCH(const qint64, count);
    TokenBucket bucket({.perMinute = perMinute, .capacity = 10}, kStart);
    bucket.take(taken, kStart);
    for (const std::chrono::nanoseconds later : {0ns, 1ns, 12'345'678ns}) {
        const auto wait = bucket.timeUntil(count, kStart + later);
        QVERIFY(wait);
        QVERIFY(availableAfter(bucket, later + *wait) >= count);
        if (*wait > 1us)
            QVERIFY(availableAfter(bucket, later + *wait - 1us) < count);
    }
    QCOMPARE(bucket.timeUntil(11, kStart), std::nullopt);
}

void TokenBucketTest::losesNothingInManySmallSteps()
{
    TokenBucket bucket({.perMinute = 60'000, .capacity = 1000}, kStart);
    bucket.take(1000, kStart);
    TimePoint now = kStart;
    for (int i = 0; i < 100'000; ++i) {
        now += 1'999ns;
        bucket.giveBack(0, now); // fills it
    }
    QCOMPARE(bucket.available(now), 199); // 199.9 milliseconds
}

void TokenBucketTest::neverHoldsMoreThanItsCapacity()
{
    TokenBucket bucket({.perMinute = 60, .capacity = 3}, kStart);
    bucket.giveBack(5, kStart);
    QCOMPARE(bucket.available(kStart + 10min), 3);
    QVERIFY(bucket.isFull(kStart));
    bucket.take(1, kStart);
    QVERIFY(!bucket.isFull(kStart));
    QVERIFY(bucket.isFull(kStart + 1s));
}

void TokenBucketTest::owesWhatWasUsedOverWhatThereWas()
{
    TokenBucket bucket({.perMinute = 600, .capacity = 100}, kStart);
    bucket.take(150, kStart);
    QCOMPARE(bucket.available(kStart), -50);
    QCOMPARE(bucket.available(kStart + 4950ms), -1); // half of one is owed
    QCOMPARE(bucket.available(kStart + 5s), 0);
    QCOMPARE(bucket.timeUntil(1, kStart), std::optional(std::chrono::nanoseconds(5100ms)));
    QCOMPARE(bucket.timeUntil(100, kStart), std::optional(std::chrono::nanoseconds(15s)));
}

void TokenBucketTest::owesNoMoreThanADayBringsIn()
{
    TokenBucket bucket({.perMinute = 10, .capacity = 10}, kStart);
    bucket.take(std::numeric_limits<qint64>::max(), kStart);
    bucket.take(std::numeric_limits<qint64>::max(), kStart);
    QCOMPARE(bucket.available(kStart), -10 * 24 * 60);
    QCOMPARE(bucket.available(kStart + 24h), 0);
}

void TokenBucketTest::givesBackExactly()
{
    for (const qint64 before : {0, 3, 10}) {
        TokenBucket taken({.perMinute = 7, .capacity = 10}, kStart);
        taken.take(before, kStart);
        TokenBucket untouched = taken;
        taken.take(1, kStart + 1s);
        taken.giveBack(1, kStart + 2s);
        for (const auto later : {2s, 8s, 9s, 100s})
            QCOMPARE(availableAfter(taken, later), availableAfter(untouched, later));
    }
}

void TokenBucketTest::withoutALimitThereIsAlwaysEnough()
{
    TokenBucket bucket;
    QVERIFY(!bucket.isLimited());
    bucket.take(1'000'000, kStart);
    bucket.giveBack(1, kStart);
    QCOMPARE(bucket.available(kStart), std::numeric_limits<qint64>::max());
    QCOMPARE(bucket.timeUntil(1'000'000, kStart), std::optional(0ns));
    QVERIFY(bucket.isFull(kStart));
    QVERIFY(!TokenBucket({.perMinute = 0, .capacity = 5}, kStart).isLimited());
}

void TokenBucketTest::timeDoesNotGoBack()
{
    TokenBucket bucket({.perMinute = 60, .capacity = 10}, kStart);
    bucket.take(10, kStart + 5s);
    QCOMPARE(bucket.available(kStart), 0);
    bucket.take(0, kStart);
    QCOMPARE(bucket.available(kStart + 6s), 1);
    // Whoever read the clock before another took waits from where that one stood.
    QCOMPARE(bucket.timeUntil(2, kStart + 4s), std::optional(std::chrono::nanoseconds(3s)));
}

void TokenBucketTest::keepsItsPartOfAnotherSize_data()
{
    QTest::addColumn<qint64>("capacity");
    QTest::addColumn<qint64>("perMinute");
    QTest::addColumn<qint64>("available"); // 5 of 10 before
    QTest::newRow("the same") << qint64(10) << qint64(60) << qint64(5);
    QTest::newRow("ten times as many") << qint64(100) << qint64(60) << qint64(50);
    QTest::newRow("a fifth") << qint64(2) << qint64(60) << qint64(1);
    QTest::newRow("another pace") << qint64(10) << qint64(1) << qint64(5);
    QTest::newRow("no limit") << qint64(10) << qint64(0) << std::numeric_limits<qint64>::max();
}

void TokenBucketTest::keepsItsPartOfAnotherSize()
{
    QFETCH(const qint64, capacity);
    QFETCH(const qint64, perMinute);
    TokenBucket bucket({.perMinute = 60, .capacity = 10}, kStart);
    bucket.take(5, kStart);
    bucket.resize({.perMinute = perMinute, .capacity = capacity}, kStart);
    QTEST(bucket.available(kStart), "available");
    // A limit that is new begins full.
    if (perMinute == 0) {
        bucket.resize({.perMinute = 60, .capacity = 3}, kStart);
        QCOMPARE(bucket.available(kStart), 3);
    }
}

void TokenBucketTest::keepsWhatItOwes()
{
    TokenBucket bucket({.perMinute = 60, .capacity = 10}, kStart);
    bucket.take(30, kStart);
    bucket.resize({.perMinute = 600, .capacity = 100}, kStart);
    QCOMPARE(bucket.available(kStart), -20);
    QCOMPARE(bucket.available(kStart + 2s), 0);
}

void TokenBucketTest::bearsTheLargestNumbers()
{
    constexpr qint64 kMost = std::numeric_limits<qint32>::max();
    TokenBucket bucket({.perMinute = std::numeric_limits<qint64>::max(), .capacity = kMost}, kStart);
    bucket.take(std::numeric_limits<qint64>::max(), kStart);
    QCOMPARE(bucket.available(kStart), -kMost);
    QCOMPARE(bucket.available(kStart + 1min), 0);
    QCOMPARE(bucket.available(kStart + 24h * 10'000), kMost);
    TokenBucket slow({.perMinute = 1, .capacity = kMost}, kStart);
    slow.take(kMost, kStart);
    QCOMPARE(slow.available(kStart + 24h * 10'000), 14'400'000);
    slow.resize({.perMinute = 1, .capacity = kMost - 1}, kStart);
    QCOMPARE(slow.available(kStart), 0);
}

QTEST_APPLESS_MAIN(TokenBucketTest)
#include "tst_token_bucket.moc"
