// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/single_flight.h"
#include "tests/unit/cache/cached_answers.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace std::chrono_literals;

namespace lunargate {

/// Requests of several workers, each with an event loop of its own.
class SingleFlightThreadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void oneThreadAsksForAll()
    {
        for (int round = 0; round < 100; ++round) {
            SingleFlight flights;
            std::atomic<int> leaders = 0;
            std::atomic<int> answers = 0;
            std::atomic<bool> isOver = false;
            {
                std::vector<std::jthread> threads;
                for (int i = 0; i < 4; ++i) {
                    threads.emplace_back([&] {
                        std::optional<SingleFlight::Turn> turn = test::runTask(flights.join(test::keyOf("k"), kNever));
                        if (turn->lead) {
                            ++leaders;
                            // Whoever comes later is a leader of its own: the answer waits until all are here.
                            while (flights.followers() + leaders + answers < 4 && !isOver)
                                std::this_thread::yield();
                            turn->lead->succeed(test::answerOf("A"));
                            isOver = true;
                        } else if (turn->answer && turn->answer->body == "A") {
                            ++answers;
                        }
                    });
                }
            }
            QCOMPARE(leaders + answers, 4);
            QVERIFY(leaders >= 1);
        }
    }

    // Leaders that succeed, fail and leave, and followers that leave, all at once: nobody waits for ever, and nobody
    // leads beside another one.
    void surviveEveryOrder()
    {
        constexpr int kThreads = 4;
        constexpr int kRounds = 300;
        SingleFlight flights;
        std::atomic<int> leading = 0;
        std::atomic<int> alone = 0;
        std::atomic<bool> isShared = false;
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < kThreads; ++thread) {
                threads.emplace_back([&, thread] {
                    for (int round = 0; round < kRounds; ++round) {
                        const int what = (round + thread) % 5;
                        if (what == 4) { // leaves while it waits, or while it leads
                            TaskRunner runner;
                            runner.start(drop(flights.join(test::keyOf("k"), kNever)), nullptr);
                            continue;
                        }
                        std::optional<SingleFlight::Turn> turn = test::runTask(flights.join(test::keyOf("k"), kNever));
                        if (!turn)
                            qFatal("waited for ever");
                        if (!turn->lead) {
                            alone += turn->answer ? 0 : 1;
                            continue;
                        }
                        if (leading.fetch_add(1) != 0)
                            isShared = true;
                        leading.fetch_sub(1);
                        if (what == 0)
                            turn->lead->fail();
                        else if (what == 1)
                            turn->lead.reset();
                        else
                            turn->lead->succeed(test::answerOf("A"));
                    }
                });
            }
        }
        QVERIFY(!isShared);
        QCOMPARE(flights.followers(), 0);
        const std::optional<SingleFlight::Turn> turn = test::runTask(flights.join(test::keyOf("k"), kNever));
        QVERIFY(turn && turn->lead);
    }

private:
    static Task<> drop(Task<SingleFlight::Turn> task) { co_await std::move(task); }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::SingleFlightThreadsTest)
#include "tst_single_flight_threads.moc"
