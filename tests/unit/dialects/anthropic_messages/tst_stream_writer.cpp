// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/stream_writer.h"

#include "gateway/chat/carried_thought.h"
#include "gateway/dialects/anthropic_messages/anthropic_messages_dialect.h"
#include "gateway/upstream/sse_reader.h"

#include <QTest>

using namespace lunargate::anthropic_messages;

namespace lunargate {

class MessagesStreamWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesAWholeStream();
    void writesBlocks_data();
    void writesBlocks();
    void tellsUsageAsSoonAsItIsKnown();
    void estimatesWhatIsNeverTold();
    void passesNativeEvents();
    void tellsFailures();
    void keepsAlive();
};

namespace {

using Kind = ChatStreamEvent::Kind;

ChatStreamEvent delta(ChatDelta delta)
{
    return {.kind = Kind::Delta, .delta = std::move(delta), .isUseful = true};
}

ChatStreamEvent callPiece(int index, const char *id, const char *name, const char *arguments, const char *extra = "")
{
    return delta({.toolCall = ChatDelta::ToolCall{
                      .index = index, .id = id, .name = name, .arguments = arguments, .extraContent = extra}});
}

QByteArray framesOf(const std::vector<ChatStreamEvent> &events, Thoughts thoughts = Thoughts::Shown)
{
    anthropic_messages::StreamWriter writer({.requestId = "r1", .model = "asked", .created = 1, .promptTokens = 12},
                                            thoughts);
    QByteArray out;
    for (const ChatStreamEvent &event : events)
        writer.append(out, event);
    return out;
}

/// The stream's events but for its first and last two, shortened: `0 start TEXT`, `0 text a`, `0 stop`.
QByteArrayList blocksOf(const QByteArray &frames)
{
    SseReader reader(1 << 20);
    std::vector<SseEvent> events;
    reader.feed(frames, events);
    QByteArrayList lines;
    for (const SseEvent &event : events) {
        const std::optional<json::Document> document = json::Document::parse(event.data);
        if (!document || document->root()["type"].string() != event.type)
            return {"type and event differ: " + event.data};
        const json::Value root = document->root();
        const QByteArray index = QByteArray::number(root["index"].integer().value_or(-1));
        if (event.type == "content_block_start")
            lines << index + " start " + json::toText(root["content_block"]);
        else if (event.type == "content_block_delta")
            lines << index + ' ' + json::toText(root["delta"]);
        else if (event.type == "content_block_stop")
            lines << index + " stop";
        else if (event.type == "message_delta")
            lines << root["delta"]["stop_reason"].toByteArray();
    }
    return lines;
}

const QByteArray kTextStart = R"( start {"type":"text","text":""})";
const QByteArray kThinkingStart = R"( start {"type":"thinking","thinking":"","signature":""})";

QByteArray callStart(const QByteArray &id)
{
    return R"( start {"type":"tool_use","id":")" + id + R"(","name":"f","input":{}})";
}

QByteArray arguments(const QByteArray &json)
{
    return R"( {"type":"input_json_delta","partial_json":)" + json::quoted(json) + '}';
}

QByteArray signature(const QByteArray &text)
{
    return R"( {"type":"signature_delta","signature":")" + text + "\"}";
}

QByteArray words(const QByteArray &text)
{
    return R"( {"type":"text_delta","text":")" + text + "\"}";
}

QByteArray thought(const QByteArray &text)
{
    return R"( {"type":"thinking_delta","thinking":")" + text + "\"}";
}

} // namespace

void MessagesStreamWriterTest::writesAWholeStream()
{
    ChatStreamEvent last = delta({.finishReason = FinishReason::Stop});
    last.usage = Usage{.input = 20, .cachedInput = 4, .output = 2};
    const QByteArray frames = framesOf({delta({.id = "chatcmpl-1", .model = "told"}),
                                        delta({.text = "H\n"}),
                                        delta({.text = "i"}),
                                        last,
                                        {.kind = Kind::End}});
    const QByteArray expected =
        "event: message_start\n"
        R"(data: {"type":"message_start","message":{"id":"msg_r1","type":"message","role":"assistant","model":"told",)"
        R"("content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":12,)"
        R"("cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}})"
        "\n\nevent: ping\ndata: {\"type\":\"ping\"}\n\n"
        "event: content_block_start\n"
        R"(data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}})"
        "\n\nevent: content_block_delta\n"
        R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"H\n"}})"
        "\n\nevent: content_block_delta\n"
        R"(data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"i"}})"
        "\n\nevent: content_block_stop\n"
        R"(data: {"type":"content_block_stop","index":0})"
        "\n\nevent: message_delta\n"
        R"(data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":)"
        R"({"input_tokens":20,"cache_creation_input_tokens":0,"cache_read_input_tokens":4,"output_tokens":2}})"
        "\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    QCOMPARE(frames, expected);
}

void MessagesStreamWriterTest::writesBlocks_data()
{
    QTest::addColumn<std::vector<ChatStreamEvent>>("events");
    QTest::addColumn<Thoughts>("thoughts");
    QTest::addColumn<QByteArrayList>("expected");
    const auto row = [](const char *scenario, std::vector<ChatStreamEvent> events, QByteArrayList expected,
                        Thoughts thoughts = Thoughts::Shown) {
        events.push_back({.kind = Kind::End});
        QTest::newRow(scenario) << std::move(events) << thoughts << std::move(expected);
    };
    const QByteArray mark = carriedText({});
    const QByteArray signedDetail =
        R"({"type":"reasoning.text","text":"hm","signature":"Eq","format":"anthropic-claude-v1"})";
    const QByteArray redactedDetail = R"({"type":"reasoning.encrypted","data":"Zz","format":"anthropic-claude-v1"})";
    const QByteArray foreign = R"({"type":"reasoning.encrypted","data":"x","format":"openai-responses-v1"})";
    const QByteArray foreignMark = carriedText({.detail = foreign});
    const QByteArray foreignBlock = R"( start {"type":"redacted_thinking","data":")" + foreignMark + "\"}";

    row("nothing", {delta({.finishReason = FinishReason::Stop})}, {"0" + kTextStart, "0 stop", "end_turn"});
    row("filtered", {delta({.finishReason = FinishReason::ContentFilter})}, {"refusal"});
    row("thoughts, then text", {delta({.reasoning = "h"}), delta({.reasoning = "m"}), delta({.text = "a"})},
        {"0" + kThinkingStart, "0" + thought("h"), "0" + thought("m"), "0" + signature(mark), "0 stop",
         "1" + kTextStart, "1" + words("a"), "1 stop", "end_turn"});
    row("signed thought", {delta({.reasoning = "hm"}), delta({.reasoningDetail = signedDetail}), delta({.text = "a"})},
        {"0" + kThinkingStart, "0" + thought("hm"), "0" + signature("Eq"), "0 stop", "1" + kTextStart, "1" + words("a"),
         "1 stop", "end_turn"});
    row("signed thought without its words", {delta({.reasoningDetail = signedDetail})},
        {"0" + kThinkingStart, "0" + thought("hm"), "0" + signature("Eq"), "0 stop", "end_turn"});
    row("thought that is not to be seen", {delta({.reasoning = "hm"}), delta({.reasoningDetail = signedDetail})},
        {"0" + kThinkingStart, "0" + signature("Eq"), "0 stop", "end_turn"}, Thoughts::Unworded);
    row("redacted thought", {delta({.reasoningDetail = redactedDetail})},
        {R"(0 start {"type":"redacted_thinking","data":"Zz"})", "0 stop", "end_turn"});
    row("thought of another provider", {delta({.reasoning = "hm"}), delta({.reasoningDetail = foreign})},
        {"0" + kThinkingStart, "0" + thought("hm"), "0" + signature(foreignMark), "0 stop", "end_turn"});
    row("thoughts not asked for",
        {delta({.reasoning = "hm"}), delta({.reasoningDetail = foreign}), delta({.text = "a"})},
        {"0" + kTextStart, "0" + words("a"), "0 stop", "end_turn"}, Thoughts::None);
    row("not asked for, but needed by a call",
        {delta({.reasoningDetail = foreign}), delta({.text = "a"}), callPiece(0, "t", "f", "{}")},
        {"0" + kTextStart, "0" + words("a"), "0 stop", "1" + foreignBlock, "1 stop", "2" + callStart("t"),
         "2" + arguments("{}"), "2 stop", "tool_use"},
        Thoughts::None);
    row("extra content", {callPiece(0, "t", "f", "{}", R"({"g":1})")},
        {R"(0 start {"type":"redacted_thinking","data":")" +
             carriedText({.callId = "t", .extraContent = R"({"g":1})"}) + "\"}",
         "0 stop", "1" + callStart("t"), "1" + arguments("{}"), "1 stop", "tool_use"});
    row("call in pieces", {callPiece(0, "t", "f", ""), callPiece(0, "", "", "{\"a"), callPiece(0, "", "", "\":1}")},
        {"0" + callStart("t"), "0" + arguments("{\"a"), "0" + arguments("\":1}"), "0 stop", "tool_use"});
    row("calls one after the other",
        {callPiece(0, "t", "f", "{}\n"), callPiece(1, "u", "f", ""), callPiece(1, "", "", "{}")},
        {"0" + callStart("t"), "0" + arguments("{}\n"), "0 stop", "1" + callStart("u"), "1" + arguments("{}"), "1 stop",
         "tool_use"});
    row("calls that come mixed",
        {callPiece(0, "t", "f", "{\"a\""), callPiece(1, "u", "f", "{\"b\""), callPiece(0, "", "", ":1}"),
         callPiece(1, "", "", ":2}")},
        {"0" + callStart("t"), "0" + arguments("{\"a\""), "0" + arguments(":1}"), "0 stop", "1" + callStart("u"),
         "1" + arguments("{\"b\""), "1" + arguments(":2}"), "1 stop", "tool_use"});
    row("call without arguments, then another", {callPiece(0, "t", "f", ""), callPiece(1, "u", "f", "{}")},
        {"0" + callStart("t"), "0 stop", "1" + callStart("u"), "1" + arguments("{}"), "1 stop", "tool_use"});
    row("text behind calls", {callPiece(0, "t", "f", ""), callPiece(1, "u", "f", "{"), delta({.text = "a"})},
        {"0" + callStart("t"), "0 stop", "1" + callStart("u"), "1" + arguments("{"), "1 stop", "2" + kTextStart,
         "2" + words("a"), "2 stop", "tool_use"});
    row("text amid a call",
        {callPiece(0, "t", "f", "{\"a\""), delta({.text = "b"}), delta({.reasoning = "hm"}),
         callPiece(0, "", "", ":1}"), delta({.text = "c"})},
        {"0" + callStart("t"), "0" + arguments("{\"a\""), "0" + arguments(":1}"), "0 stop", "1" + kTextStart,
         "1" + words("b"), "1 stop", "2" + kThinkingStart, "2" + thought("hm"), "2" + signature(mark), "2 stop",
         "3" + kTextStart, "3" + words("c"), "3 stop", "tool_use"});
    row("refusal amid a call that is cut",
        {callPiece(0, "t", "f", "{\"a"), delta({.refusal = "no"}), delta({.finishReason = FinishReason::Stop})},
        {"0" + callStart("t"), "0" + arguments("{\"a"), "0 stop", "1" + kTextStart, "1" + words("no"), "1 stop",
         "tool_use"});
    row("cut call", {callPiece(0, "t", "f", "{\"a"), delta({.finishReason = FinishReason::Length})},
        {"0" + callStart("t"), "0" + arguments("{\"a"), "0 stop", "max_tokens"});
    row("refusal", {delta({.refusal = "no"}), delta({.finishReason = FinishReason::Stop})},
        {"0" + kTextStart, "0" + words("no"), "0 stop", "refusal"});
}

void MessagesStreamWriterTest::writesBlocks()
{
    QFETCH(const std::vector<ChatStreamEvent>, events);
    QFETCH(const Thoughts, thoughts);
    QFETCH(const QByteArrayList, expected);
    const QByteArray frames = framesOf(events, thoughts);
    QCOMPARE(blocksOf(frames), expected);
    QCOMPARE(frames.count("event: message_start\n"), 1);
    QVERIFY(frames.endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"));
}

void MessagesStreamWriterTest::tellsUsageAsSoonAsItIsKnown()
{
    ChatStreamEvent first = delta({.id = "msg_01"});
    first.usage = Usage{.input = 7, .cachedInput = 3};
    const QByteArray frames = framesOf({first});
    QVERIFY2(frames.contains(R"("id":"msg_01")"), frames.constData());
    QVERIFY2(frames.contains(R"("input_tokens":7,"cache_creation_input_tokens":0,"cache_read_input_tokens":3)"),
             frames.constData());
}

void MessagesStreamWriterTest::estimatesWhatIsNeverTold()
{
    const QByteArray frames = framesOf({delta({.text = "12345678"}), {.kind = Kind::End}});
    QVERIFY2(frames.contains(R"("stop_sequence":null},"usage":{"input_tokens":12,"cache_creation_input_tokens":0,)"
                             R"("cache_read_input_tokens":0,"output_tokens":2})"),
             frames.constData());
}

void MessagesStreamWriterTest::passesNativeEvents()
{
    const QByteArray lines = "event: content_block_delta\ndata: { \"odd\" : 1.0 }";
    const QByteArray frames = framesOf({{.kind = Kind::Chunk, .payload = lines},
                                        {.kind = Kind::Chunk, .delta = {.text = "beside it"}},
                                        {.kind = Kind::End}});
    QCOMPARE(frames, lines + "\n\n");
}

void MessagesStreamWriterTest::tellsFailures()
{
    const Error error{.kind = ErrorKind::UpstreamStatus, .reason = "r", .message = "Overloaded", .upstreamStatus = 529};
    const QByteArray expected = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
                                "\"message\":\"Overloaded\"}}\n\n";
    QVERIFY(framesOf({delta({.text = "a"}), {.kind = Kind::Failure, .error = error}}).endsWith(expected));
    QCOMPARE(framesOf({{.kind = Kind::Chunk, .payload = "data: {}"}, {.kind = Kind::Failure, .error = error}}),
             "data: {}\n\n" + expected);
}

void MessagesStreamWriterTest::keepsAlive()
{
    QCOMPARE(framesOf({{.kind = Kind::Comment, .payload = "x"}}), kPingFrame.toByteArray());
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::MessagesStreamWriterTest)
#include "tst_stream_writer.moc"
