// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/memory_cache_store.h"
#include "tests/unit/cache/cached_answers.h"

#include <QTest>

#include <thread>

using namespace std::chrono_literals;

namespace lunargate {

/// The store between workers. Plain threads: their beginning and end is what the sanitizer understands best.
class MemoryCacheStoreThreadsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void staysWholeUnderAllUses()
    {
        constexpr int kThreads = 4;
        constexpr int kRounds = 3000;
        constexpr qint64 kEntries = 40;
        MemoryCacheStore store({.timeToLive = 1h, .entries = kEntries, .bytes = 1024 * 1024});
        std::atomic<int> wrong = 0;
        std::atomic<int> hits = 0;
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < kThreads; ++thread) {
                threads.emplace_back([&, thread] {
                    for (int round = 0; round < kRounds; ++round) {
                        const QByteArray name = QByteArray::number((round * 7 + thread * 13) % 100);
                        if (round % 3 == 0)
                            store.insert(test::keyOf(name), test::answerOf(name, Clock::now()));
                        const QByteArray body = test::bodyOf(store.find(test::keyOf(name)));
                        if (body == name)
                            ++hits;
                        else if (body != "-")
                            ++wrong;
                        if (round % 1000 == 999)
                            store.clear();
                    }
                });
            }
            threads.emplace_back([&store] {
                for (int round = 0; round < 200; ++round) {
                    store.setLimits({.timeToLive = 1h, .entries = round % 2 == 0 ? 5 : kEntries, .bytes = 1024 * 1024});
                    if (store.contents().entries < 0)
                        qFatal("counted down too far");
                }
            });
        }
        QCOMPARE(wrong.load(), 0);
        QVERIFY(hits.load() > 0);
        store.setLimits({.timeToLive = 1h, .entries = kEntries, .bytes = 1024 * 1024});
        QVERIFY(store.contents().entries <= kEntries);
        store.clear();
        QCOMPARE(store.contents().entries, 0);
        QCOMPARE(store.contents().bytes, 0);
    }

    // A cache that is switched off while answers come in holds nothing afterwards.
    void holdsNothingOnceItIsSwitchedOff()
    {
        for (int round = 0; round < 50; ++round) {
            MemoryCacheStore store({.timeToLive = 1h, .entries = 1000, .bytes = 1024 * 1024});
            {
                std::vector<std::jthread> threads;
                for (int thread = 0; thread < 3; ++thread) {
                    threads.emplace_back([&store, thread] {
                        for (int i = 0; i < 50; ++i)
                            store.insert(test::keyOf(QByteArray::number(thread * 1000 + i)),
                                         test::answerOf("x", Clock::now()));
                    });
                }
                threads.emplace_back(
                    [&store] { store.setLimits({.timeToLive = 1h, .entries = 0, .bytes = 1024 * 1024}); });
            }
            QCOMPARE(store.contents().entries, 0);
        }
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::MemoryCacheStoreThreadsTest)
#include "tst_memory_cache_store_threads.moc"
