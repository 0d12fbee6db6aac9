// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/raw_client.h"
#include "tests/support/token_maker.h"

#include <QCryptographicHash>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

// Also what is left of a key when somebody hides only its beginning.
const QByteArray kKeyPart = QByteArray(kProviderKey).right(12);

const HeaderList kClientSecrets = {{"Authorization", "Bearer sk-client-7d1f0b55aa90"},
                                   {"X-API-Key", "sk-client-7d1f0b55aa90"},
                                   {"Cookie", "session=sk-client-7d1f0b55aa90"}};

bool holdsSecret(const QByteArray &text)
{
    return text.contains(kKeyPart) || text.contains("7d1f0b55aa90");
}

bool holdsSecret(const HttpAnswer &answer)
{
    return holdsSecret(answer.body) ||
           std::ranges::any_of(answer.headers, [](const HeaderList::Field &field) { return holdsSecret(field.value); });
}

} // namespace

/// Keys leave the gateway only in the request to their provider: not by logs at any level, metrics or answers.
class SecretsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void keysAreNowhere_data()
    {
        QTest::addColumn<QByteArray>("format");
        QTest::newRow("console") << QByteArray("console");
        QTest::newRow("json") << QByteArray("json");
    }

    void keysAreNowhere()
    {
        QFETCH(QByteArray, format);
        GatewayFixture fixture;
        const QByteArray inError = QByteArray("{\"error\":{\"message\":\"wrong key ") + kProviderKey +
                                   " given\",\"type\":\"auth\",\"code\":\"x\"}}";
        QVERIFY(fixture.start({.sections = "logging: {level: trace, format: " + format + "}\n"}));
        const QByteArray stream = chatBody("fake-model", R"("stream":true)");
        const std::vector<Script> scripts = {
            Script::chat(),
            Script::json(401, inError),
            Script::json(403, QByteArray("plain text with ") + kProviderKey),
            Script::json(200, QByteArray("not json ") + kProviderKey),
            Script::json(404, "{}", {{"X-Echo", kProviderKey}, {"x-request-id", kProviderKey}}),
            Script().wire(QByteArray("HTTP/9.9 ") + kProviderKey + "\r\n\r\n").close(),
            Script::eventStream().content("a").data(inError).end(),
            Script::eventStream().data(inError).end(),
            Script().reset(),
        };
        for (const Script &script : scripts) {
            for (const QByteArray &body : {chatBody("fake-model"), stream}) {
                fixture.upstream.enqueue(script);
                const HttpAnswer answer = fixture.chat(body, kClientSecrets);
                QVERIFY2(!holdsSecret(answer), answer.summary().constData());
            }
        }
        const HttpClient client = fixture.client();
        for (const char *path : {"/health", "/ready", "/v1/models", "/metrics", "/nowhere"})
            QVERIFY2(!holdsSecret(client.get(path, kClientSecrets)), path);
        QVERIFY(!holdsSecret(client.chat("nonsense sk-client-7d1f0b55aa90", kClientSecrets)));

        QCOMPARE(fixture.gateway.terminate(5s), 0);
        QVERIFY(fixture.gateway.log().size() > 1000); // trace level did say something
        for (const QByteArray &line : fixture.gateway.log().split('\n'))
            QVERIFY2(!holdsSecret(line), line.constData());
    }

    // Right or wrong, in whichever header, and its hash in the file.
    void clientsKeysAreNowhere()
    {
        const QByteArray hash = QCryptographicHash::hash("gate-7d1f0b55aa90-b", QCryptographicHash::Sha256).toHex();
        GatewayFixture fixture;
        QVERIFY(
            fixture.start({.sections = "logging: {level: trace}\nsecurity:\n  slow_down: {max_delay: 0s}\n"
                                       "  api_key:\n    keys:\n      - {value: gate-7d1f0b55aa90-a, models: [none]}\n"
                                       "      - {value: 'sha256:" +
                                       hash + "'}\n      - {value: gate-7d1f0b55aa90-c, expires: 2020-01-31}\n"}));
        for (const char *key :
             {"gate-7d1f0b55aa90-a", "gate-7d1f0b55aa90-b", "gate-7d1f0b55aa90-c", "gate-7d1f0b55aa90-wrong"}) {
            for (const HeaderList &headers :
                 {HeaderList{{"Authorization", QByteArray("Bearer ") + key}}, HeaderList{{"Authorization", key}},
                  HeaderList{{"X-API-Key", key}}, HeaderList{{"api-key", key}}}) {
                QVERIFY(!holdsSecret(fixture.chat(chatBody("fake-model"), headers)));
                QVERIFY(!holdsSecret(fixture.client().get("/metrics", headers)));
            }
        }
        for (int i = 0; i < fixture.upstream.requestCount(); ++i) {
            for (const HeaderList::Field &field : fixture.upstream.request(i).headers)
                QVERIFY(!field.value.contains("7d1f0b55aa90"));
        }
        QCOMPARE(fixture.gateway.terminate(5s), 0);
        QVERIFY(!holdsSecret(fixture.gateway.log()));
        QVERIFY(!fixture.gateway.log().contains(hash.first(16)));
    }

    void tokensAreNowhere()
    {
        const TokenMaker maker("k1");
        FakeUpstream issuer;
        issuer.otherwise(
            [&](const ReceivedRequest &) { return Script::json(200, TokenMaker::keySet({maker.publicKey()})); });
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = "logging: {level: trace}\nsecurity:\n  provider: jwt\n"
                                           "  slow_down: {max_delay: 0s}\n  jwt: {jwks_url: '" +
                                           issuer.url("/keys") + "', audience: [gate]}\n"}));
        const QByteArrayList tokens = {maker.token(TokenMaker::claims("ann", 600, R"("aud":"gate")")),
                                       maker.token(TokenMaker::claims("ann", 600, R"("aud":"other")")),
                                       maker.token(TokenMaker::claims("ann", -600, R"("aud":"gate")")),
                                       TokenMaker("k1").token(TokenMaker::claims("ann", 600, R"("aud":"gate")"))};
        for (const QByteArray &token : tokens) {
            const HttpAnswer answer = fixture.chat(chatBody("fake-model"), {{"Authorization", "Bearer " + token}});
            QCOMPARE(answer.status, token == tokens.first() ? 200 : 401);
            for (const QByteArray &part : token.split('.'))
                QVERIFY(!answer.body.contains(part));
        }
        QCOMPARE(fixture.upstream.request(0).header("Authorization"), QByteArray("Bearer ") + kProviderKey);
        QCOMPARE(fixture.gateway.terminate(5s), 0);
        for (const QByteArray &token : tokens) {
            for (const QByteArray &part : token.split('.'))
                QVERIFY(!fixture.gateway.log().contains(part));
        }
    }

    void keyInTheUrlIsNotLogged()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = "logging: {level: trace}\n"}));
        QCOMPARE(fixture.client().post("/v1/chat/completions?key=sk-client-7d1f0b55aa90", chatBody()).status, 200);
        QCOMPARE(fixture.gateway.terminate(5s), 0);
        QVERIFY2(!holdsSecret(fixture.gateway.log()), fixture.gateway.log().constData());
    }

    void promptsAreNotLogged()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = "logging: {level: trace}\n"}));
        QCOMPARE(fixture.chat(R"({"messages":[{"role":"user","content":"my-private-diary"}]})").status, 200);
        QCOMPARE(fixture.gateway.terminate(5s), 0);
        QVERIFY(!fixture.gateway.log().contains("my-private-diary"));
        QVERIFY(!fixture.gateway.log().contains("Hello from upstream"));
    }

    void clientCannotForgeLogLines()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.sections = "logging: {level: trace}\n"}));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", "{\"model\":\"a\\nFORGED line\\u001b[31m\",\"messages\":[]}",
                           {{"X-Request-Id", "x\x1b[31mFORGED"}});
        QVERIFY(client.waitForAnswer());
        QCOMPARE(fixture.gateway.terminate(5s), 0);
        for (const QByteArray &line : fixture.gateway.log().split('\n'))
            QVERIFY2(!line.startsWith("FORGED"), line.constData());
        QVERIFY(!fixture.gateway.log().contains('\x1b'));
    }
};

QTEST_GUILESS_MAIN(SecretsTest)
#include "tst_secrets.moc"
