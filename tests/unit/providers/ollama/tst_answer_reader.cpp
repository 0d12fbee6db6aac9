// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/ollama/ollama_testing.h"

#include <QTest>

namespace lunargate {

class AnswerReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void givesTheClientItsForm();
    void readsMessages_data();
    void readsMessages();
    void readsToolCalls_data();
    void readsToolCalls();
    void inventsIdsThatAreUniqueAndStable();
    void readsWhyItEnded_data();
    void readsWhyItEnded();
    void readsUsage_data();
    void readsUsage();
    void readsTheTime_data();
    void readsTheTime();
    void refusesWhatIsNoAnswer_data();
    void refusesWhatIsNoAnswer();
};

namespace {

std::expected<ModelAnswer, UpstreamFailure> read(const QByteArray &body)
{
    ProviderConfig config = test::ollamaConfig();
    config.apiKey = SecretString("sk-canary-0123456789");
    const OllamaProvider provider(config);
    return test::ollamaCall(provider)->readAnswer(body);
}

Completion readCompletion(const QByteArray &body)
{
    auto answer = read(body);
    if (!answer)
        qFatal("%s", answer.error().error.message.constData());
    return *std::move(answer->completion);
}

QByteArray withCalls(const QByteArray &calls, const QByteArray &createdAt = "2026-06-01T10:00:00.1Z")
{
    return R"({"model":"q","created_at":")" + createdAt +
           R"(","message":{"role":"assistant","content":"",)"
           R"("tool_calls":[)" +
           calls + R"(]},"done":true,"done_reason":"stop"})";
}

} // namespace

void AnswerReaderTest::givesTheClientItsForm()
{
    const OllamaProvider provider(test::ollamaConfig());
    const auto call = test::ollamaCall(provider);
    // In variables of their own, because moc does not read raw strings with escapes inside of macros.
    const QByteArray text =
        R"({"model":"qwen-y:8b","created_at":"2026-06-01T10:00:00.123456Z","message":{"role":"assistant",)"
        R"("content":"Hi \"you\"","thinking":"A greeting."},"done":true,"done_reason":"stop",)"
        R"("total_duration":5191566416,"load_duration":2154458,"prompt_eval_count":26,)"
        R"("prompt_eval_duration":383809000,"eval_count":12,"eval_duration":479992100})";
    const QByteArray textForClient =
        R"({"id":"chatcmpl-own","object":"chat.completion","created":1780308000,"model":"qwen-y:8b","choices":[)"
        R"({"index":0,"message":{"role":"assistant","content":"Hi \"you\"","refusal":null,)"
        R"("reasoning_content":"A greeting."},"logprobs":null,"finish_reason":"stop"}],)"
        R"("usage":{"prompt_tokens":26,"completion_tokens":12,"total_tokens":38,)"
        R"("prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}})";
    QCOMPARE(test::clientAnswer(*call, text), textForClient);
    const QByteArray toolCall =
        withCalls(R"({"id":"call_x1","function":{"index":0,"name":"get_time","arguments":{"tz":"UTC","a":[1,null]}}})");
    const QByteArray toolCallForClient =
        R"({"id":"chatcmpl-own","object":"chat.completion","created":1780308000,"model":"q","choices":[)"
        R"({"index":0,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"call_x1",)"
        R"("type":"function","function":{"name":"get_time","arguments":"{\"tz\":\"UTC\",\"a\":[1,null]}"}}]},)"
        R"("logprobs":null,"finish_reason":"tool_calls"}]})";
    QCOMPARE(test::clientAnswer(*call, toolCall), toolCallForClient);
}

void AnswerReaderTest::readsMessages_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("reasoning");
    const auto row = [](const char *name, QByteArray message, QByteArray text, QByteArray reasoning) {
        QTest::newRow(name) << std::move(message) << std::move(text) << std::move(reasoning);
    };
    row("text", R"({"role":"assistant","content":"a"})", "a", "");
    row("thoughts", R"({"content":"a","thinking":"t"})", "a", "t");
    row("thoughts by another name", R"({"content":"a","reasoning":"t"})", "a", "t");
    row("both names", R"({"content":"a","thinking":"t","reasoning":"u"})", "a", "t");
    row("thoughts only", R"({"content":"","thinking":"t"})", "", "t");
    row("nothing", "{}", "", "");
    row("odd types", R"({"content":["a"],"thinking":7,"tool_calls":{"function":{}},"role":null})", "", "");
}

void AnswerReaderTest::readsMessages()
{
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, reasoning);
    const Completion completion = readCompletion("{\"message\":" + message + ",\"done\":true}");
    QCOMPARE(completion.text, text);
    QCOMPARE(completion.reasoning, reasoning);
    QCOMPARE(completion.toolCalls.size(), 0);
}

void AnswerReaderTest::readsToolCalls_data()
{
    QTest::addColumn<QByteArray>("arguments");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray arguments, QByteArray expected) {
        QTest::newRow(name) << std::move(arguments) << std::move(expected);
    };
    row("in the model's order", R"(,"arguments":{ "z" : 1, "a" : {"y":true,"b":"\u00e9\n"} })",
        "{\"z\":1,\"a\":{\"y\":true,\"b\":\"\xC3\xA9\\n\"}}");
    row("numbers", R"(,"arguments":{"a":1.50,"b":1.0,"c":-0.0,"d":9007199254740993,"e":1e300})",
        R"({"a":1.5,"b":1.0,"c":-0.0,"d":9007199254740993,"e":1e300})");
    row("none", R"(,"arguments":{})", "{}");
    row("missing", "", "{}");
    row("null", R"(,"arguments":null)", "{}");
    row("as text", R"(,"arguments":" {\"a\": 1} ")", R"({"a": 1})");
    row("as empty text", R"(,"arguments":"")", "{}");
    row("cut text stays, for the client to see", R"(,"arguments":"{\"a\":")", R"({"a":)");
}

void AnswerReaderTest::readsToolCalls()
{
    QFETCH(const QByteArray, arguments);
    QFETCH(const QByteArray, expected);
    const Completion completion = readCompletion(withCalls(R"({"id":"c","function":{"name":"f")" + arguments + "}}"));
    QCOMPARE(completion.toolCalls.size(), 1);
    QCOMPARE(completion.toolCalls[0].id, "c");
    QCOMPARE(completion.toolCalls[0].name, "f");
    QCOMPARE(completion.toolCalls[0].arguments, expected);
    QCOMPARE(completion.finishReason, FinishReason::ToolCalls);
}

void AnswerReaderTest::inventsIdsThatAreUniqueAndStable()
{
    const QByteArray same = R"({"function":{"name":"f","arguments":{}}})";
    const QByteArray calls = same + ',' + same +
                             R"(,{"id":"x","function":{"name":"f"}},{"id":"x","function":{"name":"f"}},)"
                             R"({"id":"","function":{"name":"f"}},{"id":7,"function":{"name":"f"}})";
    const Completion completion = readCompletion(withCalls(calls));
    QSet<QByteArray> ids;
    for (const AnsweredToolCall &call : completion.toolCalls) {
        ids.insert(call.id);
        QVERIFY2(call.id == "x" || (call.id.startsWith("call_") && call.id.size() > 12), call.id.constData());
    }
    QCOMPARE(ids.size(), 6);
    QCOMPARE(completion.toolCalls[2].id, "x");
    // The same bytes give the same ids; the same call in another turn is another call.
    QCOMPARE(readCompletion(withCalls(calls)).toolCalls[0].id, completion.toolCalls[0].id);
    QVERIFY(readCompletion(withCalls(calls, "2026-06-01T10:00:07Z")).toolCalls[0].id != completion.toolCalls[0].id);
}

void AnswerReaderTest::readsWhyItEnded_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<FinishReason>("expected");
    QTest::newRow("stop") << QByteArray(R"("done_reason":"stop")") << FinishReason::Stop;
    QTest::newRow("length") << QByteArray(R"("done_reason":"length")") << FinishReason::Length;
    QTest::newRow("load") << QByteArray(R"("done_reason":"load")") << FinishReason::Stop;
    QTest::newRow("unload") << QByteArray(R"("done_reason":"unload")") << FinishReason::Stop;
    QTest::newRow("missing") << QByteArray(R"("done":true)") << FinishReason::Stop;
    QTest::newRow("calls that never came") << QByteArray(R"("done_reason":"tool_calls")") << FinishReason::Stop;
}

void AnswerReaderTest::readsWhyItEnded()
{
    QFETCH(const QByteArray, members);
    QFETCH(const FinishReason, expected);
    QCOMPARE(readCompletion(R"({"message":{"role":"assistant","content":""},)" + members + "}").finishReason, expected);
}

void AnswerReaderTest::readsUsage_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<bool>("isThere");
    QTest::addColumn<qint64>("input");
    QTest::addColumn<qint64>("output");
    const auto row = [](const char *name, QByteArray members, bool isThere, qint64 input, qint64 output) {
        QTest::newRow(name) << std::move(members) << isThere << input << output;
    };
    row("both", R"("prompt_eval_count":26,"eval_count":12)", true, 26, 12);
    row("a prompt that was cached", R"("eval_count":12)", true, 0, 12);
    row("an answer of nothing", R"("prompt_eval_count":26)", true, 26, 0);
    row("none", R"("done":true)", false, 0, 0);
    row("nonsense", R"("prompt_eval_count":-1,"eval_count":1e300)", false, 0, 0);
}

void AnswerReaderTest::readsUsage()
{
    QFETCH(const QByteArray, members);
    QFETCH(const bool, isThere);
    QFETCH(const qint64, input);
    QFETCH(const qint64, output);
    const auto answer = read(R"({"message":{},)" + members + "}");
    QVERIFY(answer);
    QCOMPARE(answer->usage.has_value(), isThere);
    QCOMPARE(answer->usage.value_or(Usage()), (Usage{.input = input, .output = output}));
}

void AnswerReaderTest::readsTheTime_data()
{
    QTest::addColumn<QByteArray>("time");
    QTest::addColumn<qint64>("seconds");
    QTest::newRow("nanoseconds") << QByteArray(R"("2026-06-01T10:00:00.123456789Z")") << qint64(1780308000);
    QTest::newRow("seconds") << QByteArray(R"("2026-06-01T10:00:00Z")") << qint64(1780308000);
    QTest::newRow("with an offset") << QByteArray(R"("2026-06-01T12:00:00.5+02:00")") << qint64(1780308000);
    QTest::newRow("no time") << QByteArray(R"("soon")") << qint64(0);
    QTest::newRow("Go's zero") << QByteArray(R"("0001-01-01T00:00:00Z")") << qint64(0);
    QTest::newRow("another type") << QByteArray("7") << qint64(0);
}

void AnswerReaderTest::readsTheTime()
{
    QFETCH(const QByteArray, time);
    QFETCH(const qint64, seconds);
    QCOMPARE(readCompletion("{\"message\":{},\"created_at\":" + time + "}").created, seconds);
}

void AnswerReaderTest::refusesWhatIsNoAnswer_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, QByteArray body, QByteArray message) {
        QTest::newRow(name) << std::move(body) << std::move(message);
    };
    row("no JSON", "Ollama is running", "failed to parse provider response: it is not a JSON object");
    row("empty", "", "failed to parse provider response: it is not a JSON object");
    row("a list", "[]", "failed to parse provider response: it is not a JSON object");
    row("several lines", "{\"message\":{}}\n{\"message\":{}}",
        "failed to parse provider response: it is not a JSON object");
    row("no message", R"({"model":"m","done":true})", "failed to parse provider response: it has no message");
    row("a call of nothing", R"({"message":{"tool_calls":[{"function":{"arguments":{}}}]}})",
        "failed to parse provider response: a tool call has no name");
    row("an error", R"({"error":"model runner has unexpectedly stopped"})", "model runner has unexpectedly stopped");
    row("an error beside a message", R"({"message":{"content":"a"},"error":"cut"})", "cut");
    row("an error as an object", R"({"error":{"message":"m"}})", "m");
    row("the key in it", R"({"error":"sk-canary-0123456789"})", "***");
}

void AnswerReaderTest::refusesWhatIsNoAnswer()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, message);
    const auto answer = read(body);
    QVERIFY(!answer);
    QCOMPARE(answer.error().error.message, message);
    QCOMPARE(httpStatus(answer.error().error), 502);
    QVERIFY(answer.error().fromProvider);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AnswerReaderTest)
#include "tst_answer_reader.moc"
