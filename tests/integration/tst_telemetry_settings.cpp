// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/traced_gateway.h"
#include "tests/support/json_path.h"

#include <QElapsedTimer>

using namespace lunargate;
using namespace lunargate::test;

/// Whether OpenTelemetry is told of requests, what may leave, and how it gets there.
class GatewayTelemetrySettingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void theClientDecidesWhatIsRecorded()
    {
        TracedGateway f;
        QVERIFY(f.start("sample_ratio: 0"));
        QCOMPARE(f.chat(chatBody(), {{"traceparent", QByteArray(kParent).replace("-01", "-00")}}).status, 200);
        QCOMPARE(f.chat().status, 200);
        QCOMPARE(f.chat(chatBody(), {{"traceparent", kParent}}).status, 200);
        QVERIFY(f.finish());
        QCOMPARE(f.spans().size(), 2u); // of the last one
        QVERIFY(f.upstream.request(0).header("traceparent").startsWith("00-" + kTrace));
        QVERIFY(f.upstream.request(0).header("traceparent").endsWith("-00"));
        QVERIFY(f.upstream.request(1).header("traceparent").endsWith("-00"));
        QCOMPARE(f.points("gen_ai.server.request.duration").at(0).text("count"), QByteArray("3"));
    }

    void preflightsAskNoModel()
    {
        TracedGateway f;
        QVERIFY(f.GatewayFixture::start({.server = "cors_origins: [\"https://app.example\"]",
                                         .sections = f.telemetry() + "history: {capture: bodies}\n"}));
        const HttpAnswer answer =
            f.client().request("OPTIONS", "/v1/chat/completions", {},
                               {{"Origin", "https://app.example"}, {"Access-Control-Request-Method", "POST"}});
        QCOMPARE(answer.status, 204);
        QCOMPARE(f.chat().status, 200);
        QVERIFY(f.finish());
        QCOMPARE(f.spans().size(), 2u); // of the other one
        QCOMPARE(f.points("gen_ai.server.request.duration").at(0).text("count"), QByteArray("1"));
    }

    void metricsAloneTouchNoTrace()
    {
        TracedGateway f;
        QVERIFY(f.start("traces: false"));
        QCOMPARE(f.chat(chatBody(), {{"traceparent", kParent}}).status, 200);
        QVERIFY(f.finish());
        QVERIFY(f.spans().empty());
        QCOMPARE(f.upstream.request(0).header("traceparent"), QByteArray(kParent)); // the client's own
        QCOMPARE(f.points("gen_ai.client.operation.duration").size(), 1u);
    }

    void theLatestNamesAreThereForWhoWantsThem()
    {
        TracedGateway f;
        f.gateway.setEnvironment("OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental");
        QVERIFY(f.start());
        QCOMPARE(f.chat().status, 200);
        QVERIFY(f.finish());
        QCOMPARE(f.points("gen_ai.client.inference.duration").size(), 1u);
        QVERIFY(f.points("gen_ai.client.inference.usage.input_tokens").at(0).text("asInt").toInt() > 0);
        QVERIFY(f.points("gen_ai.client.operation.duration").empty());
    }

    void nothingPrivateLeavesByDefault()
    {
        TracedGateway f;
        QVERIFY(f.start());
        const QByteArray canary = "canary-91d0f7";
        const HeaderList headers = {{"Authorization", "Bearer sk-client-" + canary},
                                    {"X-API-Key", canary},
                                    {"Cookie", canary},
                                    {"User-Agent", canary},
                                    {"X-Request-Id", canary},
                                    {"X-Team", canary},
                                    {"X-LunarGate-User", canary},
                                    {"X-LunarGate-SessionID", canary}};
        const auto filled = [&canary](QByteArray text) { return text.replace("CANARY", canary); };
        const QByteArray body =
            R"({"model":"fake-model","user":"CANARY","stop":["CANARY"],"messages":[{"role":"user","content":"CANARY"}],)"
            R"("metadata":{"user_id":"CANARY"},"encoding_format":"CANARY","reasoning_effort":"CANARY","stream":STREAM})";
        const QByteArray error = filled(R"({"error":{"message":"CANARY","type":"CANARY","code":"CANARY"}})");
        for (const char *stream : {"false", "true"}) {
            const QByteArray request = filled(QByteArray(body).replace("STREAM", stream));
            for (const Script &script :
                 {QByteArray(stream) == "true" ? Script::chatStream({canary}) : Script::chat(canary),
                  Script::json(400, error), Script::json(403, error), Script::json(200, "not json " + canary),
                  Script::eventStream().content(canary).data(error).end()}) {
                f.upstream.enqueue(script);
                f.chat(request, headers);
            }
            f.chat(canary, headers);
        }
        QVERIFY(f.finish());
        QVERIFY(f.spans().size() >= 20u);
        const QByteArray all = f.everything();
        QVERIFY2(!all.contains(canary), all.mid(std::max<qsizetype>(all.indexOf(canary) - 300, 0), 400).constData());
        QVERIFY(!all.contains(QByteArray(kProviderKey).right(12)));
        QVERIFY(!all.contains(kOtelKey));
        QVERIFY(!f.gateway.log().contains(kOtelKey));
    }

    void contentLeavesWhereThatIsWanted()
    {
        TracedGateway f;
        QVERIFY(f.start("content: true"));
        const QByteArray body =
            R"({"model":"fake-model","stream":STREAM,"messages":[{"role":"system","content":"be brief"},)"
            R"({"role":"user","content":"the question, my key is sk-abcdefgh12345678"}]})";
        f.upstream.enqueue(Script::chat("whole answer"));
        QCOMPARE(f.chat(QByteArray(body).replace("STREAM", "false")).status, 200);
        f.upstream.enqueue(Script::chatStream({"streamed ", "answer"}));
        QCOMPARE(f.chat(QByteArray(body).replace("STREAM", "true")).status, 200);
        QVERIFY(f.finish());
        const std::vector<OtlpItem> spans = f.spans();
        QCOMPARE(spans.size(), 4u);
        for (const size_t i : {1u, 3u}) {
            const QByteArray input = spans[i].attribute("gen_ai.input.messages");
            QCOMPARE(textAt(input, "0.role"), QByteArray("system"));
            QCOMPARE(textAt(input, "1.parts.0.content"), QByteArray("the question, my key is sk-***"));
            QCOMPARE(textAt(spans[i].attribute("gen_ai.output.messages"), "0.parts.0.content"),
                     QByteArray(i == 1 ? "whole answer" : "streamed answer"));
        }
        QVERIFY(!spans[0].hasAttribute("gen_ai.input.messages"));
    }

    void contentOfOtherProtocolsLeavesAsChats()
    {
        TracedGateway f;
        QVERIFY(f.start("content: true"));
        f.upstream.enqueue(Script::chat("whole answer"));
        QCOMPARE(f.client()
                     .post("/v1/messages", R"({"model":"fake-model","max_tokens":9,"messages":[)"
                                           R"({"role":"user","content":"the question"}]})")
                     .status,
                 200);
        QVERIFY(f.finish());
        const std::vector<OtlpItem> spans = f.spans();
        QCOMPARE(spans.size(), 2u);
        QCOMPARE(textAt(spans[1].attribute("gen_ai.input.messages"), "0.parts.0.content"), QByteArray("the question"));
    }

    void nothingLeavesWithoutAnEndpoint()
    {
        TracedGateway f;
        QVERIFY(f.GatewayFixture::start({.sections = "telemetry: {content: true}\n"}));
        QCOMPARE(f.chat(chatBody(), {{"traceparent", kParent}, {"tracestate", "vendor=1"}}).status, 200);
        QCOMPARE(f.counter("lunargate_telemetry_queued_total"), 0.0);
        QVERIFY(f.finish());
        QCOMPARE(f.otel.requestCount(), 0);
        QCOMPARE(f.upstream.request(0).header("traceparent"), QByteArray(kParent)); // the client's own
        QCOMPARE(f.upstream.request(0).header("tracestate"), QByteArray("vendor=1"));
    }

    void aReloadSwitchesItOnAndOff()
    {
        TracedGateway f;
        QVERIFY(f.GatewayFixture::start());
        QCOMPARE(f.chat().status, 200);
        const auto takesOver = [&f](const QByteArray &sections) {
            if (!f.gateway.writeConfig(simpleConfig(f.upstream, {.sections = sections})))
                return false;
            const QByteArray result = textAt(f.client().post("/admin/v1/reload", {}).body, "result");
            return result == "applied" || result == "unchanged"; // it may have noticed by itself
        };
        QVERIFY(takesOver(f.telemetry("metrics_interval: 100ms")));
        QCOMPARE(f.chat().status, 200);
        QVERIFY(waitUntil([&] { return f.spans().size() == 2 && !f.points("gen_ai.client.token.usage").empty(); }));
        QVERIFY(takesOver({}));
        QCOMPARE(f.chat().status, 200);
        QVERIFY(f.finish());
        QCOMPARE(f.spans().size(), 2u);
        QCOMPARE(f.upstream.request(0).header("traceparent"), QByteArray());
        QVERIFY(!f.upstream.request(1).header("traceparent").isEmpty());
        QCOMPARE(f.upstream.request(2).header("traceparent"), QByteArray());
    }

    void aCollectorThatIsAwayIsAskedAgain()
    {
        TracedGateway f;
        QVERIFY(f.start("metrics: false"));
        f.otel.enqueue(Script::json(503, "{}"));
        QCOMPARE(f.chat().status, 200);
        QVERIFY(f.otel.waitForRequests(2));
        QVERIFY(f.gateway.log().contains("did not take data"));
        QTRY_COMPARE(f.counter("lunargate_telemetry_spans_total", {{"outcome", "sent"}}), 2.0);
        QCOMPARE(f.counter("lunargate_telemetry_exports_total", {{"signal", "traces"}, {"outcome", "failed"}}), 1.0);
        QCOMPARE(f.counter("lunargate_telemetry_queued_total"), 1.0);
        QCOMPARE(f.counter("lunargate_telemetry_queue_length"), 0.0);
        QCOMPARE(f.otel.request(0).body, f.otel.request(1).body);
        QVERIFY(f.finish());
    }

    void noRequestWaitsForTheCollector()
    {
        TracedGateway f;
        const DeafPort deaf;
        const QByteArray endpoint = "http://127.0.0.1:" + QByteArray::number(deaf.port());
        QVERIFY(f.GatewayFixture::start({.sections = f.telemetry().replace(f.otel.url(""), endpoint)}));
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < 20; ++i)
            QCOMPARE(f.chat().status, 200);
        QVERIFY(timer.elapsed() < 8000); // a call to the collector would take ten seconds
        timer.restart();
        QVERIFY(f.finish());
        QVERIFY(timer.elapsed() < 8000); // it has three seconds
        QVERIFY(f.gateway.log().contains("could not be told of everything"));
    }
};

QTEST_GUILESS_MAIN(GatewayTelemetrySettingsTest)
#include "tst_telemetry_settings.moc"
