// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/answer_writer.h"
#include "tests/unit/dialects/ollama/ollama_calls.h"

#include <QRegularExpression>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

// What was measured is another number each time.
QByteArray withoutDurations(const QByteArray &body)
{
    static const QRegularExpression durations(QStringLiteral(R"(_duration":[1-9][0-9]*)"));
    return QString::fromUtf8(body).replace(durations, QStringLiteral("_duration\":T")).toUtf8();
}

QByteArray answerTo(const QByteArray &body, const Completion &completion, const std::optional<Usage> &usage = {},
                    Read read = &ollama_api::readChatCall)
{
    const auto call = callOf(body, read);
    ModelAnswer answer{.completion = completion, .usage = usage};
    return withoutDurations(call->answerBody(answer, factsOfTest()));
}

constexpr const char *kEnd = R"(,"total_duration":T,"load_duration":T,"prompt_eval_duration":T,"eval_duration":T})";

} // namespace

class AnswerWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void chatAnswersHaveAMessage()
    {
        const Usage usage{.input = 20, .cachedInput = 6, .output = 10, .reasoning = 2};
        QCOMPARE(answerTo(chatOf(R"("stream":false)"), {.text = "Hello you", .reasoning = "Hm."}, usage),
                 QByteArray(R"({"model":"m","created_at":"2026-05-28T20:26:40Z",)"
                            R"("message":{"role":"assistant","content":"Hello you","thinking":"Hm."},)"
                            R"("done":true,"done_reason":"stop","total_duration":T,"load_duration":T,)"
                            R"("prompt_eval_count":26,"prompt_eval_duration":T,"eval_count":12,"eval_duration":T})"));
    }

    void generatedAnswersHaveAResponse()
    {
        QCOMPARE(answerTo(R"({"model":"m","prompt":"Hi"})", {.text = "Hello", .reasoning = "Hm."}, {},
                          &ollama_api::readGenerateCall),
                 QByteArray(R"({"model":"m","created_at":"2026-05-28T20:26:40Z","response":"Hello","thinking":"Hm.",)"
                            R"("done":true,"done_reason":"stop")") +
                     kEnd);
    }

    void modelIsTheClientsOrTheProviders()
    {
        QVERIFY(answerTo(R"({"model":"x:latest","messages":[{"role":"user","content":"a"}]})", {.text = "b"})
                    .startsWith(R"({"model":"x:latest")"));
        QVERIFY(answerTo(R"({"messages":[{"role":"user","content":"a"}]})", {.text = "b"})
                    .startsWith(R"({"model":"provider-model")"));
    }

    void whoeverWantsNoThoughtsGetsNone()
    {
        QVERIFY(!answerTo(chatOf(R"("think":false)"), {.text = "a", .reasoning = "secret"}).contains("secret"));
    }

    void callsHaveTheirArgumentsAsObjects()
    {
        const QByteArray answer =
            answerTo(chatOf({}), {.toolCalls = {{.id = "c1", .name = "f", .arguments = "{\"b\": 1,\n\"a\":2}"},
                                                {.id = "c2", .name = "g", .arguments = ""}},
                                  .finishReason = FinishReason::ToolCalls});
        QVERIFY2(answer.contains(R"("message":{"role":"assistant","content":"","tool_calls":[)"
                                 R"({"id":"c1","function":{"index":0,"name":"f","arguments":{"b": 1, "a":2}}},)"
                                 R"({"id":"c2","function":{"index":1,"name":"g","arguments":{}}}]})"),
                 answer.constData());
        QVERIFY(answer.contains(R"("done_reason":"stop")"));
    }

    void argumentsThatAreNoObjectAreTold()
    {
        const QByteArray answer =
            answerTo(chatOf({}), {.toolCalls = {{.id = "c", .name = "f", .arguments = R"({"cut":)"}},
                                  .finishReason = FinishReason::Length});
        const auto document = json::Document::parse(QByteArray(answer).replace("_duration\":T", "_duration\":1"));
        QVERIFY(document);
        const json::Value message = document->root()["message"];
        QVERIFY(message["content"].string().contains(R"({"cut":)"));
        QCOMPARE(json::toText(message["tool_calls"].at(0)["function"]["arguments"]), "{}");
        QCOMPARE(document->root()["done_reason"].toByteArray(), "length");
    }

    void refusalsAreText()
    {
        QVERIFY(answerTo(chatOf({}), {.refusal = "I cannot."}).contains(R"("content":"I cannot.")"));
    }

    void theProvidersOwnAnswerPasses()
    {
        const auto call = callOf(chatOf({}));
        ModelAnswer answer{.body = R"({ "done":true })", .completion = Completion{.text = "other"}};
        QCOMPARE(call->answerBody(answer, factsOfTest()), R"({ "done":true })");
    }

    void measuresAddUp()
    {
        const TimePoint start = Clock::now();
        using namespace std::chrono_literals;
        const AnswerFacts facts{
            .requestId = {}, .model = {}, .startedAt = start, .askedAt = start + 1ms, .firstContentAt = start + 5ms};
        const auto streamed = ollama_api::durationsOf(facts, start + 11ms, true);
        QCOMPARE(streamed.total.count(), 11'000'000);
        QCOMPARE(streamed.load.count(), 1'000'000);
        QCOMPARE(streamed.promptEval.count(), 4'000'000);
        QCOMPARE(streamed.eval.count(), 6'000'000);
        const auto whole = ollama_api::durationsOf(facts, start + 11ms, false);
        QCOMPARE(whole.eval.count(), 10'000'000);
        QCOMPARE(whole.promptEval.count(), 1); // clients divide by it
        QCOMPARE(ollama_api::durationsOf(
                     {.requestId = {}, .model = {}, .startedAt = start, .askedAt = start, .firstContentAt = start},
                     start, true)
                     .total.count(),
                 1);
    }

    void errorsAreOneText()
    {
        const Dialect &dialect = dialectOf(ChatProtocol::Ollama);
        QCOMPARE(dialect.protocol(), ChatProtocol::Ollama);
        QCOMPARE(dialect.errorBody({.reason = "r", .message = "a \"b\"\n"}), "{\"error\":\"a \\\"b\\\"\\n\"}");
        QCOMPARE(dialect.errorFrame({.reason = "r", .message = "a"}), "{\"error\":\"a\"}\n");
        QCOMPARE(dialect.streamContentType().toByteArray(), "application/x-ndjson");
        QVERIFY(dialect.keepAliveFrame().isEmpty());
    }
};

QTEST_APPLESS_MAIN(AnswerWriterTest)
#include "tst_answer_writer.moc"
