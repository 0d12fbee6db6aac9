// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/round_robin_state.h"

#include <QTest>

#include <algorithm>
#include <thread>
#include <vector>

using namespace lunargate;

class TestRoundRobinState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void countsEachKeyForItself()
    {
        RoundRobinState state;
        QCOMPARE(state.next("a"), quint64{0});
        QCOMPARE(state.next("b"), quint64{0});
        QCOMPARE(state.next("a"), quint64{1});
        QCOMPARE(state.next("a"), quint64{2});
        QCOMPARE(state.next("b"), quint64{1});
    }

    void showsTheNextTurnWithoutTakingIt()
    {
        RoundRobinState state;
        QCOMPARE(state.peek("a"), quint64{0});
        QCOMPARE(state.next("a"), quint64{0});
        QCOMPARE(state.peek("a"), quint64{1});
        QCOMPARE(state.peek("a"), quint64{1});
        QCOMPARE(state.next("a"), quint64{1});
    }

    void givesNoTurnTwiceAndSkipsNoneAcrossThreads()
    {
        constexpr std::size_t kThreads = 4;
        constexpr int kTurnsEach = 2'000;
        const std::vector<QByteArray> keys = {"a", "b", "c"};
        RoundRobinState state;
        std::vector<std::vector<std::vector<quint64>>> turns(kThreads, std::vector<std::vector<quint64>>(keys.size()));
        {
            std::vector<std::jthread> threads;
            for (auto &own : turns) {
                threads.emplace_back([&state, &keys, &own] {
                    for (int turn = 0; turn < kTurnsEach; ++turn) {
                        for (std::size_t key = 0; key < keys.size(); ++key)
                            own[key].push_back(state.next(keys[key]));
                    }
                });
            }
        }
        for (std::size_t key = 0; key < keys.size(); ++key) {
            std::vector<quint64> all;
            for (const auto &own : turns)
                all.insert(all.end(), own[key].begin(), own[key].end());
            std::ranges::sort(all);
            QCOMPARE(all.size(), kThreads * kTurnsEach);
            for (std::size_t turn = 0; turn < all.size(); ++turn)
                QCOMPARE(all[turn], turn);
        }
    }
};

QTEST_APPLESS_MAIN(TestRoundRobinState)
#include "tst_round_robin_state.moc"
