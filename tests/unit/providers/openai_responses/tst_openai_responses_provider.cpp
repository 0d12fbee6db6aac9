// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/openai_responses/responses_testing.h"

#include <QTest>

namespace lunargate {

class OpenAiResponsesProviderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void asksTheConfiguredService();
    void asksForAStreamOrForJson_data();
    void asksForAStreamOrForJson();
    void showsNoKeyIfThereIsNone();
    void readsErrorsLikeItsSister();
    void nothingIsLostFromTurnToTurn();
};

namespace {

const QByteArray kBody = R"({"messages":[{"role":"user","content":"hi"}]})";

UpstreamRequest written(const ProviderConfig &config, const QByteArray &body = kBody)
{
    const OpenAiResponsesProvider provider(config);
    PreparedCall result = test::callFor(provider, body);
    if (!result)
        qFatal("%s", result.error().message.constData());
    return std::move((*result)->request);
}

} // namespace

void OpenAiResponsesProviderTest::asksTheConfiguredService()
{
    ProviderConfig config = test::responsesConfig();
    config.baseUrl = "http://127.0.0.1:1234/a%20b/v1";
    config.organization = "org-1";
    config.connectTimeout = std::chrono::milliseconds(1234);
    const UpstreamRequest request = written(config);
    QCOMPARE(request.method, "POST");
    QCOMPARE(request.url.toEncoded(), "http://127.0.0.1:1234/a%20b/v1/responses");
    QCOMPARE(request.headers.value("Authorization"), "Bearer sk-canary-0123456789");
    QCOMPARE(request.headers.value("Content-Type"), "application/json");
    QCOMPARE(request.headers.value("OpenAI-Organization"), "org-1");
    QCOMPARE(request.connectTimeout.count(), 1234);
    QVERIFY(!request.body.contains("\"messages\""));
}

void OpenAiResponsesProviderTest::asksForAStreamOrForJson_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArray>("accept");
    QTest::newRow("whole") << QByteArray("false") << QByteArray("application/json");
    QTest::newRow("stream") << QByteArray("true") << QByteArray("text/event-stream");
}

void OpenAiResponsesProviderTest::asksForAStreamOrForJson()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const QByteArray, accept);
    const UpstreamRequest request =
        written(test::responsesConfig(), R"({"messages":[{"role":"user","content":"hi"}],"stream":)" + stream + "}");
    QCOMPARE(request.headers.value("Accept"), accept);
    QCOMPARE(request.isStream, stream == "true");
}

void OpenAiResponsesProviderTest::showsNoKeyIfThereIsNone()
{
    ProviderConfig config = test::responsesConfig();
    config.apiKey = {};
    QVERIFY(!written(config).headers.value("Authorization"));
}

void OpenAiResponsesProviderTest::readsErrorsLikeItsSister()
{
    const OpenAiResponsesProvider provider(test::responsesConfig());
    const UpstreamFailure failure = provider.readError(
        {.status = 404, .headers = {}}, R"({"error":{"message":"no sk-canary-0123456789","code":"model_not_found"}})");
    QCOMPARE(failure.error.message, "no ***");
    QCOMPARE(failure.error.upstreamStatus, 404);
    QCOMPARE(failure.error.upstreamCode, "model_not_found");
}

void OpenAiResponsesProviderTest::nothingIsLostFromTurnToTurn()
{
    const OpenAiResponsesProvider provider(test::responsesConfig());
    const QByteArray reasoning =
        R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Two zones"}],"encrypted_content":"gAAA"})";
    const QByteArray second = R"({"type":"reasoning","id":"rs_2","summary":[],"encrypted_content":"gBBB"})";
    const QByteArray last = R"({"type":"reasoning","id":"rs_3","summary":[],"encrypted_content":"gCCC"})"; // cut
    const QByteArray call =
        R"({"type":"function_call","call_id":"call_a","name":"get_time","arguments":"{\"tz\": \"UTC\"}"})";
    const QByteArray custom = R"({"type":"custom_tool_call","call_id":"call_b","name":"patch","input":"*** Begin\n"})";
    const QByteArray message =
        R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"Looking."}]})";
    const QByteArray user =
        R"({"role":"user","content":[{"type":"text","text":"Where?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA==","detail":"high"}}]})";

    // The first turn's answer, as a client keeps it.
    const PreparedCall first = test::callFor(provider, "{\"messages\":[" + user + "]}");
    QVERIFY(first);
    const QByteArray answer = test::clientAnswer(
        **first, R"({"id":"resp_1","status":"completed","output":[)" +
                     QByteArrayList{reasoning, message, second, call, custom, last}.join(',') + "]}");
    const std::optional<json::Document> document = json::Document::parse(answer);
    QVERIFY2(document, answer);
    const QByteArray kept = json::toText(document->root()["choices"].at(0)["message"]);

    // The second turn: the items are what they were.
    const QByteArray body = test::sentBody(provider, "{\"messages\":[" + user + ',' + kept +
                                                         R"(,{"role":"tool","tool_call_id":"call_a","content":"noon"},)"
                                                         R"({"role":"tool","tool_call_id":"call_b","content":"ok"}]})");
    const std::optional<json::Document> sent = json::Document::parse(body);
    QVERIFY2(sent, body);
    const QByteArray input = json::toText(sent->root()["input"]);
    const QByteArray sentUser =
        R"({"type":"message","role":"user","content":[{"type":"input_text","text":"Where?"},{"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"high"}]})";
    const QByteArrayList expected{sentUser,
                                  reasoning,
                                  message,
                                  second,
                                  call,
                                  custom,
                                  R"({"type":"function_call_output","call_id":"call_a","output":"noon"})",
                                  R"({"type":"custom_tool_call_output","call_id":"call_b","output":"ok"})"};
    QCOMPARE(input, '[' + expected.join(',') + ']');

    // Nobody else can read what was encrypted.
    ProviderConfig other = test::responsesConfig();
    other.baseUrl = "https://eu.api.openai.com/v1";
    const OpenAiResponsesProvider otherProvider(other);
    const PreparedCall elsewhere = test::callFor(otherProvider, "{\"messages\":[" + user + ',' + kept + "]}");
    QVERIFY(elsewhere);
    QVERIFY(!(*elsewhere)->request.body.contains("gAAA") && !(*elsewhere)->request.body.contains("rs_1"));
    QCOMPARE((*elsewhere)->droppedParams, std::vector<QByteArray>{"messages.reasoning_details"});
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::OpenAiResponsesProviderTest)
#include "tst_openai_responses_provider.moc"
