// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/openai_provider.h"
#include "tests/unit/providers/protocol_testing.h"

#include <QTest>

namespace lunargate {

class OpenAiProviderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void asksTheConfiguredService();
    void asksForAStreamOrForJson_data();
    void asksForAStreamOrForJson();
    void sendsTheModelOfTheTarget();
    void readsWithItsOwnKey();
    void tellsWhatItLeftOut();
    void refusesWhatTheServiceCannotDo();
    void asksForTheModels();
    void doesNotAskForModelsWhereThereIsNoList_data();
    void doesNotAskForModelsWhereThereIsNoList();
};

namespace {

UpstreamRequest written(const ProviderConfig &config, const QByteArray &body = "{}", const QByteArray &model = "m")
{
    const OpenAiProvider provider(config);
    PreparedCall result = test::callFor(provider, body, model);
    if (!result)
        qFatal("%s", result.error().message.constData());
    return std::move((*result)->request);
}

} // namespace

void OpenAiProviderTest::asksTheConfiguredService()
{
    ProviderConfig config;
    config.baseUrl = "http://127.0.0.1:11434/a%20b/v1";
    config.organization = "org-1";
    config.connectTimeout = std::chrono::milliseconds(1234);
    config.apiKey = SecretString("sk-1");
    config.headers = {{"x-title", "LunarGate"}};
    const UpstreamRequest call = written(config);
    QCOMPARE(call.method, "POST");
    QCOMPARE(call.url.toEncoded(), "http://127.0.0.1:11434/a%20b/v1/chat/completions");
    QCOMPARE(call.headers.value("Content-Type"), "application/json");
    QCOMPARE(call.headers.value("Authorization"), "Bearer sk-1");
    QCOMPARE(call.headers.value("X-Title"), "LunarGate");
    QCOMPARE(call.headers.value("OpenAI-Organization"), "org-1");
    QCOMPARE(call.connectTimeout.count(), 1234);
}

void OpenAiProviderTest::asksForAStreamOrForJson_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("accept");
    QTest::newRow("whole") << QByteArray("{}") << QByteArray("application/json");
    QTest::newRow("stream") << QByteArray(R"({"stream":true})") << QByteArray("text/event-stream");
}

void OpenAiProviderTest::asksForAStreamOrForJson()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, accept);
    QCOMPARE(written({}, body).headers.value("Accept"), accept);
}

void OpenAiProviderTest::sendsTheModelOfTheTarget()
{
    QCOMPARE(written({}, R"({"model":"openai/gpt-4o","n":1.0})", "gpt-4o").body, R"({"model":"gpt-4o","n":1.0})");
}

void OpenAiProviderTest::readsWithItsOwnKey()
{
    ProviderConfig config;
    config.apiKey = SecretString("sk-canary-0123456789");
    const OpenAiProvider provider(config);
    const QByteArray body = R"({"error":{"message":"sk-canary-0123456789"}})";
    QCOMPARE(provider.readError({.status = 401, .headers = {}}, body).error.message, "***");
    const PreparedCall call = test::callFor(provider, "{}");
    QVERIFY(call);
    QCOMPARE((*call)->readAnswer(body).error().error.message, "***");
    std::vector<ChatStreamEvent> events;
    (*call)->streamReader()->feed("data: " + body + "\n\n", events);
    QCOMPARE(events.size(), 1);
    QCOMPARE(events[0].error.message, "***");
}

void OpenAiProviderTest::tellsWhatItLeftOut()
{
    ProviderConfig config;
    config.quirks.refused = {"seed"};
    const OpenAiProvider provider(config);
    const PreparedCall call = test::callFor(provider, R"({"seed":1,"user":"u"})");
    QVERIFY(call);
    QCOMPARE((*call)->request.body, R"({"user":"u","model":"m"})");
    QCOMPARE((*call)->droppedParams, std::vector<QByteArray>{"seed"});
}

void OpenAiProviderTest::refusesWhatTheServiceCannotDo()
{
    ProviderConfig config;
    config.id = "p";
    config.quirks.refused = {"n"};
    const OpenAiProvider provider(config);
    const PreparedCall call = test::callFor(provider, R"({"n":2})");
    QVERIFY(!call);
    QCOMPARE(call.error().kind, ErrorKind::InvalidRequest);
    QCOMPARE(call.error().reason, "unsupported_parameter");
    QCOMPARE(call.error().param, "n");
    QVERIFY(call.error().message.contains("'p'"));
}

void OpenAiProviderTest::asksForTheModels()
{
    ProviderConfig config;
    config.baseUrl = "https://api.example.com/v1";
    config.apiKey = SecretString("sk-1");
    config.query = {{"api-version", "preview"}};
    const std::optional<UpstreamRequest> request = OpenAiProvider(config).modelsRequest({});
    QVERIFY(request);
    QCOMPARE(request->method, "GET");
    QCOMPARE(request->url.toEncoded(), "https://api.example.com/v1/models?api-version=preview");
    QCOMPARE(request->headers.value("Authorization"), "Bearer sk-1");
    QCOMPARE(request->headers.value("Content-Type"), std::nullopt);
    QCOMPARE(request->body, QByteArray());
}

void OpenAiProviderTest::doesNotAskForModelsWhereThereIsNoList_data()
{
    QTest::addColumn<QByteArray>("baseUrl");
    QTest::addColumn<bool>("hasList");
    QTest::newRow("no list") << QByteArray("https://api.perplexity.ai") << false;
    QTest::newRow("a deployment is one model") << QByteArray("https://r.openai.azure.com/openai/deployments/d") << true;
}

void OpenAiProviderTest::doesNotAskForModelsWhereThereIsNoList()
{
    QFETCH(const QByteArray, baseUrl);
    QFETCH(const bool, hasList);
    ProviderConfig config;
    config.baseUrl = baseUrl;
    config.capabilities.models = hasList;
    QVERIFY(!OpenAiProvider(config).modelsRequest({}));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::OpenAiProviderTest)
#include "tst_openai_provider.moc"
