// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/ollama_fixture.h"

#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

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

/// What Ollama's clients ask beside chats: vectors, the models, the server itself, on a port of its own if need be.
class OllamaServerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

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

QTEST_GUILESS_MAIN(OllamaServerTest)
#include "tst_ollama_server.moc"
