// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/provider_version.h"

#include <QTest>

#include <algorithm>
#include <functional>

namespace lunargate {

class ProviderVersionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void changesWithWhatShapesAnswers_data();
    void changesWithWhatShapesAnswers();
    void staysWithWhatDoesNot_data();
    void staysWithWhatDoesNot();
    void doesNotHoldTheKey();
    void isMadeForWhatIsCachedOnly();
};

namespace {

using Change = std::function<void(ProviderConfig &)>;

ProviderConfig provider()
{
    ProviderConfig config;
    config.id = "p";
    config.type = "openai";
    config.apiKey = SecretString("sk-canary-1234567890");
    config.baseUrl = "https://one.test/v1";
    return config;
}

bool changes(const Change &change)
{
    ProviderConfig changed = provider();
    change(changed);
    return providerVersion(changed) != providerVersion(provider());
}

} // namespace

void ProviderVersionTest::changesWithWhatShapesAnswers_data()
{
    QTest::addColumn<Change>("change");
    const auto row = [](const char *name, Change change) { QTest::newRow(name) << std::move(change); };
    row("type", [](ProviderConfig &c) { c.type = "groq"; });
    row("protocol", [](ProviderConfig &c) { c.protocol = Protocol::Ollama; });
    row("key", [](ProviderConfig &c) { c.apiKey = SecretString("sk-another"); });
    row("address", [](ProviderConfig &c) { c.baseUrl = "https://two.test/v1"; });
    row("auth scheme", [](ProviderConfig &c) { c.auth.scheme = KeyScheme::None; });
    row("auth header", [](ProviderConfig &c) { c.auth.header = "x-key"; });
    row("headers", [](ProviderConfig &c) { c.headers = {{"x", "1"}}; });
    row("query", [](ProviderConfig &c) { c.query = {{"x", "1"}}; });
    row("temperature", [](ProviderConfig &c) { c.temperature = 0; });
    row("top_p", [](ProviderConfig &c) { c.topP = 0; });
    row("top_k", [](ProviderConfig &c) { c.topK = 0; });
    row("max_tokens", [](ProviderConfig &c) { c.maxTokens = 0; });
    row("organization", [](ProviderConfig &c) { c.organization = "o"; });
    row("api_version", [](ProviderConfig &c) { c.apiVersion = "2"; });
    row("compatibility_profile", [](ProviderConfig &c) { c.compatibilityProfile = "x"; });
    row("developer role", [](ProviderConfig &c) { c.normalizeDeveloperRole = true; });
    row("reasoning tags", [](ProviderConfig &c) { c.extractReasoningTags = true; });
    row("extra", [](ProviderConfig &c) { c.extra = {{"x", "1"}}; });
    row("quirk: role", [](ProviderConfig &c) { c.quirks.developerRole = false; });
    row("quirk: max tokens", [](ProviderConfig &c) { c.quirks.maxTokensField = MaxTokensField::MaxTokens; });
    row("quirk: reasoning", [](ProviderConfig &c) { c.quirks.reasoningField = ReasoningField::Both; });
    row("quirk: seed", [](ProviderConfig &c) { c.quirks.seedField = "random_seed"; });
    row("quirk: tool choice", [](ProviderConfig &c) { c.quirks.requiredToolChoice = "any"; });
    row("quirk: refused", [](ProviderConfig &c) { c.quirks.refused = {"x"}; });
    row("quirk: refused elsewhere", [](ProviderConfig &c) { c.quirks.refusedMessageFields = {"x"}; });
    row("simulator", [](ProviderConfig &c) { c.simulator.answerTokens = 1; });
    row("simulator's faults", [](ProviderConfig &c) { c.simulator.statuses = {200}; });
}

void ProviderVersionTest::changesWithWhatShapesAnswers()
{
    QFETCH(const Change, change);
    QVERIFY(changes(change));
    ProviderConfig once = provider();
    ProviderConfig twice = provider();
    change(once);
    change(twice);
    QVERIFY(providerVersion(once) == providerVersion(twice));
}

void ProviderVersionTest::staysWithWhatDoesNot_data()
{
    QTest::addColumn<Change>("change");
    const auto row = [](const char *name, Change change) { QTest::newRow(name) << std::move(change); };
    row("timeout", [](ProviderConfig &c) { c.timeout = 1s; });
    row("timeouts", [](ProviderConfig &c) { c.timeouts.total = 1s; });
    row("timeout_mode", [](ProviderConfig &c) { c.timeoutMode = TimeoutMode::Total; });
    row("concurrency", [](ProviderConfig &c) { c.concurrency.limit = 1; });
    row("warm_connections", [](ProviderConfig &c) { c.warmConnections = 2; });
    row("default_model: the key has the real one", [](ProviderConfig &c) { c.defaultModel = "m"; });
    row("model list", [](ProviderConfig &c) { c.models.staticModels = {"m"}; });
    row("known models", [](ProviderConfig &c) { c.knownModels = {{.id = "m"}}; });
    row("line", [](ProviderConfig &c) { c.line = 7; });
}

void ProviderVersionTest::staysWithWhatDoesNot()
{
    QFETCH(const Change, change);
    QVERIFY(!changes(change));
}

void ProviderVersionTest::doesNotHoldTheKey()
{
    const ContentHash::Digest version = providerVersion(provider());
    QVERIFY(!QByteArray(version.data(), version.size()).contains("canary"));
}

void ProviderVersionTest::isMadeForWhatIsCachedOnly()
{
    Config config;
    config.providers.push_back(provider());
    QVERIFY(!ProviderVersions(config).find("p"));
    config.caching.enabled = true;
    const ProviderVersions versions(config);
    QVERIFY(versions.find("p"));
    QVERIFY(*versions.find("p") == providerVersion(provider()));
    QVERIFY(!versions.find("q"));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ProviderVersionTest)
#include "tst_provider_version.moc"
