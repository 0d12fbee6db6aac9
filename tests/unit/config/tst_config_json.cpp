// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/config_json.h"

#include "gateway/config/config_reader.h"
#include "gateway/config/known_key.h"
#include "tests/support/json_path.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>
#include <set>

using namespace lunargate::test;

namespace lunargate {

namespace {

// Something in every list and every map, and a canary in every place for a secret.
// moc takes two slashes for a comment even here, so that they are put in afterwards.
const QByteArray kText = QByteArray(R"(
server: {port: 9000, allowed_hosts: [a.test], cors_origins: ["*"], trusted_proxies: ["::1"]}
providers:
  one:
    type: openai
    api_key: canary-provider-key
    base_url: %1user:canary-password@one.test/v1?code=canary-code
    headers: {authorization: canary-header, x-team: canary-team}
    query: {sig: canary-query}
    extra: {think: "true", session_token: canary-extra}
    timeouts: {connect: 1s}
    temperature: 0.5
    simulator: {statuses: [200]}
routing:
  routes:
    - name: main
      match: {headers: {x-plan: gold, x-auth: canary-match}}
      targets: [{provider: one, model: m, headers: {x-key: canary-target}}]
      fallback: [{provider: one, model: n}]
      fallback_on: [429, 5xx, timeout]
  model_aliases: {fast: one/m}
model_selection: {skills: [{name: s, regex_any: [a]}]}
rate_limiting: {keys: [{name: team, requests_per_minute: 5}]}
security:
  provider: api_key
  api_key: {keys: [{name: team, value: canary-client-key, expires: 2030-01-31, routes: [main], models: [m]}]}
  jwt: {jwks_url: "%1user:canary-jwks@keys.test/jwks", issuer: i, audience: [a], algorithms: [ES256]}
data_sharing: {api_key: canary-backend-key}
prices: {one: {"m-*": {input: 1, output: 2}}}
)")
                             .replace("%1", "https://");

Config configOf(const QByteArray &text)
{
    const ConfigReading reading = readConfigText(text, "c.yaml", Environment());
    for (const ConfigProblem &problem : reading.problems) {
        if (problem.severity == ConfigProblem::Severity::Error)
            qFatal("%s", problem.toText().constData());
    }
    return *reading.config;
}

/// What stands for the keys of the map at `path` where they are the user's own.
QByteArray placeholder(const QByteArray &path)
{
    if (path == "prices.<id>")
        return "<model>";
    return path == "providers" || path == "prices" ? "<id>" : "";
}

// The paths of `value` as the reader names keys: ids of providers are <id>, items of lists of maps [].
void collectPaths(const QJsonValue &value, const QByteArray &path, std::set<QByteArray> &paths)
{
    if (value.isArray()) {
        for (const QJsonValue &item : value.toArray()) {
            if (item.isObject())
                collectPaths(item, path + "[]", paths);
        }
    }
    if (!value.isObject()) {
        paths.insert(path);
        return;
    }
    const QJsonObject object = value.toObject();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const QByteArray own = placeholder(path);
        const QByteArray name = own.isEmpty() ? it.key().toUtf8() : own;
        collectPaths(it.value(), path.isEmpty() ? name : path + '.' + name, paths);
    }
    paths.insert(path); // a map of text is a key itself
}

/// Keys of the file that only say otherwise what another key says.
bool isOtherName(const QByteArray &path)
{
    static const std::set<QByteArray> kNames = {"routing.routes[].on", "security.api_keys_enabled", "security.api_keys",
                                                "general.backend_url", "general.api_key"};
    return path.startsWith("security.external.") || kNames.contains(path);
}

} // namespace

class ConfigJsonTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyKeyIsThere()
    {
        std::set<QByteArray> paths;
        collectPaths(QJsonDocument::fromJson(configJson(configOf(kText))).object(), {}, paths);
        for (const KnownKey &key : knownConfigKeys()) {
            if (key.type != "ignored" && !isOtherName(key.path))
                QVERIFY2(paths.contains(key.path), "not written: " + key.path);
        }
    }

    // What is written is a configuration again, and the same one.
    void theReaderUnderstandsWhatIsWritten()
    {
        const Config config = configOf(R"(
providers: {one: {type: ollama, timeouts: {total: 90s}}, two: {type: simulator}}
routing:
  routes: [{name: r, strategy: latency, fallback_on: [503, 5xx, open_circuit], targets: [{provider: one, weight: 3}]}]
caching: {max_bytes: 1MiB, scope: everybody}
circuit_breaker: {counted_errors: [timeout]}
logging: {level: debug}
prices: {one: {"m-*": {input: 1.5, output: 2, cached_input: 0.25}}}
)");
        const QByteArray json = configJson(config);
        ConfigReading again = readConfigText(json, "c.json", Environment());
        QVERIFY2(again.config, again.problems.empty() ? "" : again.problems.front().toText().constData());
        QCOMPARE(configJson(*again.config), json);
    }

    void effectiveValues()
    {
        const QByteArray json = configJson(configOf(kText));
        QVERIFY(isJson(json));
        QCOMPARE(jsonAt(json, "server.port").toInt(), 9000);
        QCOMPARE(textAt(json, "server.idle_timeout"), "1m"); // a default
        QCOMPARE(textAt(json, "providers.one.protocol"), "openai");
        QCOMPARE(jsonAt(json, "providers.one.temperature").toDouble(), 0.5);
        QVERIFY(jsonAt(json, "providers.one.top_p").isNull());
        QCOMPARE(textAt(json, "routing.routes.0.match.headers.x-plan"), "gold");
        QCOMPARE(textAt(json, "routing.routes.0.fallback_on.1"), "5xx");
        QCOMPARE(textAt(json, "providers.one.extra.think"), "true");
        QCOMPARE(textAt(json, "security.api_key.keys.0.name"), "team");
        QCOMPARE(textAt(json, "security.api_key.keys.0.expires"), "2030-02-01T00:00:00Z");
    }

    void noSecretIsWritten()
    {
        const QByteArray json = configJson(configOf(kText));
        QVERIFY2(!json.contains("canary"), json.constData());
        QCOMPARE(textAt(json, "providers.one.api_key"), "***");
        QCOMPARE(textAt(json, "providers.one.base_url"), "https://***@one.test/v1?code=***");
        QCOMPARE(textAt(json, "providers.one.headers.x-team"), "***");
        QCOMPARE(textAt(json, "providers.one.query.sig"), "***");
        QCOMPARE(textAt(json, "security.api_key.keys.0.value"), "***");
        QCOMPARE(textAt(json, "security.jwt.jwks_url"), "https://***@keys.test/jwks");
        QCOMPARE(textAt(json, "data_sharing.api_key"), "***");
    }

    void missingSecretsAreToldApart()
    {
        const QByteArray json = configJson(configOf("providers: {one: {type: ollama}}\n"));
        QCOMPARE(textAt(json, "providers.one.api_key"), "");
        QVERIFY(jsonAt(json, "providers.one.api_key").isString());
    }

    void fingerprintIsOfWhatIsSaid()
    {
        const QByteArray print = fingerprint(configOf(kText));
        QCOMPARE(fingerprint(configOf("# a comment, so that everything stands elsewhere\n\n" + kText)), print);
    }

    void fingerprintTellsEveryDifference_data()
    {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("to");
        const auto row = [](const char *from, const char *to) {
            QTest::newRow(from) << QByteArray(from) << QByteArray(to);
        };
        row("9000", "9001");
        row("canary-provider-key", "canary-provider-kex");
        row("canary-password", "canary-passwort");
        row("canary-header", "canary-headex");
        row("canary-query", "canary-quexy");
        row("canary-target", "canary-targex");
        row("canary-client-key", "canary-client-kex");
        row("canary-backend-key", "canary-backend-kex");
        row("model: n", "model: o");
        row("[429, 5xx, timeout]", "[429, 5xx]");
    }

    void fingerprintTellsEveryDifference()
    {
        QFETCH(const QByteArray, from);
        QFETCH(const QByteArray, to);
        QByteArray text = kText;
        QVERIFY(text.contains(from));
        text.replace(from, to);
        QVERIFY(fingerprint(configOf(text)) != fingerprint(configOf(kText)));
    }

    void fingerprintOfAProvider()
    {
        const ProviderConfig one = configOf(kText).providers.front();
        ProviderConfig moved = one;
        moved.line = 99;
        QCOMPARE(fingerprint(moved), fingerprint(one));
        ProviderConfig otherKey = one;
        otherKey.apiKey = SecretString("another");
        QVERIFY(fingerprint(otherKey) != fingerprint(one));
        ProviderConfig otherId = one;
        otherId.id = "two";
        QVERIFY(fingerprint(otherId) != fingerprint(one));
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ConfigJsonTest)
#include "tst_config_json.moc"
