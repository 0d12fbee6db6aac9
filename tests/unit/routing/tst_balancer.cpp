// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/balancer.h"
#include "gateway/routing/random_source.h"

#include <QList>
#include <QTest>

#include <random>
#include <thread>

using namespace lunargate;

class TestBalancer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void picksByWeight_data()
    {
        QTest::addColumn<QList<int>>("weights");
        QTest::addColumn<double>("random");
        QTest::addColumn<int>("index");
        QTest::newRow("start of the first") << QList{70, 10, 30} << 0.0 << 0;
        QTest::newRow("end of the first") << QList{70, 10, 30} << 69.9 / 110 << 0;
        QTest::newRow("start of the second") << QList{70, 10, 30} << 70.1 / 110 << 1;
        QTest::newRow("start of the third") << QList{70, 10, 30} << 80.1 / 110 << 2;
        QTest::newRow("end of the third") << QList{70, 10, 30} << 0.999999999 << 2;
        QTest::newRow("zero counts as one") << QList{0, 1} << 0.49 << 0;
        QTest::newRow("zero counts as one, other half") << QList{0, 1} << 0.51 << 1;
        QTest::newRow("negative counts as one") << QList{-50, 1} << 0.49 << 0;
        QTest::newRow("beyond the range") << QList{1, 1} << 1.0 << 1;
        QTest::newRow("sum beyond int") << QList{2'000'000'000, 2'000'000'000} << 0.75 << 1;
    }

    void picksByWeight()
    {
        QFETCH(QList<int>, weights);
        QFETCH(double, random);
        QFETCH(int, index);
        QCOMPARE(pickWeighted(weights, random), static_cast<std::size_t>(index));
    }

    void spreadsAsTheWeightsSay()
    {
        constexpr int kDraws = 110'000;
        std::mt19937_64 generator(1);
        std::uniform_real_distribution<double> uniform;
        const std::vector<int> weights = {70, 10, 30};
        std::vector<int> counts(3);
        for (int draw = 0; draw < kDraws; ++draw)
            ++counts[pickWeighted(weights, uniform(generator))];
        for (std::size_t index = 0; index < weights.size(); ++index)
            QCOMPARE_LT(std::abs(counts[index] - weights[index] * 1000), 600);
    }

    void picksUniformly()
    {
        QCOMPARE(pickUniform(3, 0.0), std::size_t{0});
        QCOMPARE(pickUniform(3, 0.34), std::size_t{1});
        QCOMPARE(pickUniform(3, 0.67), std::size_t{2});
        QCOMPARE(pickUniform(3, 1.0), std::size_t{2});
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
