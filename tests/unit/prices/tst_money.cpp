// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/prices/money.h"

#include <QTest>

#include <limits>

using namespace lunargate;

/// Amounts of dollars that are exact.
class MoneyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void isWrittenInDollars_data()
    {
        QTest::addColumn<double>("dollars");
        QTest::addColumn<QByteArray>("text");
        const auto row = [](double dollars, const char *text) { QTest::newRow(text) << dollars << QByteArray(text); };
        row(0.0, "0");
        row(1.0, "1");
        row(10.0, "10");
        row(1.5, "1.5");
        row(0.1, "0.1");
        row(0.0000125, "0.0000125");
        row(1e-12, "0.000000000001");
        row(1234567.000000000001, "1234567");
    }
    void isWrittenInDollars()
    {
        QFETCH(double, dollars);
        QTEST(Money::fromDollars(dollars).toText(), "text");
    }

    void roundsToTheNearest()
    {
        QCOMPARE(Money::fromDollars(1.4e-12).toText(), "0.000000000001");
        QCOMPARE(Money::fromDollars(1.6e-12).toText(), "0.000000000002");
    }

    void strangeNumbersStayAmounts()
    {
        QCOMPARE(Money::fromDollars(-1), Money());
        QCOMPARE(Money::fromDollars(std::numeric_limits<double>::quiet_NaN()), Money());
        const Money most = Money::fromDollars(std::numeric_limits<double>::infinity());
        QCOMPARE(most.toText(), "9223372.036854775807");
        QCOMPARE(most + most, most);
        QCOMPARE(most * 2, most);
        QCOMPARE(most * 0, Money());
    }

    // 0.1 + 0.2 is 0.3 here, and a thousand tenths are a hundred.
    void sumsAreExact()
    {
        QCOMPARE(Money::fromDollars(0.1) + Money::fromDollars(0.2), Money::fromDollars(0.3));
        Money sum;
        for (int i = 0; i < 1000; ++i)
            sum += Money::fromDollars(0.1);
        QCOMPARE(sum.toText(), "100");
    }

    void pricesOfTokensAreWholeNumbers()
    {
        QCOMPARE(Money::perToken(0.075) * 1'000'000, Money::fromDollars(0.075));
        QCOMPARE((Money::perToken(0.15) * 7).toText(), "0.00000105");
        QCOMPARE((Money::perToken(0.000001) * 1).toText(), "0.000000000001");
        QCOMPARE((Money::perToken(1'000'000) * 9).toText(), "9");
    }
};

QTEST_GUILESS_MAIN(MoneyTest)
#include "tst_money.moc"
