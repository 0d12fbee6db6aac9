// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"
#include "tests/support/sse_events.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

const QByteArray kStream = chatBody("fake-model", R"("stream":true)");

const QByteArray kRole = chatChunk(R"({"role":"assistant","content":""})");

} // namespace

/// Streams that go wrong: before the first useful byte somebody else may answer, or the client gets a real status;
/// after it the stream says that it failed. It never just ends.
class StreamFailuresTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void failureBeforeTheFirstContentIsRetried_data()
    {
        QTest::addColumn<Script>("failure");
        QTest::newRow("503") << Script::json(503, "{}");
        QTest::newRow("reset before the head") << Script().reset();
        QTest::newRow("nothing in the body") << Script::eventStream().end();
        QTest::newRow("closed after the head") << Script::eventStream().close();
        QTest::newRow("reset after the head") << Script::eventStream().reset();
        QTest::newRow("only comments") << Script::eventStream().body(": wait\n\n: wait\n\n").close();
        QTest::newRow("only the role") << Script::eventStream().data(kRole).close();
        QTest::newRow("error first")
            << Script::eventStream().data(R"({"error":{"message":"overloaded","code":503}})").end();
        QTest::newRow("error after the role")
            << Script::eventStream().data(kRole).data(R"({"error":{"message":"overloaded"}})").end();
        QTest::newRow("error event")
            << Script::eventStream().body("event: error\ndata: {\"error\":{\"message\":\"overloaded\"}}\n\n").end();
        QTest::newRow("not JSON") << Script::eventStream().data("{oops").end();
        QTest::newRow("malformed chunk") << Script::eventStream().wire("xyz\r\n").close();
    }

    void failureBeforeTheFirstContentIsRetried()
    {
        QFETCH(Script, failure);
        GatewayFixture fixture;
        fixture.upstream.enqueue(failure);
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(kStream);
        QVERIFY2(answer.status == 200 && answer.error.isEmpty(), answer.summary().constData());
        const SseEvents events = SseEvents::parse(answer.body);
        QCOMPARE(events.content(), "Hello");
        QVERIFY(events.endsWithDone());
        QCOMPARE(events.error(), "");
        QCOMPARE(fixture.upstream.requestCount(), 2);
    }

    void exhaustedBeforeTheFirstContentIsAJsonError_data()
    {
        QTest::addColumn<Script>("failure");
        QTest::addColumn<int>("status");
        QTest::newRow("503") << Script::json(503, R"({"error":{"message":"overloaded"}})") << 503;
        QTest::newRow("429") << Script::json(429, R"({"error":{"message":"slow down"}})") << 429;
        QTest::newRow("400") << Script::json(400, R"({"error":{"message":"bad"}})") << 400;
        QTest::newRow("reset") << Script().reset() << 502;
        QTest::newRow("closed after the head") << Script::eventStream().close() << 502;
        QTest::newRow("error first") << Script::eventStream().data(R"({"error":{"message":"overloaded"}})").end()
                                     << 502;
    }

    void exhaustedBeforeTheFirstContentIsAJsonError()
    {
        QFETCH(Script, failure);
        QFETCH(int, status);
        GatewayFixture fixture;
        fixture.upstream.otherwise([failure](const ReceivedRequest &) { return failure; });
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(kStream);
        QVERIFY2(answer.status == status, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QVERIFY(!answer.body.contains("data:"));
    }

    void messageOfAnErrorInTheStreamReachesTheClient()
    {
        GatewayFixture fixture;
        fixture.upstream.otherwise([](const ReceivedRequest &) {
            return Script::eventStream().data(R"({"error":{"message":"the model is overloaded"}})").end();
        });
        QVERIFY(fixture.start());
        QVERIFY(fixture.chat(kStream).body.contains("the model is overloaded"));
    }

    void failureAfterTheFirstContentIsAnErrorFrame_data()
    {
        QTest::addColumn<Script>("script");
        const Script begun = Script::eventStream().data(kRole).content("one");
        QTest::newRow("end without [DONE]") << Script(begun).end();
        QTest::newRow("closed") << Script(begun).close();
        QTest::newRow("reset") << Script(begun).reset();
        QTest::newRow("cut inside a frame") << Script(begun).body("data: {\"choi").close();
        QTest::newRow("malformed chunk") << Script(begun).wire("xyz\r\n").close();
        QTest::newRow("not JSON") << Script(begun).data("{oops").data("[DONE]").end();
        QTest::newRow("error object")
            << Script(begun).data(R"({"error":{"message":"died","type":"server_error"}})").end();
        QTest::newRow("error object and [DONE]")
            << Script(begun).data(R"({"error":{"message":"died","type":"server_error"}})").data("[DONE]").end();
    }

    void failureAfterTheFirstContentIsAnErrorFrame()
    {
        QFETCH(Script, script);
        GatewayFixture fixture;
        fixture.upstream.enqueue(script);
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(kStream);
        QCOMPARE(answer.status, 200);
        QVERIFY2(answer.error.isEmpty(), answer.summary().constData());
        const SseEvents events = SseEvents::parse(answer.body);
        QCOMPARE(events.content(), "one");
        QVERIFY2(!textAt(events.error(), "error.message").isEmpty(), answer.body.constData());
        QVERIFY(!textAt(events.error(), "error.type").isEmpty());
        // What failed must not end like a success.
        QVERIFY2(!events.endsWithDone(), answer.body.constData());
        // No second attempt: the client already has a part.
        QCOMPARE(fixture.upstream.requestCount(), 1);
    }

    void fallbackAnswersForAnErrorBeforeTheFirstContent()
    {
        GatewayFixture fixture;
        FakeUpstream second;
        fixture.upstream.otherwise([](const ReceivedRequest &) {
            return Script::eventStream().data(kRole).data(R"({"error":{"message":"overloaded"}})").end();
        });
        const QByteArray yaml = "providers:\n"
                                "  first: {type: openai, base_url: \"" +
                                fixture.upstream.url() +
                                "\"}\n"
                                "  second: {type: openai, base_url: \"" +
                                second.url() +
                                "\"}\n"
                                "routing:\n"
                                "  routes:\n"
                                "    - name: default\n"
                                "      targets: [{provider: first, model: m1}]\n"
                                "      fallback: [{provider: second, model: m2}]\n"
                                "retry: {initial_delay: 1ms}\n";
        QVERIFY(fixture.gateway.start(yaml));
        const HttpAnswer answer = fixture.chat(chatBody({}, R"("stream":true)"));
        QCOMPARE(answer.status, 200);
        QCOMPARE(SseEvents::parse(answer.body).content(), "Hello");
        QCOMPARE(answer.header("X-LunarGate-Provider"), "second");
        QCOMPARE(answer.header("X-LunarGate-Model"), "second/m2");
        QCOMPARE(textAt(second.lastRequest().body, "model"), "m2");
        // Nothing of the failed attempt is left in the answer.
        QCOMPARE(answer.body.count(R"("role":"assistant")"), 1);
    }

    void stalledStreamIsCutByTheIdleTimeout()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::eventStream().content("one").stall());
        QVERIFY(fixture.start({.provider = "idle_timeout: 300ms"}));
        const HttpAnswer answer = fixture.chat(kStream);
        QVERIFY2(answer.error.isEmpty(), answer.summary().constData());
        const SseEvents events = SseEvents::parse(answer.body);
        QCOMPARE(events.content(), "one");
        QCOMPARE(textAt(events.error(), "error.type"), "upstream_timeout");
        QVERIFY2(textAt(events.error(), "error.message").contains("300"), events.error().constData());
        QVERIFY(fixture.upstream.waitForCancel(0));
    }

    void commentsDoNotKeepAStalledStreamAliveForEver()
    {
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script::eventStream().body(": wait\n\n").hold(gate).body(": wait\n\n").stall());
        QVERIFY(fixture.start({.provider = "timeout: 400ms", .retry = "max_attempts: 1"}));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", kStream);
        QVERIFY(fixture.upstream.waitForRequests(1));
        QVERIFY(!client.waitForHead(200ms));
        gate->open();
        QVERIFY(client.waitForAnswer(2s));
        QCOMPARE(client.answer().status(), 502);
        QCOMPARE(textAt(client.answer().body(), "error.type"), "upstream_timeout");
    }
};

QTEST_GUILESS_MAIN(StreamFailuresTest)
#include "tst_stream_failures.moc"
