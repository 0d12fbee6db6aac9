// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "tests/unit/config/config_reading.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// The ways in which values may be written, or left out.
class ConfigSpellingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void variablesAreExpandedEverywhere()
    {
        const auto config = readClean(R"(
providers:
  openai:
    api_key: ${KEY}
    default_model: "${MODEL}-default"
    timeout: ${TIMEOUT}
    temperature: ${TEMPERATURE:-0.5}
    normalize_developer_role: ${YES}
    extra: {think: "${MODEL}"}
    models: {static: "${LIST}"}
server: {port: "${PORT}"}
routing:
  routes:
    - name: ${MODEL}
      match: {headers: {x-team: "${MODEL}"}}
      targets: [{provider: openai, model: "${MODEL}", weight: "${WEIGHT:-3}"}]
      fallback: [{provider: openai, model: "${MODEL}-fallback"}]
data_sharing: {backend_url: "${URL}/collector", api_key: "${KEY}", gateway_lat: "$${KEY} $KEY"}
retry: {retryable_errors: ["${STATUS}", 500]}
)",
                                      {{"KEY", "secret"},
                                       {"MODEL", "m"},
                                       {"TIMEOUT", "5s"},
                                       {"YES", "yes"},
                                       {"LIST", "a,b"},
                                       {"PORT", "9000"},
                                       {"URL", "https://backend.example/v1"},
                                       {"STATUS", "529"}});
        QVERIFY(config);
        const ProviderConfig &provider = config->providers.front();
        QCOMPARE(provider.apiKey.reveal(), "secret");
        QCOMPARE(provider.defaultModel, "m-default");
        QCOMPARE(provider.timeout, 5s);
        QCOMPARE(provider.temperature, 0.5);
        QVERIFY(provider.normalizeDeveloperRole);
        QCOMPARE(provider.extra.at("think"), "m");
        QCOMPARE(provider.models.staticModels, (std::vector<QByteArray>{"a", "b"}));
        QCOMPARE(config->server.port, 9000);
        const RouteConfig &route = config->routing.routes.front();
        QCOMPARE(route.name, "m");
        QCOMPARE(route.headers.at("x-team"), "m");
        QCOMPARE(route.targets.front().model, "m");
        QCOMPARE(route.targets.front().weight, 3);
        QCOMPARE(route.fallback.front().model, "m-fallback");
        QCOMPARE(config->dataSharing.backendUrl, "https://backend.example/v1");
        QCOMPARE(config->dataSharing.apiKey.reveal(), "secret");
        QCOMPARE(config->dataSharing.gatewayLat, "${KEY} $KEY");
        QCOMPARE(config->retry.retryableErrors, QList<int>({529, 500}));
    }

    void looseTypes_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("quoted numbers") << QByteArray("server: {port: '9'}\nretry: {multiplier: '3', enabled: 'false', "
                                                      "retryable_errors: ['429', 500]}\ncaching: {ttl: '5s'}");
        QTest::newRow("numbers for booleans, whole fractions")
            << QByteArray("server: {port: 9.0}\nretry: {multiplier: 3, enabled: 0, retryable_errors: [429, 500]}\n"
                          "caching: {ttl: 5s}");
        QTest::newRow("text with commas for a list")
            << QByteArray("server: {port: 9}\nretry: {multiplier: 3.0, enabled: no, retryable_errors: '429, 500'}\n"
                          "caching: {ttl: 5000ms}");
        QTest::newRow("keys in other case")
            << QByteArray("SERVER: {Port: 9}\nRetry: {MULTIPLIER: 3, Enabled: FALSE, Retryable_Errors: [429, 500]}\n"
                          "Caching: {TTL: 5s}");
        QTest::newRow("json") << QByteArray(R"("server": {"port": 9}
"retry": {"multiplier": 3, "enabled": false, "retryable_errors": [429, 500]}
"caching": {"ttl": "5s"})");
    }
    void looseTypes()
    {
        QFETCH(QByteArray, text);
        const auto config = readClean(kMinimum + text);
        QVERIFY(config);
        QCOMPARE(config->server.port, 9);
        QCOMPARE(config->retry.multiplier, 3.0);
        QVERIFY(!config->retry.enabled);
        QCOMPARE(config->retry.retryableErrors, QList<int>({429, 500}));
        QCOMPARE(config->caching.ttl, 5s);
    }

    void oneValueIsAListOfOne()
    {
        const auto config = readClean("providers: {openai: {models: {mode: static, static: gpt}}}\n"
                                      "routing: {routes: {name: r, targets: {provider: openai}}}\n"
                                      "retry: {retryable_errors: 503}\n"
                                      "model_selection: {skills: {name: s, regex_any: x}}\n");
        QVERIFY(config);
        QCOMPARE(config->providers.front().models.staticModels, std::vector<QByteArray>{"gpt"});
        QCOMPARE(config->routing.routes.front().targets.front().provider, "openai");
        QCOMPARE(config->retry.retryableErrors, QList<int>({503}));
        QCOMPARE(config->modelSelection.skills.front().regexAny, std::vector<QByteArray>{"x"});
    }

    void textKeepsItsSpelling()
    {
        const auto config = readClean(R"(
providers: {openai: {api_key: 0123, default_model: 1.50, organization: True}}
routing: {routes: [{name: 007, match: {headers: {a: true, b: no, c: " x "}}, targets: [{provider: openai, model: ' 4 '}]}]}
)");
        QVERIFY(config);
        QCOMPARE(config->providers.front().apiKey.reveal(), "0123");
        QCOMPARE(config->providers.front().defaultModel, "1.50");
        QCOMPARE(config->providers.front().organization, "True");
        const RouteConfig &route = config->routing.routes.front();
        QCOMPARE(route.name, "007");
        QCOMPARE(route.headers, (std::map<QByteArray, QByteArray>{{"a", "true"}, {"b", "no"}, {"c", " x "}}));
        QCOMPARE(route.targets.front().model, "4");
    }

    void emptyValuesLeaveTheDefaults()
    {
        const auto config =
            readClean("providers: {ollama: }\nrouting: {routes: [{targets: [{provider: ollama, weight: }]}]}\n"
                      "server:\nretry: ~\ncaching: {ttl: null}\nlogging: {level: ''}\n");
        QVERIFY(config);
        QCOMPARE(config->providers.front().type, "ollama");
        QCOMPARE(config->server.port, 8080);
        QCOMPARE(config->retry.maxAttempts, 3);
        QCOMPARE(config->caching.ttl, 1h);
        QCOMPARE(config->logging.level, LogLevel::Info);
    }

    void anchorsAndMergeKeysWork()
    {
        const auto config = readClean(R"(
x-defaults: &defaults {type: openai, timeout: 7s, default_model: shared}
providers:
  a: {<<: *defaults, api_key: ka}
  b: {<<: *defaults, default_model: own}
routing:
  routes:
    - {name: 1, targets: &targets [{provider: a}, {provider: b}]}
    - {name: 2, match: {path: /x}, targets: *targets}
)");
        QVERIFY(config);
        QCOMPARE(config->providers[0].defaultModel, "shared");
        QCOMPARE(config->providers[0].timeout, 7s);
        QCOMPARE(config->providers[1].defaultModel, "own");
        QCOMPARE(config->routing.routes[1].targets[1].provider, "b");
    }

    void providersKeepTheirOrder()
    {
        const auto config = readClean("providers: {zeta: {type: openai}, alpha: {type: ollama}, Anthropic: {}}\n"
                                      "routing: {routes: [{targets: [{provider: zeta}]}]}\n");
        QVERIFY(config);
        QCOMPARE(config->providers.size(), 3U);
        QCOMPARE(config->providers[0].id, "zeta");
        QCOMPARE(config->providers[1].id, "alpha");
        QCOMPARE(config->providers[1].defaultModel, "llama3.2");
        QCOMPARE(config->providers[2].id, "Anthropic");
        QCOMPARE(config->providers[2].type, "anthropic");
        QCOMPARE(config->providers[2].defaultModel, "claude-3-sonnet-20240229");
        QCOMPARE(config->providers[2].apiVersion, "2023-06-01");
    }

    void extraStandsInForMissingKeys()
    {
        const auto config = readClean(R"(
providers:
  a: {type: openai, extra: {compatibility_profile: DeepSeek, Normalize_Developer_Role: "on"}}
  b: {type: openai, normalize_developer_role: false, extra: {normalize_developer_role: "1"}}
routing: {routes: [{targets: [{provider: a}]}]}
)");
        QVERIFY(config);
        QCOMPARE(config->providers[0].compatibilityProfile, "deepseek");
        QVERIFY(config->providers[0].normalizeDeveloperRole);
        QVERIFY(!config->providers[1].normalizeDeveloperRole);
    }

    void zeroMeansTheDefaultForTimeLimitsOfCalls()
    {
        const auto config =
            readClean("providers: {openai: {timeout: 0, connect_timeout: 0s, idle_timeout: 0, "
                      "models: {fetch: {ttl: 0}}}}\nrouting: {routes: [{targets: [{provider: openai}]}]}\n");
        QVERIFY(config);
        QCOMPARE(config->providers[0].timeout, 120s);
        QCOMPARE(config->providers[0].connectTimeout, 30s);
        QCOMPARE(config->providers[0].idleTimeout, 0s);
        QCOMPARE(config->providers[0].models.fetchTtl, 10min);
    }

    void logLevels_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<LogLevel>("expected");
        const auto row = [](const char *text, LogLevel level) { QTest::newRow(text) << QByteArray(text) << level; };
        row("trace", LogLevel::Trace);
        row("Debug", LogLevel::Debug);
        row("info", LogLevel::Info);
        row("warn", LogLevel::Warning);
        row("warning", LogLevel::Warning);
        row("error", LogLevel::Error);
        row("fatal", LogLevel::Error);
        row("panic", LogLevel::Error);
        row("disabled", LogLevel::Disabled);
        row("-1", LogLevel::Trace);
        row("0", LogLevel::Debug);
        row("7", LogLevel::Disabled);
    }
    void logLevels()
    {
        QFETCH(QByteArray, text);
        const auto config = readClean(kMinimum + "logging: {level: " + text + "}");
        QVERIFY(config);
        QTEST(config->logging.level, "expected");
    }
};

QTEST_GUILESS_MAIN(ConfigSpellingsTest)
#include "tst_config_spellings.moc"
