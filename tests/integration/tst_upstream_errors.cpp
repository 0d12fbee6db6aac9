// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// What the client learns when the provider says no.
class UpstreamErrorsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void statusMessageTypeCodeAndParamPass_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<QByteArray>("param");
        QTest::newRow("complete") << 401
                                  << QByteArray(R"({"error":{"message":"bad key","type":"invalid_request_error",)"
                                                R"("param":null,"code":"invalid_api_key"}})")
                                  << QByteArray("bad key") << QByteArray("invalid_request_error")
                                  << QByteArray("invalid_api_key") << QByteArray();
        QTest::newRow("with param") << 400
                                    << QByteArray(R"({"error":{"message":"too big","type":"invalid_request_error",)"
                                                  R"("param":"max_tokens","code":null}})")
                                    << QByteArray("too big") << QByteArray("invalid_request_error") << QByteArray()
                                    << QByteArray("max_tokens");
        QTest::newRow("numeric code") << 403 << QByteArray(R"({"error":{"message":"no credit","code":402}})")
                                      << QByteArray("no credit") << QByteArray("upstream_error") << QByteArray("402")
                                      << QByteArray();
        QTest::newRow("error is text") << 404 << QByteArray(R"({"error":"model not found"})")
                                       << QByteArray("model not found") << QByteArray("upstream_error") << QByteArray()
                                       << QByteArray();
        QTest::newRow("list around it") << 400 << QByteArray(R"([{"error":{"code":400,"message":"bad","status":"X"}}])")
                                        << QByteArray("bad") << QByteArray("upstream_error") << QByteArray("400")
                                        << QByteArray();
    }

    void statusMessageTypeCodeAndParamPass()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, message);
        QFETCH(QByteArray, type);
        QFETCH(QByteArray, code);
        QFETCH(QByteArray, param);
        for (const char *stream : {"false", "true"}) {
            GatewayFixture fixture;
            fixture.upstream.enqueue(Script::json(status, body));
            QVERIFY(fixture.start());
            const HttpAnswer answer = fixture.chat(chatBody("fake-model", R"("stream":)" + QByteArray(stream)));
            QVERIFY2(answer.status == status, answer.summary().constData());
            QCOMPARE(errorShapeProblem(answer), "");
            QCOMPARE(textAt(answer.body, "error.message"), message);
            QCOMPARE(textAt(answer.body, "error.type"), type);
            QCOMPARE(jsonAt(answer.body, "error.code").toVariant().toString().toUtf8(), code);
            QCOMPARE(textAt(answer.body, "error.param"), param);
            QCOMPARE(fixture.upstream.requestCount(), 1);
        }
    }

    void errorPageIsNotPassedOnAsMessage()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::json(
            403, "<html><head><title>Forbidden</title></head><body>" + QByteArray(100'000, 'x') + "</body></html>",
            {{"Content-Type", "text/html"}}));
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 403, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QVERIFY(answer.body.size() < 10'000);
    }

    void emptyErrorBodyStillGivesASentence()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::json(404, ""));
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QCOMPARE(answer.status, 404);
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(textAt(answer.body, "error.type"), "upstream_error");
    }

    void exhausted429KeepsStatusTypeAndAdvice()
    {
        GatewayFixture fixture;
        fixture.upstream.otherwise([](const ReceivedRequest &) {
            return Script::json(
                429, R"({"error":{"message":"slow down, 3 requests a minute"}})",
                {{"Retry-After", "0"}, {"x-ratelimit-limit-requests", "3"}, {"x-ratelimit-remaining-requests", "0"}});
        });
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 429, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(textAt(answer.body, "error.type"), "rate_limit_error");
        QVERIFY2(textAt(answer.body, "error.message").contains("slow down"), answer.body.constData());
        QCOMPARE(answer.header("Retry-After"), "0");
        QCOMPARE(answer.header("x-ratelimit-limit-requests"), "3");
        QCOMPARE(answer.header("x-ratelimit-remaining-requests"), "0");
        QCOMPARE(fixture.upstream.requestCount(), 3);
    }

    void exhausted5xxKeepsTheStatus_data()
    {
        QTest::addColumn<int>("status");
        for (const int status : {500, 502, 503, 504})
            QTest::addRow("%d", status) << status;
    }

    void exhausted5xxKeepsTheStatus()
    {
        QFETCH(int, status);
        GatewayFixture fixture;
        fixture.upstream.otherwise([status](const ReceivedRequest &) {
            return Script::json(status, R"({"error":{"message":"our fault","type":"server_error"}})");
        });
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == status, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(fixture.upstream.requestCount(), 3);
    }

    void aRetryMakesItGood_data()
    {
        QTest::addColumn<Script>("failure");
        QTest::newRow("status") << Script::json(503, "{}");
        QTest::newRow("reset") << Script().reset();
        QTest::newRow("close without an answer") << Script().close();
        QTest::newRow("cut inside the head") << Script().wire("HTTP/1.1 200 OK\r\nContent-").close();
        QTest::newRow("cut inside the body")
            << Script().wire("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":").close();
        QTest::newRow("malformed chunk") << Script().wire(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n");
        QTest::newRow("not HTTP") << Script().wire("SSH-2.0-OpenSSH_9.2\r\n").close();
    }

    void aRetryMakesItGood()
    {
        QFETCH(Script, failure);
        GatewayFixture fixture;
        fixture.upstream.enqueue(failure);
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(fixture.upstream.requestCount(), 2);
    }

    void unreachableProviderGets502ThatSaysSo()
    {
        GatewayFixture fixture;
        QByteArray yaml = simpleConfig(fixture.upstream);
        yaml.replace(fixture.upstream.url(), "http://127.0.0.1:" + QByteArray::number(refusingPort()) + "/v1");
        QVERIFY(fixture.gateway.start(yaml));
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 502, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(textAt(answer.body, "error.type"), "provider_error");
        QVERIFY(!textAt(answer.body, "error.code").isEmpty());
    }

    void exhausted429WithoutWordsOfItsOwn()
    {
        // T8, T72
        GatewayFixture fixture;
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::json(429, ""); });
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QCOMPARE(answer.status, 429);
        QCOMPARE(textAt(answer.body, "error.type"), "rate_limit_error");
        QCOMPARE(textAt(answer.body, "error.message"), "provider returned status 429");
        QCOMPARE(answer.header("X-LunarGate-Provider"), "fake");
        QCOMPARE(answer.header("X-LunarGate-Model"), "fake/fake-model");
        QCOMPARE(answer.header("X-LunarGate-Attempts"), "3");
        QCOMPARE(answer.header("X-Should-Retry"), "false");
    }

    void brokenConnectionsSayTheirClass_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("closed before the answer") << Script().close() << QByteArray("connection_closed");
        QTest::newRow("reset in the answer")
            << Script::head(200, {{"Content-Type", "application/json"}}).body("{").reset()
            << QByteArray("connection_closed");
        QTest::newRow("no HTTP") << Script().wire("220 mail.example ESMTP\r\n\r\n").close()
                                 << QByteArray("invalid_response");
    }

    void brokenConnectionsSayTheirClass()
    {
        QFETCH(Script, script);
        QFETCH(QByteArray, code);
        GatewayFixture fixture;
        fixture.upstream.otherwise([&script](const ReceivedRequest &) { return script; });
        QVERIFY(fixture.start({.retry = "max_attempts: 1"}));
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 502, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(textAt(answer.body, "error.code"), code);
        QCOMPARE(answer.header("X-LunarGate-Attempts"), "1");
        const MetricsText metrics(fixture.client().get("/metrics").body);
        QCOMPARE(metrics.sum("lunargate_attempt_failures_total", {{"provider", "fake"}, {"reason", code}}), 1.0);
    }

    void keyInTheProvidersErrorTextIsHidden()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::json(401, R"({"error":{"message":"Incorrect API key provided: )" +
                                                       QByteArray(kProviderKey) + R"("}})"));
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QCOMPARE(answer.status, 401);
        QVERIFY2(!answer.body.contains(kProviderKey), answer.body.constData());
        QVERIFY(answer.body.contains("Incorrect API key"));
    }

    void hugeErrorBodyIsNotReadToTheEnd()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(
            Script::head(400, {{"Content-Type", "text/plain"}}).repeat(QByteArray(1 << 20, 'x'), 256).end());
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QCOMPARE(answer.status, 400);
        QCOMPARE(errorShapeProblem(answer), "");
        QVERIFY(fixture.upstream.waitForCancel(0));
        QVERIFY(fixture.upstream.request(0).bytesSent < 64 * 1024 * 1024);
    }
};

QTEST_GUILESS_MAIN(UpstreamErrorsTest)
#include "tst_upstream_errors.moc"
