// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/responses_call.h"
#include "tests/unit/providers/openai_responses/responses_testing.h"

#include <QTest>

namespace lunargate {

/// Calls of clients that speak the provider's own protocol.
class NativeCallsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void sendsTheClientsBytes_data();
    void sendsTheClientsBytes();
    void whatHasNoChatFormIsSentToo();
    void sendsTheShortFormToWhoKeepsTheRest();
    void shortensTheCallIdsOfOtherServices();
    void toolsGetTheSameWordsWithoutDefaults();
    void forwardsHeadersThatAskForFeatures();
    void refusedParametersAreTakenOut();
    void passesWholeAnswers();
    void passesAnswersThatGoOnInTheBackground();
    void failuresAreFailures_data();
    void failuresAreFailures();
    void relaysThatAnswerInChatAreTranslated();
    void passesStreams();
    void aBrokenStreamIsAFailure();
    void whatRunsInTheBackgroundIsAnAnswerFromItsFirstEvent();
    void anAnswerInChatReachesOtherClientsInCanonicalForm();
};

namespace {

ChatRequest requestOf(const QByteArray &body, responses::EarlierTurns earlier = {})
{
    Result<responses::ResponsesBody> read = responses::readBody(body, 64);
    if (!read)
        qFatal("%s", read.error().message.constData());
    Result<std::unique_ptr<ClientCall>> call = responses::readCall(*std::move(read), std::move(earlier), {});
    if (!call || !normalise((*call)->request))
        qFatal("no call");
    return std::move((*call)->request);
}

std::unique_ptr<ProviderCall> nativeCall(const ProviderConfig &config, const ChatRequest &request,
                                         const QByteArray &model = "m")
{
    // Calls refer to their provider.
    static std::vector<std::unique_ptr<OpenAiResponsesProvider>> providers;
    providers.push_back(std::make_unique<OpenAiResponsesProvider>(config));
    PreparedCall call = providers.back()->chatCall(request, model);
    if (!call)
        qFatal("%s", call.error().message.constData());
    return *std::move(call);
}

std::unique_ptr<ProviderCall> anyNativeCall(const QByteArray &more = R"(,"stream":true)")
{
    return nativeCall(test::responsesConfig(), requestOf(R"({"model":"m","input":"hi")" + more + '}'));
}

const QByteArray kResponse =
    R"({ "id":"resp_1", "status":"completed","model":"gpt-x","odd":1.50,"output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}})";

} // namespace

void NativeCallsTest::sendsTheClientsBytes_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("sent");
    const QByteArray odd = "{ \"model\" : \"m\",\n \"input\":[ {\"role\":\"user\",\"content\":\"\\u0041\", \"x\": "
                           "1.50} ], \"new\":[1e0] }";
    QTest::newRow("as they are") << odd << QByteArray("m") << odd;
    QTest::newRow("the model alone") << odd << QByteArray("gpt-5-x") << QByteArray(odd).replace("\"m\"", "\"gpt-5-x\"");
    QTest::newRow("no model") << QByteArray(R"({"input":"a"})") << QByteArray("gpt-5-x")
                              << QByteArray(R"({"input":"a","model":"gpt-5-x"})");
}

void NativeCallsTest::sendsTheClientsBytes()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, sent);
    const auto call = nativeCall(test::responsesConfig(), requestOf(body), model);
    QCOMPARE(call->request.body, sent);
    QVERIFY(call->isNative);
    QVERIFY(call->droppedParams.empty());
    QCOMPARE(call->request.url.path(), QStringLiteral("/v1/responses"));
    QCOMPARE(call->request.headers.value("Authorization"), "Bearer sk-canary-0123456789");
}

void NativeCallsTest::whatHasNoChatFormIsSentToo()
{
    const QByteArray body =
        R"({"model":"m","background":true,"conversation":"c","input":[{"type":"local_shell_call","call_id":"c"},{"type":"item_reference","id":"x"}],"tools":[{"type":"mcp"}]})";
    QCOMPARE(nativeCall(test::responsesConfig(), requestOf(body))->request.body, body);
}

void NativeCallsTest::sendsTheShortFormToWhoKeepsTheRest()
{
    const QByteArray body = R"({"model":"m","previous_response_id":"resp_0","input":"more"})";
    const auto earlier = [](const QByteArray &provider) {
        return responses::EarlierTurns{
            .previous = responses::PreviousResponse{
                .inputItems = R"([{"id":"msg_1","type":"message","role":"user","content":[]}])",
                .outputItems = "[]",
                .providerId = provider}};
    };
    const ProviderConfig config = test::responsesConfig();
    QCOMPARE(nativeCall(config, requestOf(body, earlier(config.id)), "m2")->request.body,
             QByteArray(body).replace("\"m\"", "\"m2\""));
    QCOMPARE(
        nativeCall(config, requestOf(body, earlier("other")), "m2")->request.body,
        R"({"model":"m2","input":[{"type":"message","role":"user","content":[]},{"type":"message","role":"user","content":"more"}]})");
}

void NativeCallsTest::shortensTheCallIdsOfOtherServices()
{
    const QByteArray usual = R"({"type":"function_call_output", "call_id":"call_1","output":""})";
    const auto body = [&](const QByteArray &id) {
        return R"({"model":"m","input":[{"type":"function_call","call_id":")" + id +
               R"(","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":")" + id +
               R"(","output":"a"},)" + usual + "]}";
    };
    const QByteArray sent =
        nativeCall(test::responsesConfig(), requestOf(body(QByteArray(65, 'x'))), "m")->request.body;
    const std::optional<json::Document> document = json::Document::parse(sent);
    QVERIFY(document);
    const QByteArray id = document->root()["input"].at(0)["call_id"].toByteArray();
    QVERIFY2(!id.isEmpty() && id.size() <= 64, id.constData());
    QCOMPARE(sent, body(id));
    const QByteArray fits = body(QByteArray(64, 'x'));
    QCOMPARE(nativeCall(test::responsesConfig(), requestOf(fits), "m")->request.body, fits);
}

void NativeCallsTest::toolsGetTheSameWordsWithoutDefaults()
{
    ProviderConfig config = test::responsesConfig();
    config.temperature = 0.5;
    config.maxTokens = 99;
    const QByteArray body =
        R"({"model":"m", "input":[{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":")" +
        QByteArray("lunargate1.abc") + R"("},{"role":"user","content":"a"}]})";
    const PreparedCall call =
        OpenAiResponsesProvider(config).responsesToolCall("/responses/compact", requestOf(body), "m2");
    QVERIFY(call);
    QVERIFY((*call)->request.url.path().endsWith(QLatin1String("/responses/compact")));
    QCOMPARE((*call)->request.body, R"({"model":"m2", "input":[{"role":"user","content":"a"}]})");
}

void NativeCallsTest::forwardsHeadersThatAskForFeatures()
{
    ChatRequest request = requestOf(R"({"input":"a"})");
    request.native->headers = responses::forwardedHeaders(
        {{"openai-beta", "x=1"}, {"Authorization", "Bearer client"}, {"Cookie", "c"}, {"session_id", "s"}});
    const auto call = nativeCall(test::responsesConfig(), request);
    QCOMPARE(call->request.headers.value("OpenAI-Beta"), "x=1");
    QCOMPARE(call->request.headers.count("Authorization"), 1);
    QVERIFY(!call->request.headers.contains("Cookie") && !call->request.headers.contains("session_id"));
    // That the client came by a WebSocket is no matter of the provider's.
    const QByteArray sockets = "responses_websockets=2026-02-06";
    QCOMPARE(responses::forwardedHeaders({{"OpenAI-Beta", "x=1, " + sockets}}).value("OpenAI-Beta"), "x=1");
    QVERIFY(!responses::forwardedHeaders({{"OpenAI-Beta", sockets}}).contains("OpenAI-Beta"));
}

void NativeCallsTest::refusedParametersAreTakenOut()
{
    ProviderConfig config = test::responsesConfig();
    config.quirks.refused = {"service_tier", "temperature", "top_logprobs"};
    config.temperature = 0.5;
    config.topP = 0.25;
    config.maxTokens = 99;
    const auto call =
        nativeCall(config, requestOf(R"({"model":"m","input":"a","service_tier":"flex","top_logprobs":0})"));
    QCOMPARE(call->request.body, R"({"model":"m","input":"a","top_p":0.25,"max_output_tokens":99})");
    QCOMPARE(call->droppedParams, std::vector<QByteArray>{"service_tier"});
    const PreparedCall refused =
        OpenAiResponsesProvider(config).chatCall(requestOf(R"({"input":"a","top_logprobs":3})"), "m");
    QVERIFY(!refused);
    QCOMPARE(refused.error().param, "top_logprobs");
}

void NativeCallsTest::passesWholeAnswers()
{
    const auto answer = anyNativeCall("")->readAnswer(kResponse);
    QVERIFY(answer);
    QCOMPARE(answer->body, kResponse);
    QVERIFY(answer->completion);
    QCOMPARE(answer->completion->text, "Hi");
    QCOMPARE(answer->usage->totalTokens(), 5);
    QVERIFY(!answer->isFiltered);
    const auto filtered = anyNativeCall("")->readAnswer(
        R"({"status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[]})");
    QVERIFY(filtered && filtered->isFiltered);
}

void NativeCallsTest::passesAnswersThatGoOnInTheBackground()
{
    const QByteArray body = R"({"id":"resp_b","status":"queued","background":true,"output":[]})";
    const auto answer = anyNativeCall("")->readAnswer(body);
    QVERIFY(answer);
    QCOMPARE(answer->body, body);
    QVERIFY(!anyNativeCall("")->readAnswer(R"({"id":"resp_b","status":"queued","output":[]})"));
}

void NativeCallsTest::failuresAreFailures_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("failed") << QByteArray(R"({"status":"failed","error":{"code":"server_error","message":"x"}})");
    QTest::newRow("no JSON") << QByteArray("<html>");
    QTest::newRow("no response") << QByteArray("{}");
}

void NativeCallsTest::failuresAreFailures()
{
    QFETCH(const QByteArray, body);
    QVERIFY(!anyNativeCall("")->readAnswer(body));
}

void NativeCallsTest::relaysThatAnswerInChatAreTranslated()
{
    const auto answer = anyNativeCall("")->readAnswer(R"({"choices":[{"message":{"content":"Hi"}}]})");
    QVERIFY(answer);
    QVERIFY(answer->body.isEmpty());
    QCOMPARE(answer->completion->text, "Hi");
}

void NativeCallsTest::passesStreams()
{
    const QByteArray stream =
        "event: response.created\ndata: "
        "{\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"resp_1\",\"model\":\"gpt-x\"}}\n\n"
        "event: response.output_item.added\ndata: { \"type\":\"response.output_item.added\", "
        "\"output_index\":0,\"item\":{\"type\":\"message\"}}\n\n"
        "event: response.output_text.delta\ndata: "
        "{\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"delta\":\"Hi\","
        "\"obfuscation\":\"xx\"}\n\n"
        "event: response.web_search_call.searching\ndata: "
        "{\"type\":\"response.web_search_call.searching\",\"x\":1.0}\n\n"
        "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":" +
        kResponse + "}\n\n";
    for (const qsizetype size : {stream.size(), qsizetype(1), qsizetype(7)}) {
        const auto call = anyNativeCall();
        QByteArray passed;
        QByteArray text;
        std::vector<ChatStreamEvent> events = test::readStream(*call->streamReader(), stream, size, size);
        QCOMPARE(events.back().kind, ChatStreamEvent::Kind::End);
        events.pop_back();
        for (const ChatStreamEvent &event : events) {
            QCOMPARE(event.kind, ChatStreamEvent::Kind::Chunk);
            text += event.delta.text;
            if (!event.payload.isEmpty())
                passed += event.payload + "\n\n";
        }
        QCOMPARE(passed, stream);
        QCOMPARE(text, "Hi");
        QCOMPARE(events.front().delta.id, "resp_1");
        QVERIFY(events.back().usage);
    }
}

void NativeCallsTest::aBrokenStreamIsAFailure()
{
    const auto call = anyNativeCall();
    const std::vector<ChatStreamEvent> events =
        test::readStream(*call->streamReader(),
                         "data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hi\"}\n\n"
                         "data: "
                         "{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"server_is_overloaded\","
                         "\"message\":\"m\"}}}\n\n",
                         4096, 1);
    QCOMPARE(events.size(), 2U);
    QCOMPARE(events[1].kind, ChatStreamEvent::Kind::Failure);
    QCOMPARE(events[1].error.upstreamCode, "server_is_overloaded");
    QVERIFY2(events[1].payload.startsWith("data: {\"type\":\"response.failed\""), events[1].payload.constData());
}

// Whoever asked for it must come to know its id, also if its turn comes much later.
void NativeCallsTest::whatRunsInTheBackgroundIsAnAnswerFromItsFirstEvent()
{
    const QByteArray queued =
        "data: {\"type\":\"response.queued\",\"response\":{\"id\":\"resp_1\",\"status\":\"queued\"}}\n\n";
    for (const bool isBackground : {false, true}) {
        const auto call = anyNativeCall(isBackground ? R"(,"background":true)" : R"(,"background":false)");
        std::vector<ChatStreamEvent> events;
        call->streamReader()->feed(queued, events);
        QCOMPARE(events.size(), 1U);
        QCOMPARE(events.front().isUseful, isBackground);
    }
}

void NativeCallsTest::anAnswerInChatReachesOtherClientsInCanonicalForm()
{
    ChatRequest request = requestOf(R"({"input":"a"})");
    request.native->protocol = ChatProtocol::AnthropicMessages;
    const auto call = nativeCall(test::responsesConfig(), request);
    QVERIFY(!call->isNative);
    const auto answer = call->readAnswer(R"({"choices":[{"message":{"content":"Hi"}}]})");
    QVERIFY(answer && answer->completion && answer->body.isEmpty());
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::NativeCallsTest)
#include "tst_native_calls.moc"
