// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/peak_ewma.h"

#include <QTest>

#include <cmath>

using namespace lunargate;
using namespace std::chrono_literals;

/// The average itself; a day after the epoch everything begins.
class TestPeakEwma : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void knowsNothingAtFirst()
    {
        const PeakEwma average;
        QVERIFY(!average.last());
        QVERIFY(!average.decayed(kStart));
    }

    void takesOverWhatIsWorse()
    {
        PeakEwma average;
        average.observe(100, kStart);
        QCOMPARE(average.last().value(), 100.0);
        average.observe(5000, kStart + 1ms);
        QCOMPARE(average.last().value(), 5000.0);
    }

    void believesGoodNewsOnlyWithTime()
    {
        PeakEwma average;
        average.observe(5000, kStart);
        average.observe(100, kStart + 1s);
        QCOMPARE_GT(average.last().value(), 4900.0);
        average.observe(100, kStart + 1s + PeakEwma::kDecayTime);
        QCOMPARE_LT(average.last().value(), 2000.0);
        for (int call = 2; call < 8; ++call)
            average.observe(100, kStart + call * PeakEwma::kDecayTime);
        QCOMPARE_LT(average.last().value(), 110.0);
        QCOMPARE_GE(average.last().value(), 100.0);
    }

    void weighsByTheTimeBetween()
    {
        PeakEwma average;
        average.observe(1000, kStart);
        average.observe(0, kStart + PeakEwma::kDecayTime);
        QCOMPARE(average.last().value(), 1000 * std::exp(-1));
    }

    void decaysWithoutForgettingWhatItWas()
    {
        PeakEwma average;
        average.observe(3000, kStart);
        QCOMPARE(average.decayed(kStart).value(), 3000.0);
        QCOMPARE(average.decayed(kStart + PeakEwma::kDecayTime).value(), 3000 * std::exp(-1));
        QCOMPARE(average.decayed(kStart + 2 * PeakEwma::kDecayTime).value(), 3000 * std::exp(-2));
        QCOMPARE(average.last().value(), 3000.0);
    }

    // Threads read the clock before they come to the lock.
    void timesMayComeOutOfOrder()
    {
        PeakEwma average;
        average.observe(3000, kStart);
        average.observe(100, kStart - 1s);
        QCOMPARE(average.last().value(), 3000.0);
        QCOMPARE(average.decayed(kStart - 1min).value(), 3000.0);
    }

private:
    static constexpr TimePoint kStart = TimePoint(24h);
};

QTEST_APPLESS_MAIN(TestPeakEwma)
#include "tst_peak_ewma.moc"
