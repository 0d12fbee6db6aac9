// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"
#include "tests/support/sse_events.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <csignal>

using namespace lunargate;
using namespace lunargate::test;

namespace {

/// A gateway in front of one provider that speaks Anthropic's protocol, or OpenAI's.
struct Fixture : GatewayFixture
{
    bool startFor(const QByteArray &type, const ConfigChanges &changes = {})
    {
        return gateway.start(simpleConfig(upstream, changes).replace("type: openai", "type: " + type));
    }
    HttpAnswer messages(const QByteArray &body, const HeaderList &headers = {}, const QByteArray &query = {}) const
    {
        return client().post("/v1/messages" + query, body, headers);
    }
};

QByteArray messagesBody(const QByteArray &more = {}, const QByteArray &model = "fake-model")
{
    return R"({"model":")" + model + R"(","max_tokens":100,"messages":[{"role":"user","content":"Hi there"}])" + more +
           '}';
}

const QByteArray kStreamed = messagesBody(R"(,"stream":true)");

const QByteArray kMessage = R"({ "id":"msg_1", "type":"message","role":"assistant","model":"claude-y","zeta":1.0,)"
                            R"("content":[{"type":"text","text":"Hello","citations":null}],"stop_reason":"end_turn",)"
                            R"("stop_sequence":null,"usage":{"input_tokens":7,"output_tokens":3}} )";

const QByteArrayList kEvents = {
    "event: message_start\n"
    R"(data: {"type":"message_start", "message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-y",)"
    R"("content":[],"usage":{"input_tokens":7,"output_tokens":1}}})",
    "event: content_block_start\n"
    R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})",
    "event: ping\ndata: {\"type\": \"ping\"}",
    "event: content_block_delta\n"
    R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}})",
    "event: content_block_stop\n"
    R"(data: {"type":"content_block_stop","index":0})",
    "event: message_delta\n"
    R"(data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":3}})",
    "event: message_stop\n"
    R"(data: {"type":"message_stop"})"};

QByteArray streamOf(qsizetype events)
{
    return kEvents.first(events).join("\n\n") + "\n\n";
}

QByteArray typesOf(const SseEvents &events)
{
    QByteArrayList types;
    for (const SseEvents::Event &event : events.events)
        types << event.type;
    return types.join(' ');
}

} // namespace

/// POST /v1/messages: passed through to providers of the same protocol, translated for all others.
class MessagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void bytesPassToAnthropicAndBack();
    void streamsPassFromAnthropic();
    void otherProvidersAreAskedInTheirWords();
    void toolsAndThoughtsOfOthersBecomeBlocks();
    void streamsOfOthersBecomeEvents();
    void errorsHaveAnthropicsShape_data();
    void errorsHaveAnthropicsShape();
    void ownErrorsHaveAnthropicsShape();
    void brokenStreamsEndWithAnErrorEvent_data();
    void brokenStreamsEndWithAnErrorEvent();
    void failuresBeforeTheFirstContentAreRetried();
    void leavingCancelsTheCall();
    void aCutStreamEndsInAnError();
    void silenceIsFilledWithPings();
    void tokensAreCountedByAnthropic();
    void tokensAreEstimatedForOthers();
    void tokensAreEstimatedWhereTheProviderCannotCount();
    void refusalsOfCountsAreTold();
    void countsSayNothingAboutModelCalls();
    void eitherKeyIsTaken_data();
    void eitherKeyIsTaken();
    void suffixesOfModelsAreLeftOut();
    void routesOfChatServeMessagesUnlessTheyHaveTheirOwn();
};

void MessagesTest::bytesPassToAnthropicAndBack()
{
    Fixture fixture;
    fixture.upstream.enqueue(
        Script::json(200, kMessage, {{"request-id", "req_up"}, {"anthropic-ratelimit-requests-remaining", "9"}}));
    QVERIFY(fixture.startFor("anthropic"));
    const QByteArray body =
        R"({ "messages":[{"role":"user","content":"é \u00e9"}], "odd":[1.0], "model":"fake-model","max_tokens":1e1} )";
    const HttpAnswer answer = fixture.messages(body,
                                               {{"anthropic-version", "2023-06-01"},
                                                {"anthropic-beta", "new-2030,other"},
                                                {"x-api-key", "the-clients-own"},
                                                {"Authorization", "Bearer the-clients-other"}},
                                               "?beta=true");
    QVERIFY2(answer.status == 200, answer.summary().constData());
    QCOMPARE(answer.body, kMessage);
    QVERIFY(!answer.header("request-id").isEmpty());
    QCOMPARE(answer.header("X-LunarGate-Upstream-Request-ID"), "req_up");
    QCOMPARE(answer.header("anthropic-ratelimit-requests-remaining"), "9");
    const ReceivedRequest &sent = fixture.upstream.lastRequest();
    QCOMPARE(sent.path, "/v1/messages?beta=true");
    QCOMPARE(sent.body, body);
    QCOMPARE(sent.header("anthropic-beta"), "new-2030,other");
    QCOMPARE(sent.header("x-api-key"), kProviderKey);
    QVERIFY(sent.header("Authorization").isEmpty());
}

void MessagesTest::streamsPassFromAnthropic()
{
    Fixture fixture;
    fixture.upstream.enqueue(Script::eventStream().body(streamOf(kEvents.size())).end());
    QVERIFY(fixture.startFor("anthropic"));
    const HttpAnswer answer = fixture.messages(kStreamed);
    QCOMPARE(answer.header("Content-Type").split(';').first(), "text/event-stream");
    QCOMPARE(answer.body, streamOf(kEvents.size()));
}

void MessagesTest::otherProvidersAreAskedInTheirWords()
{
    Fixture fixture;
    QVERIFY(fixture.startFor("openai"));
    const HttpAnswer answer = fixture.messages(messagesBody(R"(,"system":"Be brief.","context_management":{"a":1})"));
    QVERIFY2(answer.status == 200, answer.summary().constData());
    const QByteArray sent = fixture.upstream.lastRequest().body;
    QCOMPARE(fixture.upstream.lastRequest().path, "/v1/chat/completions");
    QCOMPARE(textAt(sent, "messages.0.content"), "Be brief.");
    QCOMPARE(textAt(sent, "messages.1.content"), "Hi there");
    QCOMPARE(jsonAt(sent, "max_tokens").toInt(), 100);
    QCOMPARE(textAt(answer.body, "type"), "message");
    QCOMPARE(textAt(answer.body, "content.0.text"), "Hello from upstream");
    QCOMPARE(textAt(answer.body, "stop_reason"), "end_turn");
    QCOMPARE(jsonAt(answer.body, "usage.input_tokens").toInt(), 7);
    QCOMPARE(jsonAt(answer.body, "usage.output_tokens").toInt(), 3);
    QCOMPARE(answer.header("X-LunarGate-Dropped-Params"), "context_management");
}

void MessagesTest::toolsAndThoughtsOfOthersBecomeBlocks()
{
    Fixture fixture;
    fixture.upstream.enqueue(Script::json(
        200,
        R"({"id":"c","model":"u","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant",)"
        R"("content":null,"reasoning_content":"hm","tool_calls":[{"id":"call_1","type":"function","function":)"
        R"({"name":"f","arguments":"{\"a\":1}"}}]}}]})"));
    QVERIFY(fixture.startFor("openai"));
    const HttpAnswer answer = fixture.messages(
        messagesBody(R"(,"thinking":{"type":"adaptive"},"tools":[{"name":"f","input_schema":{"type":"object"}}])"));
    QCOMPARE(textAt(answer.body, "content.0.thinking"), "hm");
    QCOMPARE(textAt(answer.body, "content.1.id"), "call_1");
    QCOMPARE(jsonAt(answer.body, "content.1.input.a").toInt(), 1);
    QCOMPARE(textAt(answer.body, "stop_reason"), "tool_use");
    QVERIFY(jsonAt(answer.body, "usage.input_tokens").toInt() > 0); // told by nobody

    // The next turn, as a client sends it.
    const QByteArray content = QJsonDocument(jsonAt(answer.body, "content").toArray()).toJson(QJsonDocument::Compact);
    const HttpAnswer next = fixture.messages(
        R"({"model":"fake-model","max_tokens":9,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":)" +
        content + R"(},{"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"ok"}]}]})");
    QVERIFY2(next.status == 200, next.summary().constData());
    const QByteArray sent = fixture.upstream.lastRequest().body;
    QCOMPARE(textAt(sent, "messages.1.tool_calls.0.function.arguments"), "{\"a\":1}");
    QCOMPARE(textAt(sent, "messages.2.tool_call_id"), "call_1");
}

void MessagesTest::streamsOfOthersBecomeEvents()
{
    Fixture fixture;
    fixture.upstream.enqueue(
        Script::eventStream()
            .data(chatChunk(R"({"role":"assistant","content":"","reasoning_content":"hm"})"))
            .content("Hel")
            .content("lo")
            .data(chatChunk(
                R"({"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]})"))
            .data(chatChunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]})"))
            .data(chatChunk("{}", "\"tool_calls\""))
            .data(usageChunk(20, 5))
            .data("[DONE]")
            .end());
    QVERIFY(fixture.startFor("openai"));
    const HttpAnswer answer =
        fixture.messages(messagesBody(R"(,"stream":true,"thinking":{"type":"enabled","budget_tokens":1024})"));
    const SseEvents events = SseEvents::parse(answer.body);
    QCOMPARE(typesOf(events), "message_start ping "
                              "content_block_start content_block_delta content_block_delta content_block_stop "
                              "content_block_start content_block_delta content_block_delta content_block_stop "
                              "content_block_start content_block_delta content_block_stop "
                              "message_delta message_stop");
    QVERIFY(jsonAt(events.events[0].data, "message.usage.input_tokens").toInt() > 0);
    const QByteArray end = events.events[events.events.size() - 2].data;
    QCOMPARE(textAt(end, "delta.stop_reason"), "tool_use");
    QCOMPARE(jsonAt(end, "usage.input_tokens").toInt(), 20);
    QCOMPARE(jsonAt(end, "usage.output_tokens").toInt(), 5);
    QVERIFY(jsonAt(fixture.upstream.lastRequest().body, "stream_options.include_usage").toBool());
}

void MessagesTest::errorsHaveAnthropicsShape_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    QTest::addColumn<QByteArray>("message");
    const QByteArray own =
        R"({"type":"error","error":{"type":"invalid_request_error","message":"thinking no"}, "x":1.0})";
    QTest::newRow("Anthropic's own, as it is")
        << QByteArray("anthropic") << 400 << own << QByteArray("invalid_request_error") << QByteArray("thinking no");
    QTest::newRow("Anthropic's proxy") << QByteArray("anthropic") << 413 << QByteArray("<html>")
                                       << QByteArray("request_too_large") << QByteArray("<html>");
    QTest::newRow("OpenAI's") << QByteArray("openai") << 429
                              << QByteArray(R"({"error":{"message":"slow down","type":"requests","code":null}})")
                              << QByteArray("rate_limit_error") << QByteArray("slow down");
    QTest::newRow("not found") << QByteArray("openai") << 404 << QByteArray(R"({"error":{"message":"no such model"}})")
                               << QByteArray("not_found_error") << QByteArray("no such model");
    QTest::newRow("overloaded") << QByteArray("openai") << 529 << QByteArray(R"({"error":{"message":"busy"}})")
                                << QByteArray("overloaded_error") << QByteArray("busy");
}

void MessagesTest::errorsHaveAnthropicsShape()
{
    QFETCH(const QByteArray, type);
    QFETCH(const int, status);
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, expected);
    QFETCH(const QByteArray, message);
    Fixture fixture;
    fixture.upstream.otherwise([=](const ReceivedRequest &) { return Script::json(status, body); });
    QVERIFY(fixture.startFor(type, {.retry = "max_attempts: 1"}));
    const HttpAnswer answer = fixture.messages(messagesBody());
    QCOMPARE(answer.status, status);
    QCOMPARE(textAt(answer.body, "type"), "error");
    QCOMPARE(textAt(answer.body, "error.type"), expected);
    QCOMPARE(textAt(answer.body, "error.message"), message);
    if (body.contains("\"type\":\"error\""))
        QCOMPARE(answer.body, body);
    else
        QCOMPARE(textAt(answer.body, "request_id"), answer.header("request-id"));
}

void MessagesTest::ownErrorsHaveAnthropicsShape()
{
    Fixture fixture;
    QVERIFY(fixture.startFor("openai"));
    HttpAnswer answer = fixture.messages("{");
    QCOMPARE(answer.status, 400);
    QCOMPARE(textAt(answer.body, "error.type"), "invalid_request_error");
    answer = fixture.messages(messagesBody(R"(,"mcp_servers":[{"url":"x"}])"));
    QCOMPARE(answer.status, 400);
    QVERIFY(textAt(answer.body, "error.message").contains("mcp_servers"));
    answer = fixture.client().get("/v1/messages");
    QCOMPARE(answer.status, 405);
    QCOMPARE(textAt(answer.body, "type"), "error");
    QCOMPARE(fixture.upstream.requestCount(), 0);
}

void MessagesTest::brokenStreamsEndWithAnErrorEvent_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<Script>("script");
    QTest::addColumn<QByteArray>("expected");
    const QByteArray overloaded = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                                  "\"message\":\"Overloaded\"}}\n\n";
    QTest::newRow("Anthropic says so") << QByteArray("anthropic")
                                       << Script::eventStream().body(streamOf(4) + overloaded).end()
                                       << QByteArray("overloaded_error");
    QTest::newRow("Anthropic is cut") << QByteArray("anthropic") << Script::eventStream().body(streamOf(4)).close()
                                      << QByteArray("api_error");
    QTest::newRow("OpenAI is cut") << QByteArray("openai") << Script::eventStream().content("Hello").close()
                                   << QByteArray("api_error");
}

void MessagesTest::brokenStreamsEndWithAnErrorEvent()
{
    QFETCH(const QByteArray, type);
    QFETCH(const Script, script);
    QFETCH(const QByteArray, expected);
    Fixture fixture;
    fixture.upstream.enqueue(script);
    QVERIFY(fixture.startFor(type));
    const HttpAnswer answer = fixture.messages(kStreamed);
    QCOMPARE(answer.status, 200);
    const SseEvents events = SseEvents::parse(answer.body);
    QVERIFY(answer.body.contains("Hello"));
    QCOMPARE(events.events.back().type, "error");
    QCOMPARE(textAt(events.events.back().data, "error.type"), expected);
    QVERIFY(!answer.body.contains("message_stop"));
}

void MessagesTest::failuresBeforeTheFirstContentAreRetried()
{
    Fixture fixture;
    fixture.upstream.enqueue(
        Script::eventStream()
            .body("event: error\ndata: "
                  "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"o\"}}\n\n")
            .end());
    fixture.upstream.enqueue(Script::eventStream().body(streamOf(kEvents.size())).end());
    QVERIFY(fixture.startFor("anthropic"));
    QCOMPARE(fixture.messages(kStreamed).body, streamOf(kEvents.size()));
    QCOMPARE(fixture.upstream.requestCount(), 2);
}

void MessagesTest::leavingCancelsTheCall()
{
    Fixture fixture;
    fixture.upstream.enqueue(Script::eventStream().body(streamOf(4)).stall());
    QVERIFY(fixture.startFor("anthropic"));
    {
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/messages", kStreamed);
        QVERIFY(client.waitForBody("Hello"));
    }
    QVERIFY(fixture.upstream.waitForCancel(0));
}

void MessagesTest::aCutStreamEndsInAnError()
{
    Fixture fixture;
    fixture.upstream.enqueue(Script::eventStream().body(streamOf(4)).stall());
    QVERIFY(fixture.startFor("anthropic", {.server = "shutdown_timeout: 400ms"}));
    RawClient client(fixture.port());
    client.sendRequest("POST", "/v1/messages", kStreamed);
    QVERIFY(client.waitForBody("Hello"));
    fixture.gateway.signal(SIGTERM);
    QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
    const QByteArray last = SseEvents::parse(client.answer().body()).data().back();
    QCOMPARE(textAt(last, "type"), "error");
    QVERIFY(!textAt(last, "error.message").isEmpty());
    QVERIFY(!client.answer().body().contains("message_stop"));
    QCOMPARE(fixture.gateway.waitForEnd(), 0);
}

void MessagesTest::silenceIsFilledWithPings()
{
    Fixture fixture;
    const GatePointer gate = Gate::make();
    fixture.upstream.enqueue(
        Script::eventStream().content("one").hold(gate).data(chatChunk("{}", "\"stop\"")).data("[DONE]").end());
    QVERIFY(fixture.startFor("openai", {.server = "stream_keep_alive: 20ms"}));
    RawClient client(fixture.port());
    client.sendRequest("POST", "/v1/messages", kStreamed);
    QVERIFY(client.waitForBody("text_delta"));
    QTRY_VERIFY(client.answer().body().count("event: ping") >= 3);
    gate->open();
    QVERIFY(client.waitForBody("message_stop"));
}

void MessagesTest::tokensAreCountedByAnthropic()
{
    Fixture fixture;
    fixture.upstream.on("/v1/messages/count_tokens",
                        Script::json(200, R"({ "input_tokens":42 })", {{"x-ratelimit-limit-requests", "60"}}));
    QVERIFY(fixture.startFor("anthropic"));
    const QByteArray body = R"({"model":"fake-model","messages":[{"role":"user","content":"Hi"}], "odd":1.0})";
    const HttpAnswer answer = fixture.client().post("/v1/messages/count_tokens", body);
    QCOMPARE(answer.body, "{ \"input_tokens\":42 }");
    QCOMPARE(answer.header("anthropic-ratelimit-requests-limit"), "60");
    QCOMPARE(fixture.upstream.lastRequest().body, body);
}

void MessagesTest::tokensAreEstimatedForOthers()
{
    Fixture fixture;
    QVERIFY(fixture.startFor("openai"));
    // The example of Anthropic's documentation, which counts 14.
    const HttpAnswer answer = fixture.client().post(
        "/v1/messages/count_tokens",
        R"({"model":"fake-model","system":"You are a scientist","messages":[{"role":"user","content":"Hello, Claude"}]})");
    QVERIFY2(answer.status == 200, answer.summary().constData());
    QCOMPARE(jsonAt(answer.body, "input_tokens").toInt(), 14);
    QCOMPARE(fixture.upstream.requestCount(), 0);
}

void MessagesTest::tokensAreEstimatedWhereTheProviderCannotCount()
{
    Fixture fixture;
    fixture.upstream.otherwise(
        [](const ReceivedRequest &) { return Script::json(404, R"({"error":"no such path"})"); });
    QVERIFY(fixture.startFor("anthropic"));
    // Anthropic's documentation counts 403 for it.
    const HttpAnswer answer = fixture.client().post(
        "/v1/messages/count_tokens",
        R"({"model":"fake-model","tools":[{"name":"get_weather","description":"Get the current weather in a given )"
        R"(location","input_schema":{"type":"object","properties":{"location":{"type":"string","description":)"
        R"("The city and state, e.g. San Francisco, CA"}},"required":["location"]}}],"messages":[{"role":"user",)"
        R"("content":"What\u0027s the weather like in San Francisco?"}]})");
    const int tokens = jsonAt(answer.body, "input_tokens").toInt();
    QVERIFY2(tokens > 403 * 0.9 && tokens < 403 * 1.1, answer.body.constData());
}

void MessagesTest::refusalsOfCountsAreTold()
{
    Fixture fixture;
    const QByteArray error = R"({"type":"error","error":{"type":"invalid_request_error","message":"bad"}})";
    fixture.upstream.otherwise([=](const ReceivedRequest &) { return Script::json(400, error); });
    QVERIFY(fixture.startFor("anthropic"));
    const HttpAnswer answer = fixture.client().post("/v1/messages/count_tokens", messagesBody());
    QCOMPARE(answer.status, 400);
    QCOMPARE(answer.body, error);
}

void MessagesTest::countsSayNothingAboutModelCalls()
{
    Fixture fixture;
    fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::json(500, R"({"error":"broken"})"); });
    QVERIFY(fixture.startFor("anthropic"));
    constexpr int kMany = 8; // more than the circuit bears
    for (int count = 0; count < kMany; ++count)
        QCOMPARE(fixture.client().post("/v1/messages/count_tokens", messagesBody()).status, 200);
    QCOMPARE(fixture.upstream.requestCount(), kMany);
    fixture.upstream.enqueue(Script::json(200, kMessage));
    QCOMPARE(fixture.messages(messagesBody()).status, 200);
}

void MessagesTest::eitherKeyIsTaken_data()
{
    QTest::addColumn<HeaderList>("headers");
    QTest::addColumn<int>("status");
    QTest::newRow("x-api-key") << HeaderList{{"x-api-key", "gate-key-1234"}} << 200;
    QTest::newRow("Bearer") << HeaderList{{"Authorization", "Bearer gate-key-1234"}} << 200;
    QTest::newRow("both") << HeaderList{{"x-api-key", "gate-key-1234"}, {"Authorization", "Bearer gate-key-1234"}}
                          << 200;
    QTest::newRow("none") << HeaderList() << 401;
    QTest::newRow("wrong") << HeaderList{{"x-api-key", "gate-key-0000"}} << 401;
}

void MessagesTest::eitherKeyIsTaken()
{
    QFETCH(const HeaderList, headers);
    QFETCH(const int, status);
    Fixture fixture;
    fixture.upstream.enqueue(Script::json(200, kMessage));
    QVERIFY(fixture.startFor(
        "anthropic",
        {.sections = "security: {provider: api_key, api_key: {keys: [{name: app, value: gate-key-1234}]}}\n"}));
    const HttpAnswer answer = fixture.messages(messagesBody(), headers);
    QCOMPARE(answer.status, status);
    if (status == 200)
        QCOMPARE(fixture.upstream.lastRequest().header("x-api-key"), kProviderKey);
    else
        QCOMPARE(textAt(answer.body, "error.type"), "authentication_error");
}

void MessagesTest::suffixesOfModelsAreLeftOut()
{
    Fixture fixture;
    fixture.upstream.enqueue(Script::json(200, kMessage));
    QVERIFY(fixture.startFor("anthropic"));
    QCOMPARE(fixture.messages(messagesBody({}, "fake-model[1m]")).status, 200);
    QCOMPARE(fixture.upstream.lastRequest().body, messagesBody());
}

void MessagesTest::routesOfChatServeMessagesUnlessTheyHaveTheirOwn()
{
    Fixture fixture;
    QVERIFY(fixture.gateway.start(simpleConfig(fixture.upstream)
                                      .replace("    - name: default\n",
                                               "    - name: own\n      match: {path: /v1/messages}\n      targets:\n"
                                               "        - {provider: fake, model: own-model}\n    - name: default\n"
                                               "      match: {path: /v1/chat/completions}\n")));
    QCOMPARE(fixture.messages(messagesBody({}, "lunargate/auto")).header("X-LunarGate-Route"), "own");
    QCOMPARE(fixture.chat().header("X-LunarGate-Route"), "default");
}

QTEST_GUILESS_MAIN(MessagesTest)
#include "tst_messages.moc"
