// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/provider_presets.h"

#include "tests/unit/config/config_reading.h"

#include <QFile>
#include <QTest>
#include <QUrl>

#include <set>

using namespace lunargate;
using namespace lunargate::test;

/// resources/providers.yaml, and how it is read.
class ProviderPresetsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void theFileHasNoProblems()
    {
        QFile file(QStringLiteral(LUNARGATE_SOURCE_DIR "/resources/providers.yaml"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const ProviderPresetReading reading = readProviderPresets(file.readAll());
        QCOMPARE(textOf(reading.problems), QByteArray());
        // The program carries the same text.
        QCOMPARE(reading.presets.size(), providerPresets().size());
        std::set<QByteArray> names;
        for (const ProviderPreset &preset : reading.presets)
            QVERIFY2(names.insert(preset.name).second && findProviderPreset(preset.name), preset.name.constData());
    }

    void everyServiceIsThere_data()
    {
        QTest::addColumn<Protocol>("protocol");
        const auto row = [](const char *name, Protocol protocol) { QTest::newRow(name) << protocol; };
        row("openai", Protocol::OpenAi);
        row("anthropic", Protocol::Anthropic);
        row("gemini", Protocol::Gemini);
        row("ollama", Protocol::Ollama);
        row("simulator", Protocol::Simulator);
        for (const char *name : {"gemini-openai", "groq", "together", "openrouter", "abacus", "deepseek", "mistral",
                                 "xai", "fireworks", "cerebras", "perplexity", "azure", "lmstudio", "llamacpp", "vllm"})
            row(name, Protocol::OpenAi);
    }
    void everyServiceIsThere()
    {
        const ProviderPreset *preset = findProviderPreset(QTest::currentDataTag());
        QVERIFY(preset);
        QTEST(preset->defaults.protocol, "protocol");
    }

    void everyEntryCanBeUsed_data()
    {
        QTest::addColumn<QByteArray>("name");
        for (const ProviderPreset &preset : providerPresets())
            QTest::newRow(preset.name.constData()) << preset.name;
    }
    void everyEntryCanBeUsed()
    {
        QFETCH(QByteArray, name);
        const ProviderPreset *preset = findProviderPreset(name);
        QVERIFY(preset);
        QCOMPARE(preset->defaults.type, name);
        QCOMPARE(name, name.toLower());
        const QByteArray address = preset->defaults.baseUrl.isEmpty() ? preset->exampleUrl : preset->defaults.baseUrl;
        if (preset->defaults.protocol != Protocol::Simulator) {
            const QUrl url = QUrl::fromEncoded(address, QUrl::StrictMode);
            QVERIFY2(url.isValid() && !url.host().isEmpty() && !address.endsWith('/'), address.constData());
            QVERIFY(url.scheme() == u"https" || url.host() == u"localhost");
        }
        // Only a service of one's own can do without a key.
        QCOMPARE(preset->needsKey, address.startsWith("https:"));
        for (const KnownModel &model : preset->defaults.knownModels)
            QVERIFY(!model.id.isEmpty());

        const QByteArray text = "providers: {" + name + ": {base_url: '" + address +
                                "'}}\nrouting: {routes: [{targets: [{provider: " + name + "}]}]}";
        const ConfigReading reading = readText(text, {{preset->keyVariable, "k"}});
        QCOMPARE(textOf(reading.problems), QByteArray());
        QVERIFY(reading.config);
        QCOMPARE(reading.config->providers.front().type, name);
        QCOMPARE(reading.config->providers.front().apiKey.reveal(), preset->keyVariable.isEmpty() ? QByteArray() : "k");
    }

    void readsEveryKey()
    {
        const ProviderPresetReading reading = readProviderPresets(R"(
one:
  protocol: openai
  base_url: https://one.example/v1/
  auth: {scheme: header, header: x-key}
  api_key_env: ONE_KEY
  needs_key: false
  example_url: https://two.example
  hosts: [three.example]
  default_model: m
  api_version: v
  headers: {X-A: b}
  query: {q: r}
  quirks: {developer_role: false}
  capabilities: {embeddings: false, models: false}
  models:
    - {id: m, context: 1000}
    - {id: n}
two: {protocol: anthropic, api_key_env: TWO_KEY}
)");
        QCOMPARE(textOf(reading.problems), QByteArray());
        QCOMPARE(reading.presets.size(), 2U);
        const ProviderPreset &one = reading.presets[0];
        QCOMPARE(one.name, "one");
        QCOMPARE(one.keyVariable, "ONE_KEY");
        QVERIFY(!one.needsKey);
        QCOMPARE(one.exampleUrl, "https://two.example");
        QCOMPARE(one.hosts, std::vector<QByteArray>{"three.example"});
        QCOMPARE(one.defaults.type, "one");
        QCOMPARE(one.defaults.baseUrl, "https://one.example/v1");
        QCOMPARE(one.defaults.auth.scheme, KeyScheme::Header);
        QCOMPARE(one.defaults.auth.header, "x-key");
        QCOMPARE(one.defaults.defaultModel, "m");
        QCOMPARE(one.defaults.apiVersion, "v");
        QCOMPARE(one.defaults.headers, (std::map<QByteArray, QByteArray>{{"x-a", "b"}}));
        QCOMPARE(one.defaults.query, (std::map<QByteArray, QByteArray>{{"q", "r"}}));
        QVERIFY(!one.defaults.quirks.developerRole);
        QVERIFY(!one.defaults.capabilities.embeddings);
        QVERIFY(one.defaults.capabilities.responses);
        QVERIFY(!one.defaults.capabilities.models);
        QCOMPARE(one.defaults.knownModels.size(), 2U);
        QCOMPARE(one.defaults.knownModels[0].contextLength, 1000);
        QVERIFY(!one.defaults.knownModels[1].contextLength);
        QCOMPARE(reading.presets[1].defaults.protocol, Protocol::Anthropic);
        QVERIFY(reading.presets[1].needsKey);
    }

    void reportsWhatIsWrong_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *text, const char *expected) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(expected);
        };
        row("unknown key", "a: {protocol: openai, base_uri: https://a}", "unknown key");
        row("unknown protocol", "a: {protocol: smtp}", "expected one of: openai, anthropic, gemini, ollama, simulator");
        row("no protocol", "a: {base_url: https://a}", "no protocol");
        row("address", "a: {protocol: openai, base_url: a}", "expected an absolute http or https address");
        row("model without id", "a: {protocol: openai, models: [{context: 1}]}", "no id");
        row("not YAML", "a: {", "not valid YAML");
    }
    void reportsWhatIsWrong()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        const QByteArray problems = textOf(readProviderPresets(text).problems);
        QVERIFY2(problems.contains(expected), problems.constData());
    }

    void knowsTheVendorsAddresses_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("address");
        QTest::addColumn<bool>("expected");
        const auto row = [](const char *name, const char *type, const char *address, bool expected) {
            QTest::newRow(name) << QByteArray(type) << QByteArray(address) << expected;
        };
        row("its own", "openai", "https://api.openai.com/v1", true);
        row("another path", "openai", "https://api.openai.com/v2", true);
        row("capitals", "openai", "https://API.OpenAI.com/v1", true);
        row("a region", "openai", "https://eu.api.openai.com/v1", true);
        row("somebody else's", "openai", "https://api.deepseek.com", false);
        row("only looks alike", "openai", "https://notapi.openai.com/v1", false);
        row("only begins alike", "openai", "https://api.openai.com.example.com/v1", false);
        row("only mentions it", "openai", "https://example.com/api.openai.com", false);
        row("another host of the vendor's", "together", "https://api.together.ai/v1", true);
        row("an organisation's own", "abacus", "https://acme.abacus.ai/v1", true);
        row("only ends alike", "abacus", "https://notabacus.ai/v1", false);
        row("everybody has an own one", "azure", "https://r.openai.azure.com/openai/v1", true);
    }
    void knowsTheVendorsAddresses()
    {
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, address);
        QTEST(findProviderPreset(type)->isVendorAddress(address), "expected");
    }
};

QTEST_GUILESS_MAIN(ProviderPresetsTest)
#include "tst_provider_presets.moc"
