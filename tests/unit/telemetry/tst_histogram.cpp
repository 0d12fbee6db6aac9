// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/telemetry/histogram.h"

#include <QTest>

using namespace lunargate;

namespace {

constexpr std::array kBounds = {1.0, 2.0, 4.0};

std::vector<qint64> countsOf(const Histogram &histogram)
{
    return {histogram.counts().begin(), histogram.counts().end()};
}

} // namespace

/// Buckets as OTLP counts them: the bound belongs to the bucket below.
class HistogramTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void countsByUpperBounds()
    {
        Histogram histogram(kBounds);
        for (const double value : {0.0, 1.0, 1.5, 2.0, 4.0, 4.1, 100.0})
            histogram.add(value);
        QCOMPARE(countsOf(histogram), (std::vector<qint64>{2, 2, 1, 2}));
        QCOMPARE(histogram.count(), 7);
        QCOMPARE(histogram.sum(), 112.6);
        QCOMPARE(histogram.least(), 0.0);
        QCOMPARE(histogram.most(), 100.0);
    }

    void addsOthersUp()
    {
        Histogram sum(kBounds), empty(kBounds), other(kBounds);
        other.add(3);
        other.add(5);
        sum.merge(empty);
        sum.merge(other);
        sum.merge(empty);
        sum.add(0.5);
        QCOMPARE(countsOf(sum), (std::vector<qint64>{1, 0, 1, 1}));
        QCOMPARE(sum.count(), 3);
        QCOMPARE(sum.sum(), 8.5);
        QCOMPARE(sum.least(), 0.5);
        QCOMPARE(sum.most(), 5.0);
    }
};

QTEST_APPLESS_MAIN(HistogramTest)
#include "tst_histogram.moc"
