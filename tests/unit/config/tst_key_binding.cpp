// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/keychain_entry.h"

#include "tests/support/fake_keychain.h"
#include "tests/unit/config/config_reading.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// A key that is bound to an origin is sent nowhere else, whatever the configuration says.
class KeyBindingTest : public QObject
{
    Q_OBJECT

private:
    static QByteArray bound(const QByteArray &secret, const QByteArray &origin)
    {
        return toKeychainText({.secret = SecretString(secret), .origin = origin}).reveal();
    }

    static ConfigReading read(const QByteArray &text, const std::map<QByteArray, QByteArray> &variables = {})
    {
        static FakeKeychain keychain({{"mine", bound("sk-canary-1", "https://api.openai.com")},
                                      {"local", bound("sk-canary-2", "http://127.0.0.1:9000")},
                                      {"host", bound("canary.example", "https://api.openai.com")},
                                      {"free", "sk-canary-3"},
                                      {"slash", "canary.example/"},
                                      {"anywhere", bound("sk-canary-4", "")},
                                      {"later", "lunargate-key 2 {}\nsk-canary-5"}});
        Environment environment(variables);
        environment.setKeychain(&keychain);
        return readConfigText(text, "c.yaml", environment);
    }

    /// A provider p and a route to it.
    static QByteArray with(const QByteArray &provider, const QByteArray &target = "provider: p",
                           const QByteArray &more = {})
    {
        return "providers:\n  p: {" + provider + "}\nrouting: {routes: [{name: r, targets: [{" + target + "}]}]}\n" +
               more;
    }

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void fitsWhereItIsSentToItsOrigin_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("the type's own address") << with("type: openai, api_key: '${keychain:mine}'");
        QTest::newRow("written out") << with(
            "type: openai, api_key: '${keychain:mine}', base_url: 'https://API.openai.com:443/other'");
        QTest::newRow("in a header") << with("type: openai, api_key: k, headers: {x-key: 'a ${keychain:mine}'}");
        QTest::newRow("in the query") << with("type: openai, api_key: k, query: {key: '${keychain:mine}'}");
        QTest::newRow("a target's header")
            << with("type: openai, api_key: k", "provider: p, headers: {x-key: '${keychain:mine}'}");
        QTest::newRow("another port") << with(
            "type: openai, api_key: '${keychain:local}', base_url: 'http://127.0.0.1:9000/v1'");
        QTest::newRow("simulated") << with("type: simulator, api_key: '${keychain:mine}'");
        QTest::newRow("telemetry") << with(
            "type: openai, api_key: k", "provider: p",
            "telemetry: {endpoint: 'http://127.0.0.1:9000', headers: {x-key: '${keychain:local}'}}");
        QTest::newRow("data sharing") << with(
            "type: openai, api_key: k", "provider: p",
            "data_sharing: {enabled: true, backend_url: 'http://127.0.0.1:9000', api_key: '${keychain:local}'}");
        QTest::newRow("bound to nothing")
            << with("type: openai, api_key: '${keychain:anywhere}', base_url: 'https://evil.example'");
        QTest::newRow("of another program")
            << with("type: openai, api_key: '${keychain:free}', base_url: 'https://evil.example'");
    }

    void fitsWhereItIsSentToItsOrigin()
    {
        QFETCH(const QByteArray, text);
        const ConfigReading reading = read(text);
        QCOMPARE(textOf(reading.problems), QByteArray());
        QVERIFY(reading.config);
    }

    void isRefusedElsewhere_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("place");
        QTest::addColumn<QByteArray>("origin"); // that it would go to; empty: none in particular
        const QByteArray evil = "base_url: 'https://evil.example/v1'";
        QTest::newRow("api_key") << with("type: openai, api_key: '${keychain:mine}', " + evil)
                                 << QByteArray("c.yaml:2:30: providers.p.api_key: ")
                                 << QByteArray("https://evil.example");
        QTest::newRow("the address first") << with("type: openai, " + evil + ", api_key: '${keychain:mine}'")
                                           << QByteArray("providers.p.api_key: ") << QByteArray("https://evil.example");
        QTest::newRow("plain http")
            << with("type: openai, api_key: '${keychain:mine}', base_url: 'http://api.openai.com/v1'")
            << QByteArray("providers.p.api_key: ") << QByteArray("http://api.openai.com");
        QTest::newRow("another port")
            << with("type: openai, api_key: '${keychain:local}', base_url: 'http://127.0.0.1:9001/v1'")
            << QByteArray("providers.p.api_key: ") << QByteArray("http://127.0.0.1:9001");
        QTest::newRow("a name that looks alike")
            << with("type: openai, api_key: '${keychain:mine}', base_url: 'https://api.openai.com.evil.example'")
            << QByteArray("providers.p.api_key: ") << QByteArray("https://api.openai.com.evil.example");
        QTest::newRow("header") << with("type: openai, api_key: k, headers: {x-key: '${keychain:mine}'}, " + evil)
                                << QByteArray("providers.p.headers.x-key: ") << QByteArray("https://evil.example");
        QTest::newRow("query") << with("type: openai, api_key: k, query: {key: '${keychain:mine}'}, " + evil)
                               << QByteArray("providers.p.query.key: ") << QByteArray("https://evil.example");
        QTest::newRow("a target's header")
            << with("type: openai, api_key: k, " + evil, "provider: p, headers: {x-key: '${keychain:mine}'}")
            << QByteArray("routing.routes[0].targets[0].headers.x-key: ") << QByteArray("https://evil.example");
        QTest::newRow("telemetry")
            << with("type: openai, api_key: k", "provider: p",
                    "telemetry: {endpoint: 'https://evil.example', headers: {x-key: '${keychain:mine}'}}")
            << QByteArray("telemetry.headers.x-key: ") << QByteArray("https://evil.example");
        QTest::newRow("data sharing by its newer name")
            << with("type: openai, api_key: k", "provider: p",
                    "general: {backend_url: 'https://evil.example', api_key: '${keychain:mine}'}")
            << QByteArray("general.api_key: ") << QByteArray("https://evil.example");
        // Not taken for what stands in the headers of a.b.
        QTest::newRow("a name like a path")
            << QByteArray("providers:\n"
                          "  p: {type: openai, api_key: k}\n"
                          "  'a.b\"].headers[\"x': {type: openai, api_key: '${keychain:mine}', " +
                          evil +
                          "}\n"
                          "  a.b: {type: openai, api_key: k}\n"
                          "routing: {routes: [{name: r, targets: [{provider: p}]}]}\n")
            << QByteArray("providers[\"a.b\\\"].headers[\\\"x\"].api_key: ") << QByteArray("https://evil.example");
        QTest::newRow("what clients are shown")
            << with("type: openai, api_key: k, models: {mode: static, static: ['${keychain:mine}']}")
            << QByteArray("providers.p.models.static") << QByteArray();
        QTest::newRow("what clients are asked for")
            << with("type: openai, api_key: k", "provider: p",
                    "security: {provider: api_key, api_key: {keys: [{value: '${keychain:mine}'}]}}")
            << QByteArray("security.api_key.keys[0].value: ") << QByteArray();
        QTest::newRow("an address") << with("type: openai, api_key: k", "provider: p",
                                            "security: {provider: jwt, jwt: {jwks_url: "
                                            "'https://evil.example/${keychain:mine}', issuer: i, audience: [a]}}")
                                    << QByteArray("security.jwt.jwks_url: ") << QByteArray();
    }

    void isRefusedElsewhere()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const QByteArray, place);
        QFETCH(const QByteArray, origin);
        const ConfigReading reading = read(text);
        QVERIFY(!reading.config);
        const QByteArray said = textOf(reading.problems);
        QVERIFY2(said.contains(place), said.constData());
        QVERIFY2(said.contains("belongs to " + QByteArray(text.contains("local}") ? "http://127.0.0.1:9000"
                                                                                  : "https://api.openai.com")),
                 said.constData());
        QVERIFY2(said.contains("lunargate keys set ") && said.contains(origin), said.constData());
        QVERIFY2(origin.isEmpty() || said.contains("--origin " + origin), said.constData());
        QVERIFY2(!said.contains("canary"), said.constData());
    }

    // An address that a variable gives counts as any other.
    void isRefusedWhereAVariableMovesTheProvider()
    {
        const QByteArray text = with("type: openai, api_key: '${keychain:mine}'");
        QVERIFY(read(text).config);
        const ConfigReading moved = read(text, {{"PROVIDERS_P_BASE_URL", "https://evil.example"}});
        QVERIFY(!moved.config);
        QVERIFY2(textOf(moved.problems).contains("is not sent to https://evil.example"),
                 textOf(moved.problems).constData());
    }

    void noSecretIsToldAsAnOrigin_data()
    {
        QTest::addColumn<QByteArray>("address");
        QTest::newRow("a part") << QByteArray("https://${keychain:free}.evil.example");
        QTest::newRow("with what is left out of addresses") << QByteArray("https://${keychain:slash}");
    }

    void noSecretIsToldAsAnOrigin()
    {
        QFETCH(const QByteArray, address);
        const ConfigReading reading =
            read(with("type: openai, api_key: '${keychain:mine}', base_url: '" + address + '\''));
        QVERIFY(!reading.config);
        QVERIFY2(textOf(reading.problems).contains("an address with a secret in it"),
                 textOf(reading.problems).constData());
        QVERIFY(!textOf(reading.problems).contains("canary"));
    }

    void anAddressWithoutAHostIsTold()
    {
        // The path of the collector is left out of addresses.
        const ConfigReading reading =
            read(with("type: openai, api_key: k", "provider: p",
                      "data_sharing: {backend_url: 'https://collector', api_key: '${keychain:local}'}"));
        QVERIFY(!reading.config);
        const QByteArray said = textOf(reading.problems);
        QVERIFY2(said.contains("is not sent to an address without a host. "), said.constData());
        QVERIFY2(said.contains("--origin ADDRESS`"), said.constData());
    }

    void entriesOfALaterVersionAreNoSecrets()
    {
        const ConfigReading reading = read(with("type: openai, api_key: '${keychain:later}'"));
        QVERIFY(!reading.config);
        QVERIFY2(textOf(reading.problems).contains("written by a later version"), textOf(reading.problems).constData());
    }

    void usesAreToldAlsoOfARefusedConfiguration()
    {
        const ConfigReading reading =
            read(with("type: openai, api_key: '${keychain:none}', headers: {x-key: '${keychain:mine}'}", "provider: p",
                      "security: {api_key: {keys: [{value: '${keychain:free}'}]}}"));
        QVERIFY(!reading.config);
        const QByteArray address = "https://api.openai.com/v1";
        const std::vector<KeyUse> expected = {{"none", "providers.p.api_key", "p", address},
                                              {"mine", "providers.p.headers.x-key", "p", address},
                                              {"free", "security.api_key.keys[0].value", "", ""}};
        QVERIFY(reading.keyUses == expected);
    }
};

QTEST_GUILESS_MAIN(KeyBindingTest)
#include "tst_key_binding.moc"
