// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/stream_writer.h"

#include "gateway/json/document.h"
#include "gateway/upstream/sse_reader.h"

#include <QTest>

namespace lunargate {

class StreamWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void passesChunksByteForByte();
    void putsEachChunkOnOneLine();
    void givesUsageOnlyToThoseWhoAsked_data();
    void givesUsageOnlyToThoseWhoAsked();
    void commentsNeverBecomeData_data();
    void commentsNeverBecomeData();
    void endsWithTheEndMark();
    void tellsFailuresInAFrame();
    void appendsFrameToFrame();
    void writesDeltasAsChunks();
    void writesToolCalls();
    void saysTheUsageAtTheEndToThoseWhoAsked_data();
    void saysTheUsageAtTheEndToThoseWhoAsked();
    void keepsTheIdOfTheProvider();
};

namespace {

using Kind = ChatStreamEvent::Kind;

QByteArray frame(const ChatStreamEvent &event, bool includeUsage = false)
{
    QByteArray out;
    openai_chat::StreamWriter({.includeUsage = includeUsage, .fallbackId = "id", .fallbackModel = "m"})
        .append(out, event);
    return out;
}

} // namespace

void StreamWriterTest::passesChunksByteForByte()
{
    const QByteArray payload = "{ \"id\":1.50, \"choices\" :[{\"delta\":{\"content\":\"\xE2\x82\xAC\\u0041\"}}] }";
    QCOMPARE(frame({.kind = Kind::Chunk, .payload = payload}), "data: " + payload + "\n\n");
}

void StreamWriterTest::putsEachChunkOnOneLine()
{
    QCOMPARE(frame({.kind = Kind::Chunk, .payload = "{\n\"id\":1\n}"}), "data: { \"id\":1 }\n\n");
}

void StreamWriterTest::givesUsageOnlyToThoseWhoAsked_data()
{
    QTest::addColumn<bool>("asked");
    QTest::newRow("asked") << true;
    QTest::newRow("did not ask") << false;
}

void StreamWriterTest::givesUsageOnlyToThoseWhoAsked()
{
    QFETCH(const bool, asked);
    const ChatStreamEvent usageOnly{.kind = Kind::Chunk, .payload = "{}", .isUsageOnly = true, .usage = Usage{}};
    QCOMPARE(frame(usageOnly, asked), asked ? "data: {}\n\n" : "");
    // Usage in a chunk with content stays: nothing is taken out of a payload.
    const ChatStreamEvent withContent{.kind = Kind::Chunk, .payload = "{}", .isUseful = true, .usage = Usage{}};
    QCOMPARE(frame(withContent, asked), "data: {}\n\n");
}

void StreamWriterTest::commentsNeverBecomeData_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("plain") << QByteArray("OPENROUTER PROCESSING");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("a line that looks like data") << QByteArray("ping\ndata: {}\n\ndata: x");
    QTest::newRow("long") << QByteArray(5000, 'x');
    QTest::newRow("invalid UTF-8") << QByteArray("\xE2\x82");
}

void StreamWriterTest::commentsNeverBecomeData()
{
    QFETCH(const QByteArray, text);
    const QByteArray out = frame({.kind = Kind::Comment, .payload = text});
    QVERIFY(out.startsWith(": "));
    QVERIFY(out.size() < 300);
    QVERIFY(out.isValidUtf8());
    SseReader reader(10'000);
    std::vector<SseEvent> events;
    QVERIFY(reader.feed(out, events));
    QCOMPARE(events.size(), 1);
    QVERIFY(events[0].isComment);
    QVERIFY(!reader.finish());
}

void StreamWriterTest::endsWithTheEndMark()
{
    QCOMPARE(frame({.kind = Kind::End}), "data: [DONE]\n\n");
}

void StreamWriterTest::tellsFailuresInAFrame()
{
    const QByteArray out = frame({.kind = Kind::Failure,
                                  .error = {.kind = ErrorKind::UpstreamProtocol,
                                            .reason = "upstream_incomplete",
                                            .message = "line one\nline two"}});
    QVERIFY(out.startsWith("data: {\"error\":{"));
    QCOMPARE(out.count('\n'), 2); // one frame on one line
    const auto document = json::Document::parse(out.sliced(6).trimmed());
    QVERIFY(document);
    QCOMPARE(document->root()["error"]["code"].toByteArray(), "upstream_incomplete");
    QCOMPARE(document->root()["error"]["message"].toByteArray(), "line one\nline two");
    QVERIFY(!out.contains("[DONE]"));
}

void StreamWriterTest::appendsFrameToFrame()
{
    QByteArray out;
    openai_chat::StreamWriter writer({.includeUsage = true, .fallbackId = "id", .fallbackModel = "m"});
    writer.append(out, {.kind = Kind::Chunk, .payload = "{\n}"});
    writer.append(out, {.kind = Kind::Chunk, .payload = "[\n]"});
    QCOMPARE(out, "data: { }\n\ndata: [ ]\n\n");
}

namespace {

constexpr QByteArrayView kHead =
    R"(data: {"id":"id","object":"chat.completion.chunk","created":7,"model":"m","choices":[)";

QByteArray framesOf(const std::vector<ChatStreamEvent> &events, bool includeUsage = false)
{
    openai_chat::StreamWriter writer(
        {.includeUsage = includeUsage, .fallbackId = "id", .fallbackModel = "m", .created = 7});
    QByteArray out;
    for (const ChatStreamEvent &event : events)
        writer.append(out, event);
    return out;
}

QByteArray chunk(const QByteArray &delta, const QByteArray &finishReason = "null")
{
    return kHead.toByteArray() + "{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + finishReason + "}]}\n\n";
}

ChatStreamEvent text(QByteArray text)
{
    return {.kind = Kind::Delta, .delta = {.text = std::move(text)}};
}

ChatStreamEvent finish(FinishReason reason)
{
    return {.kind = Kind::Delta, .delta = {.finishReason = reason}};
}

} // namespace

void StreamWriterTest::writesDeltasAsChunks()
{
    const QByteArray frames = framesOf({{.kind = Kind::Delta, .delta = {.reasoning = "hm"}},
                                        {.kind = Kind::Delta, .delta = {.reasoningDetail = R"({"type":"x"})"}},
                                        text("a\"b"),
                                        {.kind = Kind::Delta, .delta = {.refusal = "no"}},
                                        {.kind = Kind::Delta},
                                        finish(FinishReason::ContentFilter),
                                        {.kind = Kind::End}});
    QCOMPARE(frames, chunk(R"({"role":"assistant","reasoning_content":"hm"})") +
                         chunk(R"({"reasoning_details":[{"type":"x"}]})") + chunk(R"({"content":"a\"b"})") +
                         chunk(R"({"refusal":"no"})") + chunk("{}", "\"content_filter\"") + "data: [DONE]\n\n");
    QCOMPARE(framesOf({finish(FinishReason::Length), {.kind = Kind::End}}),
             chunk(R"({"role":"assistant"})", "\"length\"") + "data: [DONE]\n\n");
}

void StreamWriterTest::writesToolCalls()
{
    const auto call = [](ChatDelta::ToolCall toolCall) {
        return ChatStreamEvent{.kind = Kind::Delta, .delta = {.toolCall = std::move(toolCall)}};
    };
    const QByteArray frames =
        framesOf({call({.index = 0, .id = "c1", .name = "f", .extraContent = R"({"google":1})"}),
                  call({.index = 0, .arguments = "{}"}),
                  call({.index = 1, .id = "c2", .name = "patch", .arguments = "x", .isCustom = true})});
    QCOMPARE(
        frames,
        chunk(
            R"({"role":"assistant","tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""},"extra_content":{"google":1}}]})") +
            chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]})") +
            chunk(R"({"tool_calls":[{"index":1,"id":"c2","type":"custom","custom":{"name":"patch","input":"x"}}]})"));
}

void StreamWriterTest::saysTheUsageAtTheEndToThoseWhoAsked_data()
{
    givesUsageOnlyToThoseWhoAsked_data();
}

void StreamWriterTest::saysTheUsageAtTheEndToThoseWhoAsked()
{
    QFETCH(const bool, asked);
    ChatStreamEvent last = text("a");
    last.usage = Usage{.input = 3, .cachedInput = 2, .output = 4, .reasoning = 1};
    const QByteArray frames = framesOf({last, {.kind = Kind::End}}, asked);
    const QByteArray usage =
        R"({"prompt_tokens":5,"completion_tokens":5,"total_tokens":10,"prompt_tokens_details":{"cached_tokens":2},"completion_tokens_details":{"reasoning_tokens":1}})";
    QCOMPARE(frames.contains(kHead.toByteArray() + "],\"usage\":" + usage + "}\n\ndata: [DONE]\n\n"), asked);
    QCOMPARE(frames.contains("usage"), asked);
    QCOMPARE(frames.contains(R"("usage":null)"), asked); // in the chunk before
}

void StreamWriterTest::keepsTheIdOfTheProvider()
{
    const QByteArray frames = framesOf({{.kind = Kind::Delta, .delta = {.id = "msg_1", .model = "claude"}}, text("a")});
    QVERIFY(frames.startsWith(R"(data: {"id":"msg_1","object":"chat.completion.chunk","created":7,"model":"claude",)"));
    QCOMPARE(frames.count("data: "), 1);
    const QByteArray long_(10'000, 'x');
    QVERIFY(framesOf({{.kind = Kind::Delta, .delta = {.id = long_, .model = long_}}, text("a")}).size() < 300);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::StreamWriterTest)
#include "tst_stream_writer.moc"
