// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_ring.h"
#include "tests/unit/history/history_records.h"

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

class HistoryRingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void keepsTheNewest()
    {
        HistoryRing ring(3, 1'000'000);
        for (int i = 0; i < 10; ++i)
            ring.add(shared(numbered(i)));
        QCOMPARE(idsOf(ring.find({}).records), QByteArrayList({"id-9", "id-8", "id-7"}));
        QCOMPARE(ring.size(), 3u);
    }

    void isBoundedByBytesToo()
    {
        HistoryRing ring(1000, 100'000);
        for (int i = 0; i < 100; ++i) {
            HistoryRecord record = numbered(i);
            record.messages = messagesWith(HistoryPart::ClientRequest, {.body = QByteArray(30'000, 'x')});
            ring.add(shared(record));
            QVERIFY(ring.bytes() <= 100'000);
        }
        QCOMPARE(idsOf(ring.find({}).records), QByteArrayList({"id-99", "id-98", "id-97"}));
        HistoryRecord tooLarge = numbered(100);
        tooLarge.messages = messagesWith(HistoryPart::ClientRequest, {.body = QByteArray(200'000, 'x')});
        ring.add(shared(tooLarge));
        QCOMPARE(ring.size(), 3u); // nothing went for what cannot be kept
    }

    // What a provider writes can be long.
    void everyTextCounts()
    {
        const qint64 empty = HistoryRecord{.attempts = {{}}}.bytes();
        HistoryRecord record{.attempts = {{}}};
        visitTexts(record, [](QByteArray &text) { text = QByteArray(1000, 'x'); });
        QCOMPARE(record.bytes(), empty + 24 * 1000);
        HistoryRecord code{.attempts = {{.errorCode = QByteArray(200'000, 'x')}}};
        HistoryRing ring(1000, 100'000);
        ring.add(shared(code));
        QCOMPARE(ring.size(), 0u);
    }

    void aLongRequestTakesItsPlace()
    {
        HistoryRing ring(10, 1'000'000);
        for (const int number : {1, 3, 5, 2})
            ring.add(shared(numbered(number)));
        QCOMPARE(idsOf(ring.find({}).records), QByteArrayList({"id-5", "id-3", "id-2", "id-1"}));
    }

    void pagesFollowEachOther()
    {
        HistoryRing ring(1000, 10'000'000);
        for (int i = 0; i < 500; ++i)
            ring.add(shared(numbered(i)));
        QByteArrayList found;
        HistoryQuery query{.filter = filterOf("status:200"), .limit = 1000};
        do {
            const HistoryPage page = ring.find(query);
            QVERIFY(page.records.size() <= kLargestHistoryPage);
            found += idsOf(page.records);
            query.before = page.next;
        } while (query.before);
        QCOMPARE(found.size(), 500);
        QCOMPARE(found.first(), "id-499");
        QCOMPARE(found.last(), "id-0");
    }

    void bodiesComeOnlyWithTheWholeRecord()
    {
        HistoryRing ring(10, 1'000'000);
        HistoryRecord record = numbered(1);
        record.messages = messagesWith(HistoryPart::ClientRequest, {.body = "hello"});
        ring.add(shared(record));
        QVERIFY(!ring.find({}).records.front().messages);
        QCOMPARE((*ring.record("id-1")->messages)[HistoryPart::ClientRequest]->body, QByteArray("hello"));
        QVERIFY(!ring.record("id-2"));
    }

    void keepsTheVeryRecord()
    {
        HistoryRing ring(10, 1'000'000);
        const SharedHistoryRecord record = shared(numbered(1));
        ring.add(record);
        QVERIFY(ring.all() == std::vector{record}); // no copy of it
    }

    void erasesWhatIsOlder()
    {
        HistoryRing ring(10, 1'000'000);
        for (int i = 0; i < 5; ++i)
            ring.add(shared(numbered(i)));
        ring.eraseBefore(positionOf(kNow + 3s));
        QCOMPARE(idsOf(ring.find({}).records), QByteArrayList({"id-4", "id-3"}));
    }
};

QTEST_APPLESS_MAIN(HistoryRingTest)
#include "tst_history_ring.moc"
