// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

const QByteArray kAnswer =
    R"({ "object":"list", "zeta":1.0, "data":[{"object":"embedding","index":0,"embedding":[1.0, -2.5]}],)"
    R"("model":"upstream-model","usage":{"prompt_tokens":5,"total_tokens":5} })";

QByteArray body(const QByteArray &model = "fake-model", const QByteArray &more = {})
{
    return R"({"model":")" + model + R"(","input":"hello")" + (more.isEmpty() ? "" : "," + more) + '}';
}

struct Fixture : GatewayFixture
{
    bool start(const ConfigChanges &changes = {})
    {
        upstream.otherwise([](const ReceivedRequest &) { return Script::json(200, kAnswer); });
        return GatewayFixture::start(changes);
    }
    HttpAnswer embed(const QByteArray &request = body(), const HeaderList &headers = {}) const
    {
        return client().post("/v1/embeddings", request, headers);
    }
    MetricsText metrics() const { return MetricsText(client().get("/metrics").body); }
};

QByteArray twoProviders(const FakeUpstream &first, const FakeUpstream &second, const QByteArray &routes)
{
    return "providers:\n"
           "  first: {type: openai, base_url: \"" +
           first.url() +
           "\"}\n"
           "  second: {type: openai, base_url: \"" +
           second.url() +
           "\"}\n"
           "retry: {initial_delay: 1ms, max_delay: 5ms}\n"
           "routing:\n  routes:\n" +
           indented(routes, 4);
}

} // namespace

/// POST /v1/embeddings between an OpenAI client and OpenAI providers.
class EmbeddingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void bytesPassInBothDirections()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        const QByteArray odd =
            "{ \"zeta\":1.0, \"input\":[\"caf\\u00e9\", \"b\"],\n \"model\":\"fake/fake-model\",\"n\":null}";
        const HttpAnswer answer = fixture.embed(odd);
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.body, kAnswer);
        QCOMPARE(answer.header("Content-Type").split(';').first(), "application/json");
        const ReceivedRequest &request = fixture.upstream.lastRequest();
        QCOMPARE(request.method, "POST");
        QCOMPARE(request.path, "/v1/embeddings");
        QCOMPARE(request.body, QByteArray(odd).replace("fake/fake-model", "fake-model"));
        QCOMPARE(request.header("Authorization"), QByteArray("Bearer ") + kProviderKey);
    }

    void tokensPassAsTheyAre()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        const QByteArray tokens = R"({"model":"fake-model","input":[[1,2],[3]],"encoding_format":"float"})";
        QCOMPARE(fixture.embed(tokens).status, 200);
        QCOMPARE(fixture.upstream.lastRequest().body, tokens);
    }

    void clientGetsTheFormItAskedFor_data()
    {
        QTest::addColumn<QByteArray>("format");
        QTest::addColumn<QByteArray>("told"); // the embedding as the provider sends it
        QTest::addColumn<QByteArray>("got");
        const QByteArray numbers = "[1.0, -2.5]";
        const QByteArray base64 = R"("AACAPwAAIMA=")";
        QTest::newRow("float") << QByteArray(R"("encoding_format":"float")") << numbers << numbers;
        QTest::newRow("nothing asked for") << QByteArray() << numbers << numbers;
        QTest::newRow("base64") << QByteArray(R"("encoding_format":"base64")") << base64 << base64;
        // The official libraries ask for base64 by default, and many compatible services know numbers only.
        QTest::newRow("base64 of a service without it")
            << QByteArray(R"("encoding_format":"base64")") << numbers << base64;
        QTest::newRow("base64 that nobody asked for")
            << QByteArray(R"("encoding_format":"float")") << base64 << QByteArray("[1,-2.5]");
    }

    void clientGetsTheFormItAskedFor()
    {
        QFETCH(const QByteArray, format);
        QFETCH(const QByteArray, told);
        QFETCH(const QByteArray, got);
        Fixture fixture;
        QVERIFY(fixture.start());
        fixture.upstream.enqueue(Script::json(200, QByteArray(kAnswer).replace("[1.0, -2.5]", told)));
        const HttpAnswer answer = fixture.embed(body("fake-model", format));
        QCOMPARE(answer.body, QByteArray(kAnswer).replace("[1.0, -2.5]", got));
        QCOMPARE(fixture.upstream.lastRequest().body, body("fake-model", format));
    }

    void wrongRequestsAreRefusedHere_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("param");
        const auto row = [](const char *name, QByteArray request, QByteArray message, QByteArray param) {
            QTest::newRow(name) << request << message << param;
        };
        row("no model", R"({"input":"a"})", "model is required", "model");
        row("no input", R"({"model":"fake-model"})", "input is required", "input");
        row("unknown form", body("fake-model", R"("encoding_format":"int8")"), "encoding_format", "encoding_format");
        row("no dimensions", body("fake-model", R"("dimensions":0)"), "dimensions", "dimensions");
        row("model left to the gateway", body("lunargate/auto"), "by name", "model");
        row("no JSON", "{", "invalid JSON", "");
    }

    void wrongRequestsAreRefusedHere()
    {
        QFETCH(const QByteArray, request);
        QFETCH(const QByteArray, message);
        QFETCH(const QByteArray, param);
        Fixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.embed(request);
        QVERIFY2(answer.status == 400, answer.summary().constData());
        QCOMPARE(errorShapeProblem(answer), "");
        QVERIFY2(textAt(answer.body, "error.message").contains(message), answer.body.constData());
        QCOMPARE(textAt(answer.body, "error.param"), param);
        QCOMPARE(textAt(answer.body, "error.type"), "invalid_request_error");
        QCOMPARE(fixture.upstream.requestCount(), 0);
    }

    void fallbackGetsItsOwnModel()
    {
        FakeUpstream first;
        FakeUpstream second;
        first.otherwise([](const ReceivedRequest &) { return Script::json(500, R"({"error":{"message":"down"}})"); });
        second.otherwise([](const ReceivedRequest &) { return Script::json(200, kAnswer); });
        GatewayProcess gateway;
        QVERIFY(gateway.start(twoProviders(first, second,
                                           "- name: vectors\n"
                                           "  targets: [{provider: first, model: m1}]\n"
                                           "  fallback: [{provider: second, model: m2}]")));
        const HttpAnswer answer = HttpClient(gateway.port()).post("/v1/embeddings", body("m1"));
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(first.requestCount(), 3);
        QCOMPARE(second.lastRequest().body, body("m2"));
        QCOMPARE(answer.header("X-LunarGate-Route"), "vectors");
        QCOMPARE(answer.header("X-LunarGate-Provider"), "second");
        QCOMPARE(answer.header("X-LunarGate-Model"), "second/m2");
        QCOMPARE(answer.header("X-LunarGate-Attempts"), "4");
        QCOMPARE(answer.header("X-LunarGate-Fallback-Used"), "true");
        QVERIFY(!answer.header("X-LunarGate-Latency-Ms").isEmpty());
    }

    void namedProviderAnswersWhereNoRouteMatches_data()
    {
        QTest::addColumn<QByteArray>("model");
        QTest::addColumn<HeaderList>("headers");
        QTest::addColumn<int>("status");
        QTest::newRow("by model") << QByteArray("second/m") << HeaderList() << 200;
        QTest::newRow("by header") << QByteArray("m") << HeaderList{{"X-LunarGate-Provider", "second"}} << 200;
        QTest::newRow("by the model's header")
            << QByteArray("x") << HeaderList{{"X-LunarGate-Model", "second/m"}} << 200;
        QTest::newRow("not named") << QByteArray("m") << HeaderList() << 502;
        QTest::newRow("unknown") << QByteArray("m") << HeaderList{{"X-LunarGate-Provider", "nobody"}} << 400;
    }

    void namedProviderAnswersWhereNoRouteMatches()
    {
        QFETCH(const QByteArray, model);
        QFETCH(const HeaderList, headers);
        QFETCH(const int, status);
        FakeUpstream first;
        FakeUpstream second;
        second.otherwise([](const ReceivedRequest &) { return Script::json(200, kAnswer); });
        GatewayProcess gateway;
        QVERIFY(gateway.start(twoProviders(first, second,
                                           "- name: chat\n"
                                           "  match: {path: /v1/chat}\n"
                                           "  targets: [{provider: first, model: m1}]\n"
                                           "  fallback: [{provider: first, model: m2}]")));
        const HttpAnswer answer = HttpClient(gateway.port()).post("/v1/embeddings", body(model), headers);
        QVERIFY2(answer.status == status, answer.summary().constData());
        QCOMPARE(first.requestCount(), 0);
        QCOMPARE(second.requestCount(), status == 200 ? 1 : 0);
        if (status == 200) {
            QCOMPARE(answer.header("X-LunarGate-Route"), "embeddings-direct");
            QCOMPARE(textAt(second.lastRequest().body, "model"), "m");
        } else {
            QCOMPARE(errorShapeProblem(answer), "");
        }
    }

    void routesMatchTheirOwnPath()
    {
        FakeUpstream first;
        FakeUpstream second;
        second.otherwise([](const ReceivedRequest &) { return Script::json(200, kAnswer); });
        GatewayProcess gateway;
        QVERIFY(gateway.start(twoProviders(first, second,
                                           "- name: chat\n"
                                           "  match: {headers: {x-lunargate-request-type: chat_completions}}\n"
                                           "  targets: [{provider: first}]\n"
                                           "- name: vectors\n"
                                           "  match: {path: /v1/embeddings}\n"
                                           "  targets: [{provider: second}]")));
        for (const char *path : {"/v1/embeddings", "/embeddings", "/v1/v1/embeddings/"}) {
            const HttpAnswer answer = HttpClient(gateway.port()).post(path, body("m"));
            QVERIFY2(answer.status == 200, answer.summary().constData());
            QCOMPARE(answer.header("X-LunarGate-Route"), "vectors");
        }
    }

    void targetsWithResponsesAskForEmbeddingsAllTheSame()
    {
        FakeUpstream first;
        FakeUpstream second;
        first.otherwise([](const ReceivedRequest &) { return Script::json(200, kAnswer); });
        GatewayProcess gateway;
        QVERIFY(gateway.start(twoProviders(first, second,
                                           "- name: all\n"
                                           "  targets: [{provider: first, upstream_request_type: responses}]")));
        QCOMPARE(HttpClient(gateway.port()).post("/v1/embeddings", body("m")).status, 200);
        QCOMPARE(first.lastRequest().path, "/v1/embeddings");
    }

    void lastErrorKeepsItsStatus_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("attempts");
        QTest::newRow("unknown model") << 404 << 1;
        QTest::newRow("too long") << 400 << 1;
        QTest::newRow("rate limit") << 429 << 3;
        QTest::newRow("overloaded") << 503 << 3;
    }

    void lastErrorKeepsItsStatus()
    {
        QFETCH(const int, status);
        QFETCH(const int, attempts);
        Fixture fixture;
        QVERIFY(fixture.start());
        fixture.upstream.otherwise([status](const ReceivedRequest &) {
            return Script::json(status, R"({"error":{"message":"the reason","type":"t","param":"input","code":"c"}})");
        });
        const HttpAnswer answer = fixture.embed();
        QVERIFY2(answer.status == status, answer.summary().constData());
        QCOMPARE(fixture.upstream.requestCount(), attempts);
        QCOMPARE(textAt(answer.body, "error.message"), "the reason");
        QCOMPARE(textAt(answer.body, "error.code"), "c");
        QCOMPARE(answer.header("X-LunarGate-Error-Source"), "upstream");
    }

    void unreadableAnswerGets502()
    {
        Fixture fixture;
        QVERIFY(fixture.start({.retry = "enabled: false"}));
        fixture.upstream.enqueue(Script::json(200, R"({"object":"list"})"));
        const HttpAnswer answer = fixture.embed();
        QCOMPARE(answer.status, 502);
        QCOMPARE(textAt(answer.body, "error.type"), "provider_error");
    }

    void requestIsCountedAndLogged()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.embed().status, 200);
        const MetricsText metrics = fixture.metrics();
        QCOMPARE(metrics.sum("ai_router_requests_total",
                             {{"provider", "fake"}, {"model", "fake-model"}, {"status_code", "200"}}),
                 1.0);
        QCOMPARE(metrics.sum("ai_router_tokens_total", {{"direction", "input"}}), 5.0);
        QCOMPARE(metrics.sum("ai_router_tokens_total", {{"direction", "output"}}), 0.0);
        QCOMPARE(metrics.sum("ai_router_active_requests"), 0.0);
        QVERIFY(fixture.gateway.waitForLog("embeddings"));
        const QByteArray &log = fixture.gateway.log();
        const qsizetype at = log.indexOf("endpoint=embeddings");
        QVERIFY2(at >= 0, log.constData());
        QVERIFY(!log.contains("hello")); // the input is nobody's business
    }

    void simulatorAnswersInBothForms()
    {
        GatewayProcess gateway;
        QVERIFY(gateway.start("providers:\n  sim: {type: simulator, default_model: simulator-1}\n"
                              "routing:\n  routes: [{name: all, targets: [{provider: sim}]}]\n"));
        const HttpClient client(gateway.port());
        const HttpAnswer numbers = client.post("/v1/embeddings", body("simulator-1", R"("dimensions":8)"));
        QVERIFY2(numbers.status == 200, numbers.summary().constData());
        QVERIFY(jsonAt(numbers.body, "data.0.embedding.7").isDouble());
        const HttpAnswer text =
            client.post("/v1/embeddings", body("simulator-1", R"("dimensions":8,"encoding_format":"base64")"));
        QCOMPARE(QByteArray::fromBase64(textAt(text.body, "data.0.embedding")).size(), 32);
    }
};

QTEST_GUILESS_MAIN(EmbeddingsTest)
#include "tst_embeddings.moc"
