// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/prices/price_table.h"

#include "gateway/config/provider_presets.h"

#include <QDate>
#include <QTest>

using namespace lunargate;

/// The prices that come with the program.
class PriceTableTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void theTableIsSound()
    {
        const PriceTable &table = priceTable();
        QVERIFY2(table.problems.empty(), table.problems.empty() ? "" : table.problems.front().toText().constData());
        QVERIFY(!table.prices.empty());
        for (const auto &[type, models] : table.prices) {
            QVERIFY2(findProviderPreset(type), type.constData());
            QVERIFY2(!models.empty(), type.constData());
            QCOMPARE(table.origins.at(type).size(), models.size());
            for (const auto &[model, price] : models) {
                const PriceOrigin &origin = table.origins.at(type).at(model);
                QVERIFY2(QDate::fromString(QString::fromUtf8(origin.date), Qt::ISODate).isValid(), model.constData());
                QVERIFY2(!origin.source.isEmpty(), model.constData());
                // A cached token that costs more than a fresh one is a slip of the pen.
                QVERIFY2(price.cachedInput.value_or(price.input) <= price.input, model.constData());
            }
        }
    }

    void knownFigures_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QList<double>>("figures"); // input, cached, write, write for an hour, output; -1: none
        const auto row = [](const char *type, const char *model, QList<double> figures) {
            QTest::addRow("%s %s", type, model) << QByteArray(type) << QByteArray(model) << std::move(figures);
        };
        row("openai", "gpt-4o", {2.5, 1.25, -1, -1, 10});
        row("openai", "gpt-4o-mini", {0.15, 0.075, -1, -1, 0.6});
        row("openai", "gpt-4-turbo", {10, -1, -1, -1, 30});
        row("openai", "gpt-4", {30, -1, -1, -1, 60});
        row("openai", "gpt-3.5-turbo", {0.5, -1, -1, -1, 1.5});
        row("openai", "text-embedding-3-small", {0.02, -1, -1, -1, 0});
        row("openai", "text-embedding-3-large", {0.13, -1, -1, -1, 0});
        row("openai", "text-embedding-ada-002", {0.1, -1, -1, -1, 0});
        row("anthropic", "claude-sonnet-5", {3, 0.3, 3.75, 6, 15});
        row("anthropic", "claude-sonnet-4-6", {3, 0.3, 3.75, 6, 15});
        row("anthropic", "claude-3-sonnet-20240229", {3, -1, -1, -1, 15});
        row("ollama", "*", {0, -1, -1, -1, 0});
        row("simulator", "*", {0, -1, -1, -1, 0});
    }
    void knownFigures()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, model);
        const TokenPrices &price = priceTable().prices.at(type).at(model);
        const QList<double> figures{price.input, price.cachedInput.value_or(-1), price.cacheWrite.value_or(-1),
                                    price.cacheWriteHour.value_or(-1), price.output};
        QTEST(figures, "figures");
    }

    void reportsWhatIsMissing_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("problem");
        const auto row = [](const char *name, const char *text, const char *problem) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(problem);
        };
        row("no date", "a: {m: {input: 1, output: 2, source: page}}", "prices.yaml:1:5: a.m: the price has no date");
        row("no source", "a: {m: {input: 1, output: 2, date: 2026-01-31}}", "prices.yaml:1:5: a.m: the price has no");
        row("no output", "a: {m: {input: 1, date: 2026-01-31, source: page}}",
            "prices.yaml:1:5: a.m: the price `output` is missing");
        row("unknown key", "a: {m: {input: 1, output: 2, date: 2026-01-31, source: page, tax: 1}}", "unknown key");
    }
    void reportsWhatIsMissing()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, problem);
        const PriceTable table = readPriceTable(text);
        QCOMPARE(table.problems.size(), size_t{1});
        QVERIFY2(table.problems.front().toText().contains(problem), table.problems.front().toText().constData());
    }
};

QTEST_GUILESS_MAIN(PriceTableTest)
#include "tst_price_table.moc"
