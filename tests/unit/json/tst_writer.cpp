// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/writer.h"

#include "gateway/json/document.h"

#include <QTest>

namespace lunargate::json {

class WriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void escapesWhatMustBe_data();
    void escapesWhatMustBe();
    void readsBackEveryByte();
    void escapesAtEveryPlace();
    void escapesAtBordersOfBlocks_data();
    void escapesAtBordersOfBlocks();
    void makesRoomForTextsFullOfEscapes_data();
    void makesRoomForTextsFullOfEscapes();
    void replacesInvalidUtf8();
    void appendsBehindWhatIsThere();
    void numbersReadBackExactly_data();
    void numbersReadBackExactly();
    void numbersThatJsonCannotSayAreNull();
};

void WriterTest::escapesWhatMustBe_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("nothing") << QByteArray() << QByteArray(R"("")");
    QTest::newRow("plain") << QByteArray("gpt-4o") << QByteArray(R"("gpt-4o")");
    QTest::newRow("quote and backslash") << QByteArray(R"(a"b\c)") << QByteArray(R"("a\"b\\c")");
    QTest::newRow("line ends and tab") << QByteArray("a\n\r\tb") << QByteArray(R"("a\n\r\tb")");
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << QByteArray(R"("a\u0000b")");
    QTest::newRow("other control") << QByteArray("\x01\x1f") << QByteArray(R"("\u0001\u001f")");
    QTest::newRow("UTF-8 stays") << QByteArray("\xF0\x9F\x8C\x99") << QByteArray("\"\xF0\x9F\x8C\x99\"");
    QTest::newRow("slash stays") << QByteArray("a/b") << QByteArray(R"("a/b")");
}

void WriterTest::escapesWhatMustBe()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, expected);
    QCOMPARE(quoted(text), expected);
}

void WriterTest::readsBackEveryByte()
{
    QByteArray text;
    for (char c = 0; c < 127; ++c)
        text += c;
    text += '\x7f';
    const auto document = Document::parse(quoted(text));
    QVERIFY(document);
    QCOMPARE(document->root().toByteArray(), text);
}

void WriterTest::escapesAtEveryPlace()
{
    for (const QByteArray special : {"\"", "\\", "\n", "\x01", "\x1f", " ", "\x7f", "\xC3\xA9", "\xEF\xBF\xBF"}) {
        for (qsizetype size = 0; size < 20; ++size) {
            for (qsizetype at = 0; at <= size; ++at) {
                QByteArray text(size, 'a');
                text.insert(at, special);
                text.replace(size / 2 + special.size(), 0, "\xC2\x80");
                if (!text.isValidUtf8())
                    continue; // the second one went into the first
                const auto document = Document::parse(quoted(text));
                QVERIFY2(document, quoted(text));
                QCOMPARE(document->root().toByteArray(), text);
            }
        }
    }
}

void WriterTest::escapesAtBordersOfBlocks_data()
{
    QTest::addColumn<QByteArray>("special");
    QTest::addColumn<QByteArray>("escaped");
    QTest::newRow("quote") << QByteArray("\"") << QByteArray(R"(\")");
    QTest::newRow("backslash") << QByteArray("\\") << QByteArray(R"(\\)");
    QTest::newRow("line feed") << QByteArray("\n") << QByteArray(R"(\n)");
    QTest::newRow("lowest") << QByteArray(1, '\0') << QByteArray(R"(\u0000)");
    QTest::newRow("highest") << QByteArray("\x1f") << QByteArray(R"(\u001f)");
    QTest::newRow("space") << QByteArray(" ") << QByteArray(" ");
    QTest::newRow("last of ASCII") << QByteArray("\x7f") << QByteArray("\x7f");
    QTest::newRow("beyond ASCII") << QByteArray("\xC3\xBF") << QByteArray("\xC3\xBF");
    QTest::newRow("three") << QByteArray("\"\n\x1f") << QByteArray(R"(\"\n\u001f)");
}

void WriterTest::escapesAtBordersOfBlocks()
{
    QFETCH(const QByteArray, special);
    QFETCH(const QByteArray, escaped);
    for (qsizetype before = 0; before <= 35; ++before) {
        for (qsizetype behind = 0; behind <= 35; ++behind) {
            const QByteArray front(before, 'a');
            const QByteArray back(behind, 'z');
            QByteArray out = "[";
            appendDocumentText(out, front + special + back);
            QCOMPARE(out, "[\"" + front + escaped + back + '"');
        }
    }
}

void WriterTest::makesRoomForTextsFullOfEscapes_data()
{
    QTest::addColumn<QByteArray>("piece");
    QTest::addColumn<QByteArray>("escaped");
    QTest::newRow("the longest escapes") << QByteArray("\x01") << QByteArray(R"(\u0001)");
    QTest::newRow("short ones") << QByteArray("\n") << QByteArray(R"(\n)");
    QTest::newRow("one in sixteen") << QByteArray("0123456789abcde\"") << QByteArray(R"(0123456789abcde\")");
    QTest::newRow("none") << QByteArray("0123456789abcdef") << QByteArray("0123456789abcdef");
}

// Under AddressSanitizer this also finds a byte that is written where no room is.
void WriterTest::makesRoomForTextsFullOfEscapes()
{
    QFETCH(const QByteArray, piece);
    QFETCH(const QByteArray, escaped);
    for (const qsizetype count : {1, 2, 3, 7, 8, 9, 100, 1000, 100'000}) {
        QCOMPARE(quoted(piece.repeated(count)), '"' + escaped.repeated(count) + '"');
        QByteArray shared = "before";
        const QByteArray copy = shared;
        appendDocumentText(shared, piece.repeated(count));
        QCOMPARE(shared, "before\"" + escaped.repeated(count) + '"');
        QCOMPARE(copy, "before");
    }
}

void WriterTest::replacesInvalidUtf8()
{
    QCOMPARE(quoted("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
    QVERIFY(Document::parse(quoted("\xC3")));
    QVERIFY(Document::parse(quoted("\xED\xA0\x80"))); // half a surrogate pair
    QVERIFY(Document::parse(quoted("\xE2\x82")));     // a character cut in the middle
}

void WriterTest::appendsBehindWhatIsThere()
{
    QByteArray out = "[";
    appendString(out, "a");
    QCOMPARE(out, "[\"a\"");
}

void WriterTest::numbersReadBackExactly_data()
{
    QTest::addColumn<double>("value");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("whole") << 1.0 << QByteArray("1");
    QTest::newRow("short") << 0.7 << QByteArray("0.7");
    QTest::newRow("long") << 0.1 + 0.2 << QByteArray("0.30000000000000004");
    QTest::newRow("negative") << -1.5 << QByteArray("-1.5");
    QTest::newRow("large") << 1e300 << QByteArray("1e+300");
    QTest::newRow("small") << 1e-7 << QByteArray("1e-07");
    QTest::newRow("zero") << 0.0 << QByteArray("0");
}

void WriterTest::numbersReadBackExactly()
{
    QFETCH(const double, value);
    QFETCH(const QByteArray, expected);
    QCOMPARE(number(value), expected);
    const auto document = Document::parse(number(value));
    QVERIFY(document);
    QVERIFY(document->root().number() == value);
}

void WriterTest::numbersThatJsonCannotSayAreNull()
{
    QCOMPARE(number(std::numeric_limits<double>::infinity()), "null");
    QCOMPARE(number(std::numeric_limits<double>::quiet_NaN()), "null");
}

} // namespace lunargate::json

QTEST_GUILESS_MAIN(lunargate::json::WriterTest)
#include "tst_writer.moc"
