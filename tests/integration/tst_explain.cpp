// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

QByteArray config(const QByteArray &url)
{
    return "providers:\n  fake: {type: openai, base_url: \"" + url +
           "\"}\n"
           "routing:\n"
           "  routes:\n"
           "    - name: tools\n"
           "      match: {headers: {x-lunargate-requires-tools: true}}\n"
           "      targets: [{provider: fake, model: t}]\n"
           "    - name: red\n"
           "      match: {headers: {x-team: red}}\n"
           "      targets: [{provider: fake, model: r}]\n"
           "    - name: hard\n"
           "      match: {path: /v1/chat, headers: {x-lunargate-complexity: 4-5}}\n"
           "      strategy: weighted\n"
           "      targets:\n"
           "        - {provider: fake, model: h1, weight: 3}\n"
           "        - {provider: fake, model: h2}\n"
           "        - {provider: fake, model: h3, weight: 0}\n"
           "      fallback: [{provider: fake, model: f}]\n"
           "    - name: rest\n"
           "      targets: [{provider: fake, model: a}, {provider: fake, model: b}]\n"
           "model_selection: {enabled: true, skills: [{name: coding, regex_any: ['\\bRust\\b']}]}\n";
}

const QByteArray kHard = R"({"messages":[{"role":"user","content":"let x = 1 in Rust"}]})";
const QByteArray kEasy = R"({"messages":[{"role":"user","content":"Hello!"}]})";

} // namespace

/// `lunargate explain` and POST /admin/v1/explain: what would be done, without doing it.
class ExplainTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void theCommandTellsPeople()
    {
        const ProgramResult result = explain(kHard, {});
        QVERIFY2(result.exitCode == 0, result.error.constData());
        QCOMPARE(result.error, "");
        for (const char *line : {
                 "Request: chat_completions, no model; the route decides\n",
                 "Model selection: score 4, tier 4-5, skill coding by \\bRust\\b\n",
                 "  contains_code       +2   \"let \"\n",
                 "  math_reasoning      +2   \"=\"\n",
                 "  tools                0\n",
                 "  tools (line 5)  no: the header x-lunargate-requires-tools is missing, and the route wants it to be "
                 "\"true\"\n",
                 "  red (line 8)    no: the header x-team is missing, and the route wants it to be \"red\"\n",
                 "  hard (line 11)  matches\n",
                 "Targets, weighted\n",
                 "  fake/h1  75 %\n",
                 "  fake/h2  25 %\n",
                 "Fallbacks, in order\n  fake/f\n",
                 "Left out\n  fake/h3  its weight is 0\n",
                 "there is no running gateway here",
             })
            QVERIFY2(result.out.contains(line), (QByteArray(line) + "\nis not in\n" + result.out).constData());
        QVERIFY2(!result.out.contains("rest"), result.out.constData()); // nobody looks at later routes
    }

    void theCommandTakesHeadersAndStandardInput()
    {
        const QByteArray path = write(config("http://127.0.0.1:9"), "config.yaml");
        const ProgramResult result =
            runProgram({"explain", "-", "--config", path, "-H", "X-Team: red"}, {}, kPatience, kHard);
        QVERIFY2(result.exitCode == 0, result.error.constData());
        QVERIFY2(result.out.contains("  red (line 8)    matches\n"), result.out.constData());
        QVERIFY2(result.out.contains("  fake/r  100 %\n"), result.out.constData());
    }

    void theCommandPrintsJson()
    {
        const ProgramResult result = explain(kHard, {"--json"});
        QVERIFY2(result.exitCode == 0, result.error.constData());
        QCOMPARE(textAt(result.out, "object"), "lunargate.explanation");
        QCOMPARE(textAt(result.out, "route.name"), "hard");
        QCOMPARE(textAt(result.out, "model_selection.tier"), "4-5");
        QCOMPARE(textAt(result.out, "cache.outcome"), "unknown");
    }

    void theCommandKnowsEmbeddings()
    {
        const ProgramResult result = explain(R"({"model":"a","input":"x"})", {"--endpoint", "embeddings"});
        QVERIFY2(result.exitCode == 0, result.error.constData());
        QVERIFY2(
            result.out.contains("hard (line 11)  no: the path \"/v1/embeddings\" does not begin with \"/v1/chat\""),
            result.out.constData());
        QVERIFY2(result.out.contains("  fake/b  the request asks for another model\n"), result.out.constData());
    }

    void theCommandKnowsOtherProtocols()
    {
        const ProgramResult served =
            explain(R"({"max_tokens":9,"messages":[{"role":"user","content":"Hello!"}]})", {"--path", "/v1/messages"});
        QVERIFY2(served.exitCode == 0, served.error.constData());
        QVERIFY2(served.out.startsWith("Request: messages, no model; the route decides\n"), served.out.constData());
        QVERIFY2(served.out.contains("  rest (line 19)  matches\n"), served.out.constData());
        const ProgramResult native =
            explain(R"({"max_tokens":9,"messages":[],"mcp_servers":[{"url":"x"}]})", {"--path", "/v1/messages"});
        QCOMPARE(native.exitCode, 1);
        QVERIFY2(native.out.contains("Only targets that speak the client's protocol: 'mcp_servers' cannot"),
                 native.out.constData());
        QVERIFY2(native.out.contains("  fake/a  it does not speak the client's protocol\n"), native.out.constData());
        QVERIFY2(native.out.contains("Refused with 400 unsupported_parameter: "), native.out.constData());
    }

    void theExitStatusTellsRefusals_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("refused") << QByteArray(R"({"model":"fake/zzz","messages":[]})") << 1
                                 << QByteArray("Refused with 400 model_not_in_route: ");
        QTest::newRow("not JSON") << QByteArray("{") << 2 << QByteArray("request.json is no request: ");
        QTest::newRow("not a chat") << QByteArray(R"({"messages":1})") << 2
                                    << QByteArray("'messages' must be an array");
    }

    void theExitStatusTellsRefusals()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, exitCode);
        QFETCH(QByteArray, said);
        const ProgramResult result = explain(body, {});
        QCOMPARE(result.exitCode, exitCode);
        QVERIFY2((result.out + result.error).contains(said), (result.out + result.error).constData());
    }

    void theCommandNeedsAConfigurationAndARequest()
    {
        const ProgramResult noFile =
            runProgram({"explain", "/nonexistent/r.json", "--config", write(config("http://a.test"), "c.yaml")});
        QCOMPARE(noFile.exitCode, 2);
        QVERIFY2(noFile.error.contains("/nonexistent/r.json"), noFile.error.constData());
        const ProgramResult noConfig =
            runProgram({"explain", write(kEasy, "r.json"), "--config", write("server: {port: x}", "c.yaml")});
        QCOMPARE(noConfig.exitCode, 2);
        QVERIFY2(noConfig.error.contains("c.yaml:1:16"), noConfig.error.constData());
    }

    void theEndpointTellsTheSameOfTheRunningGateway()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        QVERIFY(gateway.start(config(upstream.url())));
        const HttpClient client(gateway.port());
        const auto ask = [&](const QByteArray &body, const HeaderList &headers = {}) {
            return client.post("/admin/v1/explain", body, headers);
        };
        const HttpAnswer hard = ask(kHard);
        QVERIFY2(hard.status == 200, hard.summary().constData());
        QCOMPARE(hard.header("Content-Type"), "application/json");
        QCOMPARE(textAt(hard.body, "route.name"), "hard");
        QCOMPARE(textAt(hard.body, "targets.1.model"), "h2");
        QCOMPARE(textAt(hard.body, "left_out.0.reason"), "drained");

        // The headers of the call are the client's, unless others are named.
        QCOMPARE(textAt(ask(kHard, {{"X-Team", "red"}}).body, "route.name"), "red");
        const QByteArray red = R"({"request":)" + kHard + R"(,"headers":{"x-team":"red"}})";
        QCOMPARE(textAt(ask(red).body, "route.name"), "red");
        QCOMPARE(textAt(ask(R"({"request":)" + kHard + "}", {{"X-Team", "red"}}).body, "route.name"), "hard");
        const QByteArray embeddings = R"({"request":{"model":"a","input":"x"},"endpoint":"embeddings"})";
        QCOMPARE(textAt(ask(embeddings).body, "endpoint"), "embeddings");
        const QByteArray messages =
            R"({"request":{"model":"fake/r","max_tokens":9,"messages":[]},"headers":{"x-team":"red"},)"
            R"("endpoint":"/v1/messages"})";
        QCOMPARE(textAt(ask(messages).body, "endpoint"), "messages");
        QCOMPARE(textAt(ask(messages).body, "route.name"), "red");
        QCOMPARE(ask(R"({"request":{},"endpoint":"/v1/models"})").status, 400);

        QCOMPARE(upstream.requestCount(), 0);
        // No turn is taken.
        for (const char *model : {"a", "b", "a"}) {
            QCOMPARE(nextTarget(ask(kEasy).body), model);
            QCOMPARE(nextTarget(ask(kEasy).body), model);
            QCOMPARE(client.chat(kEasy).header("X-LunarGate-Model"), QByteArray("fake/") + model);
        }
    }

    void theEndpointTellsWhatTheServicesWouldSay()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        QVERIFY(gateway.start(config(upstream.url()) +
                              "retry: {enabled: false}\n"
                              "caching: {enabled: true}\n"
                              "rate_limiting: {enabled: true, requests_per_minute: 1, burst_size: 3}\n"
                              "circuit_breaker: {failure_threshold: 2}\n"));
        const HttpClient client(gateway.port());
        const auto ask = [&](const QByteArray &body) { return client.post("/admin/v1/explain", body).body; };
        const QByteArray pinned = R"({"model":"fake/r","messages":[{"role":"user","content":"Hi"}]})";
        const QByteArray red = R"({"request":)" + pinned + R"(,"headers":{"x-team":"red"}})";
        for (int round = 0; round < 5; ++round) { // asking costs nothing
            QCOMPARE(textAt(ask(red), "cache.outcome"), "miss");
            QCOMPARE(textAt(ask(red), "limiter.outcome"), "allowed");
            QCOMPARE(textAt(ask(red), "targets.0.circuit.outcome"), "closed");
        }
        QCOMPARE(client.chat(pinned, {{"x-team", "red"}}).status, 200);
        QCOMPARE(textAt(ask(red), "cache.outcome"), "hit");
        const QByteArray fresh =
            R"({"request":)" + pinned + R"(,"headers":{"x-team":"red","Cache-Control":"no-cache"}})";
        QCOMPARE(textAt(ask(fresh), "cache.outcome"), "bypassed");

        for (int failure = 0; failure < 2; ++failure) {
            upstream.enqueue(Script::json(500, R"({"error":{"message":"no"}})"));
            QCOMPARE(client.chat(kEasy).status, 500);
        }
        const QByteArray refused = ask(red);
        QCOMPARE(textAt(refused, "targets.0.circuit.outcome"), "circuit_open");
        QVERIFY2(textAt(refused, "targets.0.circuit.detail").contains("failed too often"), refused.constData());
        QCOMPARE(textAt(refused, "limiter.outcome"), "rate_limit_exceeded");
        QCOMPARE(upstream.requestCount(), 3);
    }

    // The admin token is not what the client in question shows.
    void theAdministratorsOwnCallSpeaksForItsAddress()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        QVERIFY(gateway.start(config(upstream.url()) +
                              "rate_limiting: {enabled: true, requests_per_minute: 1, burst_size: 1}\n"));
        const HttpClient client(gateway.port());
        QCOMPARE(textAt(client.post("/admin/v1/explain", kEasy).body, "limiter.outcome"), "allowed");
        QCOMPARE(client.chat(kEasy).status, 200);
        QCOMPARE(textAt(client.post("/admin/v1/explain", kEasy).body, "limiter.outcome"), "rate_limit_exceeded");
    }

    void theEndpointSpeaksForTheClientWhoseKeyIsShown()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        QVERIFY(gateway.start(config(upstream.url()) +
                              "security:\n"
                              "  provider: api_key\n"
                              "  api_key:\n"
                              "    keys:\n"
                              "      - {name: boss, value: gate-boss-1, admin: true}\n"
                              "      - {name: app, value: gate-app-1, models: [fake/b, fake/h2]}\n"
                              "      - {name: other, value: gate-other-1, routes: [red]}\n"));
        const HttpClient client(gateway.port());
        const HeaderList boss = {{"Authorization", "Bearer gate-boss-1"}};
        const auto ask = [&](const QByteArray &key) {
            const QByteArray headers = key.isEmpty() ? "{}" : "{\"X-API-Key\":\"" + key + "\"}";
            return client.post("/admin/v1/explain", R"({"request":)" + kEasy + R"(,"headers":)" + headers + "}", boss)
                .body;
        };
        QCOMPARE(client.post("/admin/v1/explain", kEasy, kNoCredential).status, 401);
        QCOMPARE(client.post("/admin/v1/explain", kEasy, {{"X-API-Key", "gate-app-1"}}).status, 403);
        QCOMPARE(nextTarget(ask({})), "a");
        QCOMPARE(nextTarget(client.post("/admin/v1/explain", kEasy).body),
                 "a"); // with the admin token, which is no key
        const QByteArray app = ask("gate-app-1");
        QCOMPARE(nextTarget(app), "b");
        QCOMPARE(textAt(app, "left_out.0.reason"), "not_allowed");
        QCOMPARE(textAt(ask("gate-other-1"), "error.code"), "route_not_allowed");
        QCOMPARE(textAt(ask("gate-wrong-1"), "error.code"), "invalid_api_key");
    }

    void theEndpointTellsMistakes_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("no JSON") << QByteArray("x") << 400 << QByteArray("invalid_json");
        QTest::newRow("no chat") << QByteArray(R"({"messages":1})") << 400 << QByteArray("invalid_type");
        QTest::newRow("headers") << QByteArray(R"({"request":{},"headers":{"a":1}})") << 400
                                 << QByteArray("invalid_value");
        QTest::newRow("endpoint") << QByteArray(R"({"request":{},"endpoint":"images"})") << 400
                                  << QByteArray("invalid_value");
        QTest::newRow("a request that would be refused")
            << QByteArray(R"({"model":"fake/zzz"})") << 200 << QByteArray("model_not_in_route");
    }

    void theEndpointTellsMistakes()
    {
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        QFETCH(QByteArray, code);
        FakeUpstream upstream;
        GatewayProcess gateway;
        QVERIFY(gateway.start(config(upstream.url())));
        const HttpAnswer answer = HttpClient(gateway.port()).post("/admin/v1/explain", body);
        QVERIFY2(answer.status == status, answer.summary().constData());
        QCOMPARE(textAt(answer.body, "error.code"), code);
    }

private:
    QByteArray write(const QByteArray &text, const char *name)
    {
        QFile file(m_folder.filePath(QString::fromUtf8(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
            qWarning("cannot write %s", name);
        return file.fileName().toUtf8();
    }

    ProgramResult explain(const QByteArray &body, std::vector<QByteArray> more)
    {
        std::vector<QByteArray> arguments = {"explain", write(body, "request.json"), "--config",
                                             write(config("http://127.0.0.1:9"), "config.yaml")};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return runProgram(arguments);
    }

    static QByteArray nextTarget(const QByteArray &explanation)
    {
        for (const char *index : {"0", "1"}) {
            if (jsonAt(explanation, QByteArray("targets.") + index + ".next").toBool())
                return textAt(explanation, QByteArray("targets.") + index + ".model");
        }
        return {};
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(ExplainTest)
#include "tst_explain.moc"
