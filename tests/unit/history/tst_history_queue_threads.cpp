// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_queue.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace lunargate;
using Due = HistoryQueue::Due;

class HistoryQueueTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void wakesOnce()
    {
        HistoryQueue queue(10, 1'000'000);
        QCOMPARE(queue.add({.id = "1"}), Due::Soon);
        QCOMPARE(queue.add({.id = "2"}), Due::Told);
        QCOMPARE(queue.takeAll().size(), 2u);
        QCOMPARE(queue.takeAll().size(), 0u);
        QCOMPARE(queue.add({.id = "3"}), Due::Soon);
    }

    void halfFullIsUrgentOnce()
    {
        HistoryQueue queue(6, 1'000'000);
        for (int round = 0; round < 2; ++round) {
            QCOMPARE(queue.add({.id = "1"}), Due::Soon);
            QCOMPARE(queue.add({.id = "2"}), Due::Told);
            QCOMPARE(queue.add({.id = "3"}), Due::Now);
            QCOMPARE(queue.add({.id = "4"}), Due::Told);
            QCOMPARE(queue.takeAll().size(), 4u);
        }
    }

    void halfFullOfBytesIsUrgentToo()
    {
        HistoryQueue queue(1000, 100'000);
        QCOMPARE(queue.add({.id = "1"}), Due::Soon);
        QCOMPARE(queue.add({.errorMessage = QByteArray(50'000, 'x')}), Due::Now);
        QCOMPARE(queue.takeAll().size(), 2u);
        QCOMPARE(queue.add({.errorMessage = QByteArray(50'000, 'x')}), Due::Now);
    }

    // Else who is slow would hold as many again.
    void whatIsWorkedOnTakesRoom()
    {
        HistoryQueue queue(4, 1'000'000);
        queue.add({.id = "1"});
        queue.add({.id = "2"});
        QCOMPARE(queue.takeToWork().size(), 2u);
        QCOMPARE(queue.add({.id = "3"}), Due::Soon);
        QCOMPARE(queue.add({.id = "4"}), Due::Now);
        QVERIFY(queue.dropsNext());
        queue.add({.id = "5"});
        QCOMPARE(queue.size(), 2u);
        QCOMPARE(queue.dropped(), 2);
        QCOMPARE(queue.takeToWork().size(), 2u); // before the others are done
        QVERIFY(queue.dropsNext());
        queue.finishWork();
        QVERIFY(!queue.dropsNext());
        for (int i = 0; i < 5; ++i)
            queue.add(HistoryRecord());
        QCOMPARE(queue.size(), 4u);
        QCOMPARE(queue.dropped(), 4);
        HistoryQueue bytes(1000, HistoryRecord().bytes() * 2);
        bytes.add(HistoryRecord());
        bytes.takeToWork();
        bytes.add(HistoryRecord());
        bytes.add(HistoryRecord());
        QCOMPARE(bytes.size(), 1u);
        QCOMPARE(bytes.dropped(), 1);
    }

    // So that workers make no records that nobody can take.
    void saysBeforeThatThereIsNoRoom()
    {
        HistoryQueue queue(2, 1'000'000);
        QVERIFY(!queue.dropsNext());
        queue.add({.id = "1"});
        QVERIFY(!queue.dropsNext());
        QCOMPARE(queue.dropped(), 0);
        queue.add({.id = "2"});
        QVERIFY(queue.dropsNext());
        QVERIFY(queue.dropsNext());
        QCOMPARE(queue.dropped(), 2);
        queue.takeAll();
        QVERIFY(!queue.dropsNext());
        HistoryQueue bytes(1000, HistoryRecord().bytes() + 1);
        bytes.add(HistoryRecord());
        QVERIFY(bytes.dropsNext());
        HistoryQueue large(1000, 100'000);
        large.add({.errorMessage = QByteArray(100'000, 'x')}); // does not fit
        QCOMPARE(large.dropped(), 1);
        QVERIFY(!large.dropsNext()); // others do
    }

    void isBounded()
    {
        HistoryQueue queue(3, 1'000'000);
        for (int i = 0; i < 5; ++i)
            queue.add(HistoryRecord());
        QCOMPARE(queue.size(), 3u);
        QCOMPARE(queue.dropped(), 2);
        HistoryQueue small(100, HistoryRecord().bytes() * 2);
        for (int i = 0; i < 5; ++i)
            small.add(HistoryRecord());
        QCOMPARE(small.size(), 2u);
        QCOMPARE(small.dropped(), 3);
        small.takeAll();
        small.add(HistoryRecord());
        QCOMPARE(small.size(), 1u);
    }

    void someOfThoseThatWereTurnedAway()
    {
        HistoryQueue queue(10, 1'000'000);
        const TimePoint start = Clock::now() + std::chrono::hours(2); // it is full by then in any case
        int admitted = 0;
        for (int i = 0; i < 1000; ++i)
            admitted += queue.admitTurnedAway(start) ? 1 : 0;
        QCOMPARE(admitted, 100);
        QCOMPARE(queue.leftOut(), 900);
        for (int second = 1; second <= 600; ++second)
            admitted += queue.admitTurnedAway(start + std::chrono::seconds(second)) ? 1 : 0;
        QCOMPARE(admitted, 110);
        QCOMPARE(queue.leftOut(), 1490);
    }

    void manyWorkersLoseNothing()
    {
        constexpr int kWorkers = 4;
        constexpr int kEach = 5000;
        HistoryQueue queue(kWorkers * kEach, 1'000'000'000);
        std::atomic<int> running = kWorkers;
        std::vector<std::jthread> workers;
        for (int i = 0; i < kWorkers; ++i) {
            workers.emplace_back([&] {
                for (int n = 0; n < kEach; ++n)
                    queue.add({.id = QByteArray::number(n)});
                --running;
            });
        }
        size_t taken = 0;
        while (running > 0)
            taken += queue.takeAll().size();
        workers.clear();
        taken += queue.takeAll().size();
        QCOMPARE(taken, size_t(kWorkers * kEach));
        QCOMPARE(queue.dropped(), 0);
    }
};

QTEST_APPLESS_MAIN(HistoryQueueTest)
#include "tst_history_queue_threads.moc"
