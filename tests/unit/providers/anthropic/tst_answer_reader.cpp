// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/anthropic/anthropic_testing.h"

#include <QElapsedTimer>
#include <QTest>

namespace lunargate {

class AnswerReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsAWholeAnswer();
    void readsBlocks_data();
    void readsBlocks();
    void readsTheStopReason_data();
    void readsTheStopReason();
    void readsUsage_data();
    void readsUsage();
    void tellsCacheWritesForAnHourApart();
    void refusesWhatIsNoAnswer_data();
    void refusesWhatIsNoAnswer();
    void readsErrorsWithASuccessStatus();
    void anErrorOfNullIsNone();
    void leavesEndlessNamesOut();
    void findsCitationsOfManyBlocks();
};

namespace {

std::expected<ModelAnswer, UpstreamFailure> read(const QByteArray &body)
{
    const AnthropicProvider provider(test::anthropicConfig());
    return test::callWithTools(provider, false)->readAnswer(body);
}

QByteArray message(const QByteArray &blocks, const QByteArray &stopReason = "end_turn")
{
    return R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-y","content":[)" + blocks +
           R"(],"stop_reason":")" + stopReason +
           R"(","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}})";
}

// What the client gets in its message, without the role.
QByteArray clientMessage(const QByteArray &answer)
{
    const AnthropicProvider provider(test::anthropicConfig());
    const QByteArray body = test::clientAnswer(*test::callWithTools(provider, false), answer);
    const std::optional<json::Document> document = json::Document::parse(body);
    return document ? json::toText(document->root()["choices"].at(0)["message"]) : body;
}

} // namespace

void AnswerReaderTest::readsAWholeAnswer()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const QByteArray answer =
        R"({"id":"msg_01x","type":"message","role":"assistant","model":"claude-y","container":null,
 "content":[{"type":"thinking","thinking":"Need the time.","signature":"EqQB"},{"type":"text","text":"Checking.","citations":null},
  {"type":"tool_use","id":"toolu_1","name":"get_time","input":{"tz":"UTC"},"caller":{"type":"direct"}}],
 "stop_reason":"tool_use","stop_sequence":null,"stop_details":null,
 "usage":{"input_tokens":40,"cache_creation_input_tokens":16,"cache_read_input_tokens":1024,
  "cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},"output_tokens":95,
  "output_tokens_details":{"thinking_tokens":31},"server_tool_use":null,"service_tier":"standard","inference_geo":"global"}})";
    QCOMPARE(
        test::clientAnswer(*test::callWithTools(provider, false), answer),
        R"({"id":"msg_01x","object":"chat.completion","created":1700000000,"model":"claude-y","choices":[{"index":0,"message":)"
        R"({"role":"assistant","content":"Checking.","refusal":null,"reasoning_content":"Need the time.",)"
        R"("reasoning_details":[{"type":"reasoning.text","text":"Need the time.","signature":"EqQB","id":"msg_01x.0.t0c0","format":"anthropic-claude-v1","index":0}],)"
        R"("tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"get.time","arguments":"{\"tz\":\"UTC\"}"}}]},)"
        R"("logprobs":null,"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1080,"completion_tokens":95,"total_tokens":1175,)"
        R"("prompt_tokens_details":{"cached_tokens":1024,"cache_write_tokens":16},"completion_tokens_details":{"reasoning_tokens":31}}})");
}

void AnswerReaderTest::readsBlocks_data()
{
    QTest::addColumn<QByteArray>("blocks");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, QByteArray blocks, QByteArray message) {
        QTest::newRow(name) << std::move(blocks) << R"({"role":"assistant",)" + message + '}';
    };
    row("nothing", "", R"("content":"","refusal":null)");
    row("texts", R"({"type":"text","text":"a"},{"type":"text","text":"b"})", R"("content":"ab","refusal":null)");
    row("only a call", R"({"type":"tool_use","id":"t","name":"now","input":{}})",
        R"("content":null,"refusal":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"now","arguments":"{}"}}])");
    row("input in its order", R"({"type":"tool_use","id":"t","name":"now","input":{"z":1,"a":[null,1.5]}})",
        R"("content":null,"refusal":null,"tool_calls":[{"id":"t","type":"function","function":{"name":"now","arguments":"{\"z\":1,\"a\":[null,1.5]}"}}])");
    row("a call without an id or input", R"({"type":"tool_use","name":"now"})",
        R"("content":null,"refusal":null,"tool_calls":[{"id":"call_msg_1_0","type":"function","function":{"name":"now","arguments":"{}"}}])");
    row("signed thoughts without text",
        R"({"type":"thinking","thinking":"","signature":"s"},{"type":"text","text":"a"})",
        R"("content":"a","refusal":null,"reasoning_details":[{"type":"reasoning.text","text":"","signature":"s","id":"msg_1.0.t0c0","format":"anthropic-claude-v1","index":0}])");
    row("secret thoughts",
        R"({"type":"thinking","thinking":"Hm.","signature":"s"},{"type":"redacted_thinking","data":"xyz"},{"type":"text","text":"a"})",
        R"("content":"a","refusal":null,"reasoning_content":"Hm.","reasoning_details":[)"
        R"({"type":"reasoning.text","text":"Hm.","signature":"s","id":"msg_1.0.t0c0","format":"anthropic-claude-v1","index":0},)"
        R"({"type":"reasoning.encrypted","data":"xyz","id":"msg_1.1.t0c0","format":"anthropic-claude-v1","index":1}])");
    row("thoughts between words and calls",
        R"({"type":"thinking","thinking":"1","signature":"s"},{"type":"text","text":"Größe"},{"type":"thinking","thinking":"2","signature":"s"},)"
        R"({"type":"tool_use","id":"t","name":"now","input":{}},{"type":"redacted_thinking","data":"xyz"})",
        R"("content":"Größe","refusal":null,"reasoning_content":"12","reasoning_details":[)"
        R"({"type":"reasoning.text","text":"1","signature":"s","id":"msg_1.0.t0c0","format":"anthropic-claude-v1","index":0},)"
        R"({"type":"reasoning.text","text":"2","signature":"s","id":"msg_1.1.t7c0","format":"anthropic-claude-v1","index":1},)"
        R"({"type":"reasoning.encrypted","data":"xyz","id":"msg_1.2.t7c1","format":"anthropic-claude-v1","index":2}],)"
        R"("tool_calls":[{"id":"t","type":"function","function":{"name":"now","arguments":"{}"}}])");
    row("a call with an endless id", R"({"type":"tool_use","id":")" + QByteArray(257, 'i') + R"(","name":"now"})",
        R"("content":null,"refusal":null,"tool_calls":[{"id":"call_msg_1_0","type":"function","function":{"name":"now","arguments":"{}"}}])");
    row("thoughts without a signature", R"({"type":"thinking","thinking":"Hm."},{"type":"text","text":"a"})",
        R"("content":"a","refusal":null,"reasoning_content":"Hm.")");
    row("Anthropic's own tools",
        R"({"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"}},)"
        R"({"type":"web_search_tool_result","tool_use_id":"s","content":[]},{"type":"text","text":"a"},{"type":"later"},7)",
        R"("content":"a","refusal":null)");
    row("citations of the web",
        R"({"type":"text","text":"Größe: "},{"type":"text","text":"3 €","citations":[)"
        R"({"type":"web_search_result_location","url":"https://x.example/","title":"X","cited_text":"3","encrypted_index":"e"},)"
        R"({"type":"char_location","cited_text":"y"}]})",
        R"("content":"Größe: 3 €","refusal":null,"annotations":[{"type":"url_citation","url_citation":)"
        R"({"start_index":7,"end_index":10,"title":"X","url":"https://x.example/"}}])");
    row("nonsense", R"({"type":"text","text":7},{"type":"thinking"},{"type":"redacted_thinking","data":[]},null)",
        R"("content":"","refusal":null)");
}

void AnswerReaderTest::readsBlocks()
{
    QFETCH(const QByteArray, blocks);
    QFETCH(const QByteArray, message);
    QCOMPARE(clientMessage(lunargate::message(blocks)), message);
}

void AnswerReaderTest::readsTheStopReason_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<int>("reason");
    QTest::addColumn<QByteArray>("refusal");
    const QByteArray text = R"({"type":"text","text":"a"})";
    const QByteArray call = R"({"type":"tool_use","id":"t","name":"now","input":{}})";
    const auto row = [&](const char *name, QByteArray answer, FinishReason reason, QByteArray refusal = {}) {
        QTest::newRow(name) << std::move(answer) << static_cast<int>(reason) << std::move(refusal);
    };
    row("end_turn", message(text), FinishReason::Stop);
    row("stop_sequence", message(text, "stop_sequence"), FinishReason::Stop);
    row("pause_turn", message(text, "pause_turn"), FinishReason::Stop);
    row("compaction", message(text, "compaction"), FinishReason::Stop);
    row("unknown", message(text, "bored"), FinishReason::Stop);
    row("max_tokens", message(text, "max_tokens"), FinishReason::Length);
    row("the context is full", message(text, "model_context_window_exceeded"), FinishReason::Length);
    row("tool_use", message(call, "tool_use"), FinishReason::ToolCalls);
    row("end_turn with a call", message(call), FinishReason::ToolCalls);
    row("max_tokens in a call", message(call, "max_tokens"), FinishReason::Length);
    row("the context is full in a call", message(call, "model_context_window_exceeded"), FinishReason::Length);
    row("refusal after a call", message(call, "refusal"), FinishReason::ContentFilter);
    row("tool_use without a call", message(text, "tool_use"), FinishReason::Stop);
    row("refusal", message("", "refusal"), FinishReason::ContentFilter);
    row("refusal that is explained",
        R"({"content":[],"stop_reason":"refusal","stop_details":{"type":"refusal","category":"bio","explanation":"Not that."}})",
        FinishReason::ContentFilter, "Not that.");
    row("details of something else", R"({"content":[],"stop_reason":"end_turn","stop_details":{"explanation":"x"}})",
        FinishReason::Stop);
    row("none", R"({"content":[]})", FinishReason::Stop);
}

void AnswerReaderTest::readsTheStopReason()
{
    QFETCH(const QByteArray, answer);
    QFETCH(const int, reason);
    QFETCH(const QByteArray, refusal);
    const auto result = read(answer);
    QVERIFY(result && result->completion);
    QCOMPARE(static_cast<int>(result->completion->finishReason), reason);
    QCOMPARE(result->completion->refusal, refusal);
}

void AnswerReaderTest::readsUsage_data()
{
    QTest::addColumn<QByteArray>("usage");
    QTest::addColumn<bool>("isThere");
    QTest::addColumn<qint64>("prompt");
    QTest::addColumn<qint64>("cached");
    QTest::addColumn<qint64>("output");
    QTest::addColumn<qint64>("reasoning");
    const auto row = [](const char *name, QByteArray usage, bool isThere, qint64 prompt, qint64 cached, qint64 output,
                        qint64 reasoning) {
        QTest::newRow(name) << std::move(usage) << isThere << prompt << cached << output << reasoning;
    };
    row("missing", "null", false, 0, 0, 0, 0);
    row("empty", "{}", false, 0, 0, 0, 0);
    row("plain", R"({"input_tokens":3,"output_tokens":4})", true, 3, 0, 4, 0);
    row("cached",
        R"({"input_tokens":3,"cache_read_input_tokens":10,"cache_creation_input_tokens":5,"output_tokens":4})", true,
        18, 10, 4, 0);
    row("thinking", R"({"input_tokens":3,"output_tokens":4,"output_tokens_details":{"thinking_tokens":3}})", true, 3, 0,
        1, 3);
    row("more thinking than output",
        R"({"input_tokens":3,"output_tokens":4,"output_tokens_details":{"thinking_tokens":9}})", true, 3, 0, 0, 4);
    row("nulls", R"({"input_tokens":3,"cache_read_input_tokens":null,"output_tokens":4,"output_tokens_details":null})",
        true, 3, 0, 4, 0);
    row("impossible numbers", R"({"input_tokens":-3,"cache_read_input_tokens":9223372036854775807,"output_tokens":4})",
        true, 0, 0, 4, 0);
}

void AnswerReaderTest::readsUsage()
{
    QFETCH(const QByteArray, usage);
    QFETCH(const bool, isThere);
    QFETCH(const qint64, prompt);
    QFETCH(const qint64, cached);
    QFETCH(const qint64, output);
    QFETCH(const qint64, reasoning);
    const auto result = read(R"({"content":[],"usage":)" + usage + '}');
    QVERIFY(result);
    QCOMPARE(result->usage.has_value(), isThere);
    const Usage read = result->usage.value_or(Usage());
    QCOMPARE(read.promptTokens(), prompt);
    QCOMPARE(read.cachedInput, cached);
    QCOMPARE(read.output, output);
    QCOMPARE(read.reasoning, reasoning);
}

void AnswerReaderTest::tellsCacheWritesForAnHourApart()
{
    const auto result =
        read(R"({"content":[],"usage":{"input_tokens":3,"cache_creation_input_tokens":5,"output_tokens":4,)"
             R"("cache_creation":{"ephemeral_5m_input_tokens":1,"ephemeral_1h_input_tokens":4}}})");
    QVERIFY(result && result->usage);
    QCOMPARE(*result->usage, (Usage{.input = 3, .cacheWrite = 1, .cacheWriteHour = 4, .output = 4}));
}

void AnswerReaderTest::refusesWhatIsNoAnswer_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("HTML") << QByteArray("<html>");
    QTest::newRow("a list") << QByteArray("[]");
    QTest::newRow("no content") << QByteArray(R"({"id":"msg_1"})");
    QTest::newRow("content of another type") << QByteArray(R"({"content":"text"})");
}

void AnswerReaderTest::refusesWhatIsNoAnswer()
{
    QFETCH(const QByteArray, body);
    const auto result = read(body);
    QVERIFY(!result);
    QCOMPARE(result.error().error.reason, "upstream_invalid_answer");
    QCOMPARE(httpStatus(result.error().error), 502);
}

void AnswerReaderTest::readsErrorsWithASuccessStatus()
{
    const auto result = read(R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})");
    QVERIFY(!result);
    QCOMPARE(result.error().error.message, "Overloaded");
    QCOMPARE(httpStatus(result.error().error), 529);
    QVERIFY(result.error().fromProvider);
}

void AnswerReaderTest::anErrorOfNullIsNone()
{
    QVERIFY(read(R"({"id":"msg_1","content":[{"type":"text","text":"a"}],"error":null})"));
}

void AnswerReaderTest::leavesEndlessNamesOut()
{
    const auto result = read(R"({"id":")" + QByteArray(257, 'i') + R"(","model":")" + QByteArray(256, 'm') +
                             R"(","content":[{"type":"text","text":"a"}]})");
    QVERIFY(result && result->completion);
    QCOMPARE(result->completion->id, "");
    QCOMPARE(result->completion->model, QByteArray(256, 'm'));
}

void AnswerReaderTest::findsCitationsOfManyBlocks()
{
    constexpr int kBlocks = 40'000;
    const QByteArray block = R"({"type":"text","text":"0123456789012345678901234567890123456789","citations":[)"
                             R"({"type":"web_search_result_location","url":"https://x.example/","title":"X"}]},)";
    QElapsedTimer timer;
    timer.start();
    const auto result = read(message(block.repeated(kBlocks) + R"({"type":"text","text":""})"));
    QVERIFY(result && result->completion);
    QCOMPARE(result->completion->annotations.size(), kBlocks);
    QVERIFY(result->completion->annotations.back().contains(R"("start_index":1599960,"end_index":1600000)"));
    QVERIFY(timer.elapsed() < 40'000); // not the whole text for each of them
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::AnswerReaderTest)
#include "tst_answer_reader.moc"
