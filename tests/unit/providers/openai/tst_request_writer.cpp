// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/request_reader.h"
#include "gateway/providers/openai/request_writer.h"

#include <QTest>

namespace lunargate {

class RequestWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void changesNothingWithoutNeed();
    void setsTheModel_data();
    void setsTheModel();
    void fillsInTheProvidersDefaults_data();
    void fillsInTheProvidersDefaults();
    void leavesReasoningModelsTheirOwnSampling();
    void asksStreamsForUsage_data();
    void asksStreamsForUsage();
    void renamesTheDeveloperRole_data();
    void renamesTheDeveloperRole();
    void leavesTheDeveloperRoleToOtherProviders();
    void limitsAnswersWhereTheClientDoesNot_data();
    void limitsAnswersWhereTheClientDoesNot();
    void changesAllAtOnce();
};

namespace {

QByteArray written(const QByteArray &body, const QByteArray &model = {}, const ProviderConfig &provider = {})
{
    const Result<ChatRequest> request = openai_chat::readRequest(body, 512);
    if (!request)
        qFatal("%s", request.error().message.constData());
    const Result<openai::WrittenRequest> written = openai::writeChatRequest(*request, model, provider);
    return written ? written->body : written.error().reason + ' ' + written.error().param;
}

} // namespace

void RequestWriterTest::changesNothingWithoutNeed()
{
    const QByteArray body =
        " {\"model\" : \"m\",\r\n\"messages\":[{\"role\":\"user\",\"content\":\"\\u00e9\xC3\xA9\"}],"
        "\"max_completion_tokens\":100.0,\"seed\":12345678901234567890,\"x\":{\"b\":1,\"a\":2},"
        "\"n\":1,\"n\":2 }\n";
    QCOMPARE(written(body, "m"), body);
    QCOMPARE(written(body), body); // the provider's own choice
}

void RequestWriterTest::setsTheModel_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("replaced") << QByteArray(R"({"model":"openai/gpt-4o","n":1})")
                              << QByteArray(R"({"model":"m/1","n":1})");
    QTest::newRow("escaped") << QByteArray(R"({"m\u006fdel":"openai\/x"})") << QByteArray(R"({"m\u006fdel":"m/1"})");
    QTest::newRow("null") << QByteArray(R"({"model":null})") << QByteArray(R"({"model":"m/1"})");
    QTest::newRow("missing") << QByteArray(R"({"n":1})") << QByteArray(R"({"n":1,"model":"m/1"})");
    QTest::newRow("empty object") << QByteArray("{}") << QByteArray(R"({"model":"m/1"})");
    QTest::newRow("the same in other spelling")
        << QByteArray(R"({"model":"m\/1"})") << QByteArray(R"({"model":"m\/1"})");
}

void RequestWriterTest::setsTheModel()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, expected);
    QCOMPARE(written(body, "m/1"), expected);
}

void RequestWriterTest::fillsInTheProvidersDefaults_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("missing") << QByteArray(R"({"n":1})") << QByteArray(R"({"n":1,"temperature":0.7,"top_p":1})");
    QTest::newRow("null") << QByteArray(R"({"top_p":null,"temperature":null})")
                          << QByteArray(R"({"top_p":1,"temperature":0.7})");
    QTest::newRow("the client's win") << QByteArray(R"({"top_p":0.50,"temperature":0})")
                                      << QByteArray(R"({"top_p":0.50,"temperature":0})");
}

void RequestWriterTest::fillsInTheProvidersDefaults()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, expected);
    ProviderConfig provider;
    provider.temperature = 0.7;
    provider.topP = 1;
    QCOMPARE(written(body, {}, provider), expected);
}

void RequestWriterTest::leavesReasoningModelsTheirOwnSampling()
{
    // They refuse others ("Unsupported value: 'temperature' does not support 0.7 with this model").
    ProviderConfig provider;
    provider.temperature = 0.7;
    provider.topP = 0.5;
    QCOMPARE(written("{}", "o4-mini", provider), R"({"model":"o4-mini"})");
    QCOMPARE(written(R"({"model":"openai/gpt-5"})", {}, provider), R"({"model":"openai/gpt-5"})");
    QCOMPARE(written(R"({"temperature":1})", "gpt-5", provider), R"({"temperature":1,"model":"gpt-5"})");
}

void RequestWriterTest::asksStreamsForUsage_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray body, QByteArray expected) {
        QTest::newRow(name) << std::move(body) << std::move(expected);
    };
    row("no options", R"({"stream":true})", R"({"stream":true,"stream_options":{"include_usage":true}})");
    row("null", R"({"stream":true,"stream_options":null})",
        R"({"stream":true,"stream_options":{"include_usage":true}})");
    row("empty", R"({"stream_options":{},"stream":true})",
        R"({"stream_options":{"include_usage":true},"stream":true})");
    row("others stay", R"({"stream":true,"stream_options":{"include_obfuscation":false}})",
        R"({"stream":true,"stream_options":{"include_obfuscation":false,"include_usage":true}})");
    row("declined", R"({"stream":true,"stream_options":{"include_usage":false}})",
        R"({"stream":true,"stream_options":{"include_usage":true}})");
    row("asked for already", R"({"stream":true,"stream_options":{ "include_usage" : true }})",
        R"({"stream":true,"stream_options":{ "include_usage" : true }})");
    // OpenAI answers 400 to stream_options without a stream.
    row("no stream", R"({"stream":false})", R"({"stream":false})");
    row("stream is null", R"({"stream":null})", R"({"stream":null})");
}

void RequestWriterTest::asksStreamsForUsage()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, expected);
    QCOMPARE(written(body), expected);
}

void RequestWriterTest::renamesTheDeveloperRole_data()
{
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray messages, QByteArray expected) {
        QTest::newRow(name) << std::move(messages) << std::move(expected);
    };
    row("renamed", R"([{"role":"developer","content":"x"},{"content":"y","role" : "developer"}])",
        R"([{"role":"system","content":"x"},{"content":"y","role" : "system"}])");
    row("any case, with spaces", R"([{"role":" Developer "}])", R"([{"role":"system"}])");
    row("other roles", R"([{"role":"system"},{"role":"user"},{"role":"tool"}])",
        R"([{"role":"system"},{"role":"user"},{"role":"tool"}])");
    row("in the text", R"([{"role":"user","content":"\"role\":\"developer\"","name":"developer"}])",
        R"([{"role":"user","content":"\"role\":\"developer\"","name":"developer"}])");
    row("deeper", R"([{"role":"user","content":[{"role":"developer"}]}])",
        R"([{"role":"user","content":[{"role":"developer"}]}])");
    row("odd messages", R"([1,null,"developer",[],{"role":7},{}])", R"([1,null,"developer",[],{"role":7},{}])");
    row("null", "null", "null");
}

void RequestWriterTest::renamesTheDeveloperRole()
{
    QFETCH(const QByteArray, messages);
    QFETCH(const QByteArray, expected);
    ProviderConfig profile;
    profile.compatibilityProfile = "deepseek";
    ProviderConfig flag;
    flag.normalizeDeveloperRole = true;
    QCOMPARE(written("{\"messages\":" + messages + "}", {}, profile), "{\"messages\":" + expected + "}");
    QCOMPARE(written("{\"messages\":" + messages + "}", {}, flag), "{\"messages\":" + expected + "}");
}

void RequestWriterTest::leavesTheDeveloperRoleToOtherProviders()
{
    const QByteArray body = R"({"messages":[{"role":"developer"}]})";
    QCOMPARE(written(body), body);
}

void RequestWriterTest::limitsAnswersWhereTheClientDoesNot_data()
{
    QTest::addColumn<MaxTokensField>("field");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, MaxTokensField field, QByteArray body, QByteArray expected) {
        QTest::newRow(name) << field << std::move(body) << std::move(expected);
    };
    using enum MaxTokensField;
    row("missing", AsSent, "{}", R"({"max_tokens":9})");
    row("null", AsSent, R"({"max_tokens":null})", R"({"max_tokens":9})");
    row("the client's wins", AsSent, R"({"max_tokens":5})", R"({"max_tokens":5})");
    row("the client's, in its other form", AsSent, R"({"max_completion_tokens":5})", R"({"max_completion_tokens":5})");
    row("modern service", MaxCompletionTokens, "{}", R"({"max_completion_tokens":9})");
    row("modern service, null in the older form", MaxCompletionTokens, R"({"max_tokens":null})",
        R"({"max_completion_tokens":9})");
    row("reasoning model", ByModel, R"({"model":"o3"})", R"({"model":"o3","max_completion_tokens":9})");
    row("other model", ByModel, R"({"model":"gpt-4o"})", R"({"model":"gpt-4o","max_tokens":9})");
}

void RequestWriterTest::limitsAnswersWhereTheClientDoesNot()
{
    QFETCH(const MaxTokensField, field);
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, expected);
    ProviderConfig provider;
    provider.maxTokens = 9;
    provider.quirks.maxTokensField = field;
    QCOMPARE(written(body, {}, provider), expected);
}

void RequestWriterTest::changesAllAtOnce()
{
    ProviderConfig provider;
    provider.temperature = 0.5;
    provider.normalizeDeveloperRole = true;
    QCOMPARE(written(R"({"messages":[{"role":"developer"}],"stream":true,"stream_options":{}})", "m", provider),
             R"({"messages":[{"role":"system"}],"stream":true,"stream_options":{"include_usage":true},)"
             R"("model":"m","temperature":0.5})");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RequestWriterTest)
#include "tst_request_writer.moc"
