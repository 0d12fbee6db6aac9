// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/collector/collector_queue.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace lunargate;
using Wake = CollectorQueue::Wake;

namespace {

constexpr CollectorQueue::Limits kPlenty{.requests = 1'000'000, .bytes = 1LL << 40};

CollectedRequest withId(const QByteArray &id)
{
    CollectedRequest request;
    request.record.requestId = id;
    return request;
}

} // namespace

class CollectorQueueTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void wakesForTheFirstAndForABatch()
    {
        CollectorQueue queue(kPlenty, {.requests = 3, .bytes = 1LL << 40});
        QCOMPARE(queue.add({}), Wake::Soon);
        QCOMPARE(queue.add({}), Wake::Nothing);
        QVERIFY(!queue.hasBatch());
        QCOMPARE(queue.add({}), Wake::Now);
        QVERIFY(queue.hasBatch());
        QCOMPARE(queue.add({}), Wake::Nothing);
        QCOMPARE(queue.takeBatch().size(), 3u);
        QVERIFY(!queue.hasBatch());
        QCOMPARE(queue.takeBatch().size(), 1u);
        QCOMPARE(queue.takeBatch().size(), 0u);
        QCOMPARE(queue.add({}), Wake::Soon);
    }

    void oldestComeFirst()
    {
        CollectorQueue queue(kPlenty, {.requests = 2, .bytes = 1LL << 40});
        for (const char *id : {"1", "2", "3"})
            queue.add(withId(id));
        QCOMPARE(queue.takeBatch().at(1).record.requestId, QByteArray("2"));
        QCOMPARE(queue.takeBatch().at(0).record.requestId, QByteArray("3"));
    }

    void isBoundedByCountAndBytes()
    {
        CollectorQueue few({.requests = 3, .bytes = 1LL << 40}, kPlenty);
        for (int i = 0; i < 5; ++i)
            few.add({});
        QCOMPARE(few.size(), 3u);
        QCOMPARE(few.dropped(), 2);
        QCOMPARE(few.added(), 5);
        CollectorQueue small({.requests = 100, .bytes = CollectedRequest().bytes() * 2}, kPlenty);
        for (int i = 0; i < 5; ++i)
            small.add({});
        QCOMPARE(small.size(), 2u);
        QCOMPARE(small.dropped(), 3);
        small.takeBatch();
        small.add({});
        QCOMPARE(small.size(), 1u);
        small.clear();
        QCOMPARE(small.size(), 0u);
        QCOMPARE(small.dropped(), 4);
        small.add({});
        QCOMPARE(small.size(), 1u);
    }

    void bodiesMakeABatchSooner()
    {
        CollectedRequest large;
        large.sharing.prompts = true;
        large.setRequest(QByteArray(10'000, ' '));
        CollectorQueue queue(kPlenty, {.requests = 100, .bytes = large.bytes() * 3 / 2});
        QCOMPARE(queue.add(large), Wake::Soon);
        QCOMPARE(queue.add(large), Wake::Now);
        QCOMPARE(queue.takeBatch().size(), 1u);
        QCOMPARE(queue.takeBatch().size(), 1u);
    }

    void longTextsTakeRoom()
    {
        constexpr qsizetype kLong = 100'000;
        const qint64 usual = CollectedRequest().bytes();
        const QByteArray text(kLong, 'x');
        CollectedRequest request;
        request.routing.add("x-team", text);
        QVERIFY(request.bytes() >= usual + kLong);
        for (QByteArray RequestRecord::*field : {&RequestRecord::modelAsked, &RequestRecord::errorMessage}) {
            CollectedRequest other;
            other.record.*field = text;
            QVERIFY(other.bytes() >= usual + kLong);
        }
    }

    void saysWhenHalfOfTheRoomIsTaken()
    {
        CollectorQueue queue({.requests = 6, .bytes = 1LL << 40}, {.requests = 2, .bytes = 1LL << 40});
        QCOMPARE(queue.add({}), Wake::Soon);
        QCOMPARE(queue.add({}), Wake::Now);
        QVERIFY(!queue.isHalfFull());
        QCOMPARE(queue.add({}), Wake::Full);
        QVERIFY(queue.isHalfFull());
        QCOMPARE(queue.add({}), Wake::Nothing);
        queue.takeBatch();
        QCOMPARE(queue.add({}), Wake::Full);
    }

    void whatIsPutBackIsTheOldest()
    {
        CollectorQueue queue({.requests = 3, .bytes = 1LL << 40}, {.requests = 2, .bytes = 1LL << 40});
        for (const char *id : {"1", "2", "3"})
            queue.add(withId(id));
        std::vector<CollectedRequest> batch = queue.takeBatch();
        queue.add(withId("4"));
        queue.add(withId("5"));
        queue.putBack(std::move(batch)); // they had their room before
        QCOMPARE(queue.size(), 5u);
        QByteArrayList ids;
        while (queue.size() > 0) {
            for (const CollectedRequest &request : queue.takeBatch())
                ids.append(request.record.requestId);
        }
        QCOMPARE(ids, (QByteArrayList{"1", "2", "3", "4", "5"}));
        QCOMPARE(queue.dropped(), 0);
    }

    void manyWorkersLoseNothing()
    {
        constexpr int kWorkers = 4;
        constexpr int kEach = 3000;
        CollectorQueue queue(kPlenty, {.requests = 100, .bytes = 1LL << 40});
        std::atomic<int> running = kWorkers;
        std::vector<std::jthread> workers;
        for (int i = 0; i < kWorkers; ++i) {
            workers.emplace_back([&] {
                for (int n = 0; n < kEach; ++n)
                    queue.add(withId(QByteArray::number(n)));
                --running;
            });
        }
        size_t taken = 0;
        while (running > 0)
            taken += queue.takeBatch().size();
        workers.clear();
        for (size_t more = 1; more > 0; taken += more)
            more = queue.takeBatch().size();
        QCOMPARE(taken, size_t(kWorkers * kEach));
        QCOMPARE(queue.dropped(), 0);
    }
};

QTEST_APPLESS_MAIN(CollectorQueueTest)
#include "tst_collector_queue_threads.moc"
