// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using test::contentChunk;
using test::expectFailedAttempts;
using test::GatewayInMemory;
using test::Script;

/// `fallback_on`: exactly what it lists leads to the next target. The table is in tst_retry_decision; here are the
/// failures as providers tell them.
class FallbackTriggersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void fallsBackOnWhatIsListed_data();
    void fallsBackOnWhatIsListed();
    void retriesStayAsTheyAre();
    void aFilteredAnswerPassesWhereItIsNotListed_data();
    void aFilteredAnswerPassesWhereItIsNotListed();
    void theLastTargetsFilteredAnswerPasses();
};

namespace {

FallbackTriggers onStatus(int status)
{
    return {.statuses = {{status, status}}};
}

Config config(const FallbackTriggers &triggers, Protocol protocol = Protocol::OpenAi)
{
    Config config = test::twoProviders();
    config.retry.maxAttempts = 1;
    config.providers.front().protocol = protocol;
    config.routing.routes.front().fallbackOn = triggers;
    return config;
}

Script status(int code, const QByteArray &body)
{
    return std::move(Script(code).bytes(body));
}

const QByteArray kFiltered = R"({"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]})";
const QByteArray kFilteredChunk = R"({"choices":[{"delta":{},"finish_reason":"content_filter"}]})";

} // namespace

void FallbackTriggersTest::fallsBackOnWhatIsListed_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<Protocol>("protocol");
    QTest::addColumn<bool>("stream");
    QTest::addColumn<FallbackTriggers>("listed");
    QTest::addColumn<int>("status"); // without it
    const auto row = [](const char *name, const Script &script, const FallbackTriggers &listed, int status,
                        Protocol protocol = Protocol::OpenAi, bool stream = false) {
        QTest::newRow(name) << script << protocol << stream << listed << status;
    };
    const FallbackTriggers tooLong{.contextLength = true};
    const FallbackTriggers filtered{.contentFilter = true};
    row("a status of the client's mistakes", status(422, R"({"error":{"message":"m"}})"), onStatus(422), 422);
    row("connection broke", Script::failing(test::transportError()), {.transport = true}, 502);
    row("no JSON", status(200, "<html>"), {.transport = true}, 502);
    row("no choice", status(200, R"({"choices":[]})"), {.transport = true}, 502);
    row("empty stream", Script::stream({test::kRoleChunk}), {.transport = true}, 502, Protocol::OpenAi, true);
    row("too long, OpenAI", status(400, R"({"error":{"message":"m","code":"context_length_exceeded"}})"), tooLong, 400);
    row("too long, vLLM",
        status(400, R"({"object":"error","message":"This model's maximum context length is 4096 tokens.","code":400})"),
        tooLong, 400);
    row("too long, in a stream", std::move(Script().data(R"({"error":{"code":"context_length_exceeded"}})")), tooLong,
        502, Protocol::OpenAi, true);
    row("too long, Anthropic",
        status(400,
               R"({"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 2 > 1"}})"),
        tooLong, 400, Protocol::Anthropic);
    row("too long, Gemini",
        status(400, R"({"error":{"code":400,"status":"INVALID_ARGUMENT","message":"The input token count (2) exceeds )"
                    R"(the maximum number of tokens allowed (1)."}})"),
        tooLong, 400, Protocol::Gemini);
    row("too long, Ollama", status(400, R"({"error":"the input length exceeds the context length"})"), tooLong, 400,
        Protocol::Ollama);
    row("filtered prompt, Azure", status(400, R"({"error":{"message":"m","code":"content_filter","status":400}})"),
        filtered, 400);
    row("filtered prompt, Gemini", status(200, R"({"promptFeedback":{"blockReason":"SAFETY"}})"), filtered, 200,
        Protocol::Gemini);
    row("filtered answer", status(200, kFiltered), filtered, 200);
    row("filtered stream", Script::stream({test::kRoleChunk, kFilteredChunk}), filtered, 200, Protocol::OpenAi, true);
}

void FallbackTriggersTest::fallsBackOnWhatIsListed()
{
    QFETCH(const Script, script);
    QFETCH(const Protocol, protocol);
    QFETCH(const bool, stream);
    QFETCH(const FallbackTriggers, listed);
    QFETCH(const int, status);
    const QByteArray body = R"({"model":"m1","messages":[{"role":"user","content":"a"}],"stream":)" +
                            QByteArray(stream ? "true" : "false") + "}";
    {
        const Script good =
            stream ? Script::stream({contentChunk("hi")}) : std::move(Script().bytes(test::kWholeAnswer));
        GatewayInMemory gateway({script, good}, config(listed, protocol));
        expectFailedAttempts(1);
        gateway.post(body);
        QTRY_VERIFY(gateway.isAnswered());
        QCOMPARE(gateway.status(), 200);
        QCOMPARE(gateway.header("X-LunarGate-Provider"), "two");
    }
    GatewayInMemory gateway({script}, config(onStatus(599), protocol));
    if (status != 200)
        expectFailedAttempts(1);
    gateway.post(body);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), status);
    QCOMPARE(gateway.transport->requests.size(), 1);
}

void FallbackTriggersTest::retriesStayAsTheyAre()
{
    Config triggers = config(onStatus(500));
    triggers.retry.maxAttempts = 3;
    const Script busy = status(503, R"({"error":{"message":"busy"}})");
    GatewayInMemory gateway({busy, busy, busy}, triggers);
    expectFailedAttempts(3);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 503);
    QCOMPARE(gateway.transport->requests.size(), 3); // but not the fallback
    QCOMPARE(gateway.header("X-LunarGate-Fallback-Used"), "");
}

void FallbackTriggersTest::aFilteredAnswerPassesWhereItIsNotListed_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("isListed");
    QTest::newRow("not listed") << kFiltered << false;
    QTest::newRow("with some text before")
        << QByteArray(R"({"choices":[{"message":{"content":"so"},"finish_reason":"content_filter"}]})") << true;
    QTest::newRow("another choice is whole")
        << QByteArray(R"({"choices":[{"finish_reason":"content_filter"},{"message":{"content":"a"}}]})") << true;
}

void FallbackTriggersTest::aFilteredAnswerPassesWhereItIsNotListed()
{
    QFETCH(const QByteArray, body);
    QFETCH(const bool, isListed);
    GatewayInMemory gateway({status(200, body)}, config({.statuses = {{500, 599}}, .contentFilter = isListed}));
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.body(), body);
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "one");
}

void FallbackTriggersTest::theLastTargetsFilteredAnswerPasses()
{
    GatewayInMemory gateway({status(200, kFiltered), status(200, kFiltered)}, config({.contentFilter = true}));
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.body(), kFiltered);
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "two");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::FallbackTriggersTest)
#include "tst_fallback_triggers.moc"
