// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using test::contentChunk;
using test::GatewayInMemory;
using test::Script;
using test::transportError;

/// What the client gets once a provider has answered.
class AnswerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void passesWholeAnswersByteForByte();
    void passesEachEventBeforeTheNextComes();
    void leavesTheUsageChunkToThoseWhoAsked_data();
    void leavesTheUsageChunkToThoseWhoAsked();
    void keepsCommentsComments();
    void tellsInsideOfTheStreamWhatBrokeIt_data();
    void tellsInsideOfTheStreamWhatBrokeIt();
    void endsStreamsWhoseEndWouldRepeatTooMuch();
    void readsNoFasterThanTheClient();
    void blamesNoProviderForASlowClient();
    void keepsTheConnectionAfterAStream();
    void waitsNoLongForTheEndBehindTheEndMark();
    void answersAFaultOfOursWith500();
    void keepsSilentStreamsAliveWithoutTouchingTheProvidersLimits();
    void estimatesWhatACutStreamUsed();
    void estimatesWhatACutStreamWroteThoughItToldAStart();
    void takesThoughtsOutOfTheTextWhereAsked();
    void refusesToolsInTwoForms();
};

namespace {

constexpr char kDone[] = "data: [DONE]\n\n";

QByteArray frame(const QByteArray &payload)
{
    return "data: " + payload + "\n\n";
}

} // namespace

void AnswerTest::passesWholeAnswersByteForByte()
{
    const QByteArray answer = "{ \"choices\":[{\"x\":1.50}],\n\"new\":\"\\u00e9\xC3\xA9\",\"n\":1,\"n\":2 }\n";
    Script script;
    for (const char byte : answer)
        script.bytes(QByteArray(1, byte));
    GatewayInMemory gateway({script});
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), answer);
    QCOMPARE(gateway.header("Content-Type"), "application/json");
}

void AnswerTest::passesEachEventBeforeTheNextComes()
{
    Script script;
    script.data(test::kRoleChunk).data(contentChunk("a")).wait().data(contentChunk("b")).wait().data("[DONE]");
    GatewayInMemory gateway({script});
    gateway.postStream();
    const QByteArray first = frame(test::kRoleChunk) + frame(contentChunk("a"));
    QTRY_COMPARE(gateway.body(), first);
    QCOMPARE(gateway.header("Content-Type"), "text/event-stream; charset=utf-8");
    QCOMPARE(gateway.header("Cache-Control"), "no-cache");
    QCOMPARE(gateway.header("X-Accel-Buffering"), "no");
    gateway.transport->letGo();
    QTRY_COMPARE(gateway.body(), first + frame(contentChunk("b")));
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), first + frame(contentChunk("b")) + kDone);
    QCOMPARE(gateway.requests(200), 1);
}

void AnswerTest::leavesTheUsageChunkToThoseWhoAsked_data()
{
    QTest::addColumn<QByteArray>("options");
    QTest::addColumn<bool>("asked");
    QTest::newRow("did not ask") << QByteArray() << false;
    QTest::newRow("declined") << QByteArray(R"(,"stream_options":{"include_usage":false})") << false;
    QTest::newRow("asked") << QByteArray(R"(,"stream_options":{"include_usage":true})") << true;
}

void AnswerTest::leavesTheUsageChunkToThoseWhoAsked()
{
    QFETCH(const QByteArray, options);
    QFETCH(const bool, asked);
    GatewayInMemory gateway({Script::stream({contentChunk("a"), test::kUsageChunk})});
    gateway.postStream(options);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), frame(contentChunk("a")) + (asked ? frame(test::kUsageChunk) : QByteArray()) + kDone);
    QVERIFY(gateway.transport->requests.front().body.contains(R"("include_usage":true)"));
    // Known to the gateway either way.
    QTRY_COMPARE(gateway.metrics().value(R"(ai_router_tokens_total{direction="input",model="m1",provider="one"})"), 3);
    QCOMPARE(gateway.metrics().value(R"(ai_router_tokens_total{direction="output",model="m1",provider="one"})"), 4);
}

void AnswerTest::keepsCommentsComments()
{
    Script script;
    script.bytes(": PROCESSING\n\n").data(contentChunk("a")).bytes(": still\n\n").data(": keepalive").data("[DONE]");
    GatewayInMemory gateway({script});
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), frame(contentChunk("a")) + ": still\n\n" + ": : keepalive\n\n" + kDone);
}

void AnswerTest::tellsInsideOfTheStreamWhatBrokeIt_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<QByteArray>("code");
    QTest::addColumn<int>("status");
    const auto begun = [] { return std::move(Script().data(contentChunk("a"))); };
    QTest::newRow("connection broke") << std::move(begun().fail(transportError())) << QByteArray("connection_reset")
                                      << 502;
    QTest::newRow("no end mark") << begun() << QByteArray("upstream_incomplete") << 502;
    QTest::newRow("half an event") << std::move(begun().bytes("data: {\"cho")) << QByteArray("upstream_incomplete")
                                   << 502;
    QTest::newRow("malformed event") << std::move(begun().data("{oops")) << QByteArray("upstream_malformed_event")
                                     << 502;
    QTest::newRow("the provider's error") << std::move(begun().data(R"({"error":{"code":"overloaded","message":"m"}})"))
                                          << QByteArray("upstream_error") << 502;
    QTest::newRow("the provider's status")
        << std::move(begun().data(R"({"error":{"code":503,"message":"m"}})")) << QByteArray("503") << 503;
}

void AnswerTest::tellsInsideOfTheStreamWhatBrokeIt()
{
    QFETCH(const Script, script);
    QFETCH(const QByteArray, code);
    QFETCH(const int, status);
    GatewayInMemory gateway({script});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^stream broke ")));
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    const QByteArray begin = frame(contentChunk("a"));
    QVERIFY(gateway.body().startsWith(begin + "data: {\"error\":{\"message\":\""));
    QVERIFY(gateway.body().contains("\"code\":\"" + code + "\""));
    QVERIFY(!gateway.body().contains("[DONE]"));
    QCOMPARE(gateway.status(), 200); // it was on its way already
    QTRY_COMPARE(gateway.requests(status), 1);
    QCOMPARE(gateway.requests(200), 0);
    QCOMPARE(gateway.transport->alive, 0);
}

// Chat's end repeats nothing; that of the Responses repeats everything.
void AnswerTest::endsStreamsWhoseEndWouldRepeatTooMuch()
{
    constexpr int kMost = 32;
    Script script;
    for (int i = 0; i <= kMost; ++i)
        script.data(contentChunk(QByteArray(1024 * 1024, 'x')));
    script.wait(); // it would go on
    GatewayInMemory gateway({script});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^stream broke ")));
    gateway.post(R"({"model":"m1","stream":true,"input":"hi"})", {}, "/v1/responses");
    QTRY_VERIFY_WITH_TIMEOUT(gateway.isAnswered(), 30'000);
    const QByteArray body = gateway.body();
    QCOMPARE(body.count("event: response.failed\n"), 1);
    const QByteArray last = body.sliced(body.lastIndexOf("event: "));
    QVERIFY2(last.startsWith("event: response.failed\n"), last.left(100).constData());
    QVERIFY2(last.contains("32 MiB"), last.right(2000).constData());
    QCOMPARE(body.count("event: response.output_text.delta\n"), kMost); // and the one that was too many
    QTRY_COMPARE(gateway.requests(502), 1);
    QCOMPARE(gateway.transport->alive, 0);
}

void AnswerTest::readsNoFasterThanTheClient()
{
    // Far more than the kernel and the gateway hold for a client that reads nothing.
    constexpr int kPieces = 1000;
    Script script;
    for (int i = 0; i < kPieces; ++i)
        script.data(contentChunk(QByteArray(64 * 1024, 'x')));
    script.data("[DONE]");
    GatewayInMemory gateway({script}, test::twoProviders(), 1024);
    gateway.postStream();
    QTRY_VERIFY(gateway.connection->isBusy() && gateway.transport->reads > 0);
    // The providers never wait here, so that this is where the client made them wait.
    QVERIFY2(gateway.transport->reads < kPieces / 2, QByteArray::number(gateway.transport->reads).constData());
    gateway.client.socket.setReadBufferSize(0);
    QTRY_VERIFY_WITH_TIMEOUT(gateway.client.received().endsWith("\r\n0\r\n\r\n"), 30'000);
    QCOMPARE(gateway.body().count("data: {"), kPieces);
    QVERIFY(gateway.body().endsWith(kDone));
}

void AnswerTest::blamesNoProviderForASlowClient()
{
    constexpr milliseconds kTotal{500};
    Script script;
    for (int i = 0; i < 300; ++i)
        script.data(contentChunk(QByteArray(64 * 1024, 'x')));
    script.wait().data("[DONE]");
    Config config = test::twoProviders();
    config.providers.front().timeouts.total = kTotal;
    GatewayInMemory gateway({script}, config, 1024);
    gateway.postStream();
    QTRY_VERIFY(gateway.connection->isBusy() && gateway.transport->reads > 0);
    QTest::qWait(2 * int(kTotal.count()));
    gateway.client.socket.setReadBufferSize(0);
    QTRY_COMPARE(gateway.transport->reads, 301); // it waits for the provider now
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.isAnswered());
    QVERIFY(gateway.body().endsWith(kDone));
    QCOMPARE(gateway.services().breakers->views(Clock::now()).front().counts.failures, 0);
}

void AnswerTest::keepsTheConnectionAfterAStream()
{
    GatewayInMemory gateway({Script::stream({contentChunk("a")}), std::move(Script().bytes(test::kWholeAnswer))});
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    const qsizetype size = gateway.client.received().size();
    gateway.post();
    QTRY_VERIFY(gateway.client.received().sliced(size).endsWith(test::kWholeAnswer));
    QVERIFY(!gateway.client.isClosed());
}

void AnswerTest::waitsNoLongForTheEndBehindTheEndMark()
{
    GatewayInMemory gateway({std::move(Script().data(contentChunk("a")).data("[DONE]").wait())});
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered()); // although the provider's message never ends
    QTRY_COMPARE(gateway.transport->alive, 0);
    QCOMPARE(gateway.requests(200), 1);
}

void AnswerTest::answersAFaultOfOursWith500()
{
    GatewayInMemory gateway({});
    gateway.transport->throwsOnSend = true;
    QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(QStringLiteral("^request failed by an exception ")));
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 500);
    QCOMPARE(gateway.error("code"), "internal_error");
    QCOMPARE(gateway.requests(500), 1); // and not a client that left
    QCOMPARE(gateway.metrics().sum("ai_router_requests_total"), 1);
    QCOMPARE(gateway.metrics().value("ai_router_active_requests"), 0);
}

void AnswerTest::keepsSilentStreamsAliveWithoutTouchingTheProvidersLimits()
{
    Config config = test::twoProviders();
    config.server.streamKeepAlive = std::chrono::milliseconds(10);
    config.providers[0].idleTimeout = std::chrono::milliseconds(300);
    GatewayInMemory gateway({std::move(Script().data(contentChunk("a")).wait())}, std::move(config));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^stream broke ")));
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    QVERIFY(gateway.body().startsWith(frame(contentChunk("a")) + ": keep-alive\n\n"));
    QVERIFY(gateway.body().contains(R"("code":"idle_timeout")"));
}

void AnswerTest::estimatesWhatACutStreamUsed()
{
    const QByteArray answer(400, 'x');
    GatewayInMemory gateway({std::move(Script().data(contentChunk(answer)))});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^stream broke ")));
    gateway.post(R"({"model":"m1","stream":true,"messages":[{"role":"user","content":")" + QByteArray(4000, 'y') +
                 R"("}]})");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.metrics().value(R"(ai_router_tokens_total{direction="output",model="m1",provider="one"})"), 100);
    const double input =
        gateway.metrics().value(R"(ai_router_tokens_total{direction="input",model="m1",provider="one"})");
    QCOMPARE(input, 1000);
}

void AnswerTest::estimatesWhatACutStreamWroteThoughItToldAStart()
{
    const QByteArray start = R"({"choices":[],"usage":{"prompt_tokens":52,"completion_tokens":1}})";
    GatewayInMemory gateway({std::move(Script().data(start).data(contentChunk(QByteArray(400, 'x'))))});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^stream broke ")));
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.metrics().value(R"(ai_router_tokens_total{direction="output",model="m1",provider="one"})"), 100);
    QCOMPARE(gateway.metrics().value(R"(ai_router_tokens_total{direction="input",model="m1",provider="one"})"), 52);
}

void AnswerTest::takesThoughtsOutOfTheTextWhereAsked()
{
    Config config = test::twoProviders();
    config.providers[0].extractReasoningTags = true;
    GatewayInMemory gateway({Script::stream({contentChunk("<think>h"), contentChunk("m</think>yes")})},
                            std::move(config));
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), frame(R"({"choices":[{"delta":{"content":"","reasoning_content":"h"}}]})") +
                                 frame(R"({"choices":[{"delta":{"content":"yes","reasoning_content":"m"}}]})") + kDone);
}

void AnswerTest::refusesToolsInTwoForms()
{
    GatewayInMemory gateway({});
    gateway.post(R"({"model":"m1","messages":[],"tools":[{"function":{"name":"f"}}],"functions":[{"name":"f"}]})");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 400);
    QCOMPARE(gateway.error("param"), "functions");
    QCOMPARE(gateway.transport->requests.size(), 0);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AnswerTest)
#include "tst_answer.moc"
