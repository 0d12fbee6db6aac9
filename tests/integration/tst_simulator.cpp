// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"
#include "tests/support/sse_events.h"

#include <QJsonArray>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

QByteArray config(const QByteArray &simulator = {})
{
    return "providers:\n  sim:\n    type: simulator\n    default_model: simulator-1\n" +
           (simulator.isEmpty() ? QByteArray() : "    simulator:\n" + indented(simulator, 6)) +
           "routing:\n  routes:\n    - {name: default, targets: [{provider: sim}]}\n"
           "retry: {initial_delay: 1ms, max_delay: 5ms}\n";
}

const QByteArray kTool = R"("tools":[{"type":"function","function":{"name":"get_time","parameters":{"type":"object",)"
                         R"("properties":{"zone":{"type":"string"}},"required":["zone"]}}}])";

} // namespace

/// The provider inside the program: applications can be tried without account, key or network.
class SimulatorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void shippedConfigurationAnswers()
    {
        QFile file(QStringLiteral(LUNARGATE_SOURCE "/config/config.simulator.yaml"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        GatewayProcess gateway;
        QVERIFY(gateway.start(file.readAll()));
        const HttpAnswer answer = HttpClient(gateway.port()).chat(chatBody("simulator-1"));
        QVERIFY2(answer.status == 200, answer.summary().constData());
    }

    void chatAnswers()
    {
        GatewayProcess gateway;
        QVERIFY(gateway.start(config()));
        const HttpAnswer answer = HttpClient(gateway.port()).chat(chatBody("sim/simulator-1"));
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(textAt(answer.body, "object"), "chat.completion");
        QCOMPARE(textAt(answer.body, "choices.0.message.role"), "assistant");
        QVERIFY(!textAt(answer.body, "choices.0.message.content").isEmpty());
        QCOMPARE(textAt(answer.body, "choices.0.finish_reason"), "stop");
        const int prompt = jsonAt(answer.body, "usage.prompt_tokens").toInt();
        const int completion = jsonAt(answer.body, "usage.completion_tokens").toInt();
        QVERIFY(prompt > 0 && completion > 0);
        QCOMPARE(jsonAt(answer.body, "usage.total_tokens").toInt(), prompt + completion);
        QCOMPARE(answer.header("X-LunarGate-Provider"), "sim");
    }

    void streamSaysTheSameAsTheWholeAnswer()
    {
        GatewayProcess gateway;
        QVERIFY(gateway.start(config()));
        const HttpClient client(gateway.port());
        const QByteArray whole = textAt(client.chat(chatBody("simulator-1")).body, "choices.0.message.content");
        const HttpAnswer answer = client.chat(chatBody("simulator-1", R"("stream":true)"));
        const SseEvents events = SseEvents::parse(answer.body);
        QCOMPARE(events.content(), whole);
        QVERIFY(events.endsWithDone());
        QVERIFY(events.chunks().size() > 5);
        QCOMPARE(textAt(events.chunks().back(), "choices.0.finish_reason"), "stop");
    }

    void toolIsCalledAndItsResultUsed()
    {
        GatewayProcess gateway;
        QVERIFY(gateway.start(config()));
        const HttpClient client(gateway.port());
        const HttpAnswer call = client.chat(chatBody("simulator-1", kTool));
        QCOMPARE(textAt(call.body, "choices.0.finish_reason"), "tool_calls");
        QCOMPARE(textAt(call.body, "choices.0.message.tool_calls.0.function.name"), "get_time");
        QVERIFY(isJson(textAt(call.body, "choices.0.message.tool_calls.0.function.arguments")));
        const QByteArray id = textAt(call.body, "choices.0.message.tool_calls.0.id");
        QVERIFY(!id.isEmpty());

        const HttpAnswer final = client.chat("{\"model\":\"simulator-1\"," + kTool +
                                             ",\"messages\":[{\"role\":\"user\",\"content\":\"time?\"},"
                                             "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"" +
                                             id +
                                             "\",\"type\":\"function\","
                                             "\"function\":{\"name\":\"get_time\",\"arguments\":\"{}\"}}]},"
                                             "{\"role\":\"tool\",\"tool_call_id\":\"" +
                                             id + "\",\"content\":\"half past noon\"}]}");
        QVERIFY2(final.status == 200, final.summary().constData());
        QVERIFY(textAt(final.body, "choices.0.message.content").contains("half past noon"));
    }

    void streamedToolCallIsComplete()
    {
        GatewayProcess gateway;
        QVERIFY(gateway.start(config()));
        const HttpAnswer answer = HttpClient(gateway.port()).chat(chatBody("simulator-1", R"("stream":true,)" + kTool));
        QByteArray arguments;
        QByteArray name;
        for (const QByteArray &chunk : SseEvents::parse(answer.body).chunks()) {
            arguments += textAt(chunk, "choices.0.delta.tool_calls.0.function.arguments");
            name += textAt(chunk, "choices.0.delta.tool_calls.0.function.name");
        }
        QCOMPARE(name, "get_time");
        QVERIFY2(isJson(arguments), arguments.constData());
    }

    void faultsGoTheWayOfRealOnes()
    {
        GatewayProcess gateway;
        QVERIFY(gateway.start(config("statuses: [503, 429, 200]")));
        const HttpAnswer answer = HttpClient(gateway.port()).chat(chatBody("simulator-1"));
        QVERIFY2(answer.status == 200, answer.summary().constData());
    }

    void brokenStreamEndsWithAnErrorFrame()
    {
        GatewayProcess gateway;
        QVERIFY(gateway.start(config("cut_after_chunks: 5")));
        const HttpAnswer answer = HttpClient(gateway.port()).chat(chatBody("simulator-1", R"("stream":true)"));
        QCOMPARE(answer.status, 200);
        QVERIFY(!SseEvents::parse(answer.body).error().isEmpty());
        QVERIFY(!SseEvents::parse(answer.body).endsWithDone());
    }

    void leavingWhileTheSimulatorThinksIsNoticed()
    {
        GatewayProcess gateway;
        QVERIFY(gateway.start(config("latency: 60s")));
        RawClient client(gateway.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("simulator-1"));
        const HttpClient other(gateway.port());
        QVERIFY(waitUntil([&] { return other.get("/metrics").body.contains("ai_router_active_requests 1"); }));
        client.close();
        QVERIFY(waitUntil([&] { return other.get("/metrics").body.contains("ai_router_active_requests 0"); }));
    }
};

QTEST_GUILESS_MAIN(SimulatorTest)
#include "tst_simulator.moc"
