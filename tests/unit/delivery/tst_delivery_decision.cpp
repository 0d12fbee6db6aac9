// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/delivery/delivery_decision.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;
using Step = DeliveryDecision::Step;

/// What follows on the collector's answers.
class DeliveryDecisionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void statusDecides_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<Step>("step");
        QTest::newRow("taken") << 202 << Step::Done;
        QTest::newRow("no answer") << 0 << Step::Retry;
        QTest::newRow("redirect") << 302 << Step::GiveUp;
        QTest::newRow("malformed") << 400 << Step::GiveUp;
        QTest::newRow("wrong key") << 401 << Step::GiveUp;
        QTest::newRow("forbidden") << 403 << Step::GiveUp;
        QTest::newRow("slow") << 408 << Step::Retry;
        QTest::newRow("too large") << 413 << Step::GiveUp;
        QTest::newRow("too many") << 429 << Step::Retry;
        QTest::newRow("broken") << 500 << Step::Retry;
        QTest::newRow("not there") << 503 << Step::Retry;
    }
    void statusDecides()
    {
        QFETCH(int, status);
        QFETCH(Step, step);
        QCOMPARE(decideDelivery({.status = status}, 1, 0.5).step, step);
    }

    void aServiceMayHaveItsOwnIdeaOfWhatPasses()
    {
        const auto unlessMalformed = [](int status) { return status != 400; };
        QCOMPARE(decideDelivery({.status = 401}, 1, 0.5, unlessMalformed).step, Step::Retry);
        QCOMPARE(decideDelivery({.status = 400}, 1, 0.5, unlessMalformed).step, Step::GiveUp);
        QCOMPARE(decideDelivery({.status = 202}, 1, 0.5, unlessMalformed).step, Step::Done);
    }

    void waitsLongerEachTime()
    {
        QCOMPARE(decideDelivery({.status = 503}, 1, 0.5).delay, 500ms);
        QCOMPARE(decideDelivery({.status = 503}, 2, 0.5).delay, 1s);
        QCOMPARE(decideDelivery({.status = 503}, 5, 0.5).delay, 8s);
        QCOMPARE(decideDelivery({.status = 503}, 1000, 0.5).delay, 1min);
        QVERIFY(decideDelivery({.status = 503}, 3, 0.0).delay < decideDelivery({.status = 503}, 3, 0.9).delay);
    }

    void waitsAsLongAsTheCollectorAsks()
    {
        QCOMPARE(decideDelivery({.status = 429, .retryAfter = 20s}, 1, 0.5).delay, 20s);
        QCOMPARE(decideDelivery({.status = 503, .retryAfter = 1s}, 5, 0.5).delay, 8s);
        QCOMPARE(decideDelivery({.status = 503, .retryAfter = 24h}, 1, 0.5).delay, 5min);
    }
};

QTEST_APPLESS_MAIN(DeliveryDecisionTest)
#include "tst_delivery_decision.moc"
