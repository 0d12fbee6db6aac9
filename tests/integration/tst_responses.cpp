// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"
#include "tests/support/raw_client.h"
#include "tests/support/sse_events.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

#include <csignal>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

QByteArray body(const QByteArray &more = {}, const QByteArray &input = R"("hi")")
{
    return R"({"model":"fake-model","input":)" + input + (more.isEmpty() ? "" : ',' + more) + '}';
}

const QByteArray kStream = body(R"("stream":true)");

const QByteArray kNative =
    R"({ "id":"resp_1","object":"response","status":"completed","model":"gpt-x","odd":1.50,"output":[{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"Done.","annotations":[]}]}],"usage":{"input_tokens":30,"output_tokens":12,"total_tokens":42}})";

QByteArray nativeEvent(const QByteArray &type, const QByteArray &members)
{
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"," + members + "}\n\n";
}

const QByteArray kNativeBegin =
    nativeEvent("response.created",
                R"("sequence_number":0,"response":{"id":"resp_1","model":"gpt-x","status":"in_progress"})") +
    nativeEvent("response.output_text.delta",
                R"("sequence_number":1,"output_index":0,"content_index":0,"delta":"Done.","obfuscation":"zz")");
const QByteArray kNativeEnd = nativeEvent("response.completed", R"("sequence_number":2,"response":)" + kNative);

/// The events of a Responses stream, for assertions.
struct Heard
{
    explicit Heard(const QByteArray &frames)
    {
        for (const QByteArray &data : SseEvents::parse(frames).data()) {
            types.append(textAt(data, "type"));
            areNumbered = areNumbered && jsonAt(data, "sequence_number").toInteger(-1) == types.size() - 1;
            if (types.last() == "response.output_text.delta")
                text += textAt(data, "delta");
            last = data;
        }
    }

    int terminalEvents() const
    {
        return static_cast<int>(types.count("response.completed") + types.count("response.incomplete") +
                                types.count("response.failed"));
    }

    QByteArrayList types;
    QByteArray text;
    QByteArray last; ///< the data of the last event
    bool areNumbered = true;
};

} // namespace

/// Clients that speak the Responses API, with providers that speak it and with others.
class ResponsesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void wholeAnswersOfChatProvidersAreTranslated()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::chat("Hello"));
        QVERIFY(fixture.start());
        const HttpAnswer answer =
            post(fixture, body(R"("instructions":"Be brief.","max_tool_calls":2,"tools":[{"type":"web_search"}])"));
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header("Content-Type"), "application/json");
        QCOMPARE(textAt(answer.body, "object"), "response");
        QCOMPARE(textAt(answer.body, "status"), "completed");
        QCOMPARE(textAt(answer.body, "output.0.content.0.text"), "Hello");
        QVERIFY(textAt(answer.body, "id").startsWith("resp_"));
        QVERIFY(jsonAt(answer.body, "usage.input_tokens_details.cached_tokens").isDouble());
        QVERIFY(jsonAt(answer.body, "store").toBool());
        QCOMPARE(answer.header("X-LunarGate-Dropped-Params"), "tools.web_search, max_tool_calls");
        QCOMPARE(answer.header("X-LunarGate-Provider"), "fake");

        const ReceivedRequest &sent = fixture.upstream.lastRequest();
        QCOMPARE(sent.path, "/v1/chat/completions");
        QCOMPARE(textAt(sent.body, "messages.0.content"), "Be brief.");
        QCOMPARE(textAt(sent.body, "messages.1.content"), "hi");
    }

    void streamsOfChatProvidersAreTranslated()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(
            Script::eventStream()
                .data(chatChunk(R"({"role":"assistant","reasoning_content":"hm"})"))
                .content("Hel")
                .content("lo")
                .content("lo")
                .data(chatChunk(
                    R"({"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"time","arguments":""}}]})"))
                .data(chatChunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"tz\\\":\"}}]}"))
                .data(chatChunk("{\"tool_calls\":[{\"index\":1,\"id\":\"call_b\",\"type\":\"function\",\"function\":{"
                                "\"name\":\"patch\",\"arguments\":\"{\\\"input\\\":\\\"x\\\"}\"}}]}"))
                .data(chatChunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"1}\"}}]}"))
                .data(chatChunk("{}", "\"tool_calls\""))
                .data(usageChunk(9, 4))
                .data("[DONE]")
                .end());
        QVERIFY(fixture.start());
        const HttpAnswer answer =
            post(fixture,
                 body(R"("stream":true,"tools":[{"type":"function","name":"time"},{"type":"custom","name":"patch"}])"));
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QVERIFY(answer.header("Content-Type").startsWith("text/event-stream"));
        const Heard heard(answer.body);
        QVERIFY(heard.areNumbered);
        QCOMPARE(heard.text, "Hellolo");
        QCOMPARE(heard.types.first(), "response.created");
        QCOMPARE(heard.types.last(), "response.completed");
        QCOMPARE(heard.terminalEvents(), 1);
        QVERIFY(!answer.body.contains("[DONE]"));
        QStringList items;
        for (const QJsonValue item : jsonAt(heard.last, "response.output").toArray()) {
            items += item[u"type"].toString() + u' ' + item[u"call_id"].toString() + u' ' +
                     item[u"arguments"].toString() + item[u"input"].toString();
        }
        QCOMPARE(items, (QStringList{QStringLiteral("reasoning  "), QStringLiteral("message  "),
                                     QStringLiteral("function_call call_a {\"tz\":1}"),
                                     QStringLiteral("custom_tool_call call_b x")}));
        QCOMPARE(jsonAt(heard.last, "response.usage.total_tokens").toInt(), 13);
        QVERIFY(jsonAt(fixture.upstream.lastRequest().body, "stream_options.include_usage").toBool());
    }

    void wholeAnswersPassBetweenTheSameProtocols()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::json(200, kNative));
        QVERIFY(startNative(fixture));
        const QByteArray own = R"( {"model" : "fake-model", "input":"hi", "tools":[{"type":"mcp","x":1.50}] })";
        const HttpAnswer answer = post(fixture, own, {{"OpenAI-Beta", "b=1"}});
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.body, kNative);
        const ReceivedRequest &sent = fixture.upstream.lastRequest();
        QCOMPARE(sent.path, "/v1/responses");
        QCOMPARE(sent.body, own);
        QCOMPARE(sent.header("OpenAI-Beta"), "b=1");
        QVERIFY(answer.header("X-LunarGate-Dropped-Params").isEmpty());
    }

    void streamsPassBetweenTheSameProtocols()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::eventStream().body(kNativeBegin).body(kNativeEnd).end());
        QVERIFY(startNative(fixture));
        const HttpAnswer answer = post(fixture, kStream);
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.body, kNativeBegin + kNativeEnd);
        QCOMPARE(fixture.upstream.lastRequest().body, kStream);
    }

    void aTurnFailsInFullOverToChatProviders()
    {
        GatewayFixture fixture;
        FakeUpstream second;
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::json(503, "{}"); });
        QVERIFY(
            fixture.gateway.start("providers:\n"
                                  "  first: {type: openai, base_url: \"" +
                                  fixture.upstream.url() +
                                  "\"}\n"
                                  "  second: {type: openai, base_url: \"" +
                                  second.url() +
                                  "\"}\n"
                                  "routing:\n"
                                  "  routes:\n"
                                  "    - name: default\n"
                                  "      targets: [{provider: first, model: m1, upstream_request_type: responses}]\n"
                                  "      fallback: [{provider: second, model: m2}]\n"
                                  "retry: {initial_delay: 1ms}\n"));
        const HttpAnswer answer = post(fixture, R"({"input":"hi","truncation":"auto","stream":true})");
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header("X-LunarGate-Provider"), "second");
        QCOMPARE(answer.header("X-LunarGate-Dropped-Params"), "truncation");
        const Heard heard(answer.body);
        QCOMPARE(heard.text, "Hello");
        QCOMPARE(heard.terminalEvents(), 1);
    }

    void whatOnlyANativeTargetCanDoGoesToIt()
    {
        GatewayFixture fixture;
        FakeUpstream second;
        second.otherwise([](const ReceivedRequest &) { return Script::json(200, kNative); });
        QVERIFY(fixture.gateway.start(
            "providers:\n"
            "  first: {type: openai, base_url: \"" +
            fixture.upstream.url() +
            "\"}\n"
            "  second: {type: openai, base_url: \"" +
            second.url() +
            "\"}\n"
            "routing:\n"
            "  routes:\n"
            "    - name: default\n"
            "      targets: [{provider: first, model: m1}]\n"
            "      fallback: [{provider: second, model: m2, upstream_request_type: responses}]\n"));
        const HttpAnswer answer = post(fixture, R"({"input":"hi","tools":[{"type":"file_search"}]})");
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(answer.header("X-LunarGate-Provider"), "second");
        QCOMPARE(fixture.upstream.requestCount(), 0);
        QCOMPARE(post(fixture, R"({"input":"hi"})").header("X-LunarGate-Provider"), "first");
    }

    void aCutStreamEndsAsItsOwn_data()
    {
        QTest::addColumn<bool>("native");
        QTest::addColumn<Script>("script");
        QTest::newRow("chat") << false << Script::eventStream().content("Done.").stall();
        QTest::newRow("native") << true << Script::eventStream().body(kNativeBegin).stall();
    }

    void aCutStreamEndsAsItsOwn()
    {
        QFETCH(const bool, native);
        QFETCH(const Script, script);
        GatewayFixture fixture;
        fixture.upstream.enqueue(script);
        const ConfigChanges changes{.server = "shutdown_timeout: 400ms"};
        QByteArray yaml = simpleConfig(fixture.upstream, changes);
        if (native)
            yaml.replace("- provider: fake\n", "- provider: fake\n          upstream_request_type: responses\n");
        QVERIFY(fixture.gateway.start(yaml));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/responses", kStream);
        QVERIFY(client.waitForBody("Done."));
        fixture.gateway.signal(SIGTERM);
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        const QByteArray frames = client.answer().body();
        const Heard heard(frames);
        QVERIFY2(heard.areNumbered, frames.constData());
        QCOMPARE(heard.types.last(), "response.failed");
        QCOMPARE(heard.terminalEvents(), 1);
        QCOMPARE(textAt(heard.last, "response.id"), textAt(SseEvents::parse(frames).data().front(), "response.id"));
        QCOMPARE(fixture.gateway.waitForEnd(5s), 0);
    }

    void failuresInMidStreamAreTold_data()
    {
        QTest::addColumn<bool>("native");
        QTest::addColumn<Script>("script");
        QTest::addColumn<QByteArray>("code");
        const Script chat = Script::eventStream().content("Done.");
        const Script own = Script::eventStream().body(kNativeBegin);
        QTest::newRow("chat, cut") << false << Script(chat).close() << QByteArray("server_error");
        QTest::newRow("chat, reset") << false << Script(chat).reset() << QByteArray("server_error");
        QTest::newRow("chat, ended early") << false << Script(chat).end() << QByteArray("server_error");
        QTest::newRow("chat, overloaded")
            << false << Script(chat).data(R"({"error":{"message":"overloaded","code":"server_is_overloaded"}})").end()
            << QByteArray("server_is_overloaded");
        QTest::newRow("chat, stalled") << false << Script(chat).stall() << QByteArray("server_error");
        QTest::newRow("native, cut") << true << Script(own).close() << QByteArray("server_error");
        QTest::newRow("native, reset") << true << Script(own).reset() << QByteArray("server_error");
        QTest::newRow("native, ended early") << true << Script(own).end() << QByteArray("server_error");
        QTest::newRow("native, overloaded")
            << true
            << Script(own)
                   .body(nativeEvent(
                       "error",
                       R"("sequence_number":2,"code":"server_is_overloaded","message":"overloaded","param":null)"))
                   .end()
            << QByteArray("server_is_overloaded");
        QTest::newRow("native, stalled") << true << Script(own).stall() << QByteArray("server_error");
    }

    void failuresInMidStreamAreTold()
    {
        QFETCH(const bool, native);
        QFETCH(const Script, script);
        QFETCH(const QByteArray, code);
        GatewayFixture fixture;
        fixture.upstream.enqueue(script);
        QVERIFY(native ? startNative(fixture, "idle_timeout: 300ms")
                       : fixture.start({.provider = "idle_timeout: 300ms"}));
        const HttpAnswer answer = post(fixture, kStream);
        QVERIFY2(answer.status == 200 && answer.error.isEmpty(), answer.summary().constData());
        const Heard heard(answer.body);
        QCOMPARE(heard.text, "Done.");
        QVERIFY2(heard.areNumbered, answer.body.constData());
        QCOMPARE(heard.types.last(), "response.failed");
        QCOMPARE(heard.terminalEvents(), 1);
        QCOMPARE(textAt(heard.last, "response.error.code"), code);
        QVERIFY(!textAt(heard.last, "response.error.message").isEmpty());
        QCOMPARE(textAt(heard.last, "response.id"),
                 textAt(SseEvents::parse(answer.body).data().front(), "response.id"));
        QCOMPARE(fixture.upstream.requestCount(), 1);
    }

    void tooLongAnswersAreIncomplete()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(
            Script::eventStream().content("Do").data(chatChunk("{}", "\"length\"")).data("[DONE]").end());
        QVERIFY(fixture.start());
        const Heard heard(post(fixture, kStream).body);
        QCOMPARE(heard.types.last(), "response.incomplete");
        QCOMPARE(textAt(heard.last, "response.incomplete_details.reason"), "max_output_tokens");
        QCOMPARE(textAt(heard.last, "response.output.0.status"), "incomplete");
    }

    void failuresBeforeTheFirstContentAreErrors_data()
    {
        QTest::addColumn<bool>("native");
        QTest::newRow("chat") << false;
        QTest::newRow("native") << true;
    }

    void failuresBeforeTheFirstContentAreErrors()
    {
        QFETCH(const bool, native);
        GatewayFixture fixture;
        fixture.upstream.otherwise([](const ReceivedRequest &) {
            return Script::json(429,
                                R"({"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}})");
        });
        QVERIFY(native ? startNative(fixture) : fixture.start());
        const HttpAnswer answer = post(fixture, kStream);
        QCOMPARE(answer.status, 429);
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(textAt(answer.body, "error.code"), "rate_limit_exceeded");
    }

    void refusesWhatItCannotDo_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("error"); // code and field
        QTest::newRow("no input") << QByteArray("{}") << QByteArray("missing_required_parameter input");
        QTest::newRow("hosted tool") << body(R"("tools":[{"type":"file_search"}])")
                                     << QByteArray("unsupported_parameter tools[0]");
        QTest::newRow("unknown response") << body(R"("previous_response_id":"resp_x")")
                                          << QByteArray("previous_response_not_found previous_response_id");
        QTest::newRow("unknown item") << body({}, R"([{"type":"item_reference","id":"msg_1"}])")
                                      << QByteArray("unsupported_parameter input[0]");
    }

    void refusesWhatItCannotDo()
    {
        QFETCH(const QByteArray, body);
        QFETCH(const QByteArray, error);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = post(fixture, body);
        QCOMPARE(answer.status, 400);
        QCOMPARE(errorShapeProblem(answer), "");
        QCOMPARE(textAt(answer.body, "error.code") + ' ' + textAt(answer.body, "error.param"), error);
        QCOMPARE(fixture.upstream.requestCount(), 0);
    }

    void leavingCancelsTheCall_data()
    {
        QTest::addColumn<bool>("native");
        QTest::addColumn<Script>("script");
        QTest::newRow("chat") << false << Script::eventStream().content("Done.").stall();
        QTest::newRow("native") << true << Script::eventStream().body(kNativeBegin).stall();
    }

    void leavingCancelsTheCall()
    {
        QFETCH(const bool, native);
        QFETCH(const Script, script);
        GatewayFixture fixture;
        fixture.upstream.enqueue(script);
        QVERIFY(native ? startNative(fixture) : fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/responses", kStream);
        QVERIFY(client.waitForBody("Done."));
        client.close();
        QVERIFY(fixture.upstream.waitForCancel(0));
        QCOMPARE(fixture.client().get("/health").status, 200);
    }

    void routesKnowThePathAndFallBackToChat()
    {
        GatewayFixture fixture;
        const QByteArray begin =
            "providers:\n  fake: {type: openai, base_url: \"" + fixture.upstream.url() + "\"}\nrouting:\n  routes:\n";
        const QByteArray chat = "    - name: chat\n      match: {path: /v1/chat/completions}\n"
                                "      targets: [{provider: fake, model: m1}]\n";
        const QByteArray own = "    - name: own\n      match: {path: /v1/responses, headers: "
                               "{x-lunargate-request-type: responses}}\n      targets: [{provider: fake, model: m2}]\n";
        QVERIFY(fixture.gateway.start(begin + chat + own));
        QCOMPARE(post(fixture, R"({"input":"hi"})").header("X-LunarGate-Route"), "own");
        QCOMPARE(fixture.chat(chatBody()).header("X-LunarGate-Route"), "chat");

        GatewayFixture second;
        const QByteArray other = QByteArray(begin).replace(fixture.upstream.url(), second.upstream.url());
        QVERIFY(second.gateway.start(other + chat));
        QCOMPARE(post(second, R"({"input":"hi"})").header("X-LunarGate-Route"), "chat");
    }

private:
    static HttpAnswer post(const GatewayFixture &fixture, const QByteArray &json, const HeaderList &headers = {})
    {
        return fixture.client().post("/v1/responses", json, headers);
    }

    static bool startNative(GatewayFixture &fixture, const QByteArray &provider = {})
    {
        return fixture.gateway.start(
            simpleConfig(fixture.upstream, {.provider = provider})
                .replace("- provider: fake\n", "- provider: fake\n          upstream_request_type: responses\n"));
    }
};

QTEST_GUILESS_MAIN(ResponsesTest)
#include "tst_responses.moc"
