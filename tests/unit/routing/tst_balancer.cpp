// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/balancer.h"
#include "gateway/routing/random_source.h"

#include <QList>
#include <QTest>

#include <random>
#include <thread>

using namespace lunargate;

namespace {

using Numbers = QList<double>;
using Targets = QList<TargetStanding>;

constexpr std::optional<double> kUnknown = std::nullopt;

Numbers numbers(const Shares &shares)
{
    return Numbers(shares.begin(), shares.end());
}

} // namespace

Q_DECLARE_METATYPE(TargetStanding)

class TestBalancer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void picksByShare_data()
    {
        QTest::addColumn<Numbers>("shares");
        QTest::addColumn<double>("random");
        QTest::addColumn<int>("index");
        QTest::newRow("start of the first") << Numbers{70, 10, 30} << 0.0 << 0;
        QTest::newRow("end of the first") << Numbers{70, 10, 30} << 69.9 / 110 << 0;
        QTest::newRow("start of the second") << Numbers{70, 10, 30} << 70.1 / 110 << 1;
        QTest::newRow("start of the third") << Numbers{70, 10, 30} << 80.1 / 110 << 2;
        QTest::newRow("end of the third") << Numbers{70, 10, 30} << 0.999999999 << 2;
        QTest::newRow("nothing for the first") << Numbers{0, 1} << 0.0 << 1;
        QTest::newRow("nothing for the last") << Numbers{1, 0} << 1.0 << 0;
        QTest::newRow("nothing for the middle") << Numbers{1, 0, 1} << 0.5 << 2;
        QTest::newRow("beyond the range") << Numbers{1, 1} << 1.0 << 1;
        QTest::newRow("sum beyond int") << Numbers{2e9, 2e9} << 0.75 << 1;
    }

    void picksByShare()
    {
        QFETCH(Numbers, shares);
        QFETCH(double, random);
        QFETCH(int, index);
        QCOMPARE(pickByShare(shares, random), static_cast<std::size_t>(index));
    }

    void sharesAsTheStrategySays_data()
    {
        QTest::addColumn<Strategy>("strategy");
        QTest::addColumn<Targets>("targets");
        QTest::addColumn<Numbers>("shares");
        using enum Strategy;
        // weight, pending, latency
        const Targets three = {{70, 5, 100}, {10, 0, 900}, {30, 9, 20}};
        QTest::newRow("weighted") << Weighted << three << Numbers{70, 10, 30};
        QTest::newRow("random") << Random << three << Numbers{1, 1, 1};
        QTest::newRow("round-robin in the long run") << RoundRobin << three << Numbers{1, 1, 1};

        QTest::newRow("the idle one") << LeastPending << Targets{{1, 2, {}}, {1, 0, {}}, {1, 1, {}}}
                                      << Numbers{0, 1, 0};
        QTest::newRow("those with the fewest")
            << LeastPending << Targets{{1, 2, {}}, {1, 1, {}}, {1, 1, {}}} << Numbers{0, 1, 1};
        QTest::newRow("all idle: by weight")
            << LeastPending << Targets{{70, 0, {}}, {10, 0, {}}, {30, 0, {}}} << Numbers{70, 10, 30};
        QTest::newRow("fewer for its weight") << LeastPending << Targets{{4, 3, {}}, {1, 1, {}}} << Numbers{4, 0};
        QTest::newRow("as many for their weights")
            << LeastPending << Targets{{30, 3, {}}, {10, 1, {}}, {7, 1, {}}} << Numbers{30, 10, 0};

        QTest::newRow("the fastest") << Latency << Targets{{1, 0, 300}, {1, 0, 200}, {1, 0, 250}} << Numbers{0, 1, 0};
        QTest::newRow("the fastest, though busy") << Latency << Targets{{1, 0, 300}, {1, 1, 100}} << Numbers{0, 1};
        QTest::newRow("too busy for its speed") << Latency << Targets{{1, 0, 300}, {1, 3, 100}} << Numbers{1, 0};
        QTest::newRow("equally good") << Latency << Targets{{1, 0, 200}, {9, 1, 100}} << Numbers{1, 1};
        QTest::newRow("weights do not count") << Latency << Targets{{99, 0, 201}, {1, 0, 200}} << Numbers{0, 1};
        QTest::newRow("the unknown one first") << Latency << Targets{{1, 0, 5}, {1, 0, kUnknown}} << Numbers{0, 1};
        QTest::newRow("unknown ones first")
            << Latency << Targets{{1, 0, kUnknown}, {1, 0, 5}, {1, 0, kUnknown}} << Numbers{1, 0, 1};
        QTest::newRow("one call is enough to know one")
            << Latency << Targets{{1, 50, 60'000}, {1, 1, kUnknown}} << Numbers{1, 0};
        QTest::newRow("unknown and busy, all")
            << Latency << Targets{{1, 2, kUnknown}, {1, 1, kUnknown}} << Numbers{0, 1};
        QTest::newRow("nobody") << LeastPending << Targets{} << Numbers{};
    }

    void sharesAsTheStrategySays()
    {
        QFETCH(Strategy, strategy);
        QFETCH(Targets, targets);
        QTEST(numbers(sharesOf(strategy, targets)), "shares");
    }

    void spreadsAsTheWeightsSay()
    {
        constexpr int kDraws = 110'000;
        std::mt19937_64 generator(1);
        std::uniform_real_distribution<double> uniform;
        const Targets targets = {{70, 0, {}}, {10, 0, {}}, {30, 0, {}}};
        std::vector<int> counts(3);
        for (int draw = 0; draw < kDraws; ++draw)
            ++counts[pickByShare(sharesOf(Strategy::Weighted, targets), uniform(generator))];
        for (std::size_t index = 0; index < counts.size(); ++index)
            QCOMPARE_LT(std::abs(counts[index] - targets[static_cast<qsizetype>(index)].weight * 1000), 600);
    }

    void defaultRandomIsInRangeAndDiffersBetweenThreads()
    {
        for (int draw = 0; draw < 10'000; ++draw) {
            const double number = threadLocalRandom();
            QVERIFY(number >= 0 && number < 1);
        }
        double elsewhere = 0;
        std::thread([&] { elsewhere = threadLocalRandom(); }).join();
        double here = 0;
        std::thread([&] { here = threadLocalRandom(); }).join();
        QVERIFY(here != elsewhere);
    }
};

QTEST_APPLESS_MAIN(TestBalancer)
#include "tst_balancer.moc"
