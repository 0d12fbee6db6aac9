// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/task_runner.h"
#include "gateway/models/fetched_models.h"

#include <QEventLoop>
#include <QTest>

#include <atomic>
#include <thread>

using namespace std::chrono_literals;

namespace lunargate {

/// The store between workers. Plain threads: their beginning and end is what the sanitizer understands best.
class FetchedModelsThreadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void givesAClaimToOneThreadOnly()
    {
        constexpr int kThreads = 4;
        constexpr int kRounds = 500;
        FetchedModels store;
        std::atomic<int> holders = 0;
        std::atomic<int> claims = 0;
        std::atomic<bool> isShared = false;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < kThreads; ++i) {
                threads.emplace_back([&] {
                    for (int round = 0; round < kRounds; ++round) {
                        // A list that lives for no time is always due.
                        std::optional claim = store.claim("p", 0ms);
                        if (!claim)
                            continue;
                        if (holders.fetch_add(1) != 0)
                            isShared = true;
                        claims.fetch_add(1);
                        holders.fetch_sub(1);
                        if (round % 3 == 0)
                            claim->fail();
                        else
                            claim->succeed({{.id = QByteArray::number(round)}});
                    }
                });
            }
        }
        QVERIFY(!isShared);
        QVERIFY(claims > 0);
        QVERIFY(store.claim("p", 0ms));
    }

    void listsStayWholeWhileTheyAreReplaced()
    {
        FetchedModels store;
        std::atomic<bool> isTorn = false;
        {
            const std::jthread writer([&store] {
                for (int size = 0; size < 300; ++size)
                    store.claim("p", 0ms)->succeed(std::vector<ProviderModel>(
                        static_cast<size_t>(size), ProviderModel{.id = QByteArray::number(size)}));
            });
            std::vector<std::jthread> readers;
            for (int i = 0; i < 3; ++i) {
                readers.emplace_back([&] {
                    for (int round = 0; round < 300; ++round) {
                        const ProviderModelLists lists = store.lists();
                        if (lists.empty())
                            continue;
                        for (const ProviderModel &model : *lists.at("p")) {
                            if (model.id.toULongLong() != lists.at("p")->size())
                                isTorn = true;
                        }
                    }
                });
            }
        }
        QVERIFY(!isTorn);
    }

    // Each thread waits in an event loop of its own, as workers do, while another brings the outcome.
    void wakesWaitersOfOtherThreads()
    {
        for (int round = 0; round < 50; ++round) {
            FetchedModels store;
            std::optional claim = store.claim("p", 1min);
            std::atomic<int> woken = 0;
            {
                std::vector<std::jthread> threads;
                for (int i = 0; i < 3; ++i) {
                    threads.emplace_back([&store, &woken] {
                        QEventLoop loop;
                        TaskRunner runner;
                        bool hasEnded = false;
                        runner.start(store.firstOutcome("p", kNever), [&](std::exception_ptr) {
                            hasEnded = true;
                            loop.quit();
                        });
                        if (!hasEnded)
                            loop.exec();
                        woken.fetch_add(1);
                    });
                }
                threads.emplace_back([&claim] { claim->succeed({{.id = "m"}}); });
            }
            QCOMPARE(woken.load(), 3);
        }
    }

    void letsWaitersGoWhileTheOutcomeComes()
    {
        for (int round = 0; round < 100; ++round) {
            FetchedModels store;
            std::optional claim = store.claim("p", 1min);
            std::vector<std::jthread> threads;
            for (int i = 0; i < 3; ++i) {
                threads.emplace_back([&store] {
                    TaskRunner runner;
                    runner.start(store.firstOutcome("p", kNever), nullptr);
                });
            }
            threads.emplace_back([&claim] { claim->fail(); });
        }
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::FetchedModelsThreadsTest)
#include "tst_fetched_models_threads.moc"
