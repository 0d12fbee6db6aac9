// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/stream_frames.h"

#include "gateway/json/document.h"
#include "gateway/upstream/sse_reader.h"

#include <QTest>

namespace lunargate {

class StreamFramesTest : public QObject
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
};

namespace {

using Kind = ChatStreamEvent::Kind;

QByteArray frame(const ChatStreamEvent &event, bool includeUsage = false)
{
    QByteArray out;
    openai_chat::appendFrame(out, event, includeUsage);
    return out;
}

} // namespace

void StreamFramesTest::passesChunksByteForByte()
{
    const QByteArray payload = "{ \"id\":1.50, \"choices\" :[{\"delta\":{\"content\":\"\xE2\x82\xAC\\u0041\"}}] }";
    QCOMPARE(frame({.kind = Kind::Chunk, .payload = payload}), "data: " + payload + "\n\n");
}

void StreamFramesTest::putsEachChunkOnOneLine()
{
    QCOMPARE(frame({.kind = Kind::Chunk, .payload = "{\n\"id\":1\n}"}), "data: { \"id\":1 }\n\n");
}

void StreamFramesTest::givesUsageOnlyToThoseWhoAsked_data()
{
    QTest::addColumn<bool>("asked");
    QTest::newRow("asked") << true;
    QTest::newRow("did not ask") << false;
}

void StreamFramesTest::givesUsageOnlyToThoseWhoAsked()
{
    QFETCH(const bool, asked);
    const ChatStreamEvent usageOnly{.kind = Kind::Chunk, .payload = "{}", .isUsageOnly = true, .usage = Usage{}};
    QCOMPARE(frame(usageOnly, asked), asked ? "data: {}\n\n" : "");
    // Usage in a chunk with content stays: nothing is taken out of a payload.
    const ChatStreamEvent withContent{.kind = Kind::Chunk, .payload = "{}", .isUseful = true, .usage = Usage{}};
    QCOMPARE(frame(withContent, asked), "data: {}\n\n");
}

void StreamFramesTest::commentsNeverBecomeData_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("plain") << QByteArray("OPENROUTER PROCESSING");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("a line that looks like data") << QByteArray("ping\ndata: {}\n\ndata: x");
    QTest::newRow("long") << QByteArray(5000, 'x');
    QTest::newRow("invalid UTF-8") << QByteArray("\xE2\x82");
}

void StreamFramesTest::commentsNeverBecomeData()
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

void StreamFramesTest::endsWithTheEndMark()
{
    QCOMPARE(frame({.kind = Kind::End}), "data: [DONE]\n\n");
}

void StreamFramesTest::tellsFailuresInAFrame()
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

void StreamFramesTest::appendsFrameToFrame()
{
    QByteArray out;
    openai_chat::appendFrame(out, {.kind = Kind::Chunk, .payload = "{\n}"}, true);
    openai_chat::appendFrame(out, {.kind = Kind::Chunk, .payload = "[\n]"}, true);
    QCOMPARE(out, "data: { }\n\ndata: [ ]\n\n");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::StreamFramesTest)
#include "tst_stream_frames.moc"
