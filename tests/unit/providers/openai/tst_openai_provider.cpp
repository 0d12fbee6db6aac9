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

    void asksOpenAiByDefault();
    void asksTheConfiguredService();
    void showsTheKeyOnlyIfThereIsOne_data();
    void showsTheKeyOnlyIfThereIsOne();
    void asksForAStreamOrForJson_data();
    void asksForAStreamOrForJson();
    void sendsTheModelOfTheTarget();
    void readsWithItsOwnKey();
};

namespace {

UpstreamRequest written(const ProviderConfig &config, const QByteArray &body = "{}", const QByteArray &model = "m")
{
    PreparedCall result = test::callFor(OpenAiProvider(config), body, model);
    if (!result)
        qFatal("%s", result.error().message.constData());
    return std::move((*result)->request);
}

} // namespace

void OpenAiProviderTest::asksOpenAiByDefault()
{
    const UpstreamRequest call = written({});
    QCOMPARE(call.method, "POST");
    QCOMPARE(call.url.toEncoded(), "https://api.openai.com/v1/chat/completions");
    QCOMPARE(call.headers.value("Content-Type"), "application/json");
}

void OpenAiProviderTest::asksTheConfiguredService()
{
    ProviderConfig config;
    config.baseUrl = "http://127.0.0.1:11434/a%20b/v1";
    config.organization = "org-1";
    config.connectTimeout = std::chrono::milliseconds(1234);
    const UpstreamRequest call = written(config);
    QCOMPARE(call.url.toEncoded(), "http://127.0.0.1:11434/a%20b/v1/chat/completions");
    QCOMPARE(call.headers.value("OpenAI-Organization"), "org-1");
    QCOMPARE(call.connectTimeout.count(), 1234);
}

void OpenAiProviderTest::showsTheKeyOnlyIfThereIsOne_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("key") << QByteArray("sk-1");
    QTest::newRow("no key") << QByteArray();
}

void OpenAiProviderTest::showsTheKeyOnlyIfThereIsOne()
{
    QFETCH(const QByteArray, key);
    ProviderConfig config;
    config.apiKey = SecretString(key);
    const std::optional<QByteArray> value = written(config).headers.value("Authorization");
    QCOMPARE(value, key.isEmpty() ? std::nullopt : std::optional<QByteArray>("Bearer sk-1"));
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

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::OpenAiProviderTest)
#include "tst_openai_provider.moc"
