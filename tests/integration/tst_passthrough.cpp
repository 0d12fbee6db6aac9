// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/passthrough_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

QByteArray completionChunk(const QByteArray &text, const QByteArray &finish = "null")
{
    return R"({"id":"cmpl-1","model":"up","choices":[{"index":0,"text":")" + text + R"(","finish_reason":)" + finish +
           "}]}";
}

} // namespace

/// Endpoints that are passed through: what goes out and comes back are the client's and the provider's own bytes.
class PassthroughTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void jsonPassesInBothDirections_data()
    {
        QTest::addColumn<QByteArray>("path");
        for (const char *path : {"/completions", "/moderations", "/images/generations", "/audio/speech", "/rerank"})
            QTest::newRow(path) << QByteArray(path);
    }

    void jsonPassesInBothDirections()
    {
        QFETCH(const QByteArray, path);
        PassthroughFixture f;
        QVERIFY(f.start());
        const QByteArray body = "{ \"zeta\":1.0, \"model\" : \"fake/some-model\",\n \"input\":\"caf\\u00e9\"}";
        f.upstream.enqueue(Script::json(201, R"({ "zeta":1.0, "a":[] })", {{"x-request-id", "req_9"}}));
        const HttpAnswer answer = f.client().post(
            "/v1" + path, body, {{"Idempotency-Key", "k1"}, {"Cookie", "no"}, {"Authorization", "Bearer none"}});
        QVERIFY2(answer.status == 201, answer.summary().constData());
        QCOMPARE(answer.body, R"({ "zeta":1.0, "a":[] })");
        QCOMPARE(answer.header("Content-Type"), "application/json");
        QCOMPARE(answer.header("X-LunarGate-Provider"), "fake");
        QCOMPARE(answer.header("X-LunarGate-Model"), "fake/some-model");
        QCOMPARE(answer.header("X-LunarGate-Route"), "default");
        QCOMPARE(answer.header("X-LunarGate-Upstream-Request-ID"), "req_9");
        const ReceivedRequest &request = f.upstream.lastRequest();
        QCOMPARE(request.method, "POST");
        QCOMPARE(request.path, "/v1" + path);
        QCOMPARE(request.body, QByteArray(body).replace("fake/some-model", "some-model"));
        QCOMPARE(request.header("Authorization"), QByteArray("Bearer ") + kProviderKey);
        QCOMPARE(request.header("Idempotency-Key"), "k1");
        QVERIFY(!request.headers.contains("Cookie"));
    }

    void noModelIsMadeUp()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        const QByteArray body = R"({"input":"x"})";
        QCOMPARE(f.client().post("/v1/moderations", body).status, 200);
        QCOMPARE(f.upstream.lastRequest().body, body);
    }

    void binaryAnswersPass()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        f.upstream.enqueue(
            Script::head(200, {{"Content-Type", "audio/mpeg"}, {"Content-Disposition", "attachment; filename=a.mp3"}})
                .repeat(kBinary, 5000)
                .end());
        const HttpAnswer answer = f.client().post("/v1/audio/speech", R"({"model":"tts-1","input":"x"})");
        QCOMPARE(answer.status, 200);
        QCOMPARE(answer.header("Content-Type"), "audio/mpeg");
        QCOMPARE(answer.header("Content-Disposition"), "attachment; filename=a.mp3");
        QCOMPARE(answer.body, kBinary.repeated(5000));
    }

    void anAnswerIsPassedOnWhileItComes()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        const GatePointer gate = Gate::make();
        f.upstream.enqueue(
            Script::head(200, {{"Content-Type", "audio/mpeg"}}).body("first").hold(gate).body(" second").end());
        RawClient client(f.port());
        client.sendRequest("POST", "/v1/audio/speech", R"({"model":"tts-1"})");
        QVERIFY(client.waitForBody("first"));
        QVERIFY(!client.answer().isComplete());
        gate->open();
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().body(), "first second");
    }

    void aSlowClientHoldsTheProviderBack()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        constexpr int kPieces = 2000;
        const QByteArray piece(16 * 1024, 'x');
        f.upstream.enqueue(Script::head(200, {{"Content-Type", "audio/mpeg"}}).repeat(piece, kPieces).end());
        RawClient client(f.port());
        client.stopReading();
        client.sendRequest("POST", "/v1/audio/speech", R"({"model":"tts-1"})");
        QVERIFY(f.upstream.waitForRequests(1));
        QVERIFY(!f.upstream.waitForAnswer(0, std::chrono::milliseconds(300)));
        QVERIFY(f.upstream.request(0).bytesSent < qint64(kPieces) * piece.size() / 2);
        client.resumeReading();
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().body().size(), qsizetype(kPieces) * piece.size());
    }

    void completionStreamsPass()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        const QByteArray usage =
            R"({"id":"cmpl-1","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}})";
        f.upstream.enqueue(Script::eventStream()
                               .data(completionChunk("a"))
                               .data(completionChunk("b", R"("stop")"))
                               .data(usage)
                               .data("[DONE]")
                               .end());
        const HttpAnswer answer =
            f.client().post("/v1/completions", R"({"model":"m","prompt":"x","suffix":"y","stream":true})");
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.header("Content-Type").startsWith("text/event-stream"));
        QCOMPARE(answer.header("X-Accel-Buffering"), "no");
        QCOMPARE(answer.body, "data: " + completionChunk("a") + "\n\ndata: " + completionChunk("b", R"("stop")") +
                                  "\n\ndata: " + usage + "\n\ndata: [DONE]\n\n");
        QCOMPARE(MetricsText(f.client().get("/metrics").body).sum("ai_router_tokens_total"), 7.0);
    }

    void aCutCompletionStreamIsToldInTheStream()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        const GatePointer gate = Gate::make();
        f.upstream.enqueue(Script::eventStream().data(completionChunk("a")).hold(gate).reset());
        RawClient client(f.port());
        client.sendRequest("POST", "/v1/completions", R"({"model":"m","prompt":"x","stream":true})");
        QVERIFY(client.waitForBody(completionChunk("a")));
        gate->open();
        QVERIFY(client.waitForAnswer());
        const QByteArray body = client.answer().body();
        QVERIFY(body.startsWith("data: " + completionChunk("a") + "\n\ndata: {"));
        QVERIFY2(body.contains(R"("error")"), body.constData());
        QVERIFY(!body.contains("[DONE]"));
    }

    void silentStreamsAreKeptAlive()
    {
        PassthroughFixture f;
        QVERIFY(f.start({.server = "stream_keep_alive: 20ms"}));
        const GatePointer gate = Gate::make();
        f.upstream.enqueue(Script::eventStream().data(completionChunk("a")).hold(gate).data("[DONE]").end());
        RawClient client(f.port());
        client.sendRequest("POST", "/v1/completions", R"({"model":"m","prompt":"x","stream":true})");
        QVERIFY(client.waitForBody(": keep-alive\n\n"));
        gate->open();
        QVERIFY(client.waitForAnswer());
        const QByteArray body = QByteArray(client.answer().body()).replace(": keep-alive\n\n", "");
        QCOMPARE(body, "data: " + completionChunk("a") + "\n\ndata: [DONE]\n\n");
    }

    // Only where an event has ended: of other streams the gateway does not know what they say.
    void noStreamIsKeptAliveWithinAnEvent()
    {
        PassthroughFixture f;
        QVERIFY(f.start({.server = "stream_keep_alive: 20ms"}));
        const GatePointer ended = Gate::make();
        const GatePointer begun = Gate::make();
        f.upstream.enqueue(Script::eventStream()
                               .body("data: a\n")
                               .body("\n")
                               .hold(ended)
                               .body("data: half")
                               .hold(begun)
                               .body(" of b\r\n\r\n")
                               .end());
        RawClient client(f.port());
        client.sendRequest("POST", "/v1/audio/speech", R"({"model":"tts-1","stream_format":"sse"})");
        QVERIFY(client.waitForBody("data: a\n\n: keep-alive\n\n"));
        ended->open();
        QVERIFY(client.waitForBody("data: half"));
        QVERIFY(
            !waitUntil([&] { return !client.answer().body().endsWith("data: half"); }, std::chrono::milliseconds(200)));
        begun->open();
        QVERIFY(client.waitForAnswer());
        QVERIFY2(client.answer().body().contains("data: half of b\r\n\r\n"), client.answer().body().constData());
    }

    // What is no stream of events has no room for anything else.
    void noSoundIsKeptAlive()
    {
        PassthroughFixture f;
        QVERIFY(f.start({.server = "stream_keep_alive: 20ms"}));
        const GatePointer gate = Gate::make();
        f.upstream.enqueue(
            Script::head(200, {{"Content-Type", "audio/mpeg"}}).body("first\n\n").hold(gate).body("second").end());
        RawClient client(f.port());
        client.sendRequest("POST", "/v1/audio/speech", R"({"model":"tts-1"})");
        QVERIFY(client.waitForBody("first\n\n"));
        QVERIFY(!waitUntil([&] { return client.answer().body() != "first\n\n"; }, std::chrono::milliseconds(200)));
        gate->open();
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().body(), "first\n\nsecond");
    }

    void aCutAnswerDoesNotLookWhole()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        const GatePointer gate = Gate::make();
        f.upstream.enqueue(Script::head(200, {{"Content-Type", "audio/mpeg"}}).body("half").hold(gate).reset());
        RawClient client(f.port());
        client.sendRequest("POST", "/v1/audio/speech", R"({"model":"tts-1"})");
        QVERIFY(client.waitForBody("half"));
        gate->open();
        QVERIFY(!client.waitForAnswer());
        QVERIFY(client.answer().failed());
    }

    void aKeyWithItsModelsGetsNoOther()
    {
        PassthroughFixture f;
        QVERIFY(f.start({.sections = "security: {provider: api_key, api_key: {keys: [{value: key-of-one-model-1, "
                                     "models: [fake-model]}]}}\n"}));
        const HeaderList key{{"X-API-Key", "key-of-one-model-1"}};
        for (const char *body : {R"({"input":"x"})", R"({"model":null,"input":"x"})", "{ }"}) {
            const HttpAnswer answer = f.client().post("/v1/moderations", body, key);
            QVERIFY2(answer.status == 200, answer.summary().constData());
            QCOMPARE(answer.header("X-LunarGate-Model"), "fake/fake-model");
            QCOMPARE(textAt(f.upstream.lastRequest().body, "model"), "fake-model");
        }
        HttpAnswer refused = f.client().post("/v1/moderations", R"({"model":"other","input":"x"})", key);
        QCOMPARE(refused.status, 403);
        HeaderList ofForm = key;
        ofForm.set("Content-Type", kFormType);
        refused = f.client().post("/v1/audio/transcriptions", formFile(kBinary) + kFormEnd, ofForm);
        QCOMPARE(refused.status, 400);
        QCOMPARE(textAt(refused.body, "error.code"), "model_required");
        QCOMPARE(f.upstream.requestCount(), 3);
    }

    void whoNamesNoModelIsToldNone()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        const QByteArray body = R"({"input":"x"})";
        HttpAnswer answer = f.client().post("/v1/moderations", body);
        QCOMPARE(answer.status, 200);
        QVERIFY(!answer.headers.contains("X-LunarGate-Model"));
        QCOMPARE(f.upstream.lastRequest().body, body);
        answer = f.client().post("/v1/moderations", body, {{"X-LunarGate-Model", "fake/chosen"}});
        QCOMPARE(answer.header("X-LunarGate-Model"), "fake/chosen");
        QCOMPARE(f.upstream.lastRequest().body, R"({"model":"chosen","input":"x"})");
    }

    void jsonIsCalledSo()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        const HttpAnswer answer = f.client().post("/v1/moderations", R"({"model":"m"})",
                                                  {{"Content-Type", "application/x-www-form-urlencoded"}});
        QCOMPARE(answer.status, 200);
        QCOMPARE(f.upstream.lastRequest().header("Content-Type"), "application/json");
    }

    void jsonRequestsAreTriedAgain()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        f.upstream.enqueue(Script::json(503, "{}"));
        const HttpAnswer answer = f.client().post("/v1/images/generations", R"({"model":"m","prompt":"x"})");
        QCOMPARE(answer.status, 200);
        QCOMPARE(f.upstream.requestCount(), 2);
        QCOMPARE(answer.header("X-LunarGate-Attempts"), "2");
    }

    void requestsAreCountedAndKept()
    {
        PassthroughFixture f;
        QVERIFY(f.start({.sections = "history: {capture: bodies}\n"}));
        f.upstream.enqueue(Script::head(200, {{"Content-Type", "audio/mpeg"}}).body(kBinary).end());
        QCOMPARE(f.client().post("/v1/audio/speech", R"({"model":"tts-1","input":"read me"})").status, 200);
        const QByteArray page = f.client().get("/admin/v1/requests").body;
        QCOMPARE(textAt(page, "data.0.endpoint"), "audio_speech");
        QCOMPARE(textAt(page, "data.0.provider"), "fake");
        QCOMPARE(textAt(page, "data.0.model"), "tts-1");
        const QByteArray one = f.client().get("/admin/v1/requests/" + textAt(page, "data.0.id")).body;
        QVERIFY(isJson(one));
        QVERIFY(one.contains("read me"));
        QVERIFY(!one.contains("ID3")); // sound is not kept
        const MetricsText metrics(f.client().get("/metrics").body);
        QCOMPARE(metrics.sum("ai_router_requests_total", {{"status_code", "200"}}), 1.0);
        QCOMPARE(metrics.sum("lunargate_attempts_total", {{"outcome", "success"}, {"provider", "fake"}}), 1.0);
    }

    void aClientThatLeavesEndsTheCall()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        f.upstream.enqueue(Script::head(200, {{"Content-Type", "audio/mpeg"}}).body("first").stall());
        RawClient client(f.port());
        client.sendRequest("POST", "/v1/audio/speech", R"({"model":"tts-1"})");
        QVERIFY(client.waitForBody("first"));
        client.close();
        QVERIFY(f.upstream.waitForCancel(0));
    }

    void wrongRequestsAreRefusedHere_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("code");
        const auto row = [](const char *name, QByteArray type, QByteArray body, QByteArray code) {
            QTest::newRow(name) << type << body << code;
        };
        const QByteArray json = "application/json";
        row("no JSON", json, "{", "invalid_json");
        row("nothing", json, "", "empty_body");
        row("a model that is no text", json, R"({"model":1})", "invalid_type");
        row("two models", json, R"({"model":"a","model":"b"})", "duplicate_key");
        row("a form without a boundary", "multipart/form-data", "x", "invalid_form");
    }

    void wrongRequestsAreRefusedHere()
    {
        QFETCH(const QByteArray, type);
        QFETCH(const QByteArray, body);
        QFETCH(const QByteArray, code);
        PassthroughFixture f;
        QVERIFY(f.start());
        const HttpAnswer answer = f.client().post("/v1/audio/transcriptions", body, {{"Content-Type", type}});
        QVERIFY2(answer.status == 400, answer.summary().constData());
        QCOMPARE(textAt(answer.body, "error.code"), code);
        QCOMPARE(f.upstream.requestCount(), 0);
    }
};

QTEST_GUILESS_MAIN(PassthroughTest)
#include "tst_passthrough.moc"
