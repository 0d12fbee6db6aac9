// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"
#include "tests/support/raw_client.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

const QByteArray kNdjson = "application/x-ndjson";

QByteArray chatCall(const QByteArray &more = {}, const QByteArray &model = "fake-model")
{
    return R"({"model":")" + model + R"(","messages":[{"role":"user","content":"Hi"}])" +
           (more.isEmpty() ? "" : "," + more) + '}';
}

QByteArray promptCall(const QByteArray &more = {})
{
    return R"({"model":"fake-model","prompt":"Hi")" + (more.isEmpty() ? "" : "," + more) + '}';
}

QByteArrayList linesOf(const QByteArray &body)
{
    QByteArrayList lines = body.split('\n');
    if (!lines.isEmpty() && lines.last().isEmpty())
        lines.removeLast();
    return lines;
}

// What the lines say at `path`, joined.
QByteArray joined(const QByteArrayList &lines, QByteArrayView path)
{
    QByteArray text;
    for (const QByteArray &line : lines)
        text += textAt(line, path);
    return text;
}

Script ndjson(const QByteArrayList &lines)
{
    Script script = Script::head(200, {{"Content-Type", kNdjson}});
    for (const QByteArray &line : lines)
        script.body(line + '\n');
    return script.end();
}

/// A gateway in front of an upstream that speaks Ollama's protocol.
struct OllamaFixture
{
    FakeUpstream upstream;
    GatewayProcess gateway;

    bool start(const QByteArray &sections = {})
    {
        return gateway.start("providers:\n  local: {type: ollama, base_url: \"" + upstream.url("") +
                             "\", default_model: fake-model, models: {mode: static, static: [fake-model]}}\n"
                             "retry: {initial_delay: 1ms, max_delay: 5ms}\n"
                             "routing:\n  routes: [{name: all, targets: [{provider: local}]}]\n" +
                             sections);
    }
    HttpClient client() const { return HttpClient(gateway.port()); }
};

// The port that a log line tells; 0: it is not there yet.
quint16 ollamaPortIn(const QByteArray &log)
{
    const qsizetype line = log.indexOf("Ollama API listening");
    const qsizetype host = line < 0 ? -1 : log.indexOf("http://127.0.0.1:", line);
    if (host < 0)
        return 0;
    const qsizetype begin = host + qsizetype(qstrlen("http://127.0.0.1:"));
    qsizetype end = begin;
    while (end < log.size() && log[end] >= '0' && log[end] <= '9')
        ++end;
    return end < log.size() ? log.sliced(begin, end - begin).toUShort() : quint16(0);
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
        QCOMPARE(textAt(sent, "reasoning_effort"), "medium");
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
        const HttpAnswer got = f.client().post("/api/generate", promptCall(R"("suffix":"}")"));
        QCOMPARE(got.status, 400);
        QVERIFY2(textAt(got.body, "error").contains("suffix"), got.body.constData());
        QCOMPARE(f.upstream.requestCount(), 0);
    }

    void loadsAreAnsweredAtOnce()
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

    // Vectors.

    void embeddingsAreTranslated()
    {
        GatewayFixture f;
        f.upstream.otherwise([](const ReceivedRequest &) {
            return Script::json(200,
                                R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1.5,-2]},)"
                                R"({"object":"embedding","index":1,"embedding":[3,4]}],"model":"fake-model",)"
                                R"("usage":{"prompt_tokens":5,"total_tokens":5}})");
        });
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post(
            "/api/embed", R"({"model":"fake-model:latest","input":["a","b"],"truncate":true,"keep_alive":"5m"})");
        QVERIFY2(got.status == 200, got.summary().constData());
        QCOMPARE(textAt(got.body, "model"), "fake-model:latest");
        QCOMPARE(jsonAt(got.body, "embeddings.1.0").toDouble(), 3.0);
        QCOMPARE(jsonAt(got.body, "prompt_eval_count").toInt(), 5);
        QCOMPARE(f.upstream.lastRequest().path, "/v1/embeddings");
        QCOMPARE(f.upstream.lastRequest().body, R"({"model":"fake-model","input":["a","b"]})");
        QCOMPARE(got.header("X-LunarGate-Dropped-Params"), "truncate, keep_alive");

        const HttpAnswer old = f.client().post("/api/embeddings", R"({"model":"fake-model","prompt":"a"})");
        QCOMPARE(old.body, R"({"embedding":[1.5,-2]})");
        QCOMPARE(f.upstream.lastRequest().body, R"({"model":"fake-model","input":"a"})");
        const int count = f.upstream.requestCount();
        QCOMPARE(f.client().post("/api/embed", R"({"model":"fake-model","input":[]})").body,
                 R"({"model":"fake-model","embeddings":[]})");
        QCOMPARE(f.upstream.requestCount(), count);
    }

    // Both ask for the same in OpenAI's protocol, and must not get each other's answer.
    void cachedVectorsStayInTheirDialect()
    {
        GatewayFixture f;
        f.upstream.otherwise([](const ReceivedRequest &) {
            return Script::json(200, R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1]}],)"
                                     R"("model":"fake-model","usage":{"prompt_tokens":1,"total_tokens":1}})");
        });
        QVERIFY(f.start({.sections = "caching:\n  enabled: true\n"}));
        const QByteArray body = R"({"model":"fake-model","input":"a"})";
        QVERIFY(f.client().post("/v1/embeddings", body).body.contains("\"data\""));
        QVERIFY(f.client().post("/api/embed", body).body.contains("\"embeddings\""));
        const HttpAnswer again = f.client().post("/api/embed", body);
        QVERIFY(again.body.contains("\"embeddings\""));
        QCOMPARE(again.header("X-LunarGate-Cache-Status"), "HIT");
        QCOMPARE(f.upstream.requestCount(), 2);
    }

    void cachedStreamsAreLines()
    {
        GatewayFixture f;
        QVERIFY(f.start({.sections = "caching:\n  enabled: true\n  streams: true\n"}));
        const HttpAnswer first = f.client().post("/api/chat", chatCall());
        const HttpAnswer second = f.client().post("/api/chat", chatCall());
        QCOMPARE(second.header("X-LunarGate-Cache-Status"), "HIT");
        QCOMPARE(second.header("Content-Type"), kNdjson);
        QCOMPARE(second.body, first.body);
        QCOMPARE(f.upstream.requestCount(), 1);
    }

    // The server and its models.

    void tagsListWhatThereIs()
    {
        OllamaFixture f;
        QVERIFY(f.start());
        const HttpAnswer got = f.client().get("/api/tags");
        QVERIFY2(got.status == 200, got.summary().constData());
        QCOMPARE(textAt(got.body, "models.0.name"), "local/fake-model");
        QCOMPARE(textAt(got.body, "models.0.model"), "local/fake-model");
        QCOMPARE(textAt(got.body, "models.0.digest").size(), 64);
        QVERIFY(jsonAt(got.body, "models.0.size").toInt() > 0);
        QVERIFY(jsonAt(got.body, "models.0.details.families").isArray());
    }

    void showTellsOfOne_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("model") << QByteArray(R"({"model":"local/fake-model"})");
        QTest::newRow("name") << QByteArray(R"({"name":"fake-model"})");
        QTest::newRow("latest") << QByteArray(R"({"model":"fake-model:latest"})");
    }

    void showTellsOfOne()
    {
        QFETCH(const QByteArray, body);
        OllamaFixture f;
        QVERIFY(f.start());
        const HttpAnswer got = f.client().post("/api/show", body);
        QVERIFY2(got.status == 200, got.summary().constData());
        QCOMPARE(textAt(got.body, "capabilities.0"), "completion");
        QCOMPARE(textAt(got.body, "capabilities.1"), "tools");
        QVERIFY(!textAt(got.body, "details.family").isEmpty());
        QVERIFY(jsonAt(got.body, "model_info").isObject());
    }

    void versionAndProcesses()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        QVERIFY(textAt(f.client().get("/api/version").body, "version").startsWith("0."));
        QCOMPARE(f.client().get("/api/ps").body, R"({"models":[]})");
    }

    void keysAreAskedForHereToo()
    {
        GatewayFixture f;
        QVERIFY(f.start({.sections =
                             "security:\n  provider: api_key\n  slow_down:\n    max_delay: 0s\n  api_key:\n    keys:\n"
                             "      - {name: editor, value: key-of-the-editor-1}\n"}));
        const HttpAnswer refused = f.client().post("/api/chat", chatCall());
        QCOMPARE(refused.status, 401);
        QVERIFY(!textAt(refused.body, "error").isEmpty());
        QCOMPARE(f.client().get("/api/tags").status, 401);
        const HeaderList key = {{"Authorization", "Bearer key-of-the-editor-1"}};
        QCOMPARE(f.client().post("/api/chat", chatCall(), key).status, 200);
    }

    // The second port.

    void aPortForOllamasClients()
    {
        GatewayFixture f;
        QVERIFY(f.start({.server = "ollama_port: " + QByteArray::number(refusingPort())}));
        quint16 port = 0;
        QTRY_VERIFY((port = ollamaPortIn(f.gateway.log())) != 0);
        const HttpClient client(port);
        const HttpAnswer root = client.get("/");
        QCOMPARE(root.status, 200);
        QCOMPARE(root.body, "Ollama is running");
        QCOMPARE(client.request("HEAD", "/").status, 200);
        QCOMPARE(client.post("/", "{}").status, 405);
        QCOMPARE(client.get("/api/tags").status, 200);
        QCOMPARE(joined(linesOf(client.post("/api/chat", chatCall()).body), "message.content"), "Hello");
        QCOMPARE(client.chat(chatBody("fake-model")).status, 200);
        QCOMPARE(client.get("/admin/v1/config").status, 404);
        QCOMPARE(client.get("/health").status, 200);
        QVERIFY(f.client().get("/").body != "Ollama is running");
        // Web pages are kept out as on the other port.
        QCOMPARE(client.get("/api/tags", {{"Host", "evil.test"}}).status, 403);
        QCOMPARE(client.get("/", {{"Origin", "https://evil.test"}}).status, 403);
        QCOMPARE(f.gateway.terminate(), 0);
    }

    void thereIsNoneUnlessItIsAskedFor()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        QCOMPARE(f.client().get("/api/version").status, 200);
        QVERIFY(!f.gateway.log().contains("Ollama API listening"));
    }

    void aPortOfItsOwnNeedsARestart()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        QVERIFY(f.gateway.writeConfig(
            simpleConfig(f.upstream, {.server = "ollama_port: " + QByteArray::number(refusingPort())})));
        const HttpAnswer answer = f.client().post("/admin/v1/reload", {});
        QCOMPARE(answer.status, 200);
        QCOMPARE(textAt(answer.body, "restart_needed.0"), "server.ollama_port");
    }

    void aTakenPortIsAnError()
    {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        QTemporaryDir folder;
        const FakeUpstream upstream;
        QFile file(folder.filePath(QStringLiteral("config.yaml")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(simpleConfig(upstream, {.server = "ollama_port: " + QByteArray::number(other.serverPort())}));
        file.close();
        const ProgramResult result = runProgram({"--no-gui", "--port", "0", "--config", file.fileName().toUtf8()},
                                                {"XDG_DATA_HOME=" + folder.path().toUtf8()});
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.error.contains("is already in use") && result.error.contains("server.ollama_port"),
                 result.error.constData());
    }
};

QTEST_GUILESS_MAIN(OllamaInboundTest)
#include "tst_ollama_inbound.moc"
