// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/carried_thought.h"
#include "gateway/chat/completion_reader.h"
#include "gateway/dialects/anthropic_messages/request_reader.h"
#include "tests/unit/providers/anthropic/anthropic_testing.h"

#include <QRegularExpression>

#include <algorithm>

namespace lunargate {

/// A client and a provider that both speak the Messages protocol: bytes pass.
class AnthropicNativeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void sendsTheClientsBytes();
    void changesOnlyWhatItMust_data();
    void changesOnlyWhatItMust();
    void takesOutThoughtsOfOthers_data();
    void givesCallsOfOthersIdsThatFit();
    void takesOutThoughtsOfOthers();
    void sendsTheClientsHeadersAndQuery();
    void passesWhatCouldNotBeTranslated();
    void answersWithTheProvidersBytes();
    void streamsTheProvidersEvents();
    void takesEveryBlockForAPartOfTheAnswer();
    void tellsFailuresOfStreams();
    void passesErrorsInTheirOwnShape();
    void asksForTokenCounts();
};

namespace {

ChatRequest nativeRequest(const QByteArray &body, anthropic_messages::CallHead head = {})
{
    Result<anthropic_messages::ReadCall> call = anthropic_messages::readRequest(body, 64, std::move(head));
    if (!call)
        qFatal("%s", call.error().message.constData());
    if (const Result<void> normalised = normalise(call->request); !normalised)
        qFatal("%s", normalised.error().message.constData());
    return std::move(call->request);
}

// A call reads its provider's key when it tells errors: it must not outlive the provider.
std::unique_ptr<ProviderCall> nativeCall(const AnthropicProvider &provider, const QByteArray &body,
                                         const QByteArray &model = test::kModel)
{
    PreparedCall call = provider.chatCall(nativeRequest(body), model);
    if (!call)
        qFatal("%s", call.error().message.constData());
    return *std::move(call);
}

std::unique_ptr<ProviderCall> nativeCall(AnthropicProvider &&, const QByteArray &, const QByteArray & = {}) = delete;

QByteArray sent(const QByteArray &body, const ProviderConfig &config = test::anthropicConfig(),
                const QByteArray &model = test::kModel)
{
    const AnthropicProvider provider(config);
    return nativeCall(provider, body, model)->request.body;
}

// Everything that a rebuilt document would lose.
const QByteArray kOdd = R"({
  "zeta": {"b": 1.0, "a": 12345678901234567890, "d": -0.0}, "model" : "claude-sonnet-4-5",
  "max_tokens":1e2, "context_management":{"edits":[]}, "messages": [ {"role":"user","content":"caf\u00e9 \/ é"} ],
  "tools":[{"type":"bash_20250124","name":"bash"},{"name":"f","defer_loading":true,"input_schema":{"z":1}}],
  "nothing": null } )";

const QByteArray kStream =
    "event: message_start\n"
    R"(data: {"type":"message_start", "message":{"id":"msg_1","model":"claude-y","usage":{"input_tokens":5}}})"
    "\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n"
    "event: content_block_start\n"
    R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}})"
    "\n\nevent: content_block_delta\n"
    R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"Eq"}})"
    "\n\nevent: content_block_stop\n"
    R"(data: {"type":"content_block_stop","index":0})"
    "\n\nevent: content_block_start\n"
    R"(data: {"type":"content_block_start","index":1,"content_block":{"type":"server_tool_use","id":"s"}})"
    "\n\nevent: content_block_stop\n"
    R"(data: {"type":"content_block_stop","index":1})"
    "\n\nevent: content_block_start\n"
    R"(data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t","name":"a.b","input":{}}})"
    "\n\nevent: content_block_delta\n"
    R"(data: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}})"
    "\n\nevent: content_block_stop\n"
    R"(data: {"type":"content_block_stop","index":2})"
    "\n\nevent: something_new\n"
    R"(data: {"type":"something_new","x":1.0})"
    "\n\nevent: message_delta\n"
    R"(data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}})"
    "\n\nevent: message_stop\n"
    R"(data: {"type":"message_stop"})"
    "\n\n";

QByteArray payloadsOf(const std::vector<ChatStreamEvent> &events)
{
    QByteArray out;
    for (const ChatStreamEvent &event : events) {
        if (event.kind == ChatStreamEvent::Kind::Chunk && !event.payload.isEmpty())
            out += event.payload + "\n\n";
    }
    return out;
}

} // namespace

void AnthropicNativeTest::sendsTheClientsBytes()
{
    QCOMPARE(sent(kOdd), kOdd);
    const AnthropicProvider provider(test::anthropicConfig());
    const auto call = nativeCall(provider, kOdd);
    QVERIFY(call->isNative);
    QVERIFY(call->droppedParams.empty());
    QVERIFY(!call->request.isStream);
}

void AnthropicNativeTest::changesOnlyWhatItMust_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *scenario, const char *body, const char *expected,
                        const char *model = test::kModel) {
        QTest::newRow(scenario) << QByteArray(body) << QByteArray(model) << QByteArray(expected);
    };
    row("another model", R"({"messages":[],"model": "fast","max_tokens":1,"temperature":1,"top_k":1})",
        R"({"messages":[],"model": "claude-sonnet-4-5","max_tokens":1,"temperature":1,"top_k":1})");
    row("settings", R"({"model":"claude-sonnet-4-5","messages":[]})",
        R"({"model":"claude-sonnet-4-5","messages":[],"max_tokens":700,"temperature":0.25,"top_k":7})");
    row("settings of the client", R"({"model":"claude-sonnet-4-5","messages":[],"top_p":0.5,"max_tokens":1,"top_k":2})",
        R"({"model":"claude-sonnet-4-5","messages":[],"top_p":0.5,"max_tokens":1,"top_k":2})");
    row("a model that thinks",
        R"({"model":"claude-sonnet-4-5","messages":[],"max_tokens":1,"thinking":{"type":"enabled"}})",
        R"({"model":"claude-sonnet-4-5","messages":[],"max_tokens":1,"thinking":{"type":"enabled"}})");
    row("a model that takes no sampling", R"({"model":"claude-opus-4-8","messages":[],"max_tokens":1})",
        R"({"model":"claude-opus-4-8","messages":[],"max_tokens":1})", "claude-opus-4-8");
}

void AnthropicNativeTest::changesOnlyWhatItMust()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, expected);
    ProviderConfig config = test::anthropicConfig();
    config.temperature = 0.25;
    config.topP = 0.75;
    config.topK = 7;
    config.maxTokens = 700;
    QCOMPARE(sent(body, config, model), expected);
}

void AnthropicNativeTest::takesOutThoughtsOfOthers_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("expected");
    const QByteArray own = R"({"type":"thinking","thinking":"x","signature":")" + carriedText({}) + "\"}";
    const QByteArray data = R"({"type":"redacted_thinking","data":"lunargate:e30="})";
    const QByteArray real = R"({ "type":"thinking","thinking":"lunargate: is a name","signature":"Eq" })";
    const QByteArray text = R"({"type":"text", "text":"lunargate:"})";
    QTest::newRow("before a text") << '[' + own + ", " + text + ']' << '[' + text + ']';
    QTest::newRow("between others") << '[' + real + ',' + data + ',' + text + ']' << '[' + real + ',' + text + ']';
    QTest::newRow("nothing else") << '[' + own + ',' + data + ']' << QByteArray(R"([{"type":"text","text":"."}])");
    QTest::newRow("none") << '[' + real + " , " + text + ']' << '[' + real + " , " + text + ']';
    QTest::newRow("a text that looks like one") << QByteArray(R"("lunargate:")") << QByteArray(R"("lunargate:")");
}

void AnthropicNativeTest::givesCallsOfOthersIdsThatFit()
{
    const auto body = [](const QByteArray &id) {
        return R"({"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"tool_use", "id":")" +
               id +
               R"(","name":"f","input":{"id":"a:b"}},{"type":"tool_use","id":"toolu_1","name":"f","input":{}}]},)"
               R"({"role":"user","content":[{"type":"tool_result","tool_use_id":")" +
               id + R"(","content":"a:b"},{"type":"tool_result","tool_use_id":"toolu_1"}]}]})";
    };
    QCOMPARE(sent(body("toolu_a-B9")), body("toolu_a-B9"));
    const std::optional<json::Document> document = json::Document::parse(sent(body("functions.f:0|x")));
    QVERIFY(document);
    const json::Value call = document->root()["messages"].at(1)["content"].at(0);
    const QString id = QString::fromUtf8(call["id"].toByteArray());
    QVERIFY2(QRegularExpression(QStringLiteral("^[a-zA-Z0-9_-]+$")).match(id).hasMatch(), qPrintable(id));
    QCOMPARE(sent(body("functions.f:0|x")), body(id.toUtf8()));
    QVERIFY(sent(body("functions.f:1|x")) != body(id.toUtf8()));
}

void AnthropicNativeTest::takesOutThoughtsOfOthers()
{
    QFETCH(const QByteArray, content);
    QFETCH(const QByteArray, expected);
    const auto body = [](const QByteArray &messageContent, const char *thinking) {
        return R"({"model":"claude-sonnet-4-5","messages":[{"role":"assistant","content":)" + messageContent +
               R"(}],"thinking":{"type":")" + thinking + "\"}}";
    };
    QCOMPARE(sent(body(content, "adaptive")), body(expected, "adaptive"));
    const bool isChanged = content != expected;
    // By a budget a model cannot go on without what it thought.
    QCOMPARE(sent(body(content, "enabled")), body(expected, isChanged ? "disabled" : "enabled"));
    const AnthropicProvider provider(test::anthropicConfig());
    const auto call = nativeCall(provider, body(content, "enabled"));
    QCOMPARE(call->droppedParams, isChanged ? std::vector<QByteArray>{"thinking"} : std::vector<QByteArray>());
}

void AnthropicNativeTest::sendsTheClientsHeadersAndQuery()
{
    const auto headersOf = [](const ProviderConfig &config) {
        const ChatRequest request = nativeRequest(
            kOdd, {.headers = {{"anthropic-version", "2030-02-02"}, {"anthropic-beta", "a,b"}, {"anthropic-beta", "c"}},
                   .query = "beta=true"});
        PreparedCall call = AnthropicProvider(config).chatCall(request, test::kModel);
        return call ? std::move((*call)->request) : UpstreamRequest{};
    };
    ProviderConfig config = test::anthropicConfig();
    UpstreamRequest request = headersOf(config);
    QCOMPARE(request.url.toEncoded(), "https://api.anthropic.com/v1/messages?beta=true");
    QCOMPARE(request.headers.value("anthropic-version"), "2030-02-02");
    QCOMPARE(request.headers.count("anthropic-version"), 1);
    QCOMPARE(request.headers.count("anthropic-beta"), 2);
    QCOMPARE(request.headers.value("x-api-key"), "sk-ant-canary-0123456789");
    config.headers["anthropic-beta"] = "mine";
    request = headersOf(config);
    QCOMPARE(request.headers.count("anthropic-beta"), 1);
    QCOMPARE(request.headers.value("anthropic-beta"), "mine");
}

void AnthropicNativeTest::passesWhatCouldNotBeTranslated()
{
    const QByteArray body = R"({"model":"claude-sonnet-4-5","messages":[{"role":"user","content":[{"type":"new"}]}]})";
    QCOMPARE(sent(body), body);
}

void AnthropicNativeTest::answersWithTheProvidersBytes()
{
    const QByteArray body =
        R"({ "id":"msg_1","model":"claude-y","content":[{"type":"new"},{"type":"text","text":"a","citations":null}],)"
        R"("stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":1.0} } )";
    const AnthropicProvider provider(test::anthropicConfig());
    const auto call = nativeCall(provider, kOdd);
    const auto answer = call->readAnswer(body);
    QVERIFY(answer);
    QCOMPARE(answer->body, body);
    QVERIFY(answer->completion);
    QCOMPARE(answer->completion->text, "a");
    QCOMPARE(answer->completion->id, "msg_1");
    QCOMPARE(answer->usage->input, 3);
    QVERIFY(!call->readAnswer("{}"));
}

void AnthropicNativeTest::streamsTheProvidersEvents()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const auto call = nativeCall(provider, R"({"model":"m","messages":[],"stream":true})");
    QVERIFY(call->request.isStream);
    for (const qsizetype size : {kStream.size(), qsizetype(1), qsizetype(7)}) {
        const auto events = test::readStream(*call->streamReader(), kStream, size, size);
        QCOMPARE(payloadsOf(events), kStream);
        QCOMPARE(events.back().kind, ChatStreamEvent::Kind::End);
    }
    // Beside that, what is needed to record the answer.
    CompletionAssembly assembly;
    std::optional<Usage> usage;
    for (const ChatStreamEvent &event : test::readStream(*call->streamReader(), kStream, kStream.size(), 1)) {
        assembly.add(event.delta);
        usage = event.usage ? event.usage : usage;
    }
    const Completion completion = assembly.take();
    QCOMPARE(completion.id, "msg_1");
    QCOMPARE(completion.toolCalls.size(), 1U);
    QCOMPARE(completion.toolCalls.front().name, "a.b");
    QCOMPARE(completion.finishReason, FinishReason::ToolCalls);
    QCOMPARE(usage, (Usage{.input = 5, .output = 9}));
}

void AnthropicNativeTest::takesEveryBlockForAPartOfTheAnswer()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const auto call = nativeCall(provider, R"({"model":"m","messages":[],"stream":true})");
    const auto reader = call->streamReader();
    std::vector<ChatStreamEvent> events;
    const QByteArray start = R"(data: {"type":"message_start","message":{"id":"msg_1"}})";
    reader->feed(start + "\n\n", events);
    QVERIFY(std::ranges::none_of(events, &ChatStreamEvent::isUseful));
    events.clear();
    const QByteArray block =
        R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"server_tool_use",)"
        R"("id":"s","name":"web_search","input":{}}})";
    reader->feed(block + "\n\n", events);
    QCOMPARE(events.size(), 1U);
    QVERIFY(events[0].isUseful);
    QCOMPARE(events[0].payload, block);
}

void AnthropicNativeTest::tellsFailuresOfStreams()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const auto call = nativeCall(provider, R"({"model":"m","messages":[],"stream":true})");
    const QByteArray failing = kStream.first(kStream.indexOf("event: message_delta")) +
                               "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                               "\"message\":\"Overloaded\"}}\n\n";
    const Error error = test::streamError(*call, failing);
    QCOMPARE(error.upstreamStatus, 529);
    QCOMPARE(error.message, "Overloaded");
    QCOMPARE(test::streamError(*call, kStream.chopped(60)).reason, "upstream_incomplete");
}

void AnthropicNativeTest::passesErrorsInTheirOwnShape()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const QByteArray body = R"({"type":"error","error":{"type":"invalid_request_error","message":"thinking: bad key )"
                            R"(sk-ant-canary-0123456789"}, "request_id":"req_1" })";
    const UpstreamFailure failure = provider.readError({.status = 400, .headers = {{"request-id", "req_1"}}}, body);
    QCOMPARE(failure.protocol, ChatProtocol::AnthropicMessages);
    QCOMPARE(failure.body, QByteArray(body).replace("sk-ant-canary-0123456789", "***"));
    QVERIFY(provider.readError({.status = 502, .headers = {}}, "<html>").body.isEmpty());
    QVERIFY(provider.readError({.status = 500, .headers = {}}, R"({"message":"flat"})").body.isEmpty());
}

void AnthropicNativeTest::asksForTokenCounts()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const ChatRequest request = nativeRequest(QByteArray(kOdd).replace("claude-sonnet-4-5", "fast"));
    const std::optional<PreparedCall> call = provider.tokenCountCall(request, test::kModel);
    QVERIFY(call && *call);
    ProviderCall &count = ***call;
    QCOMPARE(count.request.url.toEncoded(), "https://api.anthropic.com/v1/messages/count_tokens");
    QCOMPARE(count.request.body, kOdd);
    QCOMPARE(count.readAnswer(R"({ "input_tokens":7 })")->body, R"({ "input_tokens":7 })");
    QVERIFY(!count.readAnswer(R"({"tokens":7})"));
    QVERIFY(!count.readAnswer(R"({"type":"error","error":{"type":"api_error","message":"m"}})"));
    QVERIFY(!provider.tokenCountCall(test::chatRequest(R"({"messages":[]})"), test::kModel));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AnthropicNativeTest)
#include "tst_native.moc"
