// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/prices/price_book.h"

#include "gateway/config/config_reader.h"

#include <QTest>

using namespace lunargate;

namespace {

/// What the gateway believes `model` costs at the first provider, `p`, of a configuration with these keys.
struct Found
{
    QByteArray source;
    double input = -1;
};

Found find(const QByteArray &provider, const QByteArray &model, const QByteArray &prices = {})
{
    const QByteArray text = "providers: {p: {api_key: k, " + provider +
                            "}}\nrouting: {routes: [{targets: [{provider: p}]}]}\nprices: {" + prices + "}\n";
    const ConfigReading reading = readConfigText(text, "c.yaml", Environment(std::map<QByteArray, QByteArray>{}));
    if (!reading.config)
        return {.source = reading.problems.front().toText()};
    const PriceBook book(*reading.config);
    const Price price = book.find("p", model);
    return {.source = nameOf(price.source), .input = price.rates ? (price.rates->input * 1'000'000).dollars() : -1};
}

} // namespace

/// Who asks for which price.
class PriceBookTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void onlyTheServiceItselfAsksForItsPrices_data()
    {
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<QByteArray>("source");
        const auto row = [](const char *name, const char *provider, const char *model, const char *source) {
            QTest::newRow(name) << QByteArray(provider) << QByteArray(model) << QByteArray(source);
        };
        row("the service", "type: openai", "gpt-4o", "table");
        row("in another region", "type: openai, base_url: 'https://eu.api.openai.com/v1'", "gpt-4o", "table");
        row("another service that speaks like it", "type: openai, base_url: 'https://api.other.test/v1'", "gpt-4o",
            "unknown");
        row("a server on this machine that speaks like it", "type: openai, base_url: 'http://localhost:9/v1'", "gpt-4o",
            "unknown");
        row("a name that ends alike", "type: openai, base_url: 'https://notapi.openai.com.test/v1'", "gpt-4o",
            "unknown");
        row("another type", "type: groq", "gpt-4o", "unknown");
        row("another model", "type: openai", "gpt-99", "unknown");
        row("a service without prices", "type: mistral", "mistral-small-latest", "unknown");
        row("Azure, where names are the user's", "type: azure, base_url: 'https://r.openai.azure.com/openai/v1'",
            "gpt-4o", "unknown");
        row("dated snapshot", "type: openai", "gpt-4o-2024-08-06", "table");
        row("another kind of model", "type: openai", "gpt-4o-audio-preview", "unknown");
        row("simulator", "type: simulator", "anything", "table");
        row("Ollama", "type: ollama", "anything", "table");
        row("Ollama by number", "type: ollama, base_url: 'http://127.0.0.1:11434'", "m", "table");
        row("Ollama by number, IPv6", "type: ollama, base_url: 'http://[::1]:11434'", "m", "table");
        row("Ollama on another machine", "type: ollama, base_url: 'http://192.168.1.20:11434'", "m", "table");
        row("Ollama in a container", "type: ollama, base_url: 'http://ollama:11434'", "m", "table");
        row("Ollama beside a container", "type: ollama, base_url: 'http://host.docker.internal:11434'", "m", "table");
        row("Ollama on a public address", "type: ollama, base_url: 'http://8.8.8.8:11434'", "m", "unknown");
        row("Ollama's cloud", "type: ollama, base_url: 'https://ollama.com'", "m", "unknown");
    }
    void onlyTheServiceItselfAsksForItsPrices()
    {
        QFETCH(QByteArray, provider);
        QFETCH(QByteArray, model);
        QTEST(find(provider, model).source, "source");
    }

    void theUsersPricesWin()
    {
        const QByteArray prices = "p: {'gpt-*': {input: 7, output: 8}}";
        QCOMPARE(find("type: openai", "gpt-4o", prices).input, 7.0); // even where the table knows the whole name
        QCOMPARE(find("type: openai", "gpt-4o", prices).source, "override");
        QCOMPARE(find("type: openai", "o3", prices).source, "table");
        QCOMPARE(find("type: openai, base_url: 'https://api.other.test/v1'", "gpt-4o", prices).source, "override");
    }

    void anUnknownProviderHasNoPrices()
    {
        const PriceBook book{Config()};
        QVERIFY(!book.find("p", "gpt-4o").rates);
    }
};

QTEST_GUILESS_MAIN(PriceBookTest)
#include "tst_price_book.moc"
