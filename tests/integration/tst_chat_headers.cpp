// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QTest>
#include <QUuid>

#include <set>

using namespace lunargate;
using namespace lunargate::test;

namespace {

bool isNumber(const QByteArray &text)
{
    bool ok = false;
    return text.toLongLong(&ok) >= 0 && ok;
}

} // namespace

/// Which headers go to the provider, and which the client gets.
class ChatHeadersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void providerGetsItsOwnKeyAndNothingOfTheClient()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.provider = "organization: org-7"}));
        const HttpAnswer answer = fixture.chat(chatBody("fake-model"), {{"Authorization", "Bearer client-secret"},
                                                                        {"X-API-Key", "client-secret"},
                                                                        {"Cookie", "session=client-secret"},
                                                                        {"X-Forwarded-For", "10.1.2.3"},
                                                                        {"X-Forwarded-Host", "client.example"},
                                                                        {"Forwarded", "for=10.1.2.3"},
                                                                        {"Via", "1.1 client-proxy"},
                                                                        {"X-LunarGate-User", "client-user"},
                                                                        {"Connection", "X-Hop"},
                                                                        {"X-Hop", "client-hop"}});
        QVERIFY2(answer.status == 200, answer.summary().constData());
        const ReceivedRequest &sent = fixture.upstream.lastRequest();
        QCOMPARE(sent.header("Authorization"), QByteArray("Bearer ") + kProviderKey);
        QCOMPARE(sent.headers.count("Authorization"), 1);
        QCOMPARE(sent.header("OpenAI-Organization"), "org-7");
        QCOMPARE(sent.header("Content-Type"), "application/json");
        QCOMPARE(sent.header("Host"), "127.0.0.1:" + QByteArray::number(fixture.upstream.port()));
        for (const HeaderList::Field &field : sent.headers) {
            QVERIFY2(!field.value.contains("client"), field.name.constData());
            QVERIFY2(!field.value.contains("10.1.2.3"), field.name.constData());
            QVERIFY2(!field.name.toLower().startsWith("x-lunargate"), field.name.constData());
        }
    }

    void noKeyMeansNoAuthorization()
    {
        GatewayFixture fixture;
        QByteArray yaml = simpleConfig(fixture.upstream);
        yaml.replace("    api_key: " + QByteArray(kProviderKey) + '\n', "");
        QVERIFY(fixture.gateway.start(yaml));
        QCOMPARE(fixture.chat(chatBody(), {{"Authorization", "Bearer client-secret"}}).status, 200);
        QVERIFY(!fixture.upstream.lastRequest().header("Authorization").contains("client-secret"));
    }

    void successTellsRouteProviderModelAndTimes()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(chatBody("fake-model"));
        QCOMPARE(answer.status, 200);
        QVERIFY(!QUuid::fromString(QLatin1StringView(answer.header("X-LunarGate-Request-ID"))).isNull());
        QCOMPARE(answer.header("X-LunarGate-Route"), "default");
        QCOMPARE(answer.header("X-LunarGate-Provider"), "fake");
        QCOMPARE(answer.header("X-LunarGate-Model"), "fake/fake-model");
        QVERIFY(isNumber(answer.header("X-LunarGate-Latency-Ms")));
        QVERIFY(isNumber(answer.header("X-LunarGate-Overhead-Duration-Ms")));
    }

    void streamTellsItToo()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(chatBody("fake-model", R"("stream":true)"));
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.header("Content-Type").split(';').first(), "text/event-stream");
        QVERIFY(answer.header("Cache-Control").contains("no-cache"));
        QCOMPARE(answer.header("X-Accel-Buffering"), "no");
        QVERIFY(!answer.header("X-LunarGate-Request-ID").isEmpty());
        QCOMPARE(answer.header("X-LunarGate-Route"), "default");
        QCOMPARE(answer.header("X-LunarGate-Provider"), "fake");
        QCOMPARE(answer.header("X-LunarGate-Model"), "fake/fake-model");
        QVERIFY(isNumber(answer.header("X-LunarGate-Overhead-Duration-Ms")));
    }

    void everyRequestHasAnIdOfItsOwn()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        std::set<QByteArray> ids;
        for (int i = 0; i < 5; ++i)
            ids.insert(fixture.chat(i == 3 ? QByteArray("nonsense") : chatBody()).header("X-LunarGate-Request-ID"));
        QCOMPARE(ids.size(), size_t(5));
    }

    void upstreamErrorsTellWhoAnswered()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::json(404, R"({"error":{"message":"no such model","type":"x"}})"));
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(chatBody("fake-model"));
        QCOMPARE(answer.status, 404);
        QVERIFY(!answer.header("X-LunarGate-Request-ID").isEmpty());
        QCOMPARE(answer.header("X-LunarGate-Route"), "default");
        QCOMPARE(answer.header("X-LunarGate-Provider"), "fake");
        QCOMPARE(answer.header("X-LunarGate-Model"), "fake/fake-model");
        QVERIFY(isNumber(answer.header("X-LunarGate-Latency-Ms")));
        QVERIFY(isNumber(answer.header("X-LunarGate-Overhead-Duration-Ms")));
    }

    void ownErrorsHaveAnIdToo_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<HeaderList>("headers");
        QTest::newRow("bad JSON") << QByteArray("nonsense") << HeaderList();
        QTest::newRow("unknown route") << chatBody() << HeaderList{{"X-LunarGate-Route", "nowhere"}};
        QTest::newRow("unknown provider") << chatBody() << HeaderList{{"X-LunarGate-Provider", "nobody"}};
    }

    void ownErrorsHaveAnIdToo()
    {
        QFETCH(QByteArray, body);
        QFETCH(HeaderList, headers);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(body, headers);
        QVERIFY(answer.status >= 400);
        QVERIFY(!answer.header("X-LunarGate-Request-ID").isEmpty());
        QCOMPARE(fixture.upstream.requestCount(), 0);
    }

    void clientsOwnRequestIdIsEchoed()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HeaderList headers = {{"X-Request-Id", "client-42"}};
        const HttpAnswer answer = fixture.chat(chatBody(), headers);
        QCOMPARE(answer.header("X-Request-Id"), "client-42");
        QVERIFY(answer.header("X-LunarGate-Request-ID") != "client-42");
        QCOMPARE(fixture.chat("nonsense", headers).header("X-Request-Id"), "client-42");
    }

    void rateLimitHeadersOfTheProviderPass()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::json(200, R"({"choices":[{}]})",
                                              {{"x-ratelimit-remaining-requests", "59"},
                                               {"x-ratelimit-reset-tokens", "6m0s"},
                                               {"openai-processing-ms", "321"},
                                               {"Set-Cookie", "upstream=1"},
                                               {"Connection", "X-Hop"},
                                               {"X-Hop", "1"},
                                               {"Server", "upstream"}}));
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.header("x-ratelimit-remaining-requests"), "59");
        QCOMPARE(answer.header("x-ratelimit-reset-tokens"), "6m0s");
        QCOMPARE(answer.header("openai-processing-ms"), "321");
        QVERIFY(!answer.headers.contains("Set-Cookie"));
        QVERIFY(!answer.headers.contains("X-Hop"));
    }

    void connectionsToTheProviderAreReused()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "workers: 1"}));
        for (int i = 0; i < 5; ++i)
            QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(fixture.upstream.connectionCount(), 1);
    }
};

QTEST_GUILESS_MAIN(ChatHeadersTest)
#include "tst_chat_headers.moc"
