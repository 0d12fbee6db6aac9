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
        const char *const unset = "the variable UNSET is not set";
        const char *const unusedTokens = "there are public keys, but no client needs a token";
        const char *const bothKinds = "there are API keys, and public keys for tokens: clients must show a key";
        const char *const everyToken = "every token that these keys signed is taken";
        row("external without keys", "enabled: true, provider: external",
            "security.jwt: tokens need public keys to be checked with");
        row("external", "provider: external, external: {jwks_url: 'https://a.test/k'}", "on", everyToken);
        row("external but off", "enabled: false, provider: external", "off");
        row("external type", "provider: external, external: {type: ldap, jwks_url: 'https://a.test/k', issuer: i}",
            "security.external.type: only tokens that are signed are known here");
        row("introspection",
            "provider: external, external: {jwks_url: 'https://a.test/k', introspection_url: 'https://a.test/i', "
            "issuer: i}",
            "security.external.introspection_url: nobody is asked about tokens");
        row("jwt", "provider: jwt, jwt: {jwks_url: 'https://a.test/k', audience: [a]}", "on");
        row("jwt on this machine", "provider: jwt, jwt: {jwks_url: 'http://127.0.0.1:1/k', audience: [a]}", "on");
        row("jwt without keys", "provider: jwt", "security.jwt: tokens need public keys to be checked with");
        row("jwt over http", "provider: jwt, jwt: {jwks_url: 'http://a.test/k', audience: [a]}",
            "security.jwt.jwks_url: the public keys must be fetched by https");
        row("jwt from two places", "provider: jwt, jwt: {jwks_url: 'https://a.test/k', jwks_file: k, audience: [a]}",
            "security.jwt.jwks_file: there are two places of public keys");
        row("jwt without its file", "provider: jwt, jwt: {jwks_file: /nowhere/k, audience: [a]}",
            "security.jwt.jwks_file: the file with the public keys cannot be read");
        row("jwt with something else for a file", "provider: jwt, jwt: {jwks_file: /proc/version, audience: [a]}",
            "security.jwt.jwks_file: the file is no set of public keys");
        row("jwt without a signature",
            "provider: jwt, jwt: {jwks_url: 'https://a.test/k', audience: [a], algorithms: [RS256, none]}",
            "security.jwt.algorithms: tokens without a signature are never taken");
        row("jwt with a shared secret",
            "provider: jwt, jwt: {jwks_url: 'https://a.test/k', audience: [a], algorithms: [HS256]}",
            "security.jwt.algorithms: HS256 has no public key");
        row("jwt with an unknown algorithm",
            "provider: jwt, jwt: {jwks_url: 'https://a.test/k', audience: [a], algorithms: [RSA]}",
            "security.jwt.algorithms: expected names of signatures");
        row("jwt with half a claim",
            "provider: jwt, jwt: {jwks_url: 'https://a.test/k', audience: [a], admin_claim: role}",
            "security.jwt.admin_claim: expected CLAIM=VALUE");
        row("jwt with much leeway", "provider: jwt, jwt: {jwks_url: 'https://a.test/k', audience: [a], leeway: 2h}",
            "security.jwt.leeway: expected a duration of at most 1h");
        row("jwt section alone", "jwt: {jwks_url: 'https://a.test/k', audience: [a]}", "on");
        row("jwt section without public keys", "jwt: {audience: [a]}", "security.jwt: tokens need public keys");
        row("jwt section, its public keys unset", "jwt: {jwks_url: '${UNSET}', audience: [a]}",
            "security.jwt: tokens need public keys", unset);
        row("jwt section, keys, nothing said", "jwt: {jwks_url: 'https://a.test/k'}, api_key: {keys: [{value: k}]}",
            "on", bothKinds);
        row("jwt section, legacy keys, nothing said", "jwt: {jwks_url: 'https://a.test/k'}, api_keys: [k]", "on",
            bothKinds);
        row("external section, keys, enabled",
            "enabled: true, external: {jwks_url: 'https://a.test/k'}, api_key: {keys: [{value: k}]}", "on", bothKinds);
        row("blank tokens, off", "enabled: false, external: {issuer: '', audience: []}", "off");
        row("blank tokens, none", "provider: none, jwt: {issuer: '', audience: '', algorithms: }", "off");
        row("blank tokens, keys",
            "provider: api_key, api_key: {keys: [{value: k}]}, jwt: {issuer: '${UNSET:-}', audience: '${UNSET:-}'}",
            "on");
        row("blank tokens, keys, nothing said", "api_key: {keys: [{value: k}]}, external: {issuer: ''}", "on");
        row("unset tokens, keys", "provider: api_key, api_key: {keys: [{value: k}]}, jwt: {audience: '${UNSET}'}", "on",
            unset);
        row("blank keys, off",
            "enabled: false, api_key: {keys: [{value: '', name: '', expires: '', routes: [], models: }]}", "off");
        row("blank keys, tokens",
            "provider: jwt, jwt: {jwks_url: 'https://a.test/k', audience: [a]}, api_key: {keys: [{value: k, models: "
            "[]}]}",
            "on", "with provider: jwt these keys are not taken");
        row("blank beside others", "api_key: {keys: [{value: k, models: ['openai/*', '${UNSET:-}', '']}]}", "on");
        row("jwt section, keys, chosen",
            "provider: api_key, jwt: {jwks_url: 'https://a.test/k'}, api_key: {keys: [{value: k}]}", "on");
        row("jwt section, none", "provider: none, jwt: {jwks_url: 'https://a.test/k'}", "off", unusedTokens);
        row("jwt section, disabled", "enabled: false, jwt: {jwks_url: 'https://a.test/k'}", "off", unusedTokens);
        row("jwt section, disabled by its older name",
            "api_keys_enabled: false, jwt: {jwks_url: 'https://a.test/k', audience: [a]}", "off", unusedTokens);
        row("external section alone", "external: {jwks_url: 'https://a.test/k', audience: [a]}", "on");
        row("external section without public keys", "external: {type: jwt}", "security.jwt: tokens need public keys");
        row("unset provider", "provider: '${UNSET}'",
            "security.provider: expected one of: none, api_key, jwt, but the variable UNSET is not set", unset);
        row("unset provider with keys", "provider: '${UNSET}', api_key: {keys: [{value: k}]}",
            "security.provider: expected one of: none, api_key, jwt, but the variable UNSET is not set", unset);
        row("empty provider by a variable", "provider: '${UNSET:-}'",
            "security.provider: expected one of: none, api_key, jwt, but `${UNSET:-}` gives something else");
        row("jwt with api keys",
            "provider: jwt, jwt: {jwks_url: 'https://a.test/k', audience: [a]}, api_key: {keys: [{value: k}]}", "on",
            "with provider: jwt these keys are not taken");
        row("hash",
            "api_key: {keys: [{value: "
            "'sha256:2C70E12B7A0646F92279F427C7B38E7334D8E5389CFF167A1DC30E73F826B683'}]}",
            "on");
        row("short hash", "api_key: {keys: [{value: 'sha256:2c70e1'}]}",
            "security.api_key.keys[0].value: expected `sha256:` and the 64 hexadecimal digits");
        row("hash with other letters",
            "api_key: {keys: [{value: "
            "'sha256:zz70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683'}]}",
            "security.api_key.keys[0].value: expected `sha256:` and the 64 hexadecimal digits");
        row("legacy hash", "api_keys: ['sha256:2c']", "security.api_keys[0]: expected `sha256:`",
            "this key is deprecated");
        row("hash of nothing",
            "api_key: {keys: [{value: "
            "'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'}]}",
            "security.api_key.keys[0].value: this is the SHA-256 of empty text");
        // printf %s k | sha256sum
        row("expired key", "api_key: {keys: [{value: k, expires: 2020-01-31}]}", "on",
            "the key 'key-8254c329' has expired");
        row("key without such a route", "api_key: {keys: [{value: k, routes: [r, q]}]}", "on",
            "there is no route `q`; the routes are: r");
        row("unknown provider", "provider: oauth", "security.provider: expected one of: none, api_key, jwt, found");
        row("legacy", "api_keys_enabled: true, api_keys: [k]", "on", "this key is deprecated");
        row("legacy keys alone", "api_keys: [k]", "on", "this key is deprecated");
        row("legacy keys with provider none", "provider: none, api_keys: [k]", "on", "this key is deprecated");
        row("legacy, off", "api_keys_enabled: false, api_keys: [k]", "off", unusedKeys);
        row("legacy without keys", "api_keys_enabled: true",
            "security.api_key.keys: authentication is enabled without a key", "this key is deprecated");
        row("legacy keys by an unset variable", "api_keys: '${UNSET}'", "security.api_keys: the key is empty", unset);
        row("legacy keys by a variable that gives nothing", "api_keys: '${UNSET:-}'",
            "security.api_keys: the key is empty", "this key is deprecated");
        row("legacy keys by a variable that gives nothing, none", "provider: none, api_keys: '${UNSET:-}'", "off",
            "this key is deprecated");
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

    // Where nothing means everything, an unset variable must not lift a restriction.
    void restrictionsAreNotLiftedByMistake_data()
    {
        QTest::addColumn<QByteArray>("member");
        QTest::addColumn<bool>("isOfKey");
        QTest::addColumn<QByteArray>("problem");
        const auto rows = [](const QByteArray &member, bool isOfKey, bool isList) {
            const QByteArray path = (isOfKey ? "security.api_key.keys[0]." : "security.jwt.") + member;
            const auto row = [&](const QByteArray &value, const QByteArray &problem) {
                QTest::newRow((member + ": " + value).constData()) << member + ": " + value << isOfKey << problem;
            };
            const QByteArray none = ": expected at least one text, found none; write some, or remove the key";
            const QByteArray unset = ": expected text, but the variable UNSET is not set";
            const QByteArray empty = ": expected text, found empty text";
            row("", path + (isList ? none : empty));
            row("''", path + (isList ? none : empty));
            row("'${UNSET}'", path + unset);
            row("'${EMPTY}'", path + (isList ? none : ": expected text, but `${EMPTY}` gives something else"));
            if (!isList)
                return;
            row("[]", path + none);
            row("['', '${EMPTY}']", path + none);
            row("[RS256, '${UNSET}']", path + "[1]" + unset);
            row("['${UNSET}*']", path + "[0]" + unset); // it would be `*`
            row("'RS256,${UNSET}'", path + unset);
        };
        rows("name", true, false);
        rows("expires", true, false);
        rows("routes", true, true);
        rows("models", true, true);
        rows("issuer", false, false);
        rows("audience", false, true);
        rows("algorithms", false, true);
    }
    void restrictionsAreNotLiftedByMistake()
    {
        QFETCH(QByteArray, member);
        QFETCH(bool, isOfKey);
        QFETCH(QByteArray, problem);
        const QByteArray section = isOfKey ? "api_key: {keys: [{value: k, " + member + "}]}"
                                           : "jwt: {jwks_url: 'https://a.test/k', " + member + "}";
        const ConfigReading reading = readText(kMinimum + "security: {" + section + "}", {{"EMPTY", ""}});
        QVERIFY(!reading.config);
        QByteArrayList errors;
        for (const ConfigProblem &found : reading.problems) {
            if (found.severity == ConfigProblem::Severity::Error)
                errors.append(found.path + ": " + found.message);
        }
        QCOMPARE(errors.join('\n'), problem);
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
      - value: sha256:2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683
        expires: 2099-01-31
        routes: [r]
        models: [openai/*]
        admin: true
  external:
    type: jwt
    jwks_url: https://id.example/jwks/
    issuer: i
    audience: [a, b]
    timeout: 1s
  jwt:
    issuer: j
    algorithms: [ES256]
    leeway: 5s
    name_claim: email
    admin_claim: role=boss
    jwks_refresh: 1h
  slow_down: {free_attempts: 2, max_delay: 1s}
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
        QCOMPARE(security.keys.size(), 3U);
        QCOMPARE(security.keys[0].name, "app");
        QCOMPARE(security.keys[0].value.reveal(), "one");
        QCOMPARE(security.keys[1].name, "key-3fc4ccfe"); // printf %s two | sha256sum
        QCOMPARE(security.keys[1].value.reveal(), "two");
        const SecurityConfig::Key &hashed = security.keys[2];
        QVERIFY(hashed.value.isEmpty());
        QCOMPARE(hashed.sha256.toHex(), "2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683");
        QCOMPARE(hashed.expires->time_since_epoch().count(), 4073587200); // 2099-02-01T00:00Z
        QCOMPARE(hashed.routes, (std::vector<QByteArray>{"r"}));
        QCOMPARE(hashed.models, (std::vector<QByteArray>{"openai/*"}));
        QVERIFY(hashed.isAdmin);
        QCOMPARE(security.jwt.jwksUrl, "https://id.example/jwks");
        QCOMPARE(security.jwt.issuer, "j"); // the newer name wins
        QCOMPARE(security.jwt.audience, (std::vector<QByteArray>{"a", "b"}));
        QCOMPARE(security.jwt.timeout, 1s);
        QCOMPARE(security.jwt.algorithms, (std::vector<QByteArray>{"ES256"}));
        QCOMPARE(security.jwt.leeway, 5s);
        QCOMPARE(security.jwt.nameClaim, "email");
        QCOMPARE(security.jwt.adminClaim, "role=boss");
        QCOMPARE(security.jwt.jwksRefresh, 1h);
        QCOMPARE(security.slowDown.freeAttempts, 2);
        QCOMPARE(security.slowDown.maxDelay, 1s);
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
        QCOMPARE(security.keys[1].name, "legacy-key-3e23e816"); // printf %s b | sha256sum
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

    void namelessKeysKeepTheirNamesWhereverTheyStand()
    {
        const auto namesOf = [](const QByteArray &keys) {
            QByteArrayList names;
            if (const ConfigReading reading = readText(kMinimum + "security: {api_key: {keys: [" + keys + "]}}");
                reading.config) {
                for (const SecurityConfig::Key &key : reading.config->security.keys)
                    names.append(key.name);
            }
            return names;
        };
        const QByteArrayList both = namesOf("{value: a}, {value: b}");
        QCOMPARE(both.size(), 2);
        QCOMPARE(namesOf("{value: b}"), both.last(1));
        // printf %s b | sha256sum
        QCOMPARE(namesOf("{value: 'sha256:3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d'}"),
                 both.last(1));
    }

    void keysHaveNoNameOfTheGateways()
    {
        for (const QByteArray name : {"remote-control", "desktop-app", "admin-token"}) {
            const ConfigReading reading =
                readText(kMinimum + "security: {api_key: {keys: [{name: " + name + ", value: x}]}}");
            QCOMPARE(textOf(reading.problems),
                     "c.yaml:3:36: security.api_key.keys[0].name: the gateway itself uses this name; choose another "
                     "one");
            QVERIFY(!reading.config);
        }
    }

    void keysOfOneNameAreOneCaller()
    {
        const ConfigReading reading = readText(kMinimum + "security: {api_key: {keys: [{name: a, value: x, expires: "
                                                          "2099-01-31}, {name: a, value: y}]}}");
        QCOMPARE(textOf(reading.problems),
                 "c.yaml:3:78: warning: security.api_key.keys[1].name: another key has the name 'a', so limits, logs "
                 "and cached answers take both for one caller; if that is not meant, give each its own");
        QVERIFY(reading.config);
        QCOMPARE(reading.config->security.keys.size(), 2U);
    }

    void keyThatStandsThereTwiceCountsOnce_data()
    {
        QTest::addColumn<QByteArray>("section");
        QTest::newRow("nameless") << QByteArray("api_key: {keys: [{value: x}, {value: x, admin: true}]}");
        QTest::newRow("named") << QByteArray(
            "api_key: {keys: [{name: a, value: x}, {name: a, value: x, admin: true}]}");
        // printf %s x | sha256sum
        QTest::newRow("with its hash") << QByteArray(
            "api_key: {keys: [{value: 'sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'}, "
            "{value: x, admin: true}]}");
        QTest::newRow("legacy") << QByteArray("api_keys: 'x,x'");
    }
    void keyThatStandsThereTwiceCountsOnce()
    {
        QFETCH(QByteArray, section);
        const ConfigReading reading = readText(kMinimum + "security: {" + section + "}");
        QVERIFY2(reading.config, textOf(reading.problems).constData());
        QVERIFY(reading.problems.back().message.startsWith("this key stands here twice, and its last entry counts"));
        QCOMPARE(reading.config->security.keys.size(), 1U);
        QCOMPARE(reading.config->security.keys.front().isAdmin, !section.startsWith("api_keys"));
    }
};

QTEST_GUILESS_MAIN(SecuritySectionTest)
#include "tst_security_section.moc"
