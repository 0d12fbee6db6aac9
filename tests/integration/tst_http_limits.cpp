// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

HttpAnswer toAnswer(const RawClient &client)
{
    const HttpReader &reader = client.answer();
    return {.status = reader.status(), .headers = reader.headers(), .body = reader.body(), .error = reader.error()};
}

QByteArray nested(int depth)
{
    return QByteArray(depth, '[') + QByteArray(depth, ']');
}

} // namespace

/// What a client may send, how slowly, and on how many connections.
class HttpLimitsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void headerBlockOver64KiBGets431()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("GET", "/health", {}, {{"X-Long", QByteArray(70 * 1024, 'x')}});
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QCOMPARE(client.answer().status(), 431);
        QCOMPARE(errorShapeProblem(toAnswer(client)), "");
        QVERIFY(client.waitForClose());
    }

    void manyShortHeadersOverTheLimitGet431()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        HeaderList headers;
        for (int i = 0; i < 5000; ++i)
            headers.add("X-Field-" + QByteArray::number(i), "0123456789");
        QCOMPARE(fixture.client().get("/health", headers).status, 431);
    }

    void headerBlockUnderTheLimitIsFine()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.client().get("/health", {{"X-Long", QByteArray(60 * 1024, 'x')}}).status, 200);
    }

    void announcedBodyOverTheLimitIsRefusedBeforeItComes()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    "Content-Length: 10485761\r\n\r\n"); // 10 MiB and one
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().status(), 413);
        QCOMPARE(errorShapeProblem(toAnswer(client)), "");
        QVERIFY(client.answer().body().contains("invalid_request_error"));
        QVERIFY(client.waitForClose());
        QCOMPARE(fixture.upstream.requestCount(), 0);
    }

    void tooLargeBodyIsNotAskedForBy100Continue()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "max_body_bytes: 1000"}));
        RawClient client(fixture.port());
        client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1001\r\n"
                    "Expect: 100-continue\r\n\r\n");
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().status(), 413);
    }

    void chunkedBodyOverTheLimitGets413()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "max_body_bytes: 1000"}));
        RawClient client(fixture.port());
        const QByteArray chunk = "258\r\n" + QByteArray(600, ' ') + "\r\n";
        client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n" +
                    chunk + chunk);
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().status(), 413);
        QVERIFY(client.waitForClose());
        QCOMPARE(fixture.upstream.requestCount(), 0);
    }

    void bodyOfExactlyTheLimitIsServed()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "max_body_bytes: 1000"}));
        const QByteArray body = chatBody("fake-model");
        const HttpAnswer answer = fixture.chat(body + QByteArray(1000 - body.size(), ' '));
        QVERIFY2(answer.status == 200, answer.summary().constData());
    }

    void bigBodyUnderTheLimitArrivesWhole()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const QByteArray text(9 * 1024 * 1024, 'x');
        const HttpAnswer answer =
            fixture.chat(R"({"model":"fake-model","messages":[{"role":"user","content":")" + text + R"("}]})");
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QVERIFY(fixture.upstream.lastRequest().body.contains(text));
    }

    void slowHeadersGet408()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "header_timeout: 200ms"}));
        RawClient client(fixture.port());
        client.send("GET /health HTTP/1.1\r\nHost: local");
        QVERIFY(client.waitForAnswer(5s));
        QCOMPARE(client.answer().status(), 408);
        QCOMPARE(errorShapeProblem(toAnswer(client)), "");
        QVERIFY(client.waitForClose());
    }

    void drippingHeadersDoNotProlongTheirTime()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "header_timeout: 300ms"}));
        RawClient client(fixture.port());
        client.send("GET /health HTTP/1.1\r\nX: ");
        int dripped = 0;
        // One byte a pulse of the waiting loop: far more often than the limit, and for far longer.
        QVERIFY(waitUntil(
            [&] {
                if (!client.answer().hasHead() && ++dripped < 1000)
                    client.send("x");
                return client.answer().isComplete();
            },
            5s));
        QCOMPARE(client.answer().status(), 408);
    }

    void slowBodyGets408()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "read_timeout: 300ms"}));
        RawClient client(fixture.port());
        client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
        QVERIFY(client.waitForAnswer(5s));
        QCOMPARE(client.answer().status(), 408);
        QCOMPARE(errorShapeProblem(toAnswer(client)), "");
        QVERIFY(client.waitForClose());
    }

    void readTimeoutDoesNotCutAnAnswerThatTakesLonger()
    {
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script::eventStream().content("one").hold(gate).content("two").data("[DONE]").end());
        QVERIFY(fixture.start({.server = "read_timeout: 200ms\nidle_timeout: 200ms\nheader_timeout: 200ms"}));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        QVERIFY(client.waitForBody("one"));
        QVERIFY(!client.waitForClose(800ms));
        gate->open();
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QVERIFY(client.answer().body().contains("two"));
    }

    void idleConnectionIsClosedWithoutAWord()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "idle_timeout: 200ms"}));
        RawClient client(fixture.port());
        client.sendRequest("GET", "/health");
        QVERIFY(client.waitForAnswer());
        client.nextAnswer();
        QVERIFY(client.waitForClose(5s));
        QVERIFY(!client.answer().hasHead());
    }

    void deepJsonGets400_data()
    {
        QTest::addColumn<int>("depth");
        QTest::addColumn<int>("status");
        QTest::newRow("deep but allowed") << 500 << 200;
        QTest::newRow("too deep") << 600 << 400;
        QTest::newRow("absurd") << 1'000'000 << 400;
    }

    void deepJsonGets400()
    {
        QFETCH(int, depth);
        QFETCH(int, status);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(chatBody("fake-model", R"("metadata":)" + nested(depth)));
        QVERIFY2(answer.status == status, answer.summary().constData());
        if (status == 400)
            QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(fixture.upstream.requestCount(), status == 200 ? 1 : 0);
    }

    void connectionsOverTheLimitGet503()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start({.server = "max_connections: 2"}));
        auto first = std::make_unique<RawClient>(fixture.port());
        RawClient second(fixture.port());
        for (RawClient *client : {first.get(), &second}) {
            client->sendRequest("GET", "/health");
            QVERIFY(client->waitForAnswer());
        }
        const HttpAnswer refused = fixture.client().get("/health");
        QCOMPARE(refused.status, 503);
        QVERIFY(refused.header("Retry-After").toInt() > 0);
        QCOMPARE(errorShapeProblem(refused), "");
        // Those inside are not disturbed, and a place that becomes free is given away again.
        second.nextAnswer();
        second.sendRequest("GET", "/health");
        QVERIFY(second.waitForAnswer());
        QCOMPARE(second.answer().status(), 200);
        first->close();
        QVERIFY(waitUntil([&] { return fixture.client().get("/health").status == 200; }));
    }
};

QTEST_GUILESS_MAIN(HttpLimitsTest)
#include "tst_http_limits.moc"
