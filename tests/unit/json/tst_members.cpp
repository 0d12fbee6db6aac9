// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/members.h"

#include <QTest>

namespace lunargate::json {

class MembersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void findsMembersByPosition();
    void doesNotLookIntoValues();
    void readsStringsWithEscapes_data();
    void readsStringsWithEscapes();
    void unescapesKeys();
    void keepsDuplicatesAndFindsTheLast();
    void listsElements();
    void givesNothingForOtherTypes_data();
    void givesNothingForOtherTypes();
    void staysInsideTheTextAtEveryCut();
    void looksOnlyAtItsRange();
    void findsTheWholeValue_data();
    void findsTheWholeValue();
    void countsDepthOutsideOfStrings_data();
    void countsDepthOutsideOfStrings();
    void walksLongInputsInLinearTime_data();
    void walksLongInputsInLinearTime();
};

namespace {

QByteArrayList elementTexts(const QByteArray &text)
{
    QByteArrayList texts;
    for (const Range &range : elementsOf(text, wholeValue(text)))
        texts.append(range.of(text).toByteArray());
    return texts;
}

} // namespace

void MembersTest::findsMembersByPosition()
{
    const QByteArray text = "  { \"a\" : 1.50 ,\n\"b\":[1, 2] , \"\" :null}\n";
    const std::vector<Member> members = membersOf(text, wholeValue(text));
    QCOMPARE(members.size(), 3);
    QCOMPARE(members[0].key, "a");
    QCOMPARE(members[0].value.of(text).toByteArray(), "1.50");
    QCOMPARE(members[0].whole.of(text).toByteArray(), "\"a\" : 1.50");
    QCOMPARE(members[1].key, "b");
    QCOMPARE(members[1].value.of(text).toByteArray(), "[1, 2]");
    QCOMPARE(members[2].key, "");
    QCOMPARE(members[2].value.of(text).toByteArray(), "null");
}

void MembersTest::doesNotLookIntoValues()
{
    const QByteArray text = R"({"outer":{"inner":{"deep":[{"x":"}"}]}},"list":[{"no":1},["]"]],"last":true})";
    const std::vector<Member> members = membersOf(text, wholeValue(text));
    QCOMPARE(members.size(), 3);
    QCOMPARE(members[0].value.of(text).toByteArray(), R"({"inner":{"deep":[{"x":"}"}]}})");
    QCOMPARE(members[1].value.of(text).toByteArray(), R"([{"no":1},["]"]])");
    QCOMPARE(members[2].value.of(text).toByteArray(), "true");
}

void MembersTest::readsStringsWithEscapes_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("quote") << QByteArray(R"("a\"b")");
    QTest::newRow("backslash at the end") << QByteArray(R"("a\\")");
    QTest::newRow("backslash and quote") << QByteArray(R"("a\\\"b")");
    QTest::newRow("only escapes") << QByteArray(R"("\\\\\"\"\\")");
    QTest::newRow("empty") << QByteArray(R"("")");
    QTest::newRow("structure") << QByteArray(R"("{[,:]}")");
    QTest::newRow("UTF-8") << QByteArray("\"\xE2\x82\xAC\"");
    QTest::newRow("escape by number") << QByteArray(R"("\u0022\u005c")");
}

void MembersTest::readsStringsWithEscapes()
{
    QFETCH(const QByteArray, value);
    const QByteArray text = "{\"k\":" + value + ",\"next\":[" + value + "," + value + "]}";
    const std::vector<Member> members = membersOf(text, wholeValue(text));
    QCOMPARE(members.size(), 2);
    QCOMPARE(members[0].value.of(text).toByteArray(), value);
    const std::vector<Range> elements = elementsOf(text, members[1].value);
    QCOMPARE(elements.size(), 2);
    QCOMPARE(elements[0].of(text).toByteArray(), value);
    QCOMPARE(elements[1].of(text).toByteArray(), value);
}

void MembersTest::unescapesKeys()
{
    const QByteArray text = R"({"m\u006fdel":1,"a\"b":2,"\u20ac":3,"\\":4})";
    const std::vector<Member> members = membersOf(text, wholeValue(text));
    QCOMPARE(members.size(), 4);
    QCOMPARE(members[0].key, "model");
    QCOMPARE(members[1].key, "a\"b");
    QCOMPARE(members[2].key, "\xE2\x82\xAC");
    QCOMPARE(members[3].key, "\\");
}

void MembersTest::keepsDuplicatesAndFindsTheLast()
{
    const QByteArray text = R"({"a":1,"b":2,"\u0061":3})";
    const std::vector<Member> members = membersOf(text, wholeValue(text));
    QCOMPARE(members.size(), 3);
    const Member *found = find(members, "a");
    QVERIFY(found);
    QCOMPARE(found->value.of(text).toByteArray(), "3");
    QVERIFY(!find(members, "c"));
    QVERIFY(!find(members, "A"));
}

void MembersTest::listsElements()
{
    QCOMPARE(elementTexts("[]"), QByteArrayList());
    QCOMPARE(elementTexts(" [ ] "), QByteArrayList());
    QCOMPARE(elementTexts(R"([ 1 , "a,b" ,{"c":[1]}, [ ] ,null])"),
             (QByteArrayList{"1", R"("a,b")", R"({"c":[1]})", "[ ]", "null"}));
}

void MembersTest::givesNothingForOtherTypes_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"", "null", "12", "\"{}\"", "true"})
        QTest::newRow(*text ? text : "nothing") << QByteArray(text);
}

void MembersTest::givesNothingForOtherTypes()
{
    QFETCH(const QByteArray, text);
    QVERIFY(membersOf(text, wholeValue(text)).empty());
    QVERIFY(elementsOf(text, wholeValue(text)).empty());
    QVERIFY(membersOf("[1]", {0, 3}).empty());
    QVERIFY(elementsOf("{}", {0, 2}).empty());
}

void MembersTest::staysInsideTheTextAtEveryCut()
{
    const QByteArray whole = R"({"a":"x\\\"y","b":[1,{"c":"\u0041"}],"d":{"e":[[]]},"f":-1.5e3} )";
    for (qsizetype size = 0; size <= whole.size(); ++size) {
        const QByteArray text(whole.constData(), size); // its own memory, so that reading beyond is found
        for (const Member &member : membersOf(text, {0, size}))
            QVERIFY(member.whole.begin >= 0 && member.value.begin <= member.value.end && member.whole.end <= size);
        for (const Range &element : elementsOf(text, {0, size}))
            QVERIFY(element.begin >= 0 && element.begin <= element.end && element.end <= size);
        QVERIFY(!isDeeperThan(text, 100));
    }
}

void MembersTest::looksOnlyAtItsRange()
{
    const QByteArray text = R"([{"a":1},{"b":2}])";
    const std::vector<Member> members = membersOf(text, {9, 16});
    QCOMPARE(members.size(), 1);
    QCOMPARE(members[0].key, "b");
    QCOMPARE(members[0].whole.begin, 10);
}

void MembersTest::findsTheWholeValue_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("nothing around") << QByteArray("{}") << QByteArray("{}");
    QTest::newRow("all kinds of white space") << QByteArray(" \t\r\n{ } \t\r\n") << QByteArray("{ }");
    QTest::newRow("nothing at all") << QByteArray() << QByteArray();
    QTest::newRow("only white space") << QByteArray("  ") << QByteArray();
}

void MembersTest::findsTheWholeValue()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, value);
    QCOMPARE(wholeValue(text).of(text).toByteArray(), value);
}

void MembersTest::countsDepthOutsideOfStrings_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("depth");
    QTest::newRow("scalar") << QByteArray("1") << 0;
    QTest::newRow("object") << QByteArray("{}") << 1;
    QTest::newRow("side by side") << QByteArray("[[],[],{}]") << 2;
    QTest::newRow("brackets in strings") << QByteArray(R"(["[[[[", "\"[[[", {"{{{":1}])") << 2;
    QTest::newRow("deep") << QByteArray(R"({"a":[{"b":[[1]]}]})") << 5;
}

void MembersTest::countsDepthOutsideOfStrings()
{
    QFETCH(const QByteArray, text);
    QFETCH(const int, depth);
    QVERIFY(!isDeeperThan(text, depth));
    QVERIFY(depth == 0 || isDeeperThan(text, depth - 1));
}

void MembersTest::walksLongInputsInLinearTime_data()
{
    // 16 MiB each: what is quadratic takes hours instead of a fraction of a second.
    constexpr qsizetype kSize = 16 * 1024 * 1024;
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("backslashes in pairs") << "[\"" + QByteArray("\\\\").repeated(kSize / 2) + "\"]";
    QTest::newRow("escaped quotes") << "[\"" + QByteArray("\\\"").repeated(kSize / 2) + "\"]";
    QTest::newRow("deep") << QByteArray("[").repeated(kSize / 2) + QByteArray("]").repeated(kSize / 2);
    QTest::newRow("white space") << "[" + QByteArray(kSize, ' ') + "]";
    QTest::newRow("many elements") << "[" + QByteArray("1,").repeated(kSize / 16) + "1]";
}

void MembersTest::walksLongInputsInLinearTime()
{
    QFETCH(const QByteArray, text);
    QVERIFY(elementsOf(text, wholeValue(text)).size() <= size_t(text.size()));
    const QByteArray object = R"({"key":)" + text + "}";
    const std::vector<Member> members = membersOf(object, wholeValue(object));
    QCOMPARE(members.size(), 1);
    QCOMPARE(members[0].value.of(object).size(), text.size());
    QVERIFY(!isDeeperThan(text, std::numeric_limits<int>::max()));
}

} // namespace lunargate::json

QTEST_GUILESS_MAIN(lunargate::json::MembersTest)
#include "tst_members.moc"
