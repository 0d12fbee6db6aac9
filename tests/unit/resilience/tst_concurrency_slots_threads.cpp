// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/event.h"
#include "gateway/async/task_runner.h"
#include "gateway/resilience/concurrency_slots.h"
#include "tests/unit/async/run_task.h"

#include <QEventLoop>
#include <QTest>

#include <atomic>
#include <deque>
#include <thread>

namespace lunargate {

/// Workers with event loops of their own that want slots, are cancelled, give slots back, while limits change.
class ConcurrencySlotsThreadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void losesNoSlotBetweenThreads();
    void takesASlotThatComesBackWhileItJoinsTheQueue();
};

namespace {

Config limited(int limit, milliseconds queueTimeout)
{
    Config config;
    ProviderConfig provider;
    provider.id = "p";
    provider.concurrency = {.limit = limit, .queueSize = 1000, .queueTimeout = queueTimeout};
    config.providers.push_back(provider);
    return config;
}

struct Counts
{
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    std::atomic<int> served = 0;
};

Task<> work(ConcurrencySlots &slots, Counts &counts, int rounds)
{
    for (int i = 0; i < rounds; ++i) {
        Result<ConcurrencySlots::Slot> slot = co_await slots.acquire("p");
        if (!slot)
            continue;
        const int inside = counts.inside.fetch_add(1) + 1;
        int most = counts.most.load();
        while (most < inside && !counts.most.compare_exchange_weak(most, inside)) {
        }
        co_await SleepUntil(Clock::now() + std::chrono::microseconds(i % 3 * 50));
        counts.inside.fetch_sub(1);
        counts.served.fetch_add(1);
    }
}

// Waits for ever, until it is cancelled in the queue or with a slot that has not reached it.
Task<> hold(ConcurrencySlots &slots)
{
    Result<ConcurrencySlots::Slot> slot = co_await slots.acquire("p");
    Event never;
    if (slot)
        co_await never.wait(Clock::now() + std::chrono::microseconds(100));
}

void runWorker(ConcurrencySlots &slots, Counts &counts, int rounds)
{
    QEventLoop loop;
    std::deque<TaskRunner> workers;
    int left = 3;
    for (int i = 0; i < 3; ++i) {
        workers.emplace_back().start(work(slots, counts, rounds), [&](std::exception_ptr) {
            if (--left == 0)
                loop.quit();
        });
    }
    std::deque<TaskRunner> cancelled;
    for (int i = 0; i < rounds && left > 0; ++i) {
        cancelled.emplace_back().start(hold(slots), nullptr);
        loop.processEvents();
        if (i % 2 == 0)
            cancelled.pop_front();
    }
    cancelled.clear();
    if (left > 0)
        loop.exec();
}

} // namespace

void ConcurrencySlotsThreadsTest::losesNoSlotBetweenThreads()
{
    constexpr int kThreads = 4;
    constexpr int kRounds = 100;
    constexpr int kLimit = 3;
    ConcurrencySlots slots(limited(kLimit, 1min));
    Counts counts;
    std::atomic<bool> isOver = false;
    std::jthread reloader([&] {
        for (int i = 0; !isOver; ++i) {
            slots.configure(limited(1 + i % kLimit, 1min));
            slots.views();
            std::this_thread::sleep_for(1ms);
        }
    });
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < kThreads; ++i)
            threads.emplace_back([&] { runWorker(slots, counts, kRounds); });
    }
    isOver = true;
    reloader.join();
    QCOMPARE(counts.served, kThreads * 3 * kRounds);
    QVERIFY(counts.most <= kLimit);
    slots.configure(limited(kLimit, 1min));
    QCOMPARE(slots.views().front().running, 0);
    QCOMPARE(slots.views().front().waiting, 0);
}

// Between the look for a free slot and the queue there is a moment in which nobody would wake the waiter.
void ConcurrencySlotsThreadsTest::takesASlotThatComesBackWhileItJoinsTheQueue()
{
    ConcurrencySlots slots(limited(1, 1min));
    for (int round = 0; round < 500; ++round) {
        std::optional<Result<ConcurrencySlots::Slot>> held = test::runTask(slots.acquire("p"));
        QVERIFY(held && *held);
        std::atomic<bool> isReady = false;
        std::atomic<bool> isGo = false;
        const std::jthread holder([&held, &isReady, &isGo, round] {
            isReady = true;
            while (!isGo) {
            }
            for (std::atomic<int> delay = round % 300; delay > 0; --delay) {
            }
            (*held)->release();
        });
        while (!isReady)
            std::this_thread::yield();
        isGo = true;
        const std::optional<Result<ConcurrencySlots::Slot>> next = test::runTask(slots.acquire("p"));
        QVERIFY(next && *next);
    }
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ConcurrencySlotsThreadsTest)
#include "tst_concurrency_slots_threads.moc"
