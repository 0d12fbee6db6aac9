// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/ollama_fixture.h"
#include "tests/support/metrics_text.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

QByteArray promptCall(const QByteArray &more = {})
{
    return R"({"model":"fake-model","prompt":"Hi")" + (more.isEmpty() ? "" : "," + more) + '}';
}

Script ndjson(const QByteArrayList &lines)
{
    Script script = Script::head(200, {{"Content-Type", kNdjson}});
    for (const QByteArray &line : lines)
        script.body(line + '\n');
    return script.end();
}

} // namespace

/// Clients that speak Ollama's protocol.
class OllamaInboundTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    // With a provider that speaks it, too.

    void bytesPassBetweenOllamas_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("chat") << QByteArray("/api/chat")
                              << QByteArray(
                                     "{ \"zeta\":1.0,\"messages\":[{\"role\":\"user\",\"content\":\"caf\\u00e9\"}],"
                                     "\"options\":{\"mirostat\":2},\"model\":\"MODEL\",\"stream\":false}")
                              << QByteArray(R"({ "model":"fake-model","message":{"role":"assistant","content":"Hi"},)"
                                            R"("done":true,"done_reason":"stop","eval_count":2,"zeta":1.0 })");
        QTest::newRow("generate")
            << QByteArray("/api/generate")
            << QByteArray(R"({"model":"MODEL","prompt":"a","suffix":"b","raw":true,"stream":false})")
            << QByteArray(R"({ "model":"fake-model","response":"Hi","done":true,"context":[1] })");
    }

    void bytesPassBetweenOllamas()
    {
        QFETCH(const QByteArray, path);
        QFETCH(const QByteArray, body);
        QFETCH(const QByteArray, answer);
        OllamaFixture f;
        f.upstream.enqueue(Script::json(200, answer));
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post(path, QByteArray(body).replace("MODEL", "local/fake-model"));
        QVERIFY2(got.status == 200, got.summary().constData());
        QCOMPARE(got.body, answer);
        QCOMPARE(f.upstream.lastRequest().path, path);
        QCOMPARE(f.upstream.lastRequest().body, QByteArray(body).replace("MODEL", "fake-model"));
        QCOMPARE(got.header("X-LunarGate-Provider"), "local");
        QVERIFY(got.header("X-LunarGate-Dropped-Params").isEmpty());
    }

    void streamsPassBetweenOllamas()
    {
        const QByteArrayList lines = {
            R"({ "model":"fake-model","message":{"role":"assistant","content":"","thinking":"Hm."},"done":false})",
            R"({"model":"fake-model","message":{"role":"assistant","content":"Hi"},"done":false,"zeta":1.0})",
            R"({"model":"fake-model","message":{"role":"assistant","content":""},"done":true,"prompt_eval_count":26,"eval_count":12})"};
        OllamaFixture f;
        f.upstream.enqueue(ndjson(lines));
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post("/api/chat", chatCall());
        QVERIFY2(got.status == 200, got.summary().constData());
        QCOMPARE(got.header("Content-Type"), kNdjson);
        QCOMPARE(linesOf(got.body), lines);
        const MetricsText metrics(f.client().get("/metrics").body);
        QCOMPARE(metrics.sum("ai_router_tokens_total", {{"direction", "input"}}), 26.0);
        QCOMPARE(metrics.sum("ai_router_tokens_total", {{"direction", "output"}}), 12.0);
    }

    void loadsReachOllama_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("members");
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("load") << QByteArray("/api/chat") << QByteArray()
                              << QByteArray(R"({"model":"fake-model","message":{"role":"assistant","content":""},)"
                                            R"("done_reason":"load","done":true,"zeta":1.0})");
        QTest::newRow("unload") << QByteArray("/api/generate") << QByteArray(R"(,"keep_alive":0)")
                                << QByteArray(R"({"model":"fake-model","response":"","done":true,)"
                                              R"("done_reason":"unload","zeta":1.0})");
    }

    void loadsReachOllama()
    {
        QFETCH(const QByteArray, path);
        QFETCH(const QByteArray, members);
        QFETCH(const QByteArray, answer);
        OllamaFixture f;
        f.upstream.enqueue(Script::json(200, answer));
        QVERIFY(f.start());
        const QByteArray body = R"({"model":"fake-model")" + members + '}';
        const HttpAnswer got = f.client().post(path, body);
        QVERIFY2(got.status == 200, got.summary().constData());
        QCOMPARE(got.body, answer);
        QCOMPARE(f.upstream.requestCount(), 1);
        QCOMPARE(f.upstream.lastRequest().path, path);
        QCOMPARE(f.upstream.lastRequest().body, body);
    }

    void loadsOfUnknownModelsFail()
    {
        OllamaFixture f;
        const QByteArray body = R"({"error":"model 'x' not found"})";
        f.upstream.enqueue(Script::json(404, body));
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post("/api/chat", R"({"model":"x"})");
        QCOMPARE(got.status, 404);
        QCOMPARE(got.body, body);
    }

    void whatOnlyOllamaUnderstandsReachesIt()
    {
        OllamaFixture f;
        f.upstream.enqueue(Script::json(200, R"({"message":{"content":"Hi"},"done":true})"));
        QVERIFY(f.start());
        const QByteArray body = chatCall(R"("stream":false,"options":{"num_ctx":"big"},"format":"later")");
        QCOMPARE(f.client().post("/api/chat", body).status, 200);
        QCOMPARE(f.upstream.lastRequest().body, body);
    }

    void thoughtsInTagsStayInWhatPasses()
    {
        const QByteArrayList lines = {
            R"({"model":"fake-model","message":{"role":"assistant","content":"<think>Hm.</think>Hi"},"done":false})",
            R"({"model":"fake-model","message":{"role":"assistant","content":""},"done":true})"};
        OllamaFixture f;
        f.upstream.enqueue(ndjson(lines));
        f.upstream.enqueue(Script::json(200, lines[0]));
        QVERIFY(f.start({}, "extract_reasoning_tags: true"));
        QCOMPARE(linesOf(f.client().post("/api/chat", chatCall()).body), lines);
        QCOMPARE(f.client().post("/api/chat", chatCall(R"("stream":false)")).body, lines[0]);
    }

    void pullsOfKnownModelsAreDone()
    {
        OllamaFixture f;
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post("/api/pull", R"({"model":"fake-model:latest"})");
        QCOMPARE(got.status, 200);
        QCOMPARE(textAt(got.body, "status"), "success");
        const HttpAnswer other = f.client().post("/api/pull", R"({"model":"another"})");
        QCOMPARE(other.status, 400);
        QVERIFY(!textAt(other.body, "error").isEmpty());
        QCOMPARE(f.upstream.requestCount(), 0);
    }

    void errorsPassBetweenOllamas()
    {
        OllamaFixture f;
        const QByteArray body = R"({"error":"model 'x' not found","hint":"pull it"})";
        f.upstream.enqueue(Script::json(404, body));
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post("/api/chat", chatCall());
        QCOMPARE(got.status, 404);
        QCOMPARE(got.body, body);
    }

    // With OpenAI's protocol behind the gateway.

    void wholeAnswersAreTranslated()
    {
        GatewayFixture f;
        f.upstream.enqueue(Script::json(
            200,
            R"({"id":"c","object":"chat.completion","created":1780000000,"model":"fake-model","choices":[{"index":0,)"
            R"("message":{"role":"assistant","content":"Hello","reasoning_content":"Hm.","tool_calls":[)"
            R"({"id":"call_1","type":"function","function":{"name":"f","arguments":)"
            "\"{\\\"b\\\":1,\\\"a\\\":2}\"}}]},"
            R"("finish_reason":"tool_calls"}],"usage":{"prompt_tokens":26,"completion_tokens":12,"total_tokens":38}})"));
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post(
            "/api/chat",
            chatCall(
                R"("stream":false,"keep_alive":"5m","options":{"temperature":0.5,"num_predict":64,"num_ctx":8192})"));
        QVERIFY2(got.status == 200, got.summary().constData());
        QCOMPARE(got.header("Content-Type").split(';').first(), "application/json");
        QCOMPARE(textAt(got.body, "model"), "fake-model");
        QCOMPARE(textAt(got.body, "message.content"), "Hello");
        QCOMPARE(textAt(got.body, "message.thinking"), "Hm.");
        QCOMPARE(textAt(got.body, "message.tool_calls.0.function.name"), "f");
        QVERIFY(got.body.contains(R"("arguments":{"b":1,"a":2})"));
        QCOMPARE(textAt(got.body, "done_reason"), "stop");
        QCOMPARE(jsonAt(got.body, "prompt_eval_count").toInt(), 26);
        QCOMPARE(jsonAt(got.body, "eval_count").toInt(), 12);
        for (const char *name : {"total_duration", "load_duration", "prompt_eval_duration", "eval_duration"})
            QVERIFY2(jsonAt(got.body, name).toDouble() >= 1, name);

        QCOMPARE(f.upstream.lastRequest().path, "/v1/chat/completions");
        const QByteArray sent = f.upstream.lastRequest().body;
        QCOMPARE(jsonAt(sent, "temperature").toDouble(), 0.5);
        QCOMPARE(jsonAt(sent, "max_tokens").toInt(), 64);
        for (const char *name : {"num_ctx", "keep_alive", "options"})
            QVERIFY2(jsonAt(sent, name).isUndefined(), name);
        QCOMPARE(got.header("X-LunarGate-Dropped-Params"), "num_ctx, keep_alive");
    }

    void streamsAreTranslated()
    {
        GatewayFixture f;
        f.upstream.enqueue(
            Script::eventStream()
                .data(chatChunk(R"({"role":"assistant","reasoning_content":"Hm."})"))
                .data(chatChunk(R"({"content":"Hel"})"))
                .data(chatChunk(R"({"content":"lo"})"))
                .data(chatChunk(R"({"tool_calls":[{"index":0,"id":"call_1","type":"function",)"
                                "\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]}"))
                .data(chatChunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\":\"}}]}"))
                .data(chatChunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"1}\"}}]}"))
                .data(chatChunk("{}", R"("tool_calls")"))
                .data(usageChunk(26, 12))
                .data("[DONE]")
                .end());
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post("/api/chat", chatCall(R"("think":true)"));
        QVERIFY2(got.status == 200, got.summary().constData());
        QCOMPARE(got.header("Content-Type"), kNdjson);
        const QByteArrayList lines = linesOf(got.body);
        for (const QByteArray &line : lines)
            QVERIFY2(isJson(line), line.constData());
        QCOMPARE(joined(lines, "message.content"), "Hello");
        QCOMPARE(joined(lines, "message.thinking"), "Hm.");
        QCOMPARE(jsonAt(lines[lines.size() - 2], "message.tool_calls.0.function.arguments.a").toInt(), 1);
        const QByteArray &last = lines.last();
        QCOMPARE(jsonAt(last, "done").toBool(), true);
        QCOMPARE(textAt(last, "done_reason"), "stop");
        QCOMPARE(jsonAt(last, "prompt_eval_count").toInt(), 26);
        QCOMPARE(jsonAt(last, "eval_count").toInt(), 12);
        QVERIFY(jsonAt(last, "total_duration").toDouble() > 0);
        const QByteArray sent = f.upstream.lastRequest().body;
        QCOMPARE(jsonAt(sent, "stream").toBool(), true);
        QCOMPARE(jsonAt(sent, "stream_options.include_usage").toBool(), true);
        QVERIFY(jsonAt(sent, "reasoning_effort").isUndefined()); // OpenAI's models that do not think would refuse it
    }

    // Nothing of what came so far can be said, but that it began.
    void aStreamBeginsThoughNothingOfItIsSaidYet()
    {
        GatewayFixture f;
        const GatePointer gate = Gate::make();
        f.upstream.enqueue(Script::eventStream()
                               .data(chatChunk(R"({"role":"assistant","reasoning_content":"Hm."})"))
                               .hold(gate)
                               .content("Hi")
                               .data("[DONE]")
                               .end());
        QVERIFY(f.start());
        RawClient client(f.port());
        client.sendRequest("POST", "/api/chat", chatCall(R"("think":false)"), {{"Content-Type", "application/json"}});
        QTRY_COMPARE(client.answer().status(), 200);
        QVERIFY(client.answer().body().isEmpty());
        gate->open();
        QVERIFY(client.waitForAnswer());
        QVERIFY(client.answer().body().contains("\"Hi\""));
    }

    void promptsAreTranslated()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post("/api/generate", promptCall(R"("system":"Be short.","stream":false)"));
        QVERIFY2(got.status == 200, got.summary().constData());
        QCOMPARE(textAt(got.body, "response"), "Hello from upstream");
        const QByteArray sent = f.upstream.lastRequest().body;
        QCOMPARE(textAt(sent, "messages.0.content"), "Be short.");
        QCOMPARE(textAt(sent, "messages.1.content"), "Hi");
        const QByteArrayList lines = linesOf(f.client().post("/api/generate", promptCall()).body);
        QCOMPARE(joined(lines, "response"), "Hello");
        QCOMPARE(jsonAt(lines.last(), "done").toBool(), true);
    }

    void notToThinkIsNoWordForModelsThatCannot()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        QCOMPARE(f.client().post("/api/chat", chatCall(R"("think":false,"stream":false)")).status, 200);
        const QByteArray sent = f.upstream.lastRequest().body;
        QVERIFY(jsonAt(sent, "reasoning_effort").isUndefined() && jsonAt(sent, "reasoning").isUndefined());
    }

    void whatOnlyOllamaCanDoIsRefusedElsewhere()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post("/api/generate", promptCall(R"("suffix":"b")"));
        QCOMPARE(got.status, 400);
        QVERIFY2(textAt(got.body, "error").contains("suffix"), got.body.constData());
        QCOMPARE(f.upstream.requestCount(), 0);
    }

    void loadsAreConfirmedForOthers()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        const HttpAnswer chat = f.client().post("/api/chat", R"({"model":"fake-model"})");
        QCOMPARE(chat.status, 200);
        QCOMPARE(textAt(chat.body, "done_reason"), "load");
        const HttpAnswer prompt = f.client().post("/api/generate", R"({"model":"fake-model","keep_alive":0})");
        QCOMPARE(textAt(prompt.body, "done_reason"), "unload");
        QCOMPARE(f.upstream.requestCount(), 0);
    }

    void latestMayBeSaid()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post("/api/chat", chatCall(R"("stream":false)", "fake/fake-model:latest"));
        QVERIFY2(got.status == 200, got.summary().constData());
        QCOMPARE(textAt(f.upstream.lastRequest().body, "model"), "fake-model");
        QCOMPARE(textAt(got.body, "model"), "fake/fake-model:latest");
    }

    // Errors.

    void errorsAreOneText_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        const auto row = [](const char *name, QByteArray method, QByteArray path, QByteArray body, int status) {
            QTest::newRow(name) << std::move(method) << std::move(path) << std::move(body) << status;
        };
        row("no JSON", "POST", "/api/chat", "{", 400);
        row("wrong field", "POST", "/api/chat", R"({"messages":{}})", 400);
        row("no such path", "POST", "/api/unknown", "{}", 404);
        row("wrong method", "GET", "/api/chat", "", 405);
        row("unknown model", "POST", "/api/show", R"({"model":"nobody"})", 404);
        row("no model", "POST", "/api/show", "{}", 400);
        row("pull", "POST", "/api/pull", R"({"model":"a"})", 400);
        row("create", "POST", "/api/create", R"({"model":"a"})", 400);
        row("delete", "DELETE", "/api/delete", R"({"model":"a"})", 400);
    }

    void errorsAreOneText()
    {
        QFETCH(const QByteArray, method);
        QFETCH(const QByteArray, path);
        QFETCH(const QByteArray, body);
        QFETCH(const int, status);
        GatewayFixture f;
        QVERIFY(f.start());
        const HttpAnswer got = f.client().request(method, path, body);
        QCOMPARE(got.status, status);
        QVERIFY2(!textAt(got.body, "error").isEmpty(), got.body.constData());
        QCOMPARE(f.upstream.requestCount(), 0);
    }

    void providersErrorsKeepTheirStatus()
    {
        GatewayFixture f;
        f.upstream.otherwise([](const ReceivedRequest &) {
            return Script::json(404, R"({"error":{"message":"no such model","type":"t","code":"c"}})");
        });
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post("/api/chat", chatCall());
        QCOMPARE(got.status, 404);
        QCOMPARE(got.body, R"({"error":"no such model"})");
    }

    void brokenStreamsSaySoInTheirLastLine()
    {
        GatewayFixture f;
        f.upstream.enqueue(Script::eventStream().content("Hel").close());
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post("/api/chat", chatCall());
        QCOMPARE(got.status, 200);
        const QByteArrayList lines = linesOf(got.body);
        QCOMPARE(lines.size(), 2);
        QCOMPARE(textAt(lines[0], "message.content"), "Hel");
        QVERIFY2(!textAt(lines[1], "error").isEmpty(), lines[1].constData());
    }

    void brokenStreamsOfOllamaToo()
    {
        OllamaFixture f;
        f.upstream.enqueue(ndjson({R"({"model":"m","message":{"role":"assistant","content":"Hel"},"done":false})",
                                   R"({"error":"out of memory"})"}));
        QVERIFY(f.start());
        const QByteArrayList lines = linesOf(f.client().post("/api/chat", chatCall()).body);
        QCOMPARE(lines.size(), 2);
        QCOMPARE(lines[1], R"({"error":"out of memory"})");
    }

    void fallbacksHelpBeforeTheFirstLine()
    {
        GatewayFixture f;
        f.upstream.enqueue(Script::json(503, R"({"error":{"message":"busy"}})"));
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post("/api/chat", chatCall());
        QVERIFY2(got.status == 200, got.summary().constData());
        QCOMPARE(joined(linesOf(got.body), "message.content"), "Hello");
        QCOMPARE(f.upstream.requestCount(), 2);
    }

    void leavingCancelsTheCall()
    {
        OllamaFixture f;
        f.upstream.enqueue(Script::head(200, {{"Content-Type", kNdjson}})
                               .body(R"({"model":"m","message":{"role":"assistant","content":"one"},"done":false})"
                                     "\n")
                               .stall());
        QVERIFY(f.start());
        RawClient client(f.gateway.port());
        client.sendRequest("POST", "/api/chat", chatCall());
        QVERIFY(client.waitForBody("one"));
        client.close();
        QVERIFY(f.upstream.waitForCancel(0));
        QCOMPARE(f.client().get("/health").status, 200);
    }

    void silentStreamsGetNothingInBetween()
    {
        const GatePointer gate = Gate::make();
        GatewayFixture f;
        f.upstream.enqueue(Script::eventStream()
                               .content("one")
                               .body(": wait\n\n")
                               .hold(gate)
                               .content("two")
                               .data(chatChunk("{}", R"("stop")"))
                               .data("[DONE]")
                               .end());
        QVERIFY(f.start({.server = "stream_keep_alive: 1ms"}));
        RawClient client(f.port());
        client.sendRequest("POST", "/api/chat", chatCall());
        QVERIFY(client.waitForBody("one"));
        QCOMPARE(f.client().get("/health").status, 200); // longer than a millisecond
        gate->open();
        QVERIFY(client.waitForAnswer());
        for (const QByteArray &line : linesOf(client.answer().body()))
            QVERIFY2(isJson(line), line.constData());
    }
};

QTEST_GUILESS_MAIN(OllamaInboundTest)
#include "tst_ollama_inbound.moc"
