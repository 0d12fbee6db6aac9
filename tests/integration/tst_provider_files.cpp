// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/passthrough_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

QByteArray withSecondProvider(const FakeUpstream &first, const FakeUpstream &second)
{
    return "providers:\n  claude: {type: anthropic, api_key: sk-ant-canary-77120}\n  sim: {type: simulator}\n"
           "  first: {type: openai, base_url: \"" +
           first.url() + "\"}\n  second: {type: openai, base_url: \"" + second.url() +
           "\"}\nretry: {initial_delay: 1ms, max_delay: 5ms}\n"
           "routing:\n  routes:\n    - name: main\n      targets: [{provider: claude}, {provider: first}]\n"
           "      fallback: [{provider: second}]\n";
}

} // namespace

/// Files and batches, which live with a provider, and which provider that is.
class ProviderFilesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void filesAndBatchesHaveTheirPathsAndMethods_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        const auto row = [](QByteArray method, QByteArray path) {
            QTest::newRow((method + ' ' + path).constData()) << method << path;
        };
        row("GET", "/v1/files?purpose=batch&after=file-1");
        row("GET", "/v1/files/file-1");
        row("GET", "/v1/files/file-1/content");
        row("DELETE", "/v1/files/file-1");
        row("GET", "/v1/batches");
        row("POST", "/v1/batches");
        row("GET", "/v1/batches/batch_1");
        row("POST", "/v1/batches/batch_1/cancel");
    }

    void filesAndBatchesHaveTheirPathsAndMethods()
    {
        QFETCH(const QByteArray, method);
        QFETCH(const QByteArray, path);
        PassthroughFixture f;
        QVERIFY(f.start());
        const QByteArray body = method == "POST" && !path.endsWith("cancel") ? R"({"input_file_id":"f"})" : "";
        const HttpAnswer answer = f.client().request(method, path, body);
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.body, R"({ "ok":1.0 })");
        QCOMPARE(answer.header("X-LunarGate-Route"), "passthrough-direct");
        QVERIFY(!answer.headers.contains("X-LunarGate-Model"));
        QCOMPARE(f.upstream.lastRequest().method, method);
        QCOMPARE(f.upstream.lastRequest().path, path);
        QCOMPARE(f.upstream.lastRequest().body, body);
    }

    void nothingElseIsReachedAtTheProvider_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("path");
        const auto row = [](QByteArray method, QByteArray path) {
            QTest::newRow((method + ' ' + path).constData()) << method << path;
        };
        row("GET", "/v1/files/..");
        row("GET", "/v1/files/../models");
        row("GET", "/v1/files/%2e%2e");
        row("GET", "/v1/files/a/b");
        row("GET", "/v1/files/a/content/b");
        row("DELETE", "/v1/files/a/content");
        row("GET", "/v1/batches/a/cancel");
        row("POST", "/v1/batches/a");
        row("POST", "/v1/batches/a/delete");
    }

    void nothingElseIsReachedAtTheProvider()
    {
        QFETCH(const QByteArray, method);
        QFETCH(const QByteArray, path);
        PassthroughFixture f;
        QVERIFY(f.start());
        const HttpAnswer answer = f.client().request(method, path);
        QCOMPARE(answer.status, 404);
        QCOMPARE(textAt(answer.body, "error.code"), "unknown_path");
        QCOMPARE(f.upstream.requestCount(), 0);
    }

    void whoAsksForTheHeadAloneEndsTheCall()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        f.upstream.enqueue(Script::head(200, {{"Content-Type", "application/jsonl"}}).body("first").stall());
        RawClient client(f.port());
        client.expectAnswerToHead();
        client.sendRequest("HEAD", "/v1/files/file-1/content");
        QVERIFY(client.waitForAnswer());
        QCOMPARE(client.answer().status(), 200);
        QCOMPARE(client.answer().header("Content-Type"), "application/jsonl");
        QVERIFY(f.upstream.waitForCancel(0));
    }

    // A second batch would cost a second time.
    void batchesAreNotMadeTwice()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        const auto ask = [&f](const QByteArray &method, int status, const HeaderList &headers) {
            f.upstream.enqueue(Script::json(status, "{}"));
            return f.client()
                .request(method, method == "POST" ? "/v1/batches" : "/v1/files/file-1",
                         method == "POST" ? R"({"input_file_id":"f"})" : "", headers)
                .status;
        };
        QCOMPARE(ask("POST", 500, {}), 500);
        QCOMPARE(ask("DELETE", 502, {}), 502);
        QCOMPARE(f.upstream.requestCount(), 2);
        QCOMPARE(ask("POST", 503, {}), 200);
        QCOMPARE(f.upstream.requestCount(), 4);
        QCOMPARE(ask("POST", 500, {{"Idempotency-Key", "once"}}), 200);
        QCOMPARE(f.upstream.requestCount(), 6);
        f.upstream.enqueue(Script::json(500, "{}"));
        QCOMPARE(f.client().get("/v1/batches").status, 200);
    }

    // libcurl would send them again by itself, as if the kept connection had been dead before.
    void batchesAreNotMadeTwiceWhereTheProviderClosesInsteadOfAnswering()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        QCOMPARE(f.client().get("/v1/batches").status, 200); // its connection is kept
        f.upstream.enqueue(Script().close());
        const HttpAnswer answer = f.client().post("/v1/batches", R"({"input_file_id":"f"})");
        QVERIFY2(answer.status == 502, answer.summary().constData());
        QCOMPARE(f.upstream.requestCount(), 2);
        // Nothing keeps what only reads from being asked once more.
        f.upstream.enqueue(Script().close());
        QCOMPARE(f.client().get("/v1/batches").status, 200);
        QCOMPARE(f.upstream.requestCount(), 4);
    }

    void anEmptyAnswerIsAnAnswer()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        f.upstream.enqueue(Script::head(204, {}, Script::Framing::ContentLength));
        const HttpAnswer answer = f.client().request("DELETE", "/v1/files/file-1");
        QVERIFY2(answer.status == 204 && answer.error.isEmpty(), answer.summary().constData());
        QVERIFY(answer.body.isEmpty());
    }

    void errorsOfTheProviderPassThrough()
    {
        PassthroughFixture f;
        QVERIFY(f.start());
        const QByteArray error =
            R"({"error":{"message":"No such File","type":"invalid_request_error","param":"id","code":null}})";
        f.upstream.enqueue(Script::json(404, error));
        const HttpAnswer answer = f.client().get("/v1/files/file-1");
        QCOMPARE(answer.status, 404);
        QCOMPARE(textAt(answer.body, "error.message"), "No such File");
        QCOMPARE(answer.header("X-LunarGate-Error-Source"), "upstream");
    }

    void onlyProvidersThatCanAreAsked()
    {
        FakeUpstream first;
        FakeUpstream second;
        first.otherwise([](const ReceivedRequest &) { return Script::json(200, R"({"from":"first"})"); });
        second.otherwise([](const ReceivedRequest &) { return Script::json(200, R"({"from":"second"})"); });
        GatewayProcess gateway;
        QVERIFY(gateway.start(withSecondProvider(first, second)));
        const HttpClient client(gateway.port());
        const auto from = [](const HttpAnswer &answer) { return textAt(answer.body, "from"); };
        const QByteArray body = R"({"model":"m","prompt":"x"})";
        for (int i = 0; i < 3; ++i)
            QCOMPARE(from(client.post("/v1/completions", body)), "first");
        QCOMPARE(from(client.get("/v1/files")), "first");
        QCOMPARE(from(client.get("/v1/files", {{"X-LunarGate-Provider", "second"}})), "second");
        for (const char *provider : {"claude", "sim"}) {
            for (const HttpAnswer &answer :
                 {client.get("/v1/files", {{"X-LunarGate-Provider", provider}}),
                  client.post("/v1/completions", body, {{"X-LunarGate-Provider", provider}})}) {
                QVERIFY2(answer.status == 400, answer.summary().constData());
                QVERIFY(textAt(answer.body, "error.message").contains(provider) ||
                        textAt(answer.body, "error.code") == "provider_not_in_route");
            }
        }
        QCOMPARE(textAt(client.get("/v1/files", {{"X-LunarGate-Provider", "claude"}}).body, "error.code"),
                 "endpoint_not_supported");
        QCOMPARE(textAt(client.get("/v1/files", {{"X-LunarGate-Provider", "nobody"}}).body, "error.code"),
                 "unknown_provider");
        first.enqueue(Script::json(404, "{}")); // it has no such endpoint: the fallback may
        QCOMPARE(from(client.post("/v1/rerank", body)), "second");
    }

    void withoutAProviderThatCanItIsSaid()
    {
        GatewayProcess gateway;
        QVERIFY(gateway.start("providers: {sim: {type: simulator}}\nrouting:\n  routes:\n    - name: a\n      targets: "
                              "[{provider: sim}]\n"));
        const HttpClient client(gateway.port());
        const HttpAnswer files = client.get("/v1/files");
        QCOMPARE(textAt(files.body, "error.code"), "no_provider");
        QVERIFY(textAt(files.body, "error.message").contains("type: openai"));
        const HttpAnswer completion = client.post("/v1/completions", R"({"model":"m","prompt":"x"})");
        QCOMPARE(completion.status, 400);
        QCOMPARE(textAt(completion.body, "error.code"), "endpoint_not_supported");
        QVERIFY(textAt(completion.body, "error.message").contains("'sim'"));
    }

    void keysAndTheirRightsHold()
    {
        PassthroughFixture f;
        QVERIFY(f.start({.sections = "security:\n  provider: api_key\n  api_key:\n    keys:\n"
                                     "      - {name: all, value: key-of-everything-1}\n"
                                     "      - {name: one, value: key-of-one-model-22, models: [\"fake/tts-1\"]}\n"}));
        const QByteArray body = R"({"model":"tts-1","input":"x"})";
        const QByteArray other = R"({"model":"tts-2","input":"x"})";
        const HeaderList one = {{"Authorization", "Bearer key-of-one-model-22"}};
        const HeaderList all = {{"Authorization", "Bearer key-of-everything-1"}};
        QCOMPARE(f.client().post("/v1/audio/speech", body).status, 401);
        QCOMPARE(f.form("/v1/files", formField("purpose", "x") + kFormEnd).status, 401);
        QCOMPARE(f.client().post("/v1/audio/speech", body, one).status, 200);
        QCOMPARE(f.client().post("/v1/audio/speech", other, one).status, 403);
        QCOMPARE(f.client().get("/v1/files", one).status, 403); // a batch may ask any model
        QCOMPARE(f.client().get("/v1/files", all).status, 200);
        QCOMPARE(f.upstream.requestCount(), 2);
        QCOMPARE(f.upstream.lastRequest().header("Authorization"), QByteArray("Bearer ") + kProviderKey);
    }
};

QTEST_GUILESS_MAIN(ProviderFilesTest)
#include "tst_provider_files.moc"
