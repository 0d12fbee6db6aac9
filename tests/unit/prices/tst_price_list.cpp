// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/prices/price_list.h"

#include <QTest>

using namespace lunargate;

/// Which of a provider's prices a model has.
class PriceListTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void finds_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<int>("price"); // of input; 0: none
        const auto row = [](const char *model, int price) { QTest::newRow(model) << QByteArray(model) << price; };
        row("gpt-4o", 1);
        row("GPT-4o", 1);
        row("gpt-4o-2024-08-06", 2);
        row("gpt-4o-2024-05-13", 3);
        row("gpt-4o-mini", 4);
        row("gpt-4o-mini-2024-07-18", 4);
        row("gpt-4", 5);
        row("gpt-", 5);
        row("gpt", 0);
        row("my-gpt-4o", 0);
        row("", 0);
    }
    void finds()
    {
        const auto price = [](double input) { return TokenPrices{.input = input, .output = 9}; };
        const PriceList list({{"gpt-4o", price(1)},
                              {"gpt-4o-*", price(2)},
                              {"gpt-4o-2024-05-13", price(3)},
                              {"gpt-4o-mini*", price(4)},
                              {"gpt-*", price(5)}});
        QFETCH(QByteArray, model);
        const TokenRates *rates = list.find(model);
        QTEST(rates ? static_cast<int>((rates->input * 1'000'000).dollars()) : 0, "price");
    }

    void aStarAloneIsEveryModel()
    {
        const PriceList list({{"*", {.input = 1, .output = 1}}});
        QVERIFY(list.find("anything"));
        QVERIFY(list.find(""));
    }

    void anEmptyListHasNone() { QVERIFY(!PriceList().find("gpt-4o")); }
};

QTEST_GUILESS_MAIN(PriceListTest)
#include "tst_price_list.moc"
