// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

const HeaderList kJson = {{"Content-Type", "application/json"}};

/// An upstream timeout as the client sees it, which names the limit.
QByteArray timeoutProblem(const HttpAnswer &answer, const QByteArray &limit)
{
    if (answer.status != 502)
        return answer.summary();
    if (const QByteArray problem = errorShapeProblem(answer); !problem.isEmpty())
        return problem;
    if (textAt(answer.body, "error.type") != "upstream_timeout")
        return "another type: " + answer.body;
    if (!textAt(answer.body, "error.message").contains(limit))
        return "the limit is not named: " + answer.body;
    return {};
}

} // namespace

/// The limits of a call to a provider, each by its phase.
class TimeoutsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void connectTimeoutNamesItself()
    {
        GatewayFixture fixture;
        const DeafPort deaf;
        QByteArray yaml =
            simpleConfig(fixture.upstream, {.provider = "connect_timeout: 250ms", .retry = "max_attempts: 1"});
        yaml.replace(fixture.upstream.url(), "http://127.0.0.1:" + QByteArray::number(deaf.port()) + "/v1");
        QVERIFY(fixture.gateway.start(yaml));
        const HttpAnswer answer = fixture.chat();
        QCOMPARE(timeoutProblem(answer, "250"), "");
        QVERIFY2(textAt(answer.body, "error.code").contains("connect"), answer.body.constData());
    }

    void noHeadersInTime()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::silence());
        QVERIFY(fixture.start({.provider = "timeout: 250ms", .retry = "max_attempts: 1"}));
        QCOMPARE(timeoutProblem(fixture.chat(), "250"), "");
        QVERIFY(fixture.upstream.waitForCancel(0));
    }

    void headersInTimeButNoFirstByte()
    {
        // T11
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::head(200, kJson).stall());
        QVERIFY(fixture.start({.provider = "timeout: 250ms", .retry = "max_attempts: 1"}));
        const HttpAnswer answer = fixture.chat();
        QCOMPARE(timeoutProblem(answer, "250"), "");
        QVERIFY2(textAt(answer.body, "error.message").contains("first byte"), answer.body.constData());
    }

    void firstByteInTimeThenTheRestLater_data()
    {
        QTest::addColumn<QByteArray>("mode");
        QTest::addColumn<bool>("isServed");
        QTest::newRow("T12: first token") << QByteArray("ttft") << true;
        QTest::newRow("T13: total") << QByteArray("total") << false;
        QTest::newRow("T13: last_byte") << QByteArray("Last_Byte") << false;
    }

    void firstByteInTimeThenTheRestLater()
    {
        QFETCH(QByteArray, mode);
        QFETCH(bool, isServed);
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script::head(200, kJson).body("{\"choices\":").hold(gate).body("[{}]}").end());
        QVERIFY(fixture.start({.provider = "timeout: 400ms\ntimeout_mode: " + mode, .retry = "max_attempts: 1"}));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody());
        QCOMPARE(client.waitForHead(900ms), !isServed);
        gate->open();
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().status(), isServed ? 200 : 502);
        if (!isServed) {
            QCOMPARE(textAt(client.answer().body(), "error.type"), "upstream_timeout");
            QVERIFY2(client.answer().body().contains("before full response completed"),
                     client.answer().body().constData());
        }
    }

    void everyPhaseHasALimitOfItsOwn_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<Script>("script");
        QTest::addColumn<bool>("stream");
        QTest::addColumn<QByteArray>("code");
        const auto row = [](const char *name, const char *key, const Script &script, bool stream, const char *code) {
            QTest::newRow(name) << QByteArray(key) << script << stream << QByteArray(code);
        };
        const Script half = Script::head(200, kJson).body("{\"choices\":").stall();
        const Script role = Script::eventStream().data(chatChunk(R"({"role":"assistant"})")).stall();
        row("head", "headers", Script::silence(), false, "header_timeout");
        row("first byte", "first_content", Script::head(200, kJson).stall(), false, "first_byte_timeout");
        row("first content", "first_content", role, true, "first_byte_timeout");
        row("between pieces", "between_chunks", half, false, "idle_timeout");
        row("whole answer", "total", half, false, "total_timeout");
        row("whole answer, before its first byte", "total", Script::head(200, kJson).stall(), false, "total_timeout");
    }

    void everyPhaseHasALimitOfItsOwn()
    {
        QFETCH(QByteArray, key);
        QFETCH(Script, script);
        QFETCH(bool, stream);
        QFETCH(QByteArray, code);
        GatewayFixture fixture;
        fixture.upstream.enqueue(script);
        // The older keys allow much more, and much less: the new ones win over both.
        QVERIFY(fixture.start({.provider = "timeouts: {" + key + ": 250ms}", .retry = "max_attempts: 1"}));
        const HttpAnswer answer = fixture.chat(chatBody({}, stream ? R"("stream":true)" : R"("stream":false)"));
        QCOMPARE(timeoutProblem(answer, "timeouts." + key + " 250 ms"), "");
        QCOMPARE(textAt(answer.body, "error.code"), code);
        QVERIFY(fixture.upstream.waitForCancel(0));
    }

    void theNewKeysWinOverTheOlderOnes()
    {
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script::head(200, kJson).hold(gate).body("{\"choices\":[{}]}").end());
        QVERIFY(fixture.start(
            {.provider = "timeout: 200ms\ntimeout_mode: total\ntimeouts: {total: 0s}", .retry = "max_attempts: 1"}));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody());
        QVERIFY(!client.waitForHead(500ms)); // 0: no limit
        gate->open();
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().status(), 200);
    }

    void connectLimitOfTheNewKeys()
    {
        GatewayFixture fixture;
        const DeafPort deaf;
        QByteArray yaml =
            simpleConfig(fixture.upstream, {.provider = "timeouts: {connect: 250ms}", .retry = "max_attempts: 1"});
        yaml.replace(fixture.upstream.url(), "http://127.0.0.1:" + QByteArray::number(deaf.port()) + "/v1");
        QVERIFY(fixture.gateway.start(yaml));
        const HttpAnswer answer = fixture.chat();
        QCOMPARE(timeoutProblem(answer, "timeouts.connect 250 ms"), "");
        QCOMPARE(textAt(answer.body, "error.code"), "connect_timeout");
    }

    void stalledStreamIsCut()
    {
        // T96
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::eventStream().content("one").stall());
        QVERIFY(fixture.start({.provider = "timeouts: {between_chunks: 250ms}"}));
        const HttpAnswer answer = fixture.chat(chatBody({}, R"("stream":true)"));
        QCOMPARE(answer.status, 200);
        QVERIFY2(answer.body.contains(R"("code":"idle_timeout")"), answer.body.constData());
        QVERIFY2(answer.body.contains("timeouts.between_chunks 250 ms"), answer.body.constData());
        QVERIFY(!answer.body.contains("[DONE]"));
        QVERIFY(fixture.upstream.waitForCancel(0));
    }

    void aRequestHasOneDeadlineForAllItsAttempts()
    {
        GatewayFixture fixture;
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::silence(); });
        QByteArray yaml = simpleConfig(fixture.upstream, {.provider = "timeout: 200ms", .retry = "{}"});
        yaml.replace("retry:\n  {}\n", "retry: {max_attempts: 10, initial_delay: 1ms, max_delay: 1ms}\n");
        yaml.replace("routing:\n", "routing:\n  request_timeout: 500ms\n");
        QVERIFY(fixture.gateway.start(yaml));
        const auto start = std::chrono::steady_clock::now();
        const HttpAnswer answer = fixture.chat();
        QVERIFY(std::chrono::steady_clock::now() - start >= 450ms);
        QVERIFY2(answer.status == 504, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(textAt(answer.body, "error.code"), "request_timeout");
        QVERIFY(textAt(answer.body, "error.message").contains("routing.request_timeout"));
        QCOMPARE(answer.header("X-Should-Retry"), "false");
        QCOMPARE(answer.header("X-LunarGate-Attempts"), QByteArray::number(fixture.upstream.requestCount()));
        QVERIFY(fixture.upstream.requestCount() <= 3);
    }

    void totalModeCutsAStreamWithAnErrorFrame()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::eventStream().content("one").stall());
        QVERIFY(fixture.start({.provider = "timeout: 300ms\ntimeout_mode: total"}));
        const HttpAnswer answer = fixture.chat(chatBody({}, R"("stream":true)"));
        QCOMPARE(answer.status, 200);
        QVERIFY2(answer.body.contains("upstream_timeout"), answer.body.constData());
        QVERIFY(!answer.body.contains("[DONE]"));
    }

    void idleTimeoutCutsAWholeAnswerThatStalls()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::head(200, kJson).body("{\"choices\":").stall());
        QVERIFY(fixture.start({.provider = "idle_timeout: 250ms", .retry = "max_attempts: 1"}));
        QCOMPARE(timeoutProblem(fixture.chat(), "250"), "");
    }

    void idleTimeoutStartsAnewWithEveryPiece()
    {
        GatewayFixture fixture;
        std::vector<GatePointer> gates;
        Script script = Script::eventStream().content("0");
        for (int i = 1; i <= 4; ++i) {
            gates.push_back(Gate::make());
            script.hold(gates.back()).content(QByteArray::number(i));
        }
        fixture.upstream.enqueue(script.data("[DONE]").end());
        QVERIFY(fixture.start({.provider = "idle_timeout: 700ms"}));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody({}, R"("stream":true)"));
        QVERIFY(client.waitForBody("\"0\""));
        for (const GatePointer &gate : gates) {
            // Quiet, but not for too long; four times this is more than the limit.
            QVERIFY(!waitUntil([&] { return client.answer().isComplete(); }, 300ms));
            gate->open();
        }
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QVERIFY(client.answer().body().endsWith("data: [DONE]\n\n"));
    }

    void timeoutsBeforeTheFirstByteAreRetried()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::silence());
        fixture.upstream.enqueue(Script::head(200, kJson).stall());
        QVERIFY(fixture.start({.provider = "timeout: 250ms"}));
        const HttpAnswer answer = fixture.chat();
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(fixture.upstream.requestCount(), 3);
        QVERIFY(fixture.upstream.waitForCancel(0));
        QVERIFY(fixture.upstream.waitForCancel(1));
    }

    void slowUploadToTheProviderIsLimitedToo()
    {
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.holdBodies(gate);
        QVERIFY(fixture.start({.provider = "timeout: 500ms", .retry = "max_attempts: 1"}));
        const QByteArray text(8 * 1024 * 1024, 'x');
        const HttpAnswer answer = fixture.chat(R"({"messages":[{"role":"user","content":")" + text + R"("}]})");
        QCOMPARE(timeoutProblem(answer, "500"), "");
    }
};

QTEST_GUILESS_MAIN(TimeoutsTest)
#include "tst_timeouts.moc"
