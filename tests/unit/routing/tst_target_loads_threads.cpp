// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/target_loads.h"

#include <QTest>

#include <atomic>
#include <thread>
#include <vector>

using namespace lunargate;

/// Workers that call targets, choose among them and load configurations, all at once.
class TestTargetLoadsThreads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void countsAddUpAcrossThreads()
    {
        constexpr int kThreads = 4;
        constexpr int kCalls = 2'000;
        TargetLoads loads;
        const std::shared_ptr<TargetLoad> load = loads.of("openai", "gpt-4o");
        std::atomic<bool> isWrong = false;
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < kThreads; ++thread) {
                threads.emplace_back([&load, &isWrong, thread] {
                    for (int i = 0; i < kCalls; ++i) {
                        TargetCall call(load);
                        if (i % 3 == thread % 3)
                            call.failed();
                        else if (i % 7 != 0)
                            call.answered();
                        const int pending = load->pending();
                        const std::optional<double> latency = load->latency();
                        if (pending < 1 || pending > kThreads || (latency && *latency < 0))
                            isWrong = true;
                        const TargetCall moved = std::move(call);
                    }
                });
            }
        }
        QVERIFY(!isWrong);
        QCOMPARE(load->pending(), 0);
        QVERIFY(load->latency());
    }

    void namesComeAndGoWhileCallsRun()
    {
        TargetLoads loads;
        const std::shared_ptr<TargetLoad> kept = loads.of("openai", "kept");
        std::atomic<bool> isWrong = false;
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 4; ++thread) {
                threads.emplace_back([&] {
                    for (int i = 0; i < 500; ++i) {
                        const TargetCall call(loads.of("openai", QByteArray::number(i % 5)));
                        if (loads.of("openai", "kept") != kept || loads.size() < 1)
                            isWrong = true;
                    }
                });
            }
        }
        QVERIFY(!isWrong);
        QCOMPARE(loads.size(), std::size_t{1});
    }
};

QTEST_APPLESS_MAIN(TestTargetLoadsThreads)
#include "tst_target_loads_threads.moc"
