// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "tests/unit/config/config_reading.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

const QByteArray kText = "server: {port: 1}\n"
                         "providers: {openai: {api_key: k}, My-Own.v2: {type: openai}}\n"
                         "routing: {routes: [{name: r, targets: [{provider: openai}]}]}\n";

} // namespace

/// Environment variables that replace single keys.
class ConfigOverridesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aVariableThatGivesNothingIsAListOfNothing()
    {
        const auto config = readClean(kMinimum + "server: {cors_origins: '${UNSET:-}', allowed_hosts: '${EMPTY}'}\n"
                                                 "retry: {retryable_errors: '${UNSET:-}'}\n",
                                      {{"EMPTY", ""}});
        QVERIFY(config);
        QVERIFY(config->server.corsOrigins.empty());
        QVERIFY(config->server.allowedHosts.empty());
        QVERIFY(config->retry.retryableErrors.empty());
    }

    void variablesReplaceSingleKeys()
    {
        const ConfigReading reading = readText(kText, {{"SERVER_PORT", "9000"},
                                                       {"LOGGING_LEVEL", "debug"},
                                                       {"RETRY_ENABLED", "false"},
                                                       {"RETRY_RETRYABLE_ERRORS", "429,500"},
                                                       {"SERVER_ALLOWED_HOSTS", "a, b"},
                                                       {"CACHING_TTL", "5m"},
                                                       {"SERVER_MAX_BODY_BYTES", "1MiB"},
                                                       {"DATA_SHARING_API_KEY", "lgw"},
                                                       {"SECURITY_API_KEYS", "one,two"},
                                                       {"PROVIDERS_OPENAI_API_KEY", "fromenv"},
                                                       {"PROVIDERS_OPENAI_MODELS_FETCH_TTL", "1h"},
                                                       {"PROVIDERS_MY_OWN_V2_DEFAULT_MODEL", "m"}});
        QCOMPARE(textOf(reading.problems),
                 "environment variable SECURITY_API_KEYS: warning: security.api_keys: this key "
                 "is deprecated; write security.api_key.keys");
        QVERIFY(reading.config);
        const Config &config = *reading.config;
        QCOMPARE(config.server.port, 9000);
        QCOMPARE(config.logging.level, LogLevel::Debug);
        QVERIFY(!config.retry.enabled);
        QCOMPARE(config.retry.retryableErrors, QList<int>({429, 500}));
        QCOMPARE(config.server.allowedHosts, (std::vector<QByteArray>{"a", "b"}));
        QCOMPARE(config.caching.ttl, 5min);
        QCOMPARE(config.server.maxBodyBytes, 1024 * 1024);
        QCOMPARE(config.dataSharing.apiKey.reveal(), "lgw");
        QCOMPARE(config.security.keys.size(), 2U);
        QVERIFY(config.security.enabled);
        QCOMPARE(config.providers[0].apiKey.reveal(), "fromenv");
        QCOMPARE(config.providers[0].models.fetchTtl, 1h);
        QCOMPARE(config.providers[1].defaultModel, "m");
    }

    void othersDoNothing_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        const auto row = [](const char *name, const char *value) {
            QTest::newRow(name) << QByteArray(name) << QByteArray(value);
        };
        for (const char *section : {"SERVER", "PROVIDERS", "PROVIDERS_OPENAI", "ROUTING", "RETRY", "SECURITY",
                                    "SECURITY_API_KEY", "DATA_SHARING", "LOGGING"})
            row(section, "something");
        row("SERVER_PORT", "");
        row("PROVIDERS_OTHER_API_KEY", "k");
        row("PROVIDERS_OTHER_TYPE", "openai");
        row("ROUTING_ROUTES", "x");
        row("ROUTING_ROUTES_NAME", "x");
        row("server_port", "7");
        row("PORT", "7");
    }
    void othersDoNothing()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        const ConfigReading reading = readText(kText, {{name, value}});
        QCOMPARE(textOf(reading.problems), QByteArray());
        QVERIFY(reading.config);
        QCOMPARE(reading.config->server.port, 1);
        QCOMPARE(reading.config->providers.size(), 2U);
        QCOMPARE(reading.config->providers[0].apiKey.reveal(), "k");
        QCOMPARE(reading.config->routing.routes.front().name, "r");
        QCOMPARE(reading.config->retry.maxAttempts, 3);
    }

    void problemsNameTheVariableAndNotItsValue()
    {
        const ConfigReading reading = readText(kText, {{"SERVER_PORT", "topsecret"}, {"RETRY_INITIAL_DELAY", "5"}});
        QVERIFY(!reading.config);
        QCOMPARE(
            textOf(reading.problems),
            "environment variable SERVER_PORT: server.port: expected a whole number from 0 to 65535\n"
            "environment variable RETRY_INITIAL_DELAY: retry.initial_delay: expected a duration with its unit, such "
            "as `30s` or `500ms`, not a bare number");
    }

    void aValueIsTakenAsItIs()
    {
        const ConfigReading reading = readText(kText, {{"PROVIDERS_OPENAI_API_KEY", "${HOME}"}, {"HOME", "x"}});
        QVERIFY(reading.config);
        QCOMPARE(reading.config->providers[0].apiKey.reveal(), "${HOME}");
    }

    void aGoodVariableReplacesABadValue()
    {
        const ConfigReading reading = readText("server: {port: many}\n" + kMinimum, {{"SERVER_PORT", "5"}});
        QCOMPARE(textOf(reading.problems), QByteArray());
        QVERIFY(reading.config);
        QCOMPARE(reading.config->server.port, 5);
    }
};

QTEST_GUILESS_MAIN(ConfigOverridesTest)
#include "tst_config_overrides.moc"
