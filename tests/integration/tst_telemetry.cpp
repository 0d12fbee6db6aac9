// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/traced_gateway.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

using namespace lunargate;
using namespace lunargate::test;

/// What OpenTelemetry is told of a request.
class GatewayTelemetryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aTraceGoesThroughTheGateway()
    {
        TracedGateway f;
        QVERIFY(f.start("service_name: test-gateway\nresource: {deployment.environment.name: test}"));
        const HttpAnswer answer = f.chat(chatBody("fake-model", R"("temperature":0.5,"max_tokens":50,"seed":3)"),
                                         {{"traceparent", kParent}, {"tracestate", "vendor=1"}});
        QCOMPARE(answer.status, 200);
        QVERIFY(f.finish());

        QCOMPARE(f.otel.request(0).header("x-otel-team"), QByteArray(kOtelKey));
        const OtlpItem resource = otlpResource(f.bodies("/v1/traces").at(0));
        QCOMPARE(resource.attribute("service.name"), QByteArray("test-gateway"));
        QCOMPARE(resource.attribute("deployment.environment.name"), QByteArray("test"));

        const std::vector<OtlpItem> spans = f.spans();
        QCOMPARE(spans.size(), 2u);
        const OtlpItem &server = spans[0];
        QCOMPARE(server.text("traceId"), kTrace);
        QCOMPARE(server.text("parentSpanId"), QByteArray("b7ad6b7169203331"));
        QCOMPARE(server.text("name"), QByteArray("POST /v1/chat/completions"));
        QCOMPARE(server.attribute("http.response.status_code"), QByteArray("200"));
        QCOMPARE(server.attribute("lunargate.request_id"), answer.header("X-LunarGate-Request-ID"));
        QCOMPARE(server.attribute("lunargate.route"), QByteArray("default"));
        const OtlpItem &call = spans[1];
        QCOMPARE(call.text("traceId"), kTrace);
        QCOMPARE(call.text("parentSpanId"), server.text("spanId"));
        QCOMPARE(call.text("name"), QByteArray("chat fake-model"));
        QCOMPARE(call.attribute("gen_ai.operation.name"), QByteArray("chat"));
        QCOMPARE(call.attribute("gen_ai.provider.name"), QByteArray("openai"));
        QCOMPARE(call.attribute("gen_ai.request.temperature"), QByteArray("0.5"));
        QCOMPARE(call.attribute("gen_ai.request.max_tokens"), QByteArray("50"));
        QCOMPARE(call.attribute("gen_ai.request.seed"), QByteArray("3"));
        QCOMPARE(call.attribute("gen_ai.response.id"), textAt(answer.body, "id"));
        QCOMPARE(call.attribute("gen_ai.response.model"), textAt(answer.body, "model"));
        QCOMPARE(call.attribute("gen_ai.response.finish_reasons"), QByteArray("stop"));
        QCOMPARE(call.attribute("gen_ai.usage.input_tokens").toInt(),
                 jsonAt(answer.body, "usage.prompt_tokens").toInt());
        QCOMPARE(call.attribute("server.address"), QByteArray("127.0.0.1"));
        QCOMPARE(call.attribute("server.port").toUShort(), f.upstream.port());
        QVERIFY(call.hasAttribute("lunargate.attempt.connect")); // a new connection
        QVERIFY(call.attribute("lunargate.attempt.first_byte").toDouble() > 0);

        const ReceivedRequest &upstream = f.upstream.request(0);
        QCOMPARE(upstream.header("traceparent"), "00-" + kTrace + '-' + call.text("spanId") + "-01");
        QCOMPARE(upstream.header("tracestate"), QByteArray("vendor=1"));

        QCOMPARE(f.points("gen_ai.client.operation.duration").size(), 1u);
        QCOMPARE(f.points("gen_ai.client.token.usage").size(), 2u);
        QCOMPARE(f.points("gen_ai.server.request.duration").at(0).attribute("gen_ai.request.model"),
                 QByteArray("fake-model"));
    }

    void aRequestWithoutATraceBeginsOne()
    {
        TracedGateway f;
        QVERIFY(f.start());
        QCOMPARE(f.chat(chatBody(), {{"traceparent", "00-nonsense"}, {"tracestate", "vendor=1"}}).status, 200);
        QVERIFY(f.finish());
        const std::vector<OtlpItem> spans = f.spans();
        QCOMPARE(spans.size(), 2u);
        QVERIFY(!spans[0].json.contains(u"parentSpanId"));
        QCOMPARE(f.upstream.request(0).header("traceparent"),
                 "00-" + spans[0].text("traceId") + '-' + spans[1].text("spanId") + "-01");
        QVERIFY(!f.upstream.request(0).headers.contains("tracestate"));
    }

    void aStreamTellsItsPace()
    {
        TracedGateway f;
        QVERIFY(f.start());
        const GatePointer gate = Gate::make();
        f.upstream.enqueue(Script::eventStream()
                               .content("a")
                               .hold(gate)
                               .data(chatChunk("{}", R"("stop")"))
                               .data(usageChunk(9, 4))
                               .data("[DONE]")
                               .end());
        RawClient client(f.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        QVERIFY(client.waitForBody("\"a\""));
        gate->open();
        QVERIFY(client.waitForBody("[DONE]"));
        QVERIFY(f.upstream.waitForAnswer(0));
        QVERIFY(f.finish());
        const OtlpItem call = f.spans().at(1);
        QCOMPARE(call.attribute("gen_ai.request.stream"), QByteArray("true"));
        QVERIFY(call.attribute("gen_ai.response.time_to_first_chunk").toDouble() > 0);
        QVERIFY(call.hasAttribute("gen_ai.response.id"));
        QCOMPARE(call.attribute("gen_ai.usage.output_tokens"), QByteArray("4"));
        QCOMPARE(f.points("gen_ai.client.operation.time_to_first_chunk").at(0).text("count"), QByteArray("1"));
        QVERIFY(f.points("gen_ai.client.operation.time_per_output_chunk").at(0).text("count").toInt() >= 1);
        QCOMPARE(f.points("gen_ai.server.time_to_first_token").at(0).text("count"), QByteArray("1"));
        QCOMPARE(f.points("gen_ai.server.time_per_output_token").at(0).text("count"), QByteArray("1"));
    }

    void aRetryIsASpanOfItsOwn()
    {
        TracedGateway f;
        QVERIFY(f.start());
        f.upstream.enqueue(Script::json(503, "{}"));
        QCOMPARE(f.chat(chatBody("fake-model"), {{"traceparent", kParent}}).status, 200);
        QVERIFY(f.finish());
        const std::vector<OtlpItem> spans = f.spans();
        QCOMPARE(spans.size(), 3u);
        QCOMPARE(spans[0].attribute("lunargate.attempts"), QByteArray("2"));
        QCOMPARE(spans[0].attribute("lunargate.retries"), QByteArray("1"));
        QVERIFY(!spans[0].json.contains(u"status"));
        QCOMPARE(spans[1].attribute("error.type"), QByteArray("503"));
        QCOMPARE(spans[1].json[u"status"][u"code"].toInt(), 2);
        QVERIFY(!spans[2].hasAttribute("error.type"));
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(spans[static_cast<size_t>(i) + 1].text("spanId"), f.spanOfCall(i));
            QCOMPARE(spans[static_cast<size_t>(i) + 1].text("parentSpanId"), spans[0].text("spanId"));
        }
        QVERIFY(f.spanOfCall(0) != f.spanOfCall(1));
        QCOMPARE(f.points("gen_ai.client.operation.duration").size(), 2u); // one of them with an error
    }

    void aFallbackIsASpanBesideTheOther()
    {
        TracedGateway f;
        FakeUpstream spare;
        QVERIFY(f.startWithFallback(spare));
        f.upstream.enqueue(Script::json(500, "{}"));
        QCOMPARE(f.chat(chatBody(), {{"traceparent", kParent}}).status, 200);
        QVERIFY(f.finish());
        const std::vector<OtlpItem> spans = f.spans();
        QCOMPARE(spans.size(), 3u);
        QCOMPARE(spans[0].attribute("lunargate.fallback_used"), QByteArray("true"));
        QCOMPARE(spans[0].attribute("lunargate.provider"), QByteArray("spare"));
        QCOMPARE(spans[1].text("name"), QByteArray("chat m1"));
        QCOMPARE(spans[1].attribute("error.type"), QByteArray("500"));
        QCOMPARE(spans[1].attribute("server.port").toUShort(), f.upstream.port());
        QCOMPARE(spans[2].text("name"), QByteArray("chat m2"));
        QCOMPARE(spans[2].attribute("gen_ai.provider.name"), QByteArray("groq"));
        QCOMPARE(spans[2].attribute("server.port").toUShort(), spare.port());
        QCOMPARE(spans[2].text("parentSpanId"), spans[0].text("spanId"));
        QCOMPARE(spare.request(0).header("traceparent"), "00-" + kTrace + '-' + spans[2].text("spanId") + "-01");
        QCOMPARE(f.points("gen_ai.client.operation.duration").size(), 2u);
        QCOMPARE(f.points("gen_ai.client.token.usage").size(), 2u);
    }

    void whoWasTooSlowIsNoError()
    {
        TracedGateway f;
        FakeUpstream spare;
        QVERIFY(f.startWithFallback(spare, "hedge_after: 20ms"));
        f.upstream.enqueue(Script::silence());
        QCOMPARE(f.chat().status, 200);
        QVERIFY(f.finish());
        const std::vector<OtlpItem> spans = f.spans();
        QCOMPARE(spans.size(), 3u);
        QCOMPARE(spans[0].attribute("lunargate.hedged"), QByteArray("true"));
        QCOMPARE(spans[1].attribute("lunargate.attempt.outcome"), QByteArray("superseded"));
        QVERIFY(!spans[1].json.contains(u"status"));
        QCOMPARE(spans[2].attribute("lunargate.attempt.outcome"), QByteArray("success"));
        QCOMPARE(f.upstream.request(0).header("traceparent").mid(3, 32), spans[0].text("traceId"));
        QVERIFY(f.spanOfCall(0) != spans[2].text("spanId"));
    }

    void aClientThatLeftIsToldAsSuch()
    {
        TracedGateway f;
        QVERIFY(f.start());
        {
            f.upstream.enqueue(Script::silence());
            RawClient client(f.port());
            client.sendRequest("POST", "/v1/chat/completions", chatBody());
            QVERIFY(f.upstream.waitForRequests(1));
        }
        QVERIFY(f.upstream.waitForCancel(0));
        QVERIFY(f.finish());
        const std::vector<OtlpItem> spans = f.spans();
        QCOMPARE(spans.size(), 2u);
        QCOMPARE(spans[0].attribute("http.response.status_code"), QByteArray("499"));
        QCOMPARE(spans[0].attribute("error.type"), QByteArray("client_cancelled"));
        QCOMPARE(spans[1].attribute("lunargate.attempt.outcome"), QByteArray("cancelled"));
        QVERIFY(!spans[1].json.contains(u"status"));
    }

    void failuresShowWhoseTheyAre()
    {
        TracedGateway f;
        QVERIFY(f.start({}, "security:\n  slow_down: {max_delay: 0s}\n  api_key:\n"
                            "    keys:\n      - {name: ann, value: gate-key-of-ann}\n"));
        const HeaderList key = {{"Authorization", "Bearer gate-key-of-ann"}};
        QCOMPARE(f.chat(chatBody()).status, 401); // of no client
        QCOMPARE(f.chat("{", key).status, 400);
        f.upstream.enqueue(Script::json(403, R"({"error":{"message":"no","type":"auth"}})"));
        QCOMPARE(f.chat(chatBody(), key).status, 403);
        f.upstream.enqueue(Script::eventStream().content("a").reset());
        f.chat(chatBody("fake-model", R"("stream":true)"), key);
        f.client().get("/v1/models", key); // asks no model
        QVERIFY(f.finish());
        const std::vector<OtlpItem> spans = f.spans();
        QCOMPARE(spans.size(), 6u); // the last two requests with a call each
        QCOMPARE(spans[0].attribute("http.response.status_code"), QByteArray("401"));
        QCOMPARE(spans[0].attribute("error.type"), QByteArray("missing_api_key"));
        QVERIFY(!spans[0].json.contains(u"status"));
        QCOMPARE(spans[1].attribute("error.type"), QByteArray("invalid_json"));
        QCOMPARE(spans[2].attribute("error.type"), QByteArray("403"));
        QCOMPARE(spans[3].attribute("error.type"), QByteArray("403"));
        QCOMPARE(spans[4].json[u"status"][u"code"].toInt(), 2);
        QCOMPARE(spans[5].json[u"status"][u"code"].toInt(), 2);
        QCOMPARE(spans[5].attribute("lunargate.usage.estimated"), QByteArray("true"));
        QCOMPARE(f.points("gen_ai.server.request.duration").size(), 4u);
        QVERIFY(f.points("gen_ai.client.token.usage").empty());
    }

    void embeddingsAreAnOperationOfTheirOwn()
    {
        TracedGateway f;
        QVERIFY(f.start());
        f.upstream.enqueue(
            Script::json(200, R"({"data":[{"embedding":[1]}],"model":"e-served","usage":{"prompt_tokens":3}})"));
        const HttpAnswer answer =
            f.client().post("/v1/embeddings", R"({"model":"fake/e","input":"x","dimensions":64})");
        QCOMPARE(answer.status, 200);
        QVERIFY(f.finish());
        const OtlpItem call = f.spans().at(1);
        QCOMPARE(call.text("name"), QByteArray("embeddings e"));
        QCOMPARE(call.attribute("gen_ai.operation.name"), QByteArray("embeddings"));
        QCOMPARE(call.attribute("gen_ai.embeddings.dimension.count"), QByteArray("64"));
        QCOMPARE(call.attribute("gen_ai.response.model"), QByteArray("e-served"));
        QCOMPARE(call.attribute("gen_ai.usage.input_tokens"), QByteArray("3"));
        const OtlpItem usage = f.points("gen_ai.client.token.usage").at(0);
        QCOMPARE(usage.attribute("gen_ai.token.type"), QByteArray("input"));
        QCOMPARE(usage.attribute("gen_ai.request.model"), QByteArray("other")); // the configuration does not name it
    }

    void anAnswerFromTheCacheAsksNobody()
    {
        TracedGateway f;
        QVERIFY(f.start({}, "caching: {enabled: true}\n"));
        QCOMPARE(f.chat().status, 200);
        QCOMPARE(f.chat().status, 200);
        QVERIFY(f.finish());
        const std::vector<OtlpItem> spans = f.spans();
        QCOMPARE(spans.size(), 3u);
        QCOMPARE(spans[0].attribute("lunargate.cache"), QByteArray("miss"));
        QCOMPARE(spans[2].attribute("lunargate.cache"), QByteArray("hit"));
        QCOMPARE(spans[2].attribute("lunargate.attempts"), QByteArray("0"));
    }

    void namesAreOursWhateverTheClientWrites()
    {
        TracedGateway f;
        QVERIFY(f.start());
        QCOMPARE(f.client().post("/v1/v1/v1/chat/completions//", chatBody()).status, 200);
        QVERIFY(f.finish());
        const OtlpItem server = f.spans().at(0);
        QCOMPARE(server.text("name"), QByteArray("POST /v1/chat/completions"));
        QCOMPARE(server.attribute("http.route"), QByteArray("/v1/chat/completions"));
    }

    void onlyWholeNumbersCount()
    {
        TracedGateway f;
        QVERIFY(f.start());
        f.chat(chatBody("fake-model", R"("top_k":1e300)"));
        f.chat(chatBody("fake-model", R"("top_k":40.0)"));
        QVERIFY(f.finish());
        const std::vector<OtlpItem> spans = f.spans();
        QVERIFY(!spans.at(1).hasAttribute("gen_ai.request.top_k"));
        QCOMPARE(spans.at(3).attribute("gen_ai.request.top_k"), QByteArray("40"));
    }
};

QTEST_GUILESS_MAIN(GatewayTelemetryTest)
#include "tst_telemetry.moc"
