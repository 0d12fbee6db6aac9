// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/ndjson_reader.h"

#include <QTest>

namespace lunargate {

class NdjsonReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsTheSameAtEverySplit_data();
    void readsTheSameAtEverySplit();
    void givesLinesAsSoonAsTheyAreComplete();
    void keepsTheLastLineForWhoeverAsks_data();
    void keepsTheLastLineForWhoeverAsks();
    void refusesLinesOverTheLimit_data();
    void refusesLinesOverTheLimit();
    void keepsWhatCameBeforeTheLimit();
    void countsTheLimitForEachLine();
    void readsLongStreamsInLinearTime_data();
    void readsLongStreamsInLinearTime();
};

namespace {

// `first` bytes, then pieces of `size`.
QByteArrayList read(QByteArrayView bytes, qsizetype first, qsizetype size)
{
    NdjsonReader reader(1024);
    std::vector<QByteArray> lines;
    for (qsizetype at = 0, length = first; at < bytes.size(); at += length, length = size) {
        length = std::min(length, bytes.size() - at);
        const QByteArray piece = bytes.sliced(at, length).toByteArray(); // its own memory
        if (!reader.feed(piece, lines))
            return {"too large"};
    }
    return {lines.begin(), lines.end()};
}

} // namespace

void NdjsonReaderTest::readsTheSameAtEverySplit_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArrayList>("lines");
    const auto row = [](const char *name, const QByteArray &stream, const QByteArrayList &lines) {
        QTest::newRow(name) << stream << lines;
    };
    row("line feeds", "{\"a\":1}\n{\"b\":2}\n", {"{\"a\":1}", "{\"b\":2}"});
    row("carriage returns and line feeds", "1\r\n2\r\n", {"1", "2"});
    row("mixed", "1\n2\r\n3\n", {"1", "2", "3"});
    row("a carriage return alone ends nothing", "1\r2\n", {"1\r2"});
    row("only the one before the line feed goes", "1\r\r\n", {"1\r"});
    row("blank lines", "\n\r\n1\n\n \t\n\r\n2\n\n", {"1", "2"});
    row("white space around a value stays", " 1 \n", {" 1 "});
    row("characters of several bytes", "\"\xE2\x82\xAC\xF0\x9F\x8C\x99\"\n", {"\"\xE2\x82\xAC\xF0\x9F\x8C\x99\""});
    row("escaped line feeds", "\"a\\nb\"\n", {"\"a\\nb\""});
    row("NUL", QByteArray("a\0b\n", 4), {QByteArray("a\0b", 3)});
    row("a line that is not complete", "1\n2", {"1"});
    row("nothing", "", {});
}

void NdjsonReaderTest::readsTheSameAtEverySplit()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const QByteArrayList, lines);
    for (qsizetype first = 1; first <= std::max<qsizetype>(stream.size(), 1); ++first)
        QCOMPARE(read(stream, first, std::max<qsizetype>(stream.size(), 1)), lines);
    QCOMPARE(read(stream, 1, 1), lines);
    QCOMPARE(read(stream, 2, 2), lines);
}

void NdjsonReaderTest::givesLinesAsSoonAsTheyAreComplete()
{
    NdjsonReader reader(1024);
    std::vector<QByteArray> lines;
    reader.feed("1\r", lines);
    QCOMPARE(lines.size(), 0);
    reader.feed("\n2", lines);
    QCOMPARE(lines, (std::vector<QByteArray>{"1"}));
    reader.feed("\n", lines);
    QCOMPARE(lines, (std::vector<QByteArray>{"1", "2"}));
    reader.feed("", lines);
    QCOMPARE(lines.size(), 2);
}

void NdjsonReaderTest::keepsTheLastLineForWhoeverAsks_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArray>("last");
    QTest::newRow("without line feed") << QByteArray("1\n{\"done\":true}") << QByteArray("{\"done\":true}");
    QTest::newRow("half a line end") << QByteArray("1\r") << QByteArray("1");
    QTest::newRow("cut") << QByteArray("{\"do") << QByteArray("{\"do");
    QTest::newRow("whole") << QByteArray("1\n") << QByteArray();
    QTest::newRow("blank") << QByteArray("1\n \r") << QByteArray();
    QTest::newRow("nothing") << QByteArray() << QByteArray();
}

void NdjsonReaderTest::keepsTheLastLineForWhoeverAsks()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const QByteArray, last);
    NdjsonReader reader(1024);
    std::vector<QByteArray> lines;
    QVERIFY(reader.feed(stream, lines));
    QCOMPARE(reader.finish().value_or(QByteArray()), last);
    QVERIFY(!reader.finish());
}

void NdjsonReaderTest::refusesLinesOverTheLimit_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::newRow("without an end") << QByteArray(1025, 'x');
    QTest::newRow("whole") << QByteArray(1025, 'x') + '\n';
    QTest::newRow("the second one") << "1\n" + QByteArray(2000, 'x') + '\n';
    QTest::newRow("blank") << QByteArray(2000, ' ');
}

void NdjsonReaderTest::refusesLinesOverTheLimit()
{
    QFETCH(const QByteArray, stream);
    for (const qsizetype size : {stream.size(), qsizetype(1), qsizetype(7)})
        QCOMPARE(read(stream, size, size), (QByteArrayList{"too large"}));
}

void NdjsonReaderTest::keepsWhatCameBeforeTheLimit()
{
    NdjsonReader reader(4);
    std::vector<QByteArray> lines;
    QVERIFY(!reader.feed("1234\n12345\n", lines));
    QCOMPARE(lines, (std::vector<QByteArray>{"1234"}));
}

void NdjsonReaderTest::countsTheLimitForEachLine()
{
    const QByteArray line = QByteArray(1023, 'x') + "\r\n";
    QCOMPARE(read(line.repeated(10), 1'000'000, 1).size(), 10);
    QCOMPARE(read(line.repeated(10), 1, 1).size(), 10);
}

void NdjsonReaderTest::readsLongStreamsInLinearTime_data()
{
    // In one piece: what is quadratic takes minutes.
    constexpr qsizetype kSize = 4 * 1024 * 1024;
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<size_t>("lines");
    QTest::newRow("only line feeds") << QByteArray(kSize, '\n') << size_t(0);
    QTest::newRow("only carriage returns") << QByteArray(kSize, '\r') << size_t(0);
    QTest::newRow("short lines") << QByteArray("x\n").repeated(kSize / 2) << size_t(kSize / 2);
    QTest::newRow("one long line") << QByteArray(kSize, 'x') + "\n" << size_t(1);
}

void NdjsonReaderTest::readsLongStreamsInLinearTime()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const size_t, lines);
    NdjsonReader reader(64 * 1024 * 1024);
    std::vector<QByteArray> read;
    QVERIFY(reader.feed(stream, read));
    QCOMPARE(read.size(), lines);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::NdjsonReaderTest)
#include "tst_ndjson_reader.moc"
