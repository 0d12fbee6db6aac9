// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/finish_reason.h"
#include "tests/unit/providers/anthropic/anthropic_testing.h"

#include "gateway/chat/finish_reason.h"

#include <QTest>

namespace lunargate {

class StreamReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsAWholeStream();
    void readsTheSameAsAWholeAnswer();
    void readsEvents_data();
    void readsEvents();
    void tellsWhatIsUseful();
    void keepsTheLastNumbersOfUsage();
    void forgetsTheUsageOfAnAbandonedBeginning();
    void readsErrorsInsideOfTheStream_data();
    void readsErrorsInsideOfTheStream();
    void failsOnceAndForAll_data();
    void failsOnceAndForAll();
    void endsBlocksWithoutEnd_data();
    void endsBlocksWithoutEnd();
};

namespace {

using Kind = ChatStreamEvent::Kind;

QByteArray sse(const QByteArray &type, const QByteArray &members = {})
{
    return "event: " + type + "\ndata: {\"type\":\"" + type + '"' + (members.isEmpty() ? "" : ",") + members + "}\n\n";
}

QByteArray start(const QByteArray &id = "msg_1")
{
    return sse(
        "message_start",
        R"("message":{"id":")" + id +
            R"(","type":"message","role":"assistant","model":"claude-y","content":[],"stop_reason":null,)"
            R"("usage":{"input_tokens":52,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1}})");
}

QByteArray blockStart(int index, const QByteArray &block)
{
    return sse("content_block_start", "\"index\":" + QByteArray::number(index) + ",\"content_block\":" + block);
}

QByteArray delta(int index, const QByteArray &members)
{
    return sse("content_block_delta", "\"index\":" + QByteArray::number(index) + ",\"delta\":{" + members + '}');
}

QByteArray textDelta(int index, const QByteArray &text)
{
    return delta(index, R"("type":"text_delta","text":")" + text + '"');
}

QByteArray jsonDelta(int index, const QByteArray &escaped)
{
    return delta(index, R"("type":"input_json_delta","partial_json":")" + escaped + '"');
}

QByteArray blockStop(int index)
{
    return sse("content_block_stop", "\"index\":" + QByteArray::number(index));
}

QByteArray finish(const QByteArray &stopReason, const QByteArray &usage = R"({"output_tokens":88})")
{
    return sse("message_delta",
               R"("delta":{"stop_reason":")" + stopReason + R"(","stop_sequence":null},"usage":)" + usage) +
           sse("message_stop");
}

const QByteArray kText = R"({"type":"text","text":""})";
const QByteArray kThinking = R"({"type":"thinking","thinking":"","signature":""})";

QByteArray toolBlock(const QByteArray &id, const QByteArray &name, const QByteArray &input = "{}")
{
    return R"({"type":"tool_use","id":")" + id + R"(","name":")" + name + R"(","input":)" + input + '}';
}

// What a client would put together from the deltas: `id|model|text|reasoning|details|calls|refusal|annotations|finish`,
// or the failure's reason.
QByteArray folded(const std::vector<ChatStreamEvent> &events)
{
    Completion whole;
    std::vector<QByteArray> calls;
    QByteArray finish = "none";
    for (const ChatStreamEvent &event : events) {
        if (event.kind == Kind::Failure)
            return "failure " + event.error.reason;
        const ChatDelta &delta = event.delta;
        if (!delta.id.isEmpty())
            whole.id = delta.id;
        if (!delta.model.isEmpty())
            whole.model = delta.model;
        whole.text += delta.text;
        whole.reasoning += delta.reasoning;
        whole.refusal += delta.refusal;
        if (!delta.reasoningDetail.isEmpty())
            whole.reasoningDetails.push_back(delta.reasoningDetail);
        if (!delta.annotation.isEmpty())
            whole.annotations.push_back(delta.annotation);
        if (delta.toolCall && !delta.toolCall->id.isEmpty())
            calls.push_back(QByteArray::number(delta.toolCall->index) + ' ' + delta.toolCall->id + ' ' +
                            delta.toolCall->name + ' ');
        if (delta.toolCall)
            calls.at(static_cast<size_t>(delta.toolCall->index)) += delta.toolCall->arguments;
        if (delta.finishReason)
            finish = finishReasonText(*delta.finishReason).toByteArray();
    }
    const auto joined = [](const std::vector<QByteArray> &list) {
        return QByteArrayList(list.begin(), list.end()).join(' ');
    };
    const QByteArrayList parts{whole.id,
                               whole.model,
                               whole.text,
                               whole.reasoning,
                               joined(whole.reasoningDetails),
                               joined(calls),
                               whole.refusal,
                               joined(whole.annotations),
                               finish};
    return parts.join('|') + (!events.empty() && events.back().kind == Kind::End ? "" : " without an end");
}

std::vector<ChatStreamEvent> read(const QByteArray &stream)
{
    const AnthropicProvider provider(test::anthropicConfig());
    const std::unique_ptr<ProviderCall> call = test::callWithTools(provider, true);
    return test::readStream(*call->streamReader(), stream, stream.size(), 1);
}

// Anthropic's own example of a stream: thoughts, a text, a call with arguments and one without.
const QByteArray kWhole =
    start("msg_01z") + blockStart(0, kThinking) + sse("ping") +
    delta(0, R"("type":"thinking_delta","thinking":"Two zones.")") +
    delta(0, R"("type":"signature_delta","signature":"EqQBCg")") + blockStop(0) + blockStart(1, kText) +
    textDelta(1, "Looking up ") + textDelta(1, "both.") + blockStop(1) +
    blockStart(2, toolBlock("toolu_1", "get_time")) + jsonDelta(2, "") + jsonDelta(2, R"({\"tz\": \"U)") +
    jsonDelta(2, R"(TC\"})") + blockStop(2) + blockStart(3, toolBlock("toolu_2", "now")) + jsonDelta(3, "") +
    blockStop(3) +
    finish(
        "tool_use",
        R"({"input_tokens":61,"cache_creation_input_tokens":4,"cache_read_input_tokens":8,"output_tokens":88,"output_tokens_details":{"thinking_tokens":8}})");

} // namespace

void StreamReaderTest::readsAWholeStream()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const auto chunk = [](const QByteArray &delta, const QByteArray &finish = "null") {
        return R"(data: {"id":"msg_01z","object":"chat.completion.chunk","created":1700000000,"model":"claude-y","choices":[{"index":0,"delta":)" +
               delta + R"(,"finish_reason":)" + finish + R"(}],"usage":null})" + "\n\n";
    };
    const QByteArray expected =

        ": ping\n\n" + chunk(R"({"role":"assistant","reasoning_content":"Two zones."})") +
        chunk(
            R"({"reasoning_details":[{"type":"reasoning.text","text":"Two zones.","signature":"EqQBCg","id":"msg_01z.0.t0c0","format":"anthropic-claude-v1","index":0}]})") +
        chunk(R"({"content":"Looking up "})") + chunk(R"({"content":"both."})") +
        chunk(
            R"({"tool_calls":[{"index":0,"id":"toolu_1","type":"function","function":{"name":"get.time","arguments":""}}]})") +
        chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"tz\": \"U"}}]})") +
        chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"TC\"}"}}]})") +
        chunk(
            R"({"tool_calls":[{"index":1,"id":"toolu_2","type":"function","function":{"name":"now","arguments":""}}]})") +
        chunk(R"({"tool_calls":[{"index":1,"function":{"arguments":"{}"}}]})") + chunk("{}", R"("tool_calls")") +
        R"(data: {"id":"msg_01z","object":"chat.completion.chunk","created":1700000000,"model":"claude-y","choices":[],)"
        R"("usage":{"prompt_tokens":73,"completion_tokens":88,"total_tokens":161,"prompt_tokens_details":{"cached_tokens":8,"cache_write_tokens":4},)"
        R"("completion_tokens_details":{"reasoning_tokens":8}}})"
        "\n\ndata: [DONE]\n\n";
    QCOMPARE(test::clientFrames(*test::callWithTools(provider, true), kWhole, true), expected);
}

void StreamReaderTest::readsTheSameAsAWholeAnswer()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const auto answer =
        test::callWithTools(provider, false)
            ->readAnswer(R"({"id":"msg_01z","model":"claude-y","content":[)"
                         R"({"type":"thinking","thinking":"Two zones.","signature":"EqQBCg"},)"
                         R"({"type":"text","text":"Looking up both."},)"
                         R"({"type":"tool_use","id":"toolu_1","name":"get_time","input":{"tz":"UTC"}},)"
                         R"({"type":"tool_use","id":"toolu_2","name":"now","input":{}}],"stop_reason":"tool_use",)"
                         R"("usage":{"input_tokens":61,"cache_creation_input_tokens":4,"cache_read_input_tokens":8,)"
                         R"("output_tokens":88,"output_tokens_details":{"thinking_tokens":8}}})");
    QVERIFY(answer && answer->completion);
    const Completion &completion = *answer->completion;
    const QByteArray expected =
        completion.id + '|' + completion.model + '|' + completion.text + '|' + completion.reasoning + '|' +
        completion.reasoningDetails.front() + "|0 " + completion.toolCalls[0].id + ' ' + completion.toolCalls[0].name +
        " {\"tz\": \"UTC\"} 1 " + completion.toolCalls[1].id + ' ' + completion.toolCalls[1].name + ' ' +
        completion.toolCalls[1].arguments + "|||" + finishReasonText(completion.finishReason).toByteArray();
    const std::vector<ChatStreamEvent> events = read(kWhole);
    QCOMPARE(folded(events), expected);
    std::optional<Usage> usage;
    for (const ChatStreamEvent &event : events)
        usage = event.usage ? event.usage : usage;
    QVERIFY(usage);
    QCOMPARE(*usage, *answer->usage);
}

void StreamReaderTest::readsEvents_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArray>("answer");
    const auto row = [](const char *name, QByteArray stream, QByteArray answer) {
        QTest::newRow(name) << std::move(stream) << std::move(answer);
    };
    const QByteArray text = blockStart(0, kText) + textDelta(0, "a") + blockStop(0);
    row("text", start() + text + finish("end_turn"), "msg_1|claude-y|a||||||stop");
    row("text in the block's start", start() + blockStart(0, R"({"type":"text","text":"a"})") + finish("end_turn"),
        "msg_1|claude-y|a||||||stop");
    row("cut", start() + text + finish("max_tokens"), "msg_1|claude-y|a||||||length");
    row("nothing", start() + finish("end_turn"), "msg_1|claude-y|||||||stop");
    row("unknown events and deltas",
        start() + sse("later", R"("x":1)") + blockStart(0, kText) + delta(0, R"("type":"later_delta","x":1)") +
            textDelta(0, "a") + blockStop(0) + finish("end_turn"),
        "msg_1|claude-y|a||||||stop");
    row("types by the event's name only",
        "event: message_start\ndata: {\"message\":{\"id\":\"msg_1\",\"model\":\"m\"}}\n\n"
        "event: content_block_delta\ndata: {\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\n\n"
        "event: message_stop\ndata: {}\n\n",
        "msg_1|m|a||||||stop");
    row("a call without arguments",
        start() + blockStart(0, toolBlock("t", "now")) + jsonDelta(0, "") + blockStop(0) + finish("tool_use"),
        "msg_1|claude-y||||0 t now {}|||tool_calls");
    row("a call without any piece and stop", start() + blockStart(0, toolBlock("t", "now")) + finish("tool_use"),
        "msg_1|claude-y||||0 t now {}|||tool_calls");
    row("arguments in the block's start",
        start() + blockStart(0, toolBlock("t", "now", R"({"a":1})")) + blockStop(0) + finish("tool_use"),
        "msg_1|claude-y||||0 t now {\"a\":1}|||tool_calls");
    row("a call without an id", start() + blockStart(0, toolBlock("", "now")) + blockStop(0) + finish("end_turn"),
        "msg_1|claude-y||||0 call_msg_1_0 now {}|||tool_calls");
    row("calls count without other blocks",
        start() + text + blockStart(1, toolBlock("t", "now")) + blockStop(1) + blockStart(2, kText) + blockStop(2) +
            blockStart(3, toolBlock("u", "get_time")) + jsonDelta(3, "{}") + blockStop(3) + finish("tool_use"),
        "msg_1|claude-y|a|||0 t now {} 1 u get.time {}|||tool_calls");
    row("arguments that were cut off",
        start() + blockStart(0, toolBlock("t", "now")) + jsonDelta(0, R"({\"a\":)") + blockStop(0) +
            finish("max_tokens"),
        "msg_1|claude-y||||0 t now {\"a\":|||length");
    row("thoughts without text",
        start() + blockStart(0, kThinking) + delta(0, R"("type":"signature_delta","signature":"s")") + blockStop(0) +
            blockStart(1, kText) + textDelta(1, "a") + blockStop(1) + finish("end_turn"),
        R"(msg_1|claude-y|a||{"type":"reasoning.text","text":"","signature":"s","id":"msg_1.0.t0c0","format":"anthropic-claude-v1","index":0}||||stop)");
    row("secret thoughts",
        start() + blockStart(0, kThinking) + delta(0, R"("type":"thinking_delta","thinking":"H")") +
            delta(0, R"("type":"thinking_delta","thinking":"m.")") +
            delta(0, R"("type":"signature_delta","signature":"s")") + blockStop(0) +
            blockStart(1, R"({"type":"redacted_thinking","data":"xyz"})") + blockStop(1) + finish("end_turn"),
        R"(msg_1|claude-y||Hm.|{"type":"reasoning.text","text":"Hm.","signature":"s","id":"msg_1.0.t0c0","format":"anthropic-claude-v1","index":0})"
        R"( {"type":"reasoning.encrypted","data":"xyz","id":"msg_1.1.t0c0","format":"anthropic-claude-v1","index":1}||||stop)");
    row("thoughts between words and calls",
        start() + blockStart(0, kThinking) + delta(0, R"("type":"signature_delta","signature":"s")") + blockStop(0) +
            blockStart(1, kText) + textDelta(1, "Größe") + blockStop(1) + blockStart(2, kThinking) +
            delta(2, R"("type":"signature_delta","signature":"s")") + blockStop(2) +
            blockStart(3, toolBlock("t", "now")) + blockStop(3) +
            blockStart(4, R"({"type":"redacted_thinking","data":"xyz"})") + blockStop(4) + finish("tool_use"),
        R"(msg_1|claude-y|Größe||{"type":"reasoning.text","text":"","signature":"s","id":"msg_1.0.t0c0","format":"anthropic-claude-v1","index":0} )"
        R"({"type":"reasoning.text","text":"","signature":"s","id":"msg_1.1.t7c0","format":"anthropic-claude-v1","index":1} )"
        R"({"type":"reasoning.encrypted","data":"xyz","id":"msg_1.2.t7c1","format":"anthropic-claude-v1","index":2}|0 t now {}|||tool_calls)");
    row("endless names",
        sse("message_start",
            R"("message":{"id":")" + QByteArray(257, 'i') + R"(","model":")" + QByteArray(257, 'm') + "\"}") +
            blockStart(0, toolBlock(QByteArray(257, 't'), "now")) + blockStop(0) + finish("tool_use"),
        "|||||0 call__0 now {}|||tool_calls");
    row("a refusal after a call", start() + blockStart(0, toolBlock("t", "now")) + blockStop(0) + finish("refusal"),
        "msg_1|claude-y||||0 t now {}|||content_filter");
    row("thoughts without a signature",
        start() + blockStart(0, kThinking) + delta(0, R"("type":"thinking_delta","thinking":"Hm.")") + blockStop(0) +
            finish("end_turn"),
        "msg_1|claude-y||Hm.|||||stop");
    row("Anthropic's own tools",
        start() + blockStart(0, R"({"type":"server_tool_use","id":"s","name":"web_search","input":{}})") +
            jsonDelta(0, R"({\"query\":\"q\"})") + blockStop(0) +
            blockStart(1, R"({"type":"web_search_tool_result","tool_use_id":"s","content":[]})") + blockStop(1) +
            blockStart(2, kText) + textDelta(2, "a") + blockStop(2) + finish("end_turn"),
        "msg_1|claude-y|a||||||stop");
    row("citations of the web",
        start() + blockStart(0, kText) + textDelta(0, "Größe: ") + blockStop(0) +
            blockStart(1, R"({"type":"text","text":"","citations":[]})") +
            delta(
                1,
                R"("type":"citations_delta","citation":{"type":"web_search_result_location","url":"https://x.example/","title":"X","cited_text":"3"})") +
            textDelta(1, "3 €") + delta(1, R"("type":"citations_delta","citation":{"type":"page_location"})") +
            blockStop(1) + finish("end_turn"),
        R"(msg_1|claude-y|Größe: 3 €|||||{"type":"url_citation","url_citation":{"start_index":7,"end_index":10,"title":"X","url":"https://x.example/"}}|stop)");
    row("a refusal without blocks",
        start() + sse("ping") +
            sse("message_delta",
                R"("delta":{"stop_reason":"refusal","stop_sequence":null,"stop_details":{"type":"refusal","category":null,"explanation":"Not that."}},"usage":{"output_tokens":1})") +
            sse("message_stop"),
        "msg_1|claude-y|||||Not that.||content_filter");
    row("a refusal without words", start() + finish("refusal"), "msg_1|claude-y|||||||content_filter");
    row("a second beginning before anything was said",
        start("msg_0") + blockStart(0, kThinking) + start() + text + finish("end_turn"), "msg_1|claude-y|a||||||stop");
    row("a second beginning after that", start() + text + start() + text + finish("end_turn"),
        "failure upstream_malformed_event");
    row("a second finish reason",
        start() + text + sse("message_delta", R"("delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":2})") +
            finish("end_turn"),
        "msg_1|claude-y|a||||||length");
    row("no finish reason", start() + text + sse("message_stop"), "msg_1|claude-y|a||||||stop");
}

void StreamReaderTest::readsEvents()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const QByteArray, answer);
    QCOMPARE(folded(read(stream)), answer);
    const AnthropicProvider provider(test::anthropicConfig());
    QVERIFY(!test::clientFrames(*test::callWithTools(provider, true), stream).startsWith("splits differ"));
}

void StreamReaderTest::tellsWhatIsUseful()
{
    QByteArrayList seen;
    for (const ChatStreamEvent &event : read(kWhole))
        seen.append((event.isUseful ? "useful " : "") + QByteArray::number(event.textBytes));
    QCOMPARE(seen.join(','), "0,0,"                                          // the beginning and a ping
                             "useful 10,useful 0,useful 11,useful 5,"        // thoughts and text
                             "useful 0,useful 9,useful 4,useful 0,useful 2," // calls
                             "useful 0,0");                                  // the finish reason and the end
}

void StreamReaderTest::keepsTheLastNumbersOfUsage()
{
    const std::vector<ChatStreamEvent> events =
        read(start() +
             sse("message_delta",
                 R"("delta":{},"usage":{"input_tokens":61,"cache_read_input_tokens":null,"output_tokens":5})") +
             finish("end_turn", R"({"output_tokens":9})"));
    std::vector<Usage> usages;
    for (const ChatStreamEvent &event : events) {
        if (event.usage)
            usages.push_back(*event.usage);
    }
    QCOMPARE(usages.size(), 3);
    QCOMPARE(usages[0], (Usage{.input = 52, .output = 1}));
    QCOMPARE(usages[1], (Usage{.input = 61, .output = 5}));
    QCOMPARE(usages[2], (Usage{.input = 61, .output = 9}));
    QVERIFY(!events[1].isUseful);
}

void StreamReaderTest::forgetsTheUsageOfAnAbandonedBeginning()
{
    const QByteArray abandoned =
        sse("message_start", R"("message":{"id":"msg_0","usage":{"input_tokens":1,"cache_read_input_tokens":1000}})");
    const QByteArray second = sse("message_start", R"("message":{"id":"msg_1","usage":{"input_tokens":2}})");
    const std::vector<ChatStreamEvent> events = read(abandoned + second + finish("end_turn"));
    QCOMPARE(events.size(), 4);
    QCOMPARE(events[2].usage, (Usage{.input = 2, .output = 88}));
}

void StreamReaderTest::readsErrorsInsideOfTheStream_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<int>("status");
    const auto error = [](const QByteArray &type, const QByteArray &message = "m") {
        return sse("error", R"("error":{"type":")" + type + R"(","message":")" + message + R"(","details":null})");
    };
    const auto row = [](const char *name, QByteArray stream, QByteArray message, int status) {
        QTest::newRow(name) << std::move(stream) << std::move(message) << status;
    };
    row("first of all", error("overloaded_error", "Overloaded"), "Overloaded", 529);
    row("after the beginning", start() + error("overloaded_error"), "m", 529);
    row("rate limit", error("rate_limit_error"), "m", 429);
    row("api error", error("api_error"), "m", 500);
    row("timeout", error("timeout_error"), "m", 504);
    row("too large", error("request_too_large"), "m", 413);
    row("invalid", error("invalid_request_error"), "m", 400);
    row("an unknown type", error("cosmic_error"), "m", 500);
    row("without a type", "data: {\"error\":{\"message\":\"m\"}}\n\n", "m", 500);
    row("a text", "event: error\ndata: {\"error\":\"m\"}\n\n", "m", 500);
    row("nothing", sse("error"), "the provider reported an error", 500);
    row("the key in it", error("api_error", "sk-ant-canary-0123456789"), "***", 500);
}

void StreamReaderTest::readsErrorsInsideOfTheStream()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const QByteArray, message);
    QFETCH(const int, status);
    const std::vector<ChatStreamEvent> events = read(stream);
    QCOMPARE(events.back().kind, Kind::Failure);
    QCOMPARE(events.back().error.message, message);
    QCOMPARE(httpStatus(events.back().error), status);
    for (const ChatStreamEvent &event : events)
        QVERIFY(!event.isUseful); // so that another try is possible
}

void StreamReaderTest::failsOnceAndForAll_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArray>("reason");
    const auto row = [](const char *name, QByteArray stream, QByteArray reason) {
        QTest::newRow(name) << std::move(stream) << std::move(reason);
    };
    const QByteArray end = sse("message_stop");
    row("nothing", "", "upstream_incomplete");
    row("cut off", start() + blockStart(0, kText) + textDelta(0, "a"), "upstream_incomplete");
    row("cut off before the end mark", start() + sse("message_delta", R"("delta":{"stop_reason":"end_turn"})"),
        "upstream_incomplete");
    row("no JSON", start() + "data: oops\n\n" + end, "upstream_malformed_event");
    row("no object", "data: [1]\n\n" + end, "upstream_malformed_event");
    row("an end without a beginning", end, "upstream_malformed_event");
    row("arguments of a text", start() + blockStart(0, kText) + jsonDelta(0, "{}") + end, "upstream_malformed_event");
    row("a piece of another block", start() + blockStart(0, kText) + textDelta(1, "a") + end,
        "upstream_malformed_event");
    row("after an error", sse("error", R"("error":{"type":"api_error"})") + start() + end, "upstream_error");
}

void StreamReaderTest::failsOnceAndForAll()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const QByteArray, reason);
    const std::vector<ChatStreamEvent> events = read(stream);
    QVERIFY(!events.empty());
    QCOMPARE(events.back().error.reason, reason);
    QCOMPARE(std::ranges::count_if(
                 events,
                 [](const ChatStreamEvent &event) { return event.kind == Kind::Failure || event.kind == Kind::End; }),
             1);
}

void StreamReaderTest::endsBlocksWithoutEnd_data()
{
    QTest::addColumn<QByteArray>("block");
    QTest::addColumn<QByteArray>("piece"); // 2 MiB
    const QByteArray filling(2 * 1024 * 1024, 'x');
    QTest::newRow("thought") << kThinking << delta(0, R"("type":"thinking_delta","thinking":")" + filling + '"');
    QTest::newRow("signature") << kThinking << delta(0, R"("type":"signature_delta","signature":")" + filling + '"');
    QTest::newRow("citations")
        << kText
        << delta(
               0,
               R"("type":"citations_delta","citation":{"type":"web_search_result_location","url":"https://x.example/","title":")" +
                   filling + "\"}");
}

void StreamReaderTest::endsBlocksWithoutEnd()
{
    QFETCH(const QByteArray, block);
    QFETCH(const QByteArray, piece);
    const QByteArray allowed = start() + blockStart(0, block) + piece.repeated(7);
    QVERIFY(!folded(read(allowed + blockStop(0) + blockStart(1, kText) + finish("end_turn"))).startsWith("failure"));
    const std::vector<ChatStreamEvent> events = read(allowed + piece.repeated(2) + finish("end_turn"));
    QCOMPARE(folded(events), "failure upstream_event_too_large");
    QCOMPARE(std::ranges::count(events, Kind::Failure, &ChatStreamEvent::kind), 1);
    QCOMPARE(events.back().kind, Kind::Failure);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::StreamReaderTest)
#include "tst_stream_reader.moc"
