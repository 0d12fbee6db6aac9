// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_reader.h"

#include "tests/unit/config/config_reading.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// What the security section means: nobody may get an open gateway by mistake.
class SecuritySectionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void decidesWhetherKeysAreNeeded_data()
    {
        QTest::addColumn<QByteArray>("section");
        QTest::addColumn<QByteArray>("outcome"); // on, off or the beginning of the error
        QTest::addColumn<QByteArray>("warning");
        const auto row = [](const char *name, const char *section, const char *outcome, const char *warning = "") {
            QTest::newRow(name) << QByteArray(section) << QByteArray(outcome) << QByteArray(warning);
        };
        const char *const unusedKeys = "there are keys, but no client needs one";
        row("missing", "", "off");
        row("enabled with provider", "enabled: true, provider: api_key, api_key: {keys: [{value: k}]}", "on");
        row("enabled without provider", "enabled: true, api_key: {keys: [{value: k}]}", "on");
        row("enabled with blank provider", "enabled: true, provider: '', api_key: {keys: [{value: k}]}", "on");
        row("provider alone", "provider: API_KEY, api_key: {keys: [{value: k}]}", "on");
        row("keys alone", "api_key: {keys: [{value: k}]}", "on");
        row("disabled with keys", "enabled: false, provider: api_key, api_key: {keys: [{value: k}]}", "off",
            unusedKeys);
        row("disabled without keys", "enabled: false, provider: api_key", "off");
        row("disabled with an empty key", "enabled: false, api_key: {keys: [{value: ''}]}", "off");
        row("provider none with keys", "provider: none, api_key: {keys: [{value: k}]}", "off", unusedKeys);
        row("enabled with nothing", "enabled: true", "security.api_key.keys: authentication is enabled without a key");
        row("enabled, none", "enabled: true, provider: none",
            "security.api_key.keys: authentication is enabled without");
        row("enabled, none, keys", "enabled: true, provider: none, api_key: {keys: [{value: k}]}",
            "security.provider: authentication is enabled, but the provider is none; write provider: api_key");
        row("provider without keys", "provider: api_key",
            "security.api_key.keys: authentication is enabled without a key");
        row("empty key", "enabled: true, api_key: {keys: [{value: k}, {value: ' '}]}",
            "security.api_key.keys[1].value: the key is empty");
        row("missing key", "enabled: true, api_key: {keys: [{name: n}]}",
            "security.api_key.keys[0].value: the key is empty");
        row("external", "enabled: true, provider: external",
            "security.provider: external authentication is not implemented");
        row("external but off", "provider: external", "off", "external authentication is not implemented");
        row("unknown provider", "provider: oauth",
            "security.provider: expected one of: none, api_key, jwt, external, found");
        row("legacy", "api_keys_enabled: true, api_keys: [k]", "on", "this key is deprecated");
        row("legacy keys alone", "api_keys: [k]", "on", "this key is deprecated");
        row("legacy keys with provider none", "provider: none, api_keys: [k]", "on", "this key is deprecated");
        row("legacy, off", "api_keys_enabled: false, api_keys: [k]", "off", unusedKeys);
        row("legacy without keys", "api_keys_enabled: true",
            "security.api_key.keys: authentication is enabled without a key", "this key is deprecated");
        row("legacy with an empty key", "api_keys_enabled: true, api_keys: ['']",
            "security.api_keys[0]: the key is empty", "this key is deprecated");
        row("legacy against the new key", "enabled: false, api_keys_enabled: true, api_keys: [k]",
            "security.api_keys_enabled: security.enabled is false and api_keys_enabled is true",
            "this key is deprecated");
    }
    void decidesWhetherKeysAreNeeded()
    {
        QFETCH(QByteArray, section);
        QFETCH(QByteArray, outcome);
        QFETCH(QByteArray, warning);
        const ConfigReading reading = readText(kMinimum + "security: {" + section + "}");
        QByteArray actual = reading.config ? (reading.config->security.enabled ? "on" : "off") : "no error";
        bool hasWarning = false;
        for (const ConfigProblem &problem : reading.problems) {
            if (problem.severity == ConfigProblem::Severity::Error)
                actual = (problem.path + ": " + problem.message).first(outcome.size());
            else
                hasWarning = hasWarning || problem.message.startsWith(warning);
        }
        QCOMPARE(actual, outcome);
        QVERIFY2(warning.isEmpty() || hasWarning, textOf(reading.problems).constData());
        QVERIFY2(!warning.isEmpty() || outcome.size() > 3 || reading.problems.empty(),
                 textOf(reading.problems).constData());
        QCOMPARE(reading.config.has_value(), outcome == "on" || outcome == "off");
    }

    void everyKeyIsRead()
    {
        const ConfigReading reading = readText(kMinimum + R"(
security:
  enabled: true
  provider: api_key
  api_key:
    header: X-Gate
    prefix: ""
    allow_x_api_key: false
    keys:
      - name: app
        value: " ${KEY} "
      - value: two
  external:
    type: jwt
    jwks_url: https://id.example/jwks/
    introspection_url: https://id.example/check
    issuer: i
    audience: [a, b]
    timeout: 1s
)",
                                               {{"KEY", "one"}});
        QCOMPARE(textOf(reading.problems), QByteArray());
        QVERIFY(reading.config);
        const SecurityConfig &security = reading.config->security;
        QVERIFY(security.enabled);
        QCOMPARE(security.provider, AuthProvider::ApiKey);
        QCOMPARE(security.header, "X-Gate");
        QCOMPARE(security.prefix, "");
        QVERIFY(!security.allowXApiKey);
        QCOMPARE(security.keys.size(), 2U);
        QCOMPARE(security.keys[0].name, "app");
        QCOMPARE(security.keys[0].value.reveal(), "one");
        QCOMPARE(security.keys[1].name, "key-2");
        QCOMPARE(security.keys[1].value.reveal(), "two");
        QCOMPARE(security.external.type, "jwt");
        QCOMPARE(security.external.jwksUrl, "https://id.example/jwks");
        QCOMPARE(security.external.introspectionUrl, "https://id.example/check");
        QCOMPARE(security.external.issuer, "i");
        QCOMPARE(security.external.audience, (std::vector<QByteArray>{"a", "b"}));
        QCOMPARE(security.external.timeout, 1s);
    }

    void authorizationKeepsItsPrefix()
    {
        const ConfigReading reading =
            readText(kMinimum + "security: {api_key: {header: authorization, prefix: '', keys: [{value: k}]}}");
        QVERIFY(reading.config);
        QCOMPARE(reading.config->security.prefix, "Bearer");
    }

    void legacyKeysGetNames()
    {
        const ConfigReading reading =
            readText(kMinimum + "security: {api_keys_enabled: true, api_keys: [a, '${B}']}", {{"B", "b"}});
        QVERIFY(reading.config);
        const SecurityConfig &security = reading.config->security;
        QVERIFY(security.enabled);
        QCOMPARE(security.provider, AuthProvider::ApiKey);
        QCOMPARE(security.keys.size(), 2U);
        QCOMPARE(security.keys[1].name, "legacy-key-2");
        QCOMPARE(security.keys[1].value.reveal(), "b");
    }

    void undefinedVariableInAKeyIsAnErrorThatNamesIt()
    {
        const ConfigReading reading =
            readText(kMinimum + "security:\n  enabled: true\n  api_key:\n    keys:\n      - value: ${GATE_KEY}");
        QVERIFY(!reading.config);
        QCOMPARE(
            textOf(reading.problems),
            "c.yaml:7:16: warning: security.api_key.keys[0].value: the variable GATE_KEY is not set, so empty text "
            "takes its place; set it, or write ${GATE_KEY:-default}\n"
            "c.yaml:7:16: security.api_key.keys[0].value: the key is empty; give it a value, or set the variable "
            "that holds it");
    }

    void keysOfOneNameAreReported()
    {
        const ConfigReading reading =
            readText(kMinimum + "security: {api_key: {keys: [{name: a, value: x}, {name: a, value: y}]}}");
        QCOMPARE(textOf(reading.problems), "c.yaml:3:57: warning: security.api_key.keys[1].name: another key has that "
                                           "name, so limits and logs take both for one");
    }
};

QTEST_GUILESS_MAIN(SecuritySectionTest)
#include "tst_security_section.moc"
