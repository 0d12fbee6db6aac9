// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/openai_responses/responses_testing.h"

#include <QTest>

namespace lunargate {

class ResponsesAnswerReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void translatesAWholeAnswer();
    void translatesOutput_data();
    void translatesOutput();
    void tellsWhyItEnded_data();
    void tellsWhyItEnded();
    void readsUsage_data();
    void readsUsage();
    void leavesAToolNamedParallelAlone();
    void passesOnAChatCompletion();
    void readsFailures_data();
    void readsFailures();
};

namespace {

const OpenAiResponsesProvider &provider()
{
    static const OpenAiResponsesProvider kProvider(test::responsesConfig());
    return kProvider;
}

QByteArray answer(const QByteArray &body)
{
    return test::clientAnswer(*test::anyCall(provider()), body);
}

// The message and the finish reason that a client gets for this output.
QByteArray choice(const QByteArray &output, const QByteArray &more = {})
{
    const QByteArray body = answer(R"({"id":"resp_1","status":"completed","output":[)" + output + "]" + more + "}");
    const std::optional<json::Document> document = json::Document::parse(body);
    if (!document)
        return body;
    const json::Value first = document->root()["choices"].at(0);
    return json::toText(first["message"]) + ' ' + first["finish_reason"].toByteArray();
}

QByteArray message(const QByteArray &parts)
{
    return R"({"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[)" + parts + "]}";
}

const QByteArray kText = R"({"type":"output_text","text":"Done.","annotations":[],"logprobs":[]})";

} // namespace

void ResponsesAnswerReaderTest::translatesAWholeAnswer()
{
    const QByteArray body =
        R"({"id":"resp_1","object":"response","created_at":1780000005,"completed_at":1780000009,"status":"completed",)"
        R"("background":false,"error":null,"incomplete_details":null,"instructions":null,"model":"gpt-x","output":[)"
        R"({"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"Two zones"},{"type":"summary_text","text":"Hm."}],"encrypted_content":"gAAA"},)"
        R"({"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Done.","annotations":[{"type":"url_citation","start_index":0,"end_index":5,"url":"https://e.com","title":"E"}],"logprobs":[]}]},)"
        R"({"id":"fc_1","type":"function_call","status":"completed","call_id":"call_a","name":"get_time","arguments":"{\"tz\":\"UTC\"}"},)"
        R"({"id":"ctc_1","type":"custom_tool_call","status":"completed","call_id":"call_b","name":"apply_patch","input":"*** Begin"}],)"
        R"("usage":{"input_tokens":30,"input_tokens_details":{"cached_tokens":10,"cache_write_tokens":0},"output_tokens":12,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":42}})";
    QCOMPARE(
        answer(body),
        test::withOrigin(
            R"({"id":"resp_1","object":"chat.completion","created":1780000005,"model":"gpt-x","choices":[{"index":0,"message":)"
            R"({"role":"assistant","content":"Done.","refusal":null,"reasoning_content":"Two zones\n\nHm.","reasoning_details":[)"
            R"({"type":"reasoning.text","text":"Two zones","id":"@:0:0:rs_1","format":"openai-responses-v1","index":0},)"
            R"({"type":"reasoning.text","text":"Hm.","id":"@:0:0:rs_1","format":"openai-responses-v1","index":1},)"
            R"({"type":"reasoning.encrypted","data":"gAAA","id":"@:0:0:rs_1","format":"openai-responses-v1","index":2}],)"
            R"("annotations":[{"type":"url_citation","url_citation":{"start_index":0,"end_index":5,"url":"https://e.com","title":"E"}}],)"
            R"("tool_calls":[{"id":"call_a","type":"function","function":{"name":"get_time","arguments":"{\"tz\":\"UTC\"}"}},)"
            R"({"id":"call_b","type":"custom","custom":{"name":"apply_patch","input":"*** Begin"}}]},"logprobs":null,"finish_reason":"tool_calls"}],)"
            R"("usage":{"prompt_tokens":30,"completion_tokens":12,"total_tokens":42,"prompt_tokens_details":{"cached_tokens":10},"completion_tokens_details":{"reasoning_tokens":4}}})"));
}

void ResponsesAnswerReaderTest::translatesOutput_data()
{
    QTest::addColumn<QByteArray>("output");
    QTest::addColumn<QByteArray>("more");
    QTest::addColumn<QByteArray>("choice");
    const auto row = [](const char *name, QByteArray output, QByteArray choice, QByteArray more = {}) {
        QTest::newRow(name) << std::move(output) << std::move(more) << std::move(choice);
    };
    const auto said = [](const QByteArray &text) {
        return R"({"role":"assistant","content":")" + text + R"(","refusal":null})";
    };
    const auto called = [](const QByteArray &calls) {
        return R"({"role":"assistant","content":null,"refusal":null,"tool_calls":[)" + calls + "]} tool_calls";
    };
    const QByteArray call = R"({"id":"call_a","type":"function","function":{"name":"f","arguments":"{}"}})";
    row("text, which output_text says again", message(kText), said("Done.") + " stop", R"(,"output_text":"Done.")");
    row("text of output_text only", "", said("Done.") + " stop", R"(,"output_text":"Done.")");
    row("an empty output_text", message(kText), said("Done.") + " stop", R"(,"output_text":"")");
    row("parts of one message", message(kText + ',' + R"({"type":"text","text":" More."})"),
        said("Done. More.") + " stop");
    row("two messages", message(kText) + ',' + message(kText), said(R"(Done.\n\nDone.)") + " stop");
    row("a refusal", message(R"({"type":"refusal","refusal":"No."})"),
        R"({"role":"assistant","content":null,"refusal":"No."} stop)");
    row("raw thoughts",
        R"({"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"Hm."}]},)" + message(kText),
        R"({"role":"assistant","content":"Done.","refusal":null,"reasoning_content":"Hm."} stop)");
    row("a call without arguments", R"({"type":"function_call","call_id":"call_a","name":"f","arguments":""})",
        called(call));
    row("a call without call_id", R"({"type":"function_call","id":"call_a","name":"f","arguments":"{}"})",
        called(call));
    row("a call without any id", R"({"type":"function_call","name":"f","arguments":"{}"})",
        called(R"({"id":"call_resp_1_0","type":"function","function":{"name":"f","arguments":"{}"}})"));
    row("two calls of one id",
        R"({"type":"function_call","call_id":"call_a","name":"f","arguments":"{}"},)"
        R"({"type":"function_call","call_id":"call_a","name":"f","arguments":"{}"})",
        called(call + R"(,{"id":"call_a_1","type":"function","function":{"name":"f","arguments":"{}"}})"));
    row("calls in one of a tool that nobody offered",
        R"({"type":"function_call","call_id":"call_p","name":"multi_tool_use.parallel","arguments":"{\"tool_uses\":[{\"recipient_name\":\"functions.f\",\"parameters\":{\"a\":1}},{\"recipient_name\":\"g\",\"parameters\":{}}]}"})",
        called(
            R"({"id":"call_p_0","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}},{"id":"call_p_1","type":"function","function":{"name":"g","arguments":"{}"}})"));
    row("such a call that makes no sense",
        R"({"type":"function_call","call_id":"call_p","name":"parallel","arguments":"{\"tool_uses\":1}"})",
        called(R"({"id":"call_p","type":"function","function":{"name":"parallel","arguments":"{\"tool_uses\":1}"}})"));
    row("tools of the provider", R"({"type":"web_search_call","id":"ws_1","status":"completed"},)" + message(kText),
        said("Done.") + " stop");
    row("nothing", "", said("") + " stop");
    row("nonsense",
        R"(1,null,"a",[],{"type":7},{"type":"message","content":{}},{"type":"reasoning","summary":"x"},)"
        R"({"type":"message","content":[null,{"type":"output_text","text":5,"annotations":[1,{}]}]})",
        said("") + " stop");
}

void ResponsesAnswerReaderTest::translatesOutput()
{
    QFETCH(const QByteArray, output);
    QFETCH(const QByteArray, more);
    QFETCH(const QByteArray, choice);
    QCOMPARE(lunargate::choice(output, more), choice);
}

void ResponsesAnswerReaderTest::tellsWhyItEnded_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("reason");
    const QByteArray call = R"("output":[{"type":"function_call","call_id":"c","name":"f","arguments":"{\"a"}])";
    QTest::newRow("complete") << QByteArray(R"("status":"completed","output":[])") << QByteArray("stop");
    QTest::newRow("no status") << QByteArray(R"("output":[])") << QByteArray("stop");
    QTest::newRow("tokens")
        << QByteArray(R"("status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[])")
        << QByteArray("length");
    QTest::newRow("filter")
        << QByteArray(R"("status":"incomplete","incomplete_details":{"reason":"content_filter"},"output":[])")
        << QByteArray("content_filter");
    QTest::newRow("incomplete for no reason")
        << QByteArray(R"("status":"incomplete","incomplete_details":null,"output":[])") << QByteArray("length");
    QTest::newRow("a call that was cut") << R"("status":"incomplete",)" + call << QByteArray("length");
}

void ResponsesAnswerReaderTest::tellsWhyItEnded()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, reason);
    const QByteArray body = answer("{" + members + "}");
    const std::optional<json::Document> document = json::Document::parse(body);
    QVERIFY2(document, body);
    QCOMPARE(document->root()["choices"].at(0)["finish_reason"].toByteArray(), reason);
}

void ResponsesAnswerReaderTest::readsUsage_data()
{
    QTest::addColumn<QByteArray>("usage");
    QTest::addColumn<Usage>("expected");
    const auto row = [](const char *name, QByteArray usage, Usage expected) {
        QTest::newRow(name) << std::move(usage) << expected;
    };
    row("all of it",
        R"({"input_tokens":30,"input_tokens_details":{"cached_tokens":10,"cache_write_tokens":5},"output_tokens":12,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":42})",
        {.input = 15, .cachedInput = 10, .cacheWrite = 5, .output = 8, .reasoning = 4});
    row("the plain numbers", R"({"input_tokens":3,"output_tokens":2})", {.input = 3, .output = 2});
    row("thoughts beside the output",
        R"({"input_tokens":3,"output_tokens":5,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":12})",
        {.input = 3, .output = 5, .reasoning = 4});
    row("more from the cache than there is",
        R"({"input_tokens":3,"input_tokens_details":{"cached_tokens":9,"cache_write_tokens":9},"output_tokens":0})",
        {.cachedInput = 3});
    row("nulls", R"({"input_tokens":3,"input_tokens_details":null,"output_tokens":null})", {.input = 3});
    row("negative", R"({"input_tokens":-3,"output_tokens":4})", {.output = 4});
    row("beyond any sense", R"({"input_tokens":3,"output_tokens":1e300})", {.input = 3});
    row("a key of the user's own",
        R"({"input_tokens":3,"cost":0.5,"is_byok":true,"cost_details":{"upstream_inference_cost":0.25}})",
        {.input = 3, .cost = 0.75});
}

void ResponsesAnswerReaderTest::readsUsage()
{
    QFETCH(const QByteArray, usage);
    QFETCH(const Usage, expected);
    const auto read = test::anyCall(provider())->readAnswer(R"({"output":[],"usage":)" + usage + "}");
    QVERIFY(read && read->usage);
    QCOMPARE(*read->usage, expected);
}

void ResponsesAnswerReaderTest::leavesAToolNamedParallelAlone()
{
    const PreparedCall call = test::callFor(
        provider(),
        R"({"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"parallel"}}]})");
    QVERIFY(call);
    const QByteArray body =
        R"({"output":[{"type":"function_call","call_id":"c","name":"parallel","arguments":"{\"tool_uses\":[{\"recipient_name\":\"f\",\"parameters\":{}}]}"}]})";
    const auto read = (*call)->readAnswer(body);
    QVERIFY(read && read->completion);
    QCOMPARE(read->completion->toolCalls.size(), 1);
    QCOMPARE(read->completion->toolCalls[0].name, "parallel");
}

void ResponsesAnswerReaderTest::passesOnAChatCompletion()
{
    const QByteArray body =
        R"({"id":"x","object":"chat.completion","choices":[{"message":{"content":"a"}}],"usage":{"prompt_tokens":3,"completion_tokens":4}})";
    const auto read = test::anyCall(provider())->readAnswer(body);
    QVERIFY(read);
    QCOMPARE(read->body, body);
    QCOMPARE(*read->usage, (Usage{.input = 3, .output = 4}));
}

void ResponsesAnswerReaderTest::readsFailures_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, QByteArray body, int status, QByteArray message) {
        QTest::newRow(name) << std::move(body) << status << std::move(message);
    };
    row("failed", R"({"status":"failed","error":{"code":"rate_limit_exceeded","message":"m"},"output":[]})", 429, "m");
    row("cancelled", R"({"status":"cancelled","output":[]})", 502, "the provider cancelled the answer");
    row("an error without a status", R"({"error":{"message":"m","type":"server_error"}})", 500, "m");
    row("an error as text", R"({"error":"m"})", 502, "m");
    row("in the background", R"({"status":"queued","output":[]})", 502,
        "failed to parse provider response: its status is 'queued', so that it is not finished");
    row("no output", R"({"id":"resp_1"})", 502, "failed to parse provider response: it has no output");
    row("no JSON", "<html>", 502, "failed to parse provider response: it is not a JSON object");
    row("no object", "[]", 502, "failed to parse provider response: it is not a JSON object");
    row("the key in it", R"({"error":{"message":"sk-canary-0123456789"}})", 502, "***");
}

void ResponsesAnswerReaderTest::readsFailures()
{
    QFETCH(const QByteArray, body);
    QFETCH(const int, status);
    QFETCH(const QByteArray, message);
    const auto read = test::anyCall(provider())->readAnswer(body);
    QVERIFY(!read);
    QCOMPARE(read.error().error.message, message);
    QCOMPARE(httpStatus(read.error().error), status);
    QVERIFY(read.error().fromProvider);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesAnswerReaderTest)
#include "tst_answer_reader.moc"
