// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "tests/unit/config/config_reading.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// The user's own prices.
class PricesSectionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsPrices()
    {
        const ConfigReading reading =
            readText(kMinimum + "prices:\n  openai:\n    GPT-4o: {input: 2.5, output: 10}\n    \"o-*\": {input: 1, "
                                "cached_input: 0.1, cache_write: 2, cache_write_1h: 3, output: 4, reasoning: 5}\n");
        QCOMPARE(textOf(reading.problems), "");
        const ModelPrices &prices = reading.config->prices.at("openai");
        QCOMPARE(prices.size(), size_t{2});
        QCOMPARE(prices.at("gpt-4o"), (TokenPrices{.input = 2.5, .output = 10}));
        QCOMPARE(
            prices.at("o-*"),
            (TokenPrices{
                .input = 1, .cachedInput = 0.1, .cacheWrite = 2, .cacheWriteHour = 3, .output = 4, .reasoning = 5}));
    }

    void aVariableMaySetAPrice()
    {
        const QByteArray text = kMinimum + "prices: {openai: {gpt-4o: {input: 2.5, output: 10}}}\n";
        const ConfigReading reading = readText(text, {{"PRICES_OPENAI_GPT_4O_INPUT", "3"}});
        QCOMPARE(textOf(reading.problems), "");
        QCOMPARE(reading.config->prices.at("openai").at("gpt-4o").input, 3.0);
    }

    void reports_data()
    {
        QTest::addColumn<QByteArray>("prices");
        QTest::addColumn<QByteArray>("problem");
        const auto row = [](const char *name, const char *prices, const char *problem) {
            QTest::newRow(name) << QByteArray(prices) << QByteArray(problem);
        };
        row("a provider that is not there", "{opnai: {m: {input: 1, output: 2}}}",
            "c.yaml:3:10: prices.opnai: there is no provider `opnai`; did you mean `openai`?");
        row("no input", "{openai: {m: {output: 2}}}",
            "c.yaml:3:19: prices.openai.m: the price `input` is missing; write 0 if there is nothing to pay for");
        row("no output", "{openai: {m: {input: 2}}}",
            "c.yaml:3:19: prices.openai.m: the price `output` is missing; write 0 if there is nothing to pay for");
        row("below zero", "{openai: {m: {input: -1, output: 2}}}",
            "c.yaml:3:30: prices.openai.m.input: expected a number from 0 to 1000000, found `-1`");
        row("a star in the middle", "{openai: {'a*b': {input: 1, output: 2}}}",
            "c.yaml:3:19: prices.openai.a*b: `*` may only stand at the end of a model's name");
        row("a single number", "{openai: {m: 2}}",
            "c.yaml:3:19: prices.openai.m: expected a map (`key: value` lines), found a single value");
        row("the model is missing", "{openai: {input: 1, output: 2}}",
            "c.yaml:3:19: prices.openai.input: expected a map (`key: value` lines), found a single value");
    }
    void reports()
    {
        QFETCH(QByteArray, prices);
        QFETCH(QByteArray, problem);
        const ConfigReading reading = readText(kMinimum + "prices: " + prices + "\n");
        QVERIFY(!reading.config);
        QVERIFY2(textOf(reading.problems).startsWith(problem), textOf(reading.problems).constData());
    }

    // It is left out with a warning all the same, as nothing uses it.
    void aPriceIsNoUseOfAProvider()
    {
        const ConfigReading reading = readText("providers: {openai: {api_key: k}, two: {type: azure}}\n"
                                               "routing: {routes: [{name: r, targets: [{provider: openai}]}]}\n"
                                               "prices: {two: {m: {input: 1, output: 2}}}\n");
        QVERIFY2(reading.config, textOf(reading.problems).constData());
        QVERIFY2(textOf(reading.problems).contains("the provider is left out"), textOf(reading.problems).constData());
    }
};

QTEST_GUILESS_MAIN(PricesSectionTest)
#include "tst_prices_section.moc"
