// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/ollama/ollama_testing.h"

#include <QTest>

namespace lunargate {

class OllamaProviderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void asksTheConfiguredServer();
    void asksForAStreamOrForJson_data();
    void asksForAStreamOrForJson();
    void showsTheKeyOnlyIfThereIsOne_data();
    void showsTheKeyOnlyIfThereIsOne();
    void asksForItsOwnModelWhereNoneIsNamed();
    void nextTurnHasAllOfTheAnswer_data();
    void nextTurnHasAllOfTheAnswer();
};

namespace {

UpstreamRequest written(const ProviderConfig &config, const QByteArray &body, const QByteArray &model = "m")
{
    const OllamaProvider provider(config);
    PreparedCall result = test::callFor(provider, body, model);
    if (!result)
        qFatal("%s", result.error().message.constData());
    return std::move((*result)->request);
}

} // namespace

void OllamaProviderTest::asksTheConfiguredServer()
{
    ProviderConfig config = test::ollamaConfig();
    config.baseUrl = "http://10.0.0.7:11434/a%20b";
    config.connectTimeout = std::chrono::milliseconds(1234);
    const UpstreamRequest request = written(config, R"({"messages":[]})");
    QCOMPARE(request.method, "POST");
    QCOMPARE(request.url.toEncoded(), "http://10.0.0.7:11434/a%20b/api/chat");
    QCOMPARE(request.headers.value("Content-Type"), "application/json");
    QCOMPARE(request.connectTimeout.count(), 1234);
}

void OllamaProviderTest::asksForAStreamOrForJson_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("accept");
    QTest::addColumn<bool>("isStream");
    QTest::newRow("whole") << QByteArray(R"({"messages":[]})") << QByteArray("application/json") << false;
    QTest::newRow("stream") << QByteArray(R"({"messages":[],"stream":true})") << QByteArray("application/x-ndjson")
                            << true;
}

void OllamaProviderTest::asksForAStreamOrForJson()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, accept);
    QFETCH(const bool, isStream);
    const UpstreamRequest request = written(test::ollamaConfig(), body);
    QCOMPARE(request.headers.value("Accept"), accept);
    QCOMPARE(request.isStream, isStream);
}

void OllamaProviderTest::showsTheKeyOnlyIfThereIsOne_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("key") << QByteArray("key-1");
    QTest::newRow("no key") << QByteArray();
}

void OllamaProviderTest::showsTheKeyOnlyIfThereIsOne()
{
    QFETCH(const QByteArray, key);
    ProviderConfig config = test::ollamaConfig();
    config.apiKey = SecretString(key);
    const std::optional<QByteArray> value = written(config, R"({"messages":[]})").headers.value("Authorization");
    QCOMPARE(value, key.isEmpty() ? std::nullopt : std::optional<QByteArray>("Bearer key-1"));
}

void OllamaProviderTest::asksForItsOwnModelWhereNoneIsNamed()
{
    QCOMPARE(written(test::ollamaConfig(), R"({"messages":[]})", "").body,
             R"({"model":"llama3.2","stream":false,"messages":[]})");
}

void OllamaProviderTest::nextTurnHasAllOfTheAnswer_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::newRow("with an id") << QByteArray(R"("id":"call_x1",)");
    QTest::newRow("without") << QByteArray();
}

void OllamaProviderTest::nextTurnHasAllOfTheAnswer()
{
    QFETCH(const QByteArray, id);
    const OllamaProvider provider(test::ollamaConfig());
    const QByteArray answer = test::clientAnswer(
        *test::ollamaCall(provider),
        R"({"model":"q","created_at":"2026-06-01T10:00:00Z","message":{"role":"assistant","content":"Let me see.",)"
        R"("thinking":"Time?","tool_calls":[{)" +
            id +
            R"("function":{"name":"get_time","arguments":{"tz":"UTC","at":{"z":1,"a":null}}}}]},)"
            R"("done":true,"done_reason":"stop"})");
    const std::optional<json::Document> document = json::Document::parse(answer);
    QVERIFY2(document, answer.constData());
    const json::Value message = document->root()["choices"].at(0)["message"];
    const QByteArray callId = message["tool_calls"].at(0)["id"].toByteArray();

    const QByteArray next = R"({"messages":[{"role":"user","content":"Time?"},)" + json::toText(message) +
                            R"(,{"role":"tool","tool_call_id":")" + callId + R"(","content":"12:30"}]})";
    QCOMPARE(test::sentBody(provider, next),
             R"({"model":"m","stream":false,"messages":[{"role":"user","content":"Time?"},)"
             R"({"role":"assistant","content":"Let me see.","thinking":"Time?","tool_calls":[{"id":")" +
                 callId +
                 R"(","function":{"name":"get_time","arguments":{"tz":"UTC","at":{"z":1,"a":null}}}}]},)"
                 R"({"role":"tool","content":"12:30","tool_name":"get_time","tool_call_id":")" +
                 callId + R"("}]})");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::OllamaProviderTest)
#include "tst_ollama_provider.moc"
