// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/prices/cost.h"

#include "gateway/config/token_prices.h"

#include <QRandomGenerator>
#include <QTest>

using namespace lunargate;

namespace {

constexpr qint64 Usage::*kParts[] = {&Usage::input,          &Usage::cachedInput, &Usage::cacheWrite,
                                     &Usage::cacheWriteHour, &Usage::output,      &Usage::reasoning};

const TokenPrices kAllPrices{
    .input = 3, .cachedInput = 0.3, .cacheWrite = 3.75, .cacheWriteHour = 6, .output = 15, .reasoning = 20};

Usage randomUsage(QRandomGenerator &random)
{
    Usage usage;
    for (const auto part : kParts)
        usage.*part = random.bounded(5'000'000);
    return usage;
}

TokenRates randomRates(QRandomGenerator &random)
{
    const auto price = [&random] { return random.bounded(100'000'000) / 1e6; };
    return TokenRates({.input = price(),
                       .cachedInput = price(),
                       .cacheWrite = price(),
                       .cacheWriteHour = price(),
                       .output = price(),
                       .reasoning = price()});
}

} // namespace

/// What tokens cost together.
class CostTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyPartHasItsPrice_data()
    {
        QTest::addColumn<Usage>("usage");
        QTest::addColumn<QByteArray>("dollars");
        constexpr qint64 kMillion = 1'000'000;
        QTest::newRow("nothing") << Usage{} << QByteArray("0");
        QTest::newRow("input") << Usage{.input = kMillion} << QByteArray("3");
        QTest::newRow("cached input") << Usage{.cachedInput = kMillion} << QByteArray("0.3");
        QTest::newRow("cache write") << Usage{.cacheWrite = kMillion} << QByteArray("3.75");
        QTest::newRow("cache write for an hour") << Usage{.cacheWriteHour = kMillion} << QByteArray("6");
        QTest::newRow("output") << Usage{.output = kMillion} << QByteArray("15");
        QTest::newRow("reasoning") << Usage{.reasoning = kMillion} << QByteArray("20");
        QTest::newRow("a chat") << Usage{.input = 12, .cachedInput = 100, .output = 40} << QByteArray("0.000666");
    }
    void everyPartHasItsPrice()
    {
        QFETCH(Usage, usage);
        QTEST(costOf(usage, TokenRates(kAllPrices)).toText(), "dollars");
    }

    void whatHasNoPriceOfItsOwnCostsAsTheWiderPart()
    {
        const TokenRates rates({.input = 3, .output = 15});
        QCOMPARE(rates.cachedInput, rates.input);
        QCOMPARE(rates.cacheWrite, rates.input);
        QCOMPARE(rates.cacheWriteHour, rates.input);
        QCOMPARE(rates.reasoning, rates.output);
        const TokenRates writes({.input = 3, .cacheWrite = 4, .output = 15});
        QCOMPARE(writes.cacheWriteHour, Money::perToken(4));
    }

    // Exactly: there is no remainder that depends on how tokens or calls are put together.
    void partsSumToTheTotal()
    {
        QRandomGenerator random(20261128);
        for (int i = 0; i < 1000; ++i) {
            const TokenRates rates = randomRates(random);
            const Usage a = randomUsage(random);
            const Usage b = randomUsage(random);
            Money parts;
            Usage both;
            for (const auto part : kParts) {
                Usage one;
                one.*part = a.*part;
                parts += costOf(one, rates);
                both.*part = a.*part + b.*part;
            }
            QCOMPARE(parts, costOf(a, rates));
            QCOMPARE(costOf(a, rates) + costOf(b, rates), costOf(both, rates));
            qint64 tokens = 0;
            for (const auto part : kParts)
                tokens += a.*part;
            QCOMPARE(tokens, a.totalTokens());
        }
    }

    // Whatever is used, one token more never costs less.
    void isMonotonous()
    {
        QRandomGenerator random(7);
        for (int i = 0; i < 200; ++i) {
            const TokenRates rates = randomRates(random);
            Usage usage = randomUsage(random);
            const Money before = costOf(usage, rates);
            usage.*(kParts[random.bounded(int(std::size(kParts)))]) += 1;
            QVERIFY(costOf(usage, rates) >= before);
        }
    }

    void tellsWhoSaysSo_data()
    {
        QTest::addColumn<std::optional<Usage>>("usage");
        QTest::addColumn<bool>("hasPrice");
        QTest::addColumn<QByteArray>("amount");
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<bool>("isEstimated");
        const auto row = [](const char *name, std::optional<Usage> usage, bool hasPrice, const char *amount,
                            const char *source, bool isEstimated = false) {
            QTest::newRow(name) << usage << hasPrice << QByteArray(amount) << QByteArray(source) << isEstimated;
        };
        row("by price", Usage{.input = 1000}, true, "0.003", "override");
        row("told by the provider", Usage{.input = 1000, .cost = 0.25}, true, "0.25", "provider");
        row("told to be nothing", Usage{.input = 1000, .cost = 0.0}, true, "0", "provider");
        row("told, and no price", Usage{.input = 1000, .cost = 0.25}, false, "0.25", "provider");
        row("estimated tokens", Usage{.input = 1000, .isEstimated = true}, true, "0.003", "override", true);
        row("no price", Usage{.input = 1000}, false, "", "unknown");
        row("no price, estimated tokens", Usage{.input = 1000, .isEstimated = true}, false, "", "unknown");
        row("no usage", std::nullopt, true, "", "unknown");
    }
    void tellsWhoSaysSo()
    {
        QFETCH(std::optional<Usage>, usage);
        QFETCH(bool, hasPrice);
        const TokenRates rates(kAllPrices);
        const Cost cost = costOf(usage, hasPrice ? Price{&rates, CostSource::Override} : Price());
        QTEST(cost.amount ? cost.amount->toText() : QByteArray(), "amount");
        QTEST(QByteArray(nameOf(cost.source)), "source");
        QTEST(cost.isEstimated, "isEstimated");
    }
};

QTEST_GUILESS_MAIN(CostTest)
#include "tst_cost.moc"
