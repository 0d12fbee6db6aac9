// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"

#include <QCryptographicHash>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

const QByteArray kPlainKey = "gate-plain-5521";
const QByteArray kHashedKey = "gate-hashed-7733";

QByteArray security(const QByteArray &more = {})
{
    const QByteArray hash = QCryptographicHash::hash(kHashedKey, QCryptographicHash::Sha256).toHex();
    return "security:\n"
           "  enabled: true\n"
           "  provider: api_key\n"
           "  api_key:\n"
           "    keys:\n"
           "      - {name: app, value: " +
           kPlainKey +
           "}\n"
           "      - {name: boss, value: 'sha256:" +
           hash +
           "', admin: true}\n"
           "      - {name: old, value: gate-old-9944, expires: 2020-01-31}\n" +
           more;
}

QByteArray codeOf(const HttpAnswer &answer)
{
    return textAt(answer.body, "error.code");
}

} // namespace

/// Keys that clients show: the reference's own tests (T4, T5, T74, T92) and what it got wrong.
class KeysTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void keysAreTakenFromEveryHeader_data()
    {
        QTest::addColumn<HeaderList>("headers");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("code");
        const auto row = [](const char *name, HeaderList headers, int status, const char *code = "") {
            QTest::newRow(name) << std::move(headers) << status << QByteArray(code);
        };
        row("Authorization", {{"Authorization", "Bearer " + kPlainKey}}, 200);
        row("X-API-Key", {{"X-API-Key", kPlainKey}}, 200);
        row("api-key", {{"api-key", kPlainKey}}, 200);
        row("stored as a hash", {{"Authorization", "Bearer " + kHashedKey}}, 200);
        row("none", {}, 401, "missing_api_key");
        row("wrong", {{"Authorization", "Bearer no-such-key"}}, 401, "invalid_api_key");
        row("wrong, with a good one elsewhere", {{"Authorization", "Bearer no-such-key"}, {"X-API-Key", kPlainKey}},
            401, "invalid_api_key");
        row("another scheme", {{"Authorization", "Basic " + kPlainKey}}, 401, "invalid_api_key");
        row("expired", {{"X-API-Key", "gate-old-9944"}}, 401, "expired_api_key");
    }
    void keysAreTakenFromEveryHeader()
    {
        QFETCH(HeaderList, headers);
        QFETCH(int, status);
        QFETCH(QByteArray, code);
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = security()}));
        const HttpAnswer answer = fixture.chat(chatBody("fake-model"), headers);
        QCOMPARE(answer.status, status);
        QCOMPARE(codeOf(answer), code);
        QCOMPARE(answer.header("WWW-Authenticate"), status == 401 ? "Bearer realm=\"lunargate\"" : "");
        QCOMPARE(fixture.upstream.requestCount(), status == 200 ? 1 : 0);
        if (status != 200)
            QCOMPARE(errorShapeProblem(answer), QByteArray());
    }

    // A provider with many vendors' models has them under names such as `fake/gpt-4o`.
    void aProvidersModelsAreNoOthers()
    {
        GatewayFixture fixture;
        const QByteArray yaml = simpleConfig(
            fixture.upstream, {.provider = "models: {mode: static, static: [gpt-4o]}",
                               .sections = "security: {provider: api_key, api_key: {keys: [{value: " + kPlainKey +
                                           ", models: ['fake/*']}]}}\n"});
        QVERIFY(fixture.gateway.start(
            QByteArray(yaml)
                .replace("routing:\n", "  broker:\n    type: openai\n    api_key: k-broker-1\n"
                                       "    base_url: " +
                                           fixture.upstream.url() +
                                           "\n    models: {mode: static, static: [fake/gpt-4o]}\nrouting:\n")
                .replace("- provider: fake\n", "- provider: fake\n        - provider: broker\n")));
        const HeaderList key{{"X-API-Key", kPlainKey}};
        QCOMPARE(fixture.chat(chatBody("fake/gpt-4o"), key).status, 200);
        const HttpAnswer refused = fixture.chat(chatBody("broker/fake/gpt-4o"), key);
        QCOMPARE(refused.status, 403);
        QCOMPARE(codeOf(refused), "model_not_allowed");
        const QByteArray models = fixture.client().get("/v1/models", key).body;
        QVERIFY2(models.contains("\"fake/gpt-4o\""), models.constData());
        QVERIFY2(!models.contains("broker/"), models.constData());
        QCOMPARE(fixture.client().get("/v1/models/broker/fake/gpt-4o", key).status, 404);
    }

    void theLogNamesCallersButNoKeys()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = security()}));
        QCOMPARE(fixture.chat(chatBody("fake-model"), {{"X-API-Key", kHashedKey}}).status, 200);
        QCOMPARE(fixture.gateway.terminate(5s), 0);
        const QByteArray &log = fixture.gateway.log();
        QVERIFY2(log.contains("caller=boss"), log.constData());
        QVERIFY2(log.contains("the key 'old' has expired"), log.constData());
        QVERIFY(!log.contains(kHashedKey) && !log.contains(kPlainKey));
    }

    void healthAndMetricsAskForNoKey()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = security()}));
        for (const char *path : {"/health", "/ready", "/metrics"})
            QCOMPARE(fixture.client().get(path).status, 200);
    }

    void olderKeysStillWork()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = "security: {api_keys_enabled: true, api_keys: [gate-legacy-1]}\n"}));
        QCOMPARE(fixture.chat(chatBody("fake-model")).status, 401);
        QCOMPARE(fixture.chat(chatBody("fake-model"), {{"X-API-Key", "gate-legacy-1"}}).status, 200);
    }

    void enabledWithoutAProviderDoesNotStart()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("c.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("providers: {a: {type: openai, api_key: k}}\n"
                   "routing: {routes: [{name: r, targets: [{provider: a}]}]}\n"
                   "security: {enabled: true, provider: none}\n");
        file.close();
        const ProgramResult result = runProgram({"--no-gui", "--config", file.fileName().toUtf8()});
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.error.contains("authentication is enabled without a key"), result.error.constData());
    }

    void wrongKeysAreAnsweredMoreAndMoreSlowly()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = security("  slow_down: {free_attempts: 2, max_delay: 300ms}\n")}));
        const HeaderList wrong = {{"X-API-Key", "no-such-key"}};
        const auto timed = [&](const HeaderList &headers) {
            const auto start = std::chrono::steady_clock::now();
            const HttpAnswer answer = fixture.client().post("/v1/chat/completions", chatBody("fake-model"), headers);
            return std::pair(answer.status, std::chrono::steady_clock::now() - start);
        };
        for (int i = 0; i < 2; ++i)
            QCOMPARE(timed(wrong).first, 401);
        for (int i = 0; i < 2; ++i) {
            const auto [status, time] = timed(wrong);
            QCOMPARE(status, 401);
            QVERIFY(time >= 250ms);
        }
        QCOMPARE(timed({{"X-API-Key", kPlainKey}}).first, 200);
        const auto [status, time] = timed(wrong); // forgiven
        QCOMPARE(status, 401);
        QVERIFY(time < 250ms);
    }
};

QTEST_GUILESS_MAIN(KeysTest)
#include "tst_keys.moc"
