// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/parsed_text.h"

#include <QDirIterator>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <random>

namespace lunargate::json {

// The walks through the text (members.h) are the reference for all of this.
class ParsedTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void findsMembersAsTheWalkDoes_data();
    void findsMembersAsTheWalkDoes();
    void leavesEscapedKeysToTheWalk_data();
    void leavesEscapedKeysToTheWalk();
    void trustsNoKeysOfAnotherText_data();
    void trustsNoKeysOfAnotherText();
    void findsNothingInOtherTypes_data();
    void findsNothingInOtherTypes();
    void countsDepth_data();
    void countsDepth();
    void countsDeepTextsInLinearTime();
    void agreesOnTheFuzzCorpora();
    void agreesOnRandomTexts();
};

namespace {

bool isSame(const std::vector<Member> &one, const std::vector<Member> &other)
{
    const auto isSameRange = [](Range a, Range b) { return a.begin == b.begin && a.end == b.end; };
    return std::ranges::equal(one, other, [&](const Member &a, const Member &b) {
        return a.key == b.key && isSameRange(a.value, b.value) && isSameRange(a.whole, b.whole);
    });
}

std::optional<std::vector<Member>> parsedMembersOf(const QByteArray &text)
{
    const std::optional<Document> document = Document::parse(text);
    return document ? parsedMembers(text, wholeValue(text), document->root()) : std::nullopt;
}

/// Whether both ways say the same about a text that is JSON.
bool waysAgree(const QByteArray &text)
{
    const std::optional<Document> document = Document::parse(text);
    if (!document)
        return true;
    const Range whole = wholeValue(text);
    if (document->root().isObject() && !isSame(membersOf(text, whole, document->root()), membersOf(text, whole)))
        return false;
    for (const int limit : {0, 1, 2, 3, 4, 5, 8, 64}) {
        if (isDeeperThan(document->root(), limit) != isDeeperThan(text, limit))
            return false;
    }
    return true;
}

/// JSON that is the same everywhere: the standard fixes this generator, but not its distributions.
class RandomJson
{
public:
    QByteArray object(int depth)
    {
        QByteArray text = space() + '{' + space();
        for (unsigned count = below(5); count > 0; --count)
            text += string() + space() + ':' + value(depth) + (count > 1 ? "," : "") + space();
        return text + '}' + space();
    }

private:
    unsigned below(unsigned limit) { return static_cast<unsigned>(m_generator() % limit); }

    QByteArray space()
    {
        static constexpr const char *kSpaces[] = {"", "", "", " ", "\n\t", "\r\n  "};
        return kSpaces[below(std::size(kSpaces))];
    }

    QByteArray string()
    {
        static constexpr const char *kPieces[] = {
            "a", "model",    "\\\"",    "\\\\", "\\n", "{",          "}",   "[", "]", ",",
            ":", "\xC3\xA9", "\\u00e9", "\\/",  " ",   "0123456789", "key", "x", "y", "\xF0\x9F\x8C\x99"};
        QByteArray text = "\"";
        for (unsigned count = below(6); count > 0; --count)
            text += kPieces[below(std::size(kPieces))];
        return text + '"';
    }

    QByteArray array(int depth)
    {
        QByteArray text = "[";
        for (unsigned count = below(4); count > 0; --count)
            text += value(depth) + (count > 1 ? "," : "");
        return text + space() + ']';
    }

    QByteArray value(int depth)
    {
        static constexpr const char *kScalars[] = {"0", "-1.5e3", "true", "false", "null", "{}", "[]", "\"\""};
        const unsigned kind = below(4);
        if (kind == 0 && depth > 0)
            return object(depth - 1);
        if (kind == 1 && depth > 0)
            return space() + array(depth - 1);
        return space() + (kind == 2 ? string() : QByteArray(kScalars[below(std::size(kScalars))])) + space();
    }

    std::mt19937 m_generator{20261129};
};

} // namespace

void ParsedTextTest::findsMembersAsTheWalkDoes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray("{}");
    QTest::newRow("only white space") << QByteArray(" { \n } ");
    QTest::newRow("one") << QByteArray(R"({"a":1})");
    QTest::newRow("white space everywhere")
        << QByteArray("\n { \"a\" : 1.50 ,\n\"b\"\t:\r\n[1, 2] , \"\" :null \n}\t ");
    QTest::newRow("keys in values") << QByteArray(R"({"a":{"a":1,"b":2},"b":[{"a":"a"},"b"],"c":"\"a\":1,\"b\":2"})");
    QTest::newRow("the same key twice") << QByteArray(R"({"a":1,"a":2,"b":3,"a":{"a":4}})");
    QTest::newRow("structure in keys") << QByteArray(R"({"{":1,"}":2,":":3,",":4,"[]":5})");
    QTest::newRow("UTF-8") << QByteArray("{\"gr\xC3\xB6\xC3\x9F"
                                         "e\":\"\xE2\x82\xAC\",\"\xF0\x9F\x8C\x99\":1}");
    for (qsizetype length = 0; length <= 33; ++length) { // escapes before, at and behind borders of blocks
        const QByteArray plain(length, 'x');
        QTest::addRow("quote behind %d bytes", int(length)) << "{\"a\":\"" + plain + "\\\"y\",\"b\":2}";
        QTest::addRow("backslash behind %d bytes", int(length)) << "{\"a\":\"" + plain + "\\\\\",\"b\":2}";
        QTest::addRow("both behind %d bytes", int(length)) << "{\"a\":\"" + plain + "\\\\\\\"\",\"b\":\"\\\\\"}";
        QTest::addRow("number behind %d bytes", int(length)) << "{\"a\":\"" + plain + "\\u0022\",\"b\":2}";
    }
}

void ParsedTextTest::findsMembersAsTheWalkDoes()
{
    QFETCH(const QByteArray, text);
    const std::optional<std::vector<Member>> members = parsedMembersOf(text);
    QVERIFY2(members, "the parser's keys do not say where they stand: see parsed_text.cpp");
    QVERIFY(isSame(*members, membersOf(text, wholeValue(text))));
}

void ParsedTextTest::leavesEscapedKeysToTheWalk_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("letter") << QByteArray(R"({"a":1,"m\u006fdel":"x","b":2})") << QByteArray("model");
    QTest::newRow("first") << QByteArray(R"({"\u0061":1,"b":2})") << QByteArray("a");
    QTest::newRow("quote") << QByteArray(R"({"a\"b":1,"b":2})") << QByteArray("a\"b");
    QTest::newRow("backslash at the end") << QByteArray(R"({"a":1,"\\":2})") << QByteArray("\\");
}

void ParsedTextTest::leavesEscapedKeysToTheWalk()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, key);
    QVERIFY(!parsedMembersOf(text));
    const std::optional<Document> document = Document::parse(text);
    QVERIFY(document);
    const std::vector<Member> members = membersOf(text, wholeValue(text), document->root());
    QVERIFY(isSame(members, membersOf(text, wholeValue(text))));
    QVERIFY(find(members, key));
}

void ParsedTextTest::trustsNoKeysOfAnotherText_data()
{
    QTest::addColumn<QByteArray>("parsed");
    QTest::addColumn<QByteArray>("text");
    const QByteArray parsed = R"({"a":1,"b":2})";
    QTest::newRow("other key") << parsed << QByteArray(R"({"a":1,"c":2})");
    QTest::newRow("no comma") << parsed << QByteArray(R"({"a":1 "b":2})");
    QTest::newRow("no colon") << parsed << QByteArray(R"({"a":1,"b" 2})");
    QTest::newRow("no value") << parsed << QByteArray(R"({"a": ,"b":2})");
    QTest::newRow("no brace") << parsed << QByteArray(R"(["a":1,"b":2})");
    QTest::newRow("no end") << parsed << QByteArray(R"({"a":1,"b":2 )");
    QTest::newRow("moved") << parsed << QByteArray(R"({"a":10,"b":2})");
    QTest::newRow("shorter") << parsed << QByteArray(R"({"a":1})");
    QTest::newRow("longer key") << parsed << QByteArray(R"({"a":1,"bb":2})");
    QTest::newRow("nothing") << parsed << QByteArray();
}

void ParsedTextTest::trustsNoKeysOfAnotherText()
{
    QFETCH(const QByteArray, parsed);
    QFETCH(const QByteArray, text);
    const std::optional<Document> document = Document::parse(parsed);
    QVERIFY(document);
    QVERIFY(!parsedMembers(text, {0, text.size()}, document->root()));
}

void ParsedTextTest::findsNothingInOtherTypes_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"null", "12", "\"{}\"", "true", "[]", "[{\"a\":1}]"})
        QTest::newRow(text) << QByteArray(text);
}

void ParsedTextTest::findsNothingInOtherTypes()
{
    QFETCH(const QByteArray, text);
    const std::optional<Document> document = Document::parse(text);
    QVERIFY(document);
    QVERIFY(membersOf(text, wholeValue(text), document->root()).empty());
}

void ParsedTextTest::countsDepth_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("depth");
    QTest::newRow("scalar") << QByteArray("1") << 0;
    QTest::newRow("empty object") << QByteArray("{}") << 1;
    QTest::newRow("empty array") << QByteArray("[]") << 1;
    QTest::newRow("side by side") << QByteArray("[[],[],{},[1,2],{\"a\":1}]") << 2;
    QTest::newRow("deep in the middle") << QByteArray(R"({"a":1,"b":{"c":[{"d":[[]]}]},"e":[1]})") << 6;
    QTest::newRow("deep at the end") << QByteArray(R"([1,{"a":2},[3,[4,[5]]]])") << 4;
    QTest::newRow("brackets in strings") << QByteArray(R"(["[[[[", "\"[[[", {"{{{":1}])") << 2;
    QTest::newRow("as deep as the limit") << QByteArray(512, '[') + QByteArray(512, ']') << 512;
}

void ParsedTextTest::countsDepth()
{
    QFETCH(const QByteArray, text);
    QFETCH(const int, depth);
    const std::optional<Document> document = Document::parse(text);
    QVERIFY(document);
    QVERIFY(!isDeeperThan(document->root(), depth));
    QVERIFY(depth == 0 || isDeeperThan(document->root(), depth - 1));
    QVERIFY(!isDeeperThan(Value(), 0));
}

void ParsedTextTest::countsDeepTextsInLinearTime()
{
    constexpr int kDepth = 1024 * 1024; // what is quadratic takes hours, what calls itself overflows
    const QByteArray text = QByteArray(kDepth, '[') + QByteArray(kDepth, ']');
    const std::optional<Document> document = Document::parse(text);
    QVERIFY(document);
    QVERIFY(!isDeeperThan(document->root(), kDepth));
    QVERIFY(isDeeperThan(document->root(), kDepth - 1));
}

void ParsedTextTest::agreesOnTheFuzzCorpora()
{
    int count = 0;
    QDirIterator files(QStringLiteral(LUNARGATE_SOURCE_DIR "/tests/fuzz/corpus"), QDir::Files,
                       QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY2(waysAgree(text), qPrintable(file.fileName()));
        count += Document::parse(text) ? 1 : 0;
    }
    QVERIFY2(count > 10, qPrintable(QString::number(count)));
}

void ParsedTextTest::agreesOnRandomTexts()
{
    RandomJson random;
    for (int count = 0; count < 5000; ++count) {
        const QByteArray text = random.object(5);
        QVERIFY2(Document::parse(text), text);
        QVERIFY2(waysAgree(text), text);
    }
}

} // namespace lunargate::json

QTEST_GUILESS_MAIN(lunargate::json::ParsedTextTest)
#include "tst_parsed_text.moc"
