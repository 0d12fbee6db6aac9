// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/sse_reader.h"

#include <QTest>

namespace lunargate {

class SseReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsTheSameAtEverySplit_data();
    void readsTheSameAtEverySplit();
    void givesEventsAsSoonAsTheyAreComplete();
    void keepsTheLastEventForWhoeverAsks_data();
    void keepsTheLastEventForWhoeverAsks();
    void refusesEventsOverTheLimit_data();
    void refusesEventsOverTheLimit();
    void countsTheLimitForEachEvent();
    void readsLongStreamsInLinearTime_data();
    void readsLongStreamsInLinearTime();
};

namespace {

// One line an event: `type|data`, or `:comment`; line feeds in the data as `/`.
QByteArrayList describe(const std::vector<SseEvent> &events)
{
    QByteArrayList result;
    for (const SseEvent &event : events) {
        QByteArray data = event.data;
        data.replace('\n', '/');
        result.append(event.isComment ? ":" + data : event.type + '|' + data);
    }
    return result;
}

// `first` bytes, then pieces of `size`.
QByteArrayList read(QByteArrayView bytes, qsizetype first, qsizetype size)
{
    SseReader reader(1024);
    std::vector<SseEvent> events;
    for (qsizetype at = 0, length = first; at < bytes.size(); at += length, length = size) {
        length = std::min(length, bytes.size() - at);
        const QByteArray piece = bytes.sliced(at, length).toByteArray(); // its own memory
        if (!reader.feed(piece, events))
            return {"too large"};
    }
    return describe(events);
}

} // namespace

void SseReaderTest::readsTheSameAtEverySplit_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArrayList>("events");
    const auto row = [](const char *name, const QByteArray &stream, const QByteArrayList &events) {
        QTest::newRow(name) << stream << events;
    };
    row("line feeds", "data: 1\n\ndata: 2\n\n", {"|1", "|2"});
    row("carriage returns", "data: 1\r\rdata: 2\r\r", {"|1", "|2"});
    row("both", "data: 1\r\n\r\ndata: 2\r\n\r\n", {"|1", "|2"});
    row("mixed", "data: 1\r\n\ndata: 2\n\r\ndata: 3\r\r\ndata: 4\n\r", {"|1", "|2", "|3", "|4"});
    row("without space", "data:{}\n\n", {"|{}"});
    row("one space is dropped, not two", "data:  x \n\n", {"| x "});
    row("a tab is no space", "data:\tx\n\n", {"|\tx"});
    row("several data lines", "data: 1\ndata:\ndata: 3\n\n", {"|1//3"});
    row("data without colon", "data\ndata\n\n", {"|/"});
    row("empty data", "data:\n\n", {"|"});
    row("event type", "event: error\ndata: x\n\ndata: y\n\n", {"error|x", "|y"});
    row("the last type counts", "event: a\ndata: x\nevent: b\n\n", {"b|x"});
    row("type without data is no event", "event: a\n\ndata: x\n\n", {"|x"});
    row("comments", ": OPENROUTER PROCESSING\n\n:\ndata: x\n\n", {":OPENROUTER PROCESSING", ":", "|x"});
    row("comment inside of an event", "data: 1\n: ping\ndata: 2\n\n", {":ping", "|1/2"});
    row("a comment that looks like data", ":data: x\n: data: y\n\n", {":data: x", ":data: y"});
    row("unknown fields", "id: 7\nretry: 10\nfoo: bar\nDATA: no\n data: no\ndata: x\n\n", {"|x"});
    row("a field that begins alike", "dataset: no\ndat: no\ndata: x\n\n", {"|x"});
    row("colons in the value", "data: a: b:\n\n", {"|a: b:"});
    row("byte order mark",
        "\xEF\xBB\xBF"
        "data: x\n\n",
        {"|x"});
    row("byte order mark before a comment", "\xEF\xBB\xBF: x\n\n", {":x"});
    row("only the first byte order mark",
        "\xEF\xBB\xBF\xEF\xBB\xBF"
        "data: x\n\ndata: y\n\n",
        {"|y"});
    row("a byte order mark later",
        "data: x\n\n\xEF\xBB\xBF"
        "data: y\n\n",
        {"|x"});
    row("blank lines before and between", "\n\r\n\rdata: x\n\n\n\n\ndata: y\n\n", {"|x", "|y"});
    row("characters of several bytes", "data: \xE2\x82\xAC\xF0\x9F\x8C\x99\n\n", {"|\xE2\x82\xAC\xF0\x9F\x8C\x99"});
    row("NUL", QByteArray("data: a\0b\n\n", 11), {QByteArray("|a\0b", 4)});
    row("an unfinished event", "data: x\n\ndata: y\n", {"|x"});
    row("OpenAI", "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n",
        {"|{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}", "|[DONE]"});
}

void SseReaderTest::readsTheSameAtEverySplit()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const QByteArrayList, events);
    for (qsizetype first = 1; first <= stream.size(); ++first)
        QCOMPARE(read(stream, first, stream.size()), events);
    QCOMPARE(read(stream, 1, 1), events);
    QCOMPARE(read(stream, 2, 2), events);
}

void SseReaderTest::givesEventsAsSoonAsTheyAreComplete()
{
    SseReader reader(1024);
    std::vector<SseEvent> events;
    reader.feed("data: x\r", events);
    QCOMPARE(events.size(), 0);
    reader.feed("\n\r", events); // not only with the line feed that may follow
    QCOMPARE(describe(events), (QByteArrayList{"|x"}));
    reader.feed("\ndata: y\n\n", events);
    QCOMPARE(describe(events), (QByteArrayList{"|x", "|y"}));
    reader.feed("", events);
    QCOMPARE(events.size(), 2);
}

void SseReaderTest::keepsTheLastEventForWhoeverAsks_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArrayList>("last");
    QTest::newRow("without blank line") << QByteArray("data: x\n") << QByteArrayList{"|x"};
    QTest::newRow("without any line end") << QByteArray("event: t\ndata: x") << QByteArrayList{"t|x"};
    QTest::newRow("several lines") << QByteArray("data: x\ndata: y") << QByteArrayList{"|x/y"};
    QTest::newRow("whole") << QByteArray("data: x\n\n") << QByteArrayList{};
    QTest::newRow("comment") << QByteArray(": x") << QByteArrayList{};
    QTest::newRow("type only") << QByteArray("event: x") << QByteArrayList{};
    QTest::newRow("nothing") << QByteArray() << QByteArrayList{};
}

void SseReaderTest::keepsTheLastEventForWhoeverAsks()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const QByteArrayList, last);
    SseReader reader(1024);
    std::vector<SseEvent> events;
    QVERIFY(reader.feed(stream, events));
    const std::optional<SseEvent> event = reader.finish();
    QCOMPARE(event ? describe({*event}) : QByteArrayList(), last);
    QVERIFY(!reader.finish());
}

void SseReaderTest::refusesEventsOverTheLimit_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::newRow("one line") << "data: " + QByteArray(2000, 'x');
    QTest::newRow("a whole line") << "data: " + QByteArray(2000, 'x') + "\n\n";
    QTest::newRow("many lines") << QByteArray("data: 0123456789\n").repeated(200);
    QTest::newRow("a comment") << ": " + QByteArray(2000, 'x') + "\n";
    QTest::newRow("a field's name") << QByteArray(2000, 'x');
}

void SseReaderTest::refusesEventsOverTheLimit()
{
    QFETCH(const QByteArray, stream);
    for (const qsizetype size : {stream.size(), qsizetype(1), qsizetype(7)})
        QCOMPARE(read(stream, size, size), (QByteArrayList{"too large"}));
}

void SseReaderTest::countsTheLimitForEachEvent()
{
    const QByteArray event = "data: " + QByteArray(900, 'x') + "\n\n";
    QCOMPARE(read(event.repeated(10), 1'000'000, 1).size(), 10);
    QCOMPARE(read((": " + QByteArray(900, 'x') + "\n").repeated(10), 1'000'000, 1).size(), 10);
}

void SseReaderTest::readsLongStreamsInLinearTime_data()
{
    // In one piece: what is quadratic takes minutes.
    constexpr qsizetype kSize = 4 * 1024 * 1024;
    QTest::addColumn<QByteArray>("stream");
    QTest::newRow("only line feeds") << QByteArray(kSize, '\n');
    QTest::newRow("only carriage returns") << QByteArray(kSize, '\r');
    QTest::newRow("short lines that end in CR") << QByteArray("x\r").repeated(kSize / 2);
    QTest::newRow("short lines that end in LF") << QByteArray("x\n").repeated(kSize / 2);
    QTest::newRow("lines of LF, then none")
        << QByteArray("x\n").repeated(kSize / 4) + QByteArray("x\r").repeated(kSize / 4);
    QTest::newRow("one long line") << "data:" + QByteArray(kSize, 'x') + "\n\n";
}

void SseReaderTest::readsLongStreamsInLinearTime()
{
    QFETCH(const QByteArray, stream);
    SseReader reader(64 * 1024 * 1024);
    std::vector<SseEvent> events;
    QVERIFY(reader.feed(stream, events));
    QVERIFY(events.size() <= 1);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::SseReaderTest)
#include "tst_sse_reader.moc"
