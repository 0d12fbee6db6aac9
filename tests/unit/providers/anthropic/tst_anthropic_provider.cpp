// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/anthropic/anthropic_testing.h"

#include <QTest>

namespace lunargate {

class AnthropicProviderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void asksTheConfiguredService_data();
    void asksTheConfiguredService();
    void sendsTheHeadersOfTheProtocol();
    void sendsNoKeyIfThereIsNone();
    void asksForAStreamOrForJson_data();
    void asksForAStreamOrForJson();
    void asksForTheDefaultModelIfNoneIsChosen();
    void refusesWhatCouldNotBeRead();
    void hasNoEmbeddings();
    void asksForModelsPageByPage();
    void losesNothingFromTurnToTurn();
    void streamsTurnsThatComeBack();
};

namespace {

UpstreamRequest requestWith(const ProviderConfig &config, const QByteArray &members = {},
                            const QByteArray &model = test::kModel)
{
    const AnthropicProvider provider(config);
    PreparedCall call =
        test::callFor(provider, R"({"messages":[{"role":"user","content":"Hi"}])" + members + '}', model);
    if (!call)
        qFatal("%s", call.error().message.constData());
    return std::move((*call)->request);
}

} // namespace

void AnthropicProviderTest::asksTheConfiguredService_data()
{
    QTest::addColumn<QByteArray>("base");
    QTest::addColumn<QByteArray>("url");
    QTest::newRow("Anthropic") << QByteArray("https://api.anthropic.com")
                               << QByteArray("https://api.anthropic.com/v1/messages");
    QTest::newRow("with a version") << QByteArray("http://127.0.0.1:1/a%20b/v1")
                                    << QByteArray("http://127.0.0.1:1/a%20b/v1/messages");
    QTest::newRow("with a path") << QByteArray("https://x.example/anthropic")
                                 << QByteArray("https://x.example/anthropic/v1/messages");
}

void AnthropicProviderTest::asksTheConfiguredService()
{
    QFETCH(const QByteArray, base);
    QFETCH(const QByteArray, url);
    ProviderConfig config = test::anthropicConfig();
    config.baseUrl = base;
    config.connectTimeout = std::chrono::milliseconds(1234);
    const UpstreamRequest request = requestWith(config);
    QCOMPARE(request.method, "POST");
    QCOMPARE(request.url.toEncoded(), url);
    QCOMPARE(request.connectTimeout.count(), 1234);
}

void AnthropicProviderTest::sendsTheHeadersOfTheProtocol()
{
    ProviderConfig config = test::anthropicConfig();
    UpstreamRequest request = requestWith(config);
    QCOMPARE(request.headers.value("x-api-key"), "sk-ant-canary-0123456789");
    QVERIFY(!request.headers.contains("Authorization"));
    QCOMPARE(request.headers.value("anthropic-version"), "2023-06-01");
    QCOMPARE(request.headers.value("Content-Type"), "application/json");
    QVERIFY(!request.url.toEncoded().contains("sk-ant"));
    config.apiVersion = "2030-01-01";
    request = requestWith(config);
    QCOMPARE(request.headers.value("anthropic-version"), "2030-01-01");
}

void AnthropicProviderTest::sendsNoKeyIfThereIsNone()
{
    ProviderConfig config = test::anthropicConfig();
    config.apiKey = {};
    QVERIFY(!requestWith(config).headers.contains("x-api-key"));
}

void AnthropicProviderTest::asksForAStreamOrForJson_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("accept");
    QTest::addColumn<bool>("isStream");
    QTest::newRow("whole") << QByteArray() << QByteArray("application/json") << false;
    QTest::newRow("stream") << QByteArray(R"(,"stream":true)") << QByteArray("text/event-stream") << true;
}

void AnthropicProviderTest::asksForAStreamOrForJson()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, accept);
    QFETCH(const bool, isStream);
    const UpstreamRequest request = requestWith(test::anthropicConfig(), members);
    QCOMPARE(request.headers.value("Accept"), accept);
    QCOMPARE(request.isStream, isStream);
}

void AnthropicProviderTest::asksForTheDefaultModelIfNoneIsChosen()
{
    ProviderConfig config = test::anthropicConfig();
    config.defaultModel = "claude-default";
    QCOMPARE(test::memberOf(requestWith(config, {}, {}).body, "model"), "\"claude-default\"");
}

void AnthropicProviderTest::refusesWhatCouldNotBeRead()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const PreparedCall call = test::callFor(provider, R"({"messages":[{"role":"ghost"}]})");
    QVERIFY(!call);
    QCOMPARE(call.error().param, "messages[0].role");
}

void AnthropicProviderTest::hasNoEmbeddings()
{
    const PreparedCall call = AnthropicProvider(test::anthropicConfig()).embeddingsCall({}, "m");
    QVERIFY(!call);
    QCOMPARE(call.error().reason, "embeddings_not_supported");
}

void AnthropicProviderTest::asksForModelsPageByPage()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const std::optional<UpstreamRequest> first = provider.modelsRequest({});
    QVERIFY(first);
    QCOMPARE(first->method, "GET");
    QCOMPARE(first->url.toEncoded(), "https://api.anthropic.com/v1/models?limit=1000");
    QCOMPARE(first->headers.value("x-api-key"), "sk-ant-canary-0123456789");
    QCOMPARE(first->headers.value("anthropic-version"), "2023-06-01");
    const std::optional<UpstreamRequest> second = provider.modelsRequest("a&b=c");
    QVERIFY(second);
    QCOMPARE(second->url.toEncoded(), "https://api.anthropic.com/v1/models?limit=1000&after_id=a%26b%3Dc");
    const Result<ModelPage> page = provider.readModels(R"({"data":[{"id":"claude-a"}],"has_more":false})");
    QVERIFY(page);
    QCOMPARE(page->models.size(), 1);
}

void AnthropicProviderTest::losesNothingFromTurnToTurn()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const QByteArray blocks = R"([{"type":"thinking","thinking":"Hm.","signature":"s1"},)"
                              R"({"type":"redacted_thinking","data":"xyz"},)"
                              R"({"type":"thinking","thinking":"","signature":"s2"},)"
                              R"({"type":"text","text":"Checking."},)"
                              R"({"type":"tool_use","id":"toolu_1","name":"get_time","input":{"z":1,"a":"é"}}])";
    const QByteArray answer =
        test::clientAnswer(*test::callWithTools(provider, false),
                           R"({"id":"msg_1","model":"claude-y","stop_reason":"tool_use","content":)" + blocks + '}');
    const std::optional<json::Document> document = json::Document::parse(answer);
    QVERIFY(document);
    // The client sends back what it got.
    const QByteArray next = R"({"messages":[{"role":"user","content":"Hi"},)" +
                            json::toText(document->root()["choices"].at(0)["message"]) +
                            R"(,{"role":"tool","tool_call_id":"toolu_1","content":"12:00"}],"reasoning_effort":"low",)"
                            R"("tools":[{"type":"function","function":{"name":"get.time"}}]})";
    const QByteArray sent = test::sentBody(provider, next, test::kModel);
    QCOMPARE(test::memberOf(sent, "messages"),
             R"([{"role":"user","content":[{"type":"text","text":"Hi"}]},{"role":"assistant","content":)" + blocks +
                 R"(},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"12:00"}]}])");
    QCOMPARE(test::memberOf(sent, "thinking"), R"({"type":"enabled","budget_tokens":1024})");
}

void AnthropicProviderTest::streamsTurnsThatComeBack()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const QByteArray stream =
        "data: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\"}}\n\n"
        "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\"}}\n\n"
        "data: "
        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"Hm.\"}}"
        "\n\n"
        "data: "
        "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"s1\"}}"
        "\n\n"
        "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
        "data: {\"type\":\"message_stop\"}\n\n";
    const std::unique_ptr<ChatStreamReader> reader = test::callWithTools(provider, true)->streamReader();
    QByteArray details;
    for (const ChatStreamEvent &event : test::readStream(*reader, stream, stream.size(), 1))
        details += event.delta.reasoningDetail;
    const QByteArray next =
        R"({"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"a","reasoning_details":[)" +
        details + R"(]},{"role":"user","content":"Go on"}]})";
    QVERIFY(test::sentBody(provider, next, test::kModel)
                .contains(R"([{"type":"thinking","thinking":"Hm.","signature":"s1"},{"type":"text","text":"a"}])"));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AnthropicProviderTest)
#include "tst_anthropic_provider.moc"
