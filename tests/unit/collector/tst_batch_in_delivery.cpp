// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/batch_in_delivery.h"

#include <QTest>

using namespace lunargate;

namespace {

WrittenReport report(const QByteArray &name)
{
    return {.events = {name}};
}

QByteArrayList eventsOf(std::span<const WrittenReport> reports)
{
    QByteArrayList events;
    for (const WrittenReport &report : reports)
        events += report.events;
    return events;
}

} // namespace

class BatchInDeliveryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void isOnePieceAtFirst()
    {
        BatchInDelivery batch({report("a"), report("b")});
        QCOMPARE(batch.size(), 2);
        QCOMPARE(eventsOf(batch.piece()), (QByteArrayList{"a", "b"}));
        batch.removePiece();
        QVERIFY(batch.isEmpty());
        QVERIFY(BatchInDelivery(std::vector<WrittenReport>()).isEmpty());
    }

    void halvesKeepTheOrder()
    {
        BatchInDelivery batch({report("a"), report("b"), report("c")});
        QVERIFY(batch.split());
        QCOMPARE(eventsOf(batch.piece()), (QByteArrayList{"a"}));
        QVERIFY(!batch.split());
        batch.removePiece();
        QCOMPARE(eventsOf(batch.piece()), (QByteArrayList{"b", "c"}));
        QVERIFY(batch.split());
        QCOMPARE(eventsOf(batch.takeRest()), (QByteArrayList{"b", "c"}));
        QVERIFY(batch.isEmpty());
    }

    void aReportIsPartedIntoItsEventsAndCountsOnce()
    {
        BatchInDelivery batch(
            {WrittenReport{.sharing = {.prompts = true}, .events = {"metric", "log"}, .measurement = "m"}});
        QVERIFY(batch.split());
        QCOMPARE(batch.size(), 1);
        QCOMPARE(eventsOf(batch.piece()), (QByteArrayList{"metric"}));
        batch.removePiece();
        QCOMPARE(batch.size(), 0);
        QCOMPARE(eventsOf(batch.piece()), (QByteArrayList{"log"}));
        QVERIFY(!batch.split());
    }

    void whatMayNotLeaveIsForgotten()
    {
        const Sharing prompts{.prompts = true};
        BatchInDelivery batch({WrittenReport{.sharing = prompts, .events = {"metric", "log"}, .measurement = "m"},
                               WrittenReport{.sharing = prompts, .events = {"more"}, .measurement = "n"}});
        QVERIFY(batch.split() && batch.split());
        batch.narrow(prompts);
        QCOMPARE(batch.size(), 2);
        batch.narrow({.responses = true});
        QCOMPARE(QByteArray(batch.piece().front().events.value(0)), QByteArray("m"));
        batch.removePiece();
        QVERIFY(batch.piece().front().events.isEmpty()); // it may be on its way just now
        batch.removeEmpty();
        QCOMPARE(batch.size(), 1);
        QCOMPARE(eventsOf(batch.takeRest()), QByteArrayList{"n"});
    }
};

QTEST_APPLESS_MAIN(BatchInDeliveryTest)
#include "tst_batch_in_delivery.moc"
