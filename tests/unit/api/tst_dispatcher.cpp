// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using test::GatewayInMemory;
using test::Script;

class DispatcherTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void answersPublicEndpointsWithoutAKey_data();
    void answersPublicEndpointsWithoutAKey();
    void asksForAKeyEverywhereElse();
    void refusesBodiesBeforeTheyCome_data();
    void refusesBodiesBeforeTheyCome();
    void tellsUnknownPathsFromUnknownMethods();
    void refusesModelCallsWhilePaused();
    void servesMendedPaths();
    void findsModelsByIdsWithSlashes();
    void keepsWebPagesOut();
    void answersPreflights_data();
    void answersPreflights();
    void answersHeadWithoutABody();
    void refusesWhatIsNoRequest();
};

namespace {

Config withKey()
{
    Config config = test::twoProviders();
    config.security.enabled = true;
    config.security.provider = AuthProvider::ApiKey;
    config.security.keys.push_back({.name = "test", .value = SecretString("client-key-1")});
    return config;
}

QByteArray concretePath(const Endpoint &endpoint)
{
    return endpoint.path.toByteArray() + (endpoint.hasTail ? "x" : "");
}

} // namespace

void DispatcherTest::answersPublicEndpointsWithoutAKey_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("health") << QByteArray("/health");
    QTest::newRow("ready") << QByteArray("/ready");
    QTest::newRow("metrics") << QByteArray("/metrics");
}

void DispatcherTest::answersPublicEndpointsWithoutAKey()
{
    QFETCH(const QByteArray, path);
    GatewayInMemory gateway({}, withKey());
    gateway.get(path);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QVERIFY(!gateway.body().isEmpty());
    QCOMPARE(gateway.metrics().sum("ai_router_requests_total"), 0); // no model call
}

void DispatcherTest::asksForAKeyEverywhereElse()
{
    for (const Endpoint &endpoint : endpoints()) {
        if (endpoint.role == Role::Public)
            continue;
        const QByteArray path = concretePath(endpoint);
        GatewayInMemory gateway({}, withKey());
        gateway.client.send(endpoint.method.toByteArray() + ' ' + path +
                            " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        QTRY_VERIFY(gateway.isAnswered());
        QVERIFY2(gateway.status() == 401, path.constData());
        QVERIFY(!gateway.header("WWW-Authenticate").isEmpty());
        QCOMPARE(gateway.transport->requests.size(), 0);
        QCOMPARE(gateway.requests(401), endpoint.isModelCall ? 1 : 0);
    }
    GatewayInMemory gateway({std::move(Script().bytes(test::kWholeAnswer))}, withKey());
    gateway.post("{}", "Authorization: Bearer client-key-1\r\n");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    // The client's key stays here; the provider sees its own.
    QCOMPARE(gateway.transport->requests.front().headers.value("Authorization"), "Bearer sk-canary-one");
}

void DispatcherTest::refusesBodiesBeforeTheyCome_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<QByteArray>("status");
    const QByteArray chat = "POST /v1/chat/completions";
    const QByteArray key = "Authorization: Bearer client-key-1\r\n";
    QTest::newRow("no key") << chat << QByteArray() << QByteArray("401");
    QTest::newRow("wrong key") << chat << QByteArray("Authorization: Bearer other\r\n") << QByteArray("401");
    QTest::newRow("a web page") << chat << key + "Origin: https://evil.test\r\n" << QByteArray("403");
    QTest::newRow("unknown path") << QByteArray("POST /nope") << QByteArray() << QByteArray("404");
    QTest::newRow("other method") << QByteArray("PUT /v1/chat/completions") << QByteArray() << QByteArray("405");
    QTest::newRow("public endpoint") << QByteArray("GET /health") << QByteArray() << QByteArray("413");
}

void DispatcherTest::refusesBodiesBeforeTheyCome()
{
    QFETCH(const QByteArray, target);
    QFETCH(const QByteArray, fields);
    QFETCH(const QByteArray, status);
    GatewayInMemory gateway({}, withKey());
    gateway.client.send(target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "Content-Length: 5000000\r\n\r\n");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(QByteArray::number(gateway.status()), status);
    QCOMPARE(gateway.header("WWW-Authenticate").isEmpty(), status != "401");
    QCOMPARE(gateway.header("Allow").isEmpty(), status != "405");
    QCOMPARE(gateway.header("Connection"), "close");
    // Whoever asks for a model is counted, once; the rest is no model call.
    const bool asksModel = target.contains("/v1/chat");
    QCOMPARE(gateway.metrics().sum("ai_router_requests_total"), asksModel ? 1 : 0);
    QCOMPARE(gateway.requests(status.toInt()), asksModel ? 1 : 0);
}

void DispatcherTest::tellsUnknownPathsFromUnknownMethods()
{
    GatewayInMemory unknownPath({});
    unknownPath.get("/v1/nothing?secret=1");
    QTRY_VERIFY(unknownPath.isAnswered());
    QCOMPARE(unknownPath.status(), 404);
    QCOMPARE(unknownPath.error("code"), "unknown_path");
    QVERIFY(!unknownPath.body().contains("secret"));

    GatewayInMemory unknownMethod({});
    unknownMethod.get("/v1/chat/completions");
    QTRY_VERIFY(unknownMethod.isAnswered());
    QCOMPARE(unknownMethod.status(), 405);
    QCOMPARE(unknownMethod.header("Allow"), "POST");
}

void DispatcherTest::refusesModelCallsWhilePaused()
{
    GatewayInMemory gateway({std::move(Script().bytes(test::kWholeAnswer))});
    gateway.setPaused(true);
    gateway.post("{}");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 503);
    QCOMPARE(gateway.error("code"), "gateway_paused");
    QCOMPARE(gateway.header("Retry-After"), "10");
    QCOMPARE(gateway.requests(503), 1);
    QVERIFY(gateway.transport->requests.empty());

    GatewayInMemory others({});
    others.setPaused(true);
    others.get("/v1/models");
    QTRY_VERIFY(others.isAnswered());
    QCOMPARE(others.status(), 200);
    GatewayInMemory probed({});
    probed.setPaused(true);
    probed.get("/ready");
    QTRY_VERIFY(probed.isAnswered());
    QCOMPARE(probed.status(), 503);

    GatewayInMemory resumed({std::move(Script().bytes(test::kWholeAnswer))});
    resumed.setPaused(true);
    resumed.setPaused(false);
    resumed.post("{}");
    QTRY_VERIFY(resumed.isAnswered());
    QCOMPARE(resumed.status(), 200);
}

void DispatcherTest::servesMendedPaths()
{
    GatewayInMemory gateway({std::move(Script().bytes(test::kWholeAnswer))});
    gateway.post("{}", {}, "/v1/v1/chat/completions/?beta=true");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
}

void DispatcherTest::findsModelsByIdsWithSlashes()
{
    for (const char *path : {"/v1/models/one/m1", "/models/one%2Fm1"}) {
        GatewayInMemory gateway({});
        gateway.get(path);
        QTRY_VERIFY(gateway.isAnswered());
        QCOMPARE(gateway.status(), 200);
        QVERIFY(gateway.body().startsWith(R"({"id":"one/m1","object":"model",)"));
    }
    GatewayInMemory gateway({});
    gateway.get("/v1/models/no%22thing%00");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 404);
    QCOMPARE(gateway.error("code"), "model_not_found");
}

void DispatcherTest::keepsWebPagesOut()
{
    GatewayInMemory gateway({});
    gateway.post("{}", "Origin: https://evil.example\r\n");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 403);
    QCOMPARE(gateway.error("code"), "origin_not_allowed");
    QCOMPARE(gateway.header("Access-Control-Allow-Origin"), "");
    QCOMPARE(gateway.transport->requests.size(), 0);
    QCOMPARE(gateway.requests(403), 1);
    QCOMPARE(gateway.metrics().value("ai_router_active_requests"), 0);
}

void DispatcherTest::answersPreflights_data()
{
    QTest::addColumn<QByteArray>("origin");
    QTest::addColumn<int>("status");
    QTest::newRow("configured") << QByteArray("https://chat.example") << 204;
    QTest::newRow("another") << QByteArray("https://evil.example") << 403;
    QTest::newRow("its own, which needs none") << QByteArray("http://localhost") << 405;
}

void DispatcherTest::answersPreflights()
{
    QFETCH(const QByteArray, origin);
    QFETCH(const int, status);
    Config config = withKey(); // a preflight carries no key
    config.server.corsOrigins = {"https://chat.example"};
    GatewayInMemory gateway({}, config);
    gateway.client.send("OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin +
                        "\r\nAccess-Control-Request-Method: POST\r\n"
                        "Access-Control-Request-Headers: authorization,x-custom\r\n\r\n");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), status);
    const bool isAllowed = status == 204;
    QCOMPARE(gateway.header("Access-Control-Allow-Origin"), isAllowed ? origin : QByteArray());
    QCOMPARE(gateway.header("Access-Control-Allow-Headers"), isAllowed ? "authorization,x-custom" : "");
    QCOMPARE(gateway.header("Access-Control-Allow-Credentials"), "");
    QCOMPARE(gateway.header("Vary"), isAllowed ? "Origin" : "");
}

void DispatcherTest::answersHeadWithoutABody()
{
    GatewayInMemory gateway({});
    gateway.client.send("HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    QTRY_VERIFY(gateway.client.received().endsWith("\r\n\r\n"));
    QCOMPARE(gateway.status(), 200);
    QVERIFY(gateway.header("Content-Length").toInt() > 0);
}

void DispatcherTest::refusesWhatIsNoRequest()
{
    GatewayInMemory gateway({});
    gateway.client.send("nonsense\r\n\r\n");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 400);
    QCOMPARE(gateway.error("code"), "malformed_request");
    QCOMPARE(gateway.error("type"), "invalid_request_error");
    QCOMPARE(gateway.header("X-LunarGate-Error-Source"), "gateway");
    QVERIFY(!gateway.header("X-LunarGate-Request-ID").isEmpty());
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::DispatcherTest)
#include "tst_dispatcher.moc"
