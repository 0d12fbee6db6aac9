// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/history/history_queue.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace lunargate;

class HistoryQueueTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void wakesOnce()
    {
        HistoryQueue queue(10, 1'000'000);
        QVERIFY(queue.add({.id = "1"}));
        QVERIFY(!queue.add({.id = "2"}));
        QCOMPARE(queue.takeAll().size(), 2u);
        QCOMPARE(queue.takeAll().size(), 0u);
        QVERIFY(queue.add({.id = "3"}));
    }

    void isBounded()
    {
        HistoryQueue queue(3, 1'000'000);
        for (int i = 0; i < 5; ++i)
            queue.add({});
        QCOMPARE(queue.size(), 3u);
        QCOMPARE(queue.dropped(), 2);
        HistoryQueue small(100, HistoryRecord().bytes() * 2);
        for (int i = 0; i < 5; ++i)
            small.add({});
        QCOMPARE(small.size(), 2u);
        QCOMPARE(small.dropped(), 3);
        small.takeAll();
        small.add({});
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
