// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/native_stream.h"

#include <QTest>

namespace lunargate {

namespace {

using Kind = ChatStreamEvent::Kind;

/// A protocol of one word an event.
class WordReader : public EventStreamReader
{
protected:
    void read(SseEvent event, Events &events) override
    {
        if (event.data == "ping")
            events.push_back({.kind = Kind::Comment, .payload = "ping"});
        else if (event.data == "two") {
            events.push_back({.kind = Kind::Delta, .delta = {.text = "1"}, .isUseful = true});
            events.push_back({.kind = Kind::Delta, .delta = {.text = "2"}});
        } else if (event.data == "filtered")
            events.push_back({.kind = Kind::Delta, .delta = {.finishReason = FinishReason::ContentFilter}});
        else if (event.data == "broken")
            fail(malformedEvent(), events);
        else if (event.data == "end")
            end(events);
    }
};

} // namespace

class NativeStreamTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void passesEachPieceOnce_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("events");
        QTest::newRow("two deltas") << QByteArray("event: e\ndata: two\n\n")
                                    << QByteArray("chunk<event: e\ndata: two>1 useful,chunk<>2");
        QTest::newRow("unknown") << QByteArray("data: what\n\n") << QByteArray("chunk<data: what>");
        QTest::newRow("a ping") << QByteArray("event: ping\ndata: ping\n\n")
                                << QByteArray("chunk<event: ping\ndata: ping>");
        QTest::newRow("several lines") << QByteArray("data: a\ndata: b\n\n") << QByteArray("chunk<data: a\ndata: b>");
        QTest::newRow("the end") << QByteArray("data: end\n\n") << QByteArray("chunk<data: end>,end");
        QTest::newRow("a failure") << QByteArray("data: broken\n\n") << QByteArray("failure");
        QTest::newRow("a comment") << QByteArray(": hello\n\n") << QByteArray("comment");
        QTest::newRow("cut") << QByteArray("data: two\n\n") + "!finish"
                             << QByteArray("chunk<data: two>1 useful,chunk<>2,failure");
    }

    void passesEachPieceOnce()
    {
        QFETCH(QByteArray, bytes);
        const bool ends = bytes.endsWith("!finish");
        if (ends)
            bytes.chop(7);
        NativeStream<WordReader> reader;
        std::vector<ChatStreamEvent> events;
        for (const char byte : bytes)
            reader.feed(QByteArrayView(&byte, 1), events);
        if (ends)
            reader.finish(events);
        QTEST(describe(events), "events");
    }

    void tellsWhatAFilterLeft()
    {
        NativeStream<WordReader> reader;
        std::vector<ChatStreamEvent> events;
        reader.feed("data: filtered\n\n", events);
        QCOMPARE(events.size(), 1U);
        QVERIFY(events.front().isFiltered);
    }

private:
    static QByteArray describe(const std::vector<ChatStreamEvent> &events)
    {
        QByteArrayList result;
        for (const ChatStreamEvent &event : events) {
            if (event.kind == Kind::Chunk)
                result.append("chunk<" + event.payload + '>' + event.delta.text + (event.isUseful ? " useful" : ""));
            else
                result.append(event.kind == Kind::End ? "end" : event.kind == Kind::Failure ? "failure" : "comment");
        }
        return result.join(',');
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::NativeStreamTest)
#include "tst_native_stream.moc"
