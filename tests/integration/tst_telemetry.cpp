// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"
#include "tests/support/otlp_json.h"
#include "tests/support/raw_client.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <iterator>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

constexpr const char *kOtelKey = "otel-canary-77c1d2e9";
const QByteArray kTrace = "0af7651916cd43dd8448eb211c80319c";
const QByteArray kParent = "00-" + kTrace + "-b7ad6b7169203331-01";

/// A gateway between an upstream and an OpenTelemetry collector.
struct TracedGateway : GatewayFixture
{
    FakeUpstream otel;

    TracedGateway()
    {
        otel.otherwise([](const ReceivedRequest &) { return Script::json(200, "{}"); });
    }

    QByteArray telemetry(const QByteArray &more = {}) const
    {
        return "telemetry:\n  endpoint: " + otel.url("") + "\n  compress: false\n  headers: {x-otel-team: " + kOtelKey +
               "}\n" + indented(more, 2);
    }
    /// With a second provider, `spare`, behind the first one.
    bool startWithFallback(const FakeUpstream &spare, const QByteArray &routeKey = {})
    {
        return gateway.start("providers:\n  fake: {type: openai, base_url: \"" + upstream.url() +
                             "\"}\n  spare: {type: groq, api_key: k-spare, base_url: \"" + spare.url() +
                             "\"}\nretry: {max_attempts: 1}\nrouting:\n  routes:\n    - name: default\n"
                             "      targets: [{provider: fake, model: m1}]\n"
                             "      fallback: [{provider: spare, model: m2}]\n" +
                             indented(routeKey, 6) + telemetry());
    }
    bool start(const QByteArray &settings = {}, const QByteArray &sections = {})
    {
        return GatewayFixture::start({.sections = telemetry(settings) + sections});
    }

    /// All that was sent to that path; what is not as OTLP wants it fails the test.
    std::vector<QByteArray> bodies(const char *path) const
    {
        std::vector<QByteArray> found;
        for (int i = 0; i < otel.requestCount(); ++i) {
            const ReceivedRequest &request = otel.request(i);
            if (const QByteArray problem = otlpProblem(request.path, request.body); !problem.isEmpty())
                QTest::qFail(problem.constData(), __FILE__, __LINE__);
            if (request.path == path)
                found.push_back(request.body);
        }
        return found;
    }
    std::vector<OtlpItem> spans() const
    {
        std::vector<OtlpItem> all;
        for (const QByteArray &body : bodies("/v1/traces"))
            std::ranges::move(otlpSpans(body), std::back_inserter(all));
        return all;
    }
    /// Of the metric, as it was told last.
    std::vector<OtlpItem> points(const QByteArray &metric) const
    {
        const std::vector<QByteArray> all = bodies("/v1/metrics");
        std::vector<OtlpItem> found = all.empty() ? std::vector<OtlpItem>() : otlpPoints(all.back());
        std::erase_if(found, [&](const OtlpItem &point) { return point.metric != metric; });
        return found;
    }
    QByteArray everything() const
    {
        QByteArray all;
        for (int i = 0; i < otel.requestCount(); ++i)
            all += otel.request(i).body;
        return all;
    }
    /// The span that a call to the provider was told to be.
    QByteArray spanOfCall(int index) const { return upstream.request(index).header("traceparent").mid(36, 16); }
    double counter(const QByteArray &name, const MetricsText::Labels &labels = {}) const
    {
        return MetricsText(client().get("/metrics").body).sum(name, labels);
    }
    /// Ends the gateway, and with it everything waiting goes out.
    bool finish() { return gateway.terminate(10s) == 0; }
};

} // namespace

/// What OpenTelemetry is told of requests, and what it is not.
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

    void metricsAloneTouchNoTrace()
    {
        TracedGateway f;
        QVERIFY(f.start("traces: false"));
        QCOMPARE(f.chat(chatBody(), {{"traceparent", kParent}}).status, 200);
        QVERIFY(f.finish());
        QVERIFY(f.spans().empty());
        QVERIFY(!f.upstream.request(0).headers.contains("traceparent"));
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

    void nothingLeavesWithoutAnEndpoint()
    {
        TracedGateway f;
        QVERIFY(f.GatewayFixture::start({.sections = "telemetry: {content: true}\n"}));
        QCOMPARE(f.chat(chatBody(), {{"traceparent", kParent}, {"tracestate", "vendor=1"}}).status, 200);
        QCOMPARE(f.counter("lunargate_telemetry_queued_total"), 0.0);
        QVERIFY(f.finish());
        QCOMPARE(f.otel.requestCount(), 0);
        QVERIFY(!f.upstream.request(0).headers.contains("traceparent"));
        QVERIFY(!f.upstream.request(0).headers.contains("tracestate"));
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

    void noRequestWaitsForTheCollector()
    {
        TracedGateway f;
        const DeafPort deaf;
        const QByteArray endpoint = "http://127.0.0.1:" + QByteArray::number(deaf.port());
        QVERIFY(f.GatewayFixture::start({.sections = f.telemetry().replace(f.otel.url(""), endpoint)}));
        for (int i = 0; i < 20; ++i)
            QCOMPARE(f.chat().status, 200);
        QElapsedTimer timer;
        timer.start();
        QVERIFY(f.finish());
        QVERIFY(timer.elapsed() < 8000); // it has three seconds
        QVERIFY(f.gateway.log().contains("could not be told of everything"));
    }
};

QTEST_GUILESS_MAIN(GatewayTelemetryTest)
#include "tst_telemetry.moc"
