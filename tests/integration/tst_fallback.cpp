// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

struct PrimaryAndFallback
{
    FakeUpstream primary;
    FakeUpstream fallback;
    GatewayProcess gateway;

    bool start(const QByteArray &retry = "{initial_delay: 1ms, max_delay: 5ms}", const QByteArray &routeKey = {},
               const QByteArray &timeout = "400ms")
    {
        return gateway.start("providers:\n"
                             "  primary: {type: openai, base_url: \"" +
                             primary.url() + "\", timeout: " + timeout +
                             "}\n"
                             "  fallback: {type: openai, base_url: \"" +
                             fallback.url() +
                             "\", temperature: 0.5}\n"
                             "retry: " +
                             retry +
                             "\n"
                             "routing:\n"
                             "  routes:\n"
                             "    - name: default\n"
                             "      targets: [{provider: primary, model: m1}]\n"
                             "      fallback: [{provider: fallback, model: m2}]\n" +
                             indented(routeKey, 6));
    }
    HttpAnswer chat(const QByteArray &model = {}, const HeaderList &headers = {}) const
    {
        return HttpClient(gateway.port()).chat(chatBody(model), headers);
    }
    void failPrimary(int status)
    {
        primary.otherwise([status](const ReceivedRequest &) {
            return Script::json(status, R"({"error":{"message":"primary says no"}})");
        });
    }
};

} // namespace

/// When the next target is tried, with what, and what the client learns of it.
class FallbackTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void fallbackGetsItsOwnModelAndDefaults()
    {
        PrimaryAndFallback fixture;
        fixture.failPrimary(503);
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(fixture.primary.requestCount(), 3);
        QCOMPARE(fixture.fallback.requestCount(), 1);
        const QByteArray sent = fixture.fallback.lastRequest().body;
        QCOMPARE(textAt(sent, "model"), "m2");
        QCOMPARE(jsonAt(sent, "temperature").toDouble(), 0.5);
        QVERIFY(jsonAt(fixture.primary.lastRequest().body, "temperature").isUndefined());
        QCOMPARE(answer.header("X-LunarGate-Provider"), "fallback");
        QCOMPARE(answer.header("X-LunarGate-Model"), "fallback/m2");
    }

    void plainModelNameDoesNotForbidTheFallback()
    {
        PrimaryAndFallback fixture;
        fixture.failPrimary(503);
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat("m1");
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(textAt(fixture.fallback.lastRequest().body, "model"), "m2");
    }

    void forcedProviderDoesNotFallBackToAnother_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<HeaderList>("headers");
        QTest::newRow("canonical model") << QByteArray("primary/m1") << HeaderList();
        QTest::newRow("header") << QByteArray() << HeaderList{{"X-LunarGate-Provider", "primary"}};
    }

    void forcedProviderDoesNotFallBackToAnother()
    {
        QFETCH(QByteArray, model);
        QFETCH(HeaderList, headers);
        PrimaryAndFallback fixture;
        fixture.failPrimary(503);
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(model, headers);
        QVERIFY2(answer.status == 503, answer.summary().constData());
        QCOMPARE(fixture.fallback.requestCount(), 0);
    }

    void noRetryMeansOneAttemptEach_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<int>("attempts");
        QTest::newRow("true") << QByteArray("true") << 1;
        QTest::newRow("True with spaces") << QByteArray("  True ") << 1;
        QTest::newRow("false") << QByteArray("false") << 3;
    }

    void noRetryMeansOneAttemptEach()
    {
        // T9
        QFETCH(QByteArray, value);
        QFETCH(int, attempts);
        PrimaryAndFallback fixture;
        fixture.failPrimary(500);
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat({}, {{"X-LunarGate-No-Retry", value}});
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header("X-LunarGate-Provider"), "fallback");
        QCOMPARE(fixture.primary.requestCount(), attempts);
        QCOMPARE(fixture.fallback.requestCount(), 1);
    }

    void clientsMistakesStayWithTheClient()
    {
        PrimaryAndFallback fixture;
        fixture.failPrimary(400);
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 400, answer.summary().constData());
        QCOMPARE(fixture.primary.requestCount(), 1);
        QCOMPARE(fixture.fallback.requestCount(), 0);
    }

    void timeoutFallsBack()
    {
        PrimaryAndFallback fixture;
        fixture.primary.otherwise([](const ReceivedRequest &) { return Script::silence(); });
        QVERIFY(fixture.start("{max_attempts: 1}"));
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header("X-LunarGate-Provider"), "fallback");
        QVERIFY(fixture.primary.waitForCancel(0));
    }

    void withRetriesOffAFailingProviderStillFallsBack_data()
    {
        QTest::addColumn<int>("status");
        QTest::newRow("500") << 500;
        QTest::newRow("503") << 503;
        QTest::newRow("429") << 429;
    }

    void withRetriesOffAFailingProviderStillFallsBack()
    {
        QFETCH(int, status);
        PrimaryAndFallback fixture;
        fixture.failPrimary(status);
        QVERIFY(fixture.start("{enabled: false}"));
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(fixture.primary.requestCount(), 1);
        QCOMPARE(answer.header("X-LunarGate-Provider"), "fallback");
    }

    void whenAllFailTheClientLearnsTheLastReason()
    {
        PrimaryAndFallback fixture;
        fixture.failPrimary(503);
        fixture.fallback.otherwise([](const ReceivedRequest &) {
            return Script::json(429, R"({"error":{"message":"fallback is busy"}})", {{"Retry-After", "0"}});
        });
        QVERIFY(fixture.start("{max_attempts: 1}"));
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 429, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QVERIFY(answer.body.contains("fallback is busy"));
        QCOMPARE(answer.header("X-LunarGate-Route"), "default");
    }

    void retryAfterMsIsWaitedFor()
    {
        // T90
        FakeUpstream upstream;
        GatewayProcess gateway;
        upstream.enqueue(Script::json(429, "{}", {{"retry-after-ms", "300"}, {"Retry-After", "3600"}}));
        QVERIFY(gateway.start(simpleConfig(upstream, {.retry = "initial_delay: 1ms\nmax_delay: 5s"})));
        QCOMPARE(HttpClient(gateway.port()).chat(chatBody()).status, 200);
        const auto waited = upstream.request(1).receivedAt - upstream.request(0).receivedAt;
        QVERIFY(waited >= 290ms && waited < 5s);
    }

    void anthropicsOverloadIsRetried()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        upstream.enqueue(
            Script::json(529, R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"));
        upstream.enqueue(Script::json(
            200, R"({"id":"m","type":"message","role":"assistant","model":"c","content":[{"type":"text","text":"hi"}],)"
                 R"("stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}})"));
        QByteArray yaml = simpleConfig(upstream);
        yaml.replace("type: openai", "type: anthropic");
        QVERIFY(gateway.start(yaml));
        const HttpAnswer answer = HttpClient(gateway.port()).chat(chatBody());
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header("X-LunarGate-Attempts"), "2");
    }

    void theRouteSaysWhatItFallsBackOn_data()
    {
        QTest::addColumn<QByteArray>("on");
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("isTaken");
        QTest::newRow("the client's mistake, listed") << QByteArray("[400, 5xx]") << 400 << true;
        QTest::newRow("503 by its class") << QByteArray("[400, 5xx]") << 503 << true;
        QTest::newRow("503, not listed") << QByteArray("[timeout, transport]") << 503 << false;
        QTest::newRow("401, not listed") << QByteArray("[5xx]") << 401 << false;
    }

    void theRouteSaysWhatItFallsBackOn()
    {
        QFETCH(QByteArray, on);
        QFETCH(int, status);
        QFETCH(bool, isTaken);
        PrimaryAndFallback fixture;
        fixture.failPrimary(status);
        QVERIFY(fixture.start("{initial_delay: 1ms, max_delay: 5ms}", "fallback_on: " + on));
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == (isTaken ? 200 : status), answer.summary().constData());
        QCOMPARE(fixture.fallback.requestCount(), isTaken ? 1 : 0);
        QCOMPARE(answer.header("X-LunarGate-Fallback-Used"), isTaken ? "true" : "");
    }

    void aSlowTargetIsHedged()
    {
        PrimaryAndFallback fixture;
        fixture.primary.otherwise([](const ReceivedRequest &) { return Script::silence(); });
        QVERIFY(fixture.start("{max_attempts: 1}", "hedge_after: 50ms"));
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header("X-LunarGate-Provider"), "fallback");
        QCOMPARE(answer.header("X-LunarGate-Hedged"), "true");
        QCOMPARE(answer.header("X-LunarGate-Attempts"), "2");
        QVERIFY(fixture.primary.waitForCancel(0));
    }

    void aClientThatLeavesStopsBothHedgedCalls()
    {
        PrimaryAndFallback fixture;
        for (FakeUpstream *upstream : {&fixture.primary, &fixture.fallback})
            upstream->otherwise([](const ReceivedRequest &) { return Script::silence(); });
        QVERIFY(fixture.start("{max_attempts: 1}", "hedge_after: 20ms", "5m"));
        RawClient client(fixture.gateway.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody());
        QVERIFY(fixture.primary.waitForRequests(1));
        QVERIFY(fixture.fallback.waitForRequests(1));
        client.close();
        QVERIFY(fixture.primary.waitForCancel(0));
        QVERIFY(fixture.fallback.waitForCancel(0));
    }

    void retryAfterIsWaitedFor()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        upstream.enqueue(Script::json(429, "{}", {{"Retry-After", "1"}}));
        QVERIFY(gateway.start(simpleConfig(upstream, {.retry = "initial_delay: 1ms\nmax_delay: 5s"})));
        QCOMPARE(HttpClient(gateway.port()).chat(chatBody()).status, 200);
        QCOMPARE(upstream.requestCount(), 2);
        QVERIFY(upstream.request(1).receivedAt - upstream.request(0).receivedAt >= 950ms);
    }

    void retryAfterBeyondTheLimitIsNotWaitedFor()
    {
        PrimaryAndFallback fixture;
        fixture.primary.otherwise(
            [](const ReceivedRequest &) { return Script::json(429, "{}", {{"Retry-After", "3600"}}); });
        QVERIFY(fixture.start("{initial_delay: 1ms, max_delay: 100ms}"));
        const auto start = std::chrono::steady_clock::now();
        QCOMPARE(fixture.chat().status, 200);
        QVERIFY(std::chrono::steady_clock::now() - start < 5s);
    }

    void aPartOfAnAnswerIsNeverJoinedWithAnother()
    {
        PrimaryAndFallback fixture;
        fixture.primary.otherwise([](const ReceivedRequest &) {
            return Script::head(200, {{"Content-Type", "application/json"}, {"Content-Length", "1000"}},
                                Script::Framing::ContentLength)
                .body("{\"id\":\"from-primary\",")
                .close();
        });
        QVERIFY(fixture.start("{max_attempts: 1}"));
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 200 && answer.error.isEmpty(), answer.summary().constData());
        QVERIFY(!answer.body.contains("from-primary"));
        QCOMPARE(textAt(answer.body, "choices.0.message.content"), "Hello from upstream");
    }
};

QTEST_GUILESS_MAIN(FallbackTest)
#include "tst_fallback.moc"
