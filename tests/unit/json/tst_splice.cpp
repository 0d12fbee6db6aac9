// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/splice.h"

#include "gateway/json/document.h"

#include <QTest>

namespace lunargate::json {

class SpliceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void setsMembers_data();
    void setsMembers();
    void keepsEveryOtherByte();
    void sharesTheTextWhenNothingChanges();
    void addsSeveralMembersInOrder_data();
    void addsSeveralMembersInOrder();
    void editsInsideAndBehindANestedObject();
    void quotesAddedKeys();
    void renamesMembers();
    void removesMembers_data();
    void removesMembers();
    void addsToWhatRemovalLeaves();
    void removalWinsOverOtherChanges();
};

namespace {

QByteArray withMember(const QByteArray &text, QByteArrayView key, const QByteArray &value)
{
    const Range object = wholeValue(text);
    Splice splice(text);
    splice.set(object, membersOf(text, object), key, value);
    return splice.result();
}

} // namespace

void SpliceTest::setsMembers_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("empty object") << QByteArray("{}") << QByteArray(R"({"k":7})");
    QTest::newRow("empty object with space") << QByteArray(" { } ") << QByteArray(R"( { "k":7} )");
    QTest::newRow("added behind others") << QByteArray(R"({"a":1 })") << QByteArray(R"({"a":1 ,"k":7})");
    QTest::newRow("replaced first") << QByteArray(R"({"k" : "old" , "b":2})") << QByteArray(R"({"k" : 7 , "b":2})");
    QTest::newRow("replaced last") << QByteArray(R"({"a":1,"k":{"x":[]}})") << QByteArray(R"({"a":1,"k":7})");
    QTest::newRow("every occurrence") << QByteArray(R"({"k":1,"a":2,"k":3})") << QByteArray(R"({"k":7,"a":2,"k":7})");
    QTest::newRow("escaped key") << QByteArray(R"({"\u006b":1})") << QByteArray(R"({"\u006b":7})");
    QTest::newRow("nested key of that name") << QByteArray(R"({"a":{"k":1}})") << QByteArray(R"({"a":{"k":1},"k":7})");
    QTest::newRow("null") << QByteArray(R"({"k":null})") << QByteArray(R"({"k":7})");
}

void SpliceTest::setsMembers()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, expected);
    QCOMPARE(withMember(text, "k", "7"), expected);
}

void SpliceTest::keepsEveryOtherByte()
{
    const QByteArray text = "{\n  \"z\" : 1.0e+2,\r\n\t\"big\":12345678901234567890, \"unknown\" : [ 1 ,2 ],"
                            "\"esc\":\"\\u00e9\\/\", \"model\":\"old\", \"dup\":1,\"dup\":2 }\n";
    QByteArray expected = text;
    expected.replace("\"old\"", "\"new\"");
    QCOMPARE(withMember(text, "model", "\"new\""), expected);
}

void SpliceTest::sharesTheTextWhenNothingChanges()
{
    const QByteArray text = R"({"a":1})";
    const QByteArray result = Splice(text).result();
    QVERIFY(result.constData() == text.constData());
}

void SpliceTest::addsSeveralMembersInOrder_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("to an empty object") << QByteArray("{}") << QByteArray(R"({"x":1,"y":2,"z":3})");
    QTest::newRow("to others") << QByteArray(R"({"a":0})") << QByteArray(R"({"a":0,"x":1,"y":2,"z":3})");
    QTest::newRow("among replaced") << QByteArray(R"({"y":0})") << QByteArray(R"({"y":2,"x":1,"z":3})");
}

void SpliceTest::addsSeveralMembersInOrder()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, expected);
    const Range object = wholeValue(text);
    const std::vector<Member> members = membersOf(text, object);
    Splice splice(text);
    splice.set(object, members, "x", "1");
    splice.set(object, members, "y", "2");
    splice.set(object, members, "z", "3");
    QCOMPARE(splice.result(), expected);
    QVERIFY(Document::parse(splice.result()));
}

void SpliceTest::editsInsideAndBehindANestedObject()
{
    const QByteArray text = R"({"options":{}})"; // both objects end at neighbouring braces
    const Range object = wholeValue(text);
    const std::vector<Member> members = membersOf(text, object);
    const Range options = members.at(0).value;
    for (const bool innerFirst : {true, false}) {
        Splice splice(text);
        if (innerFirst)
            splice.set(options, membersOf(text, options), "usage", "true");
        splice.set(object, members, "model", "\"m\"");
        if (!innerFirst)
            splice.set(options, membersOf(text, options), "usage", "true");
        QCOMPARE(splice.result(), R"({"options":{"usage":true},"model":"m"})");
    }
}

void SpliceTest::quotesAddedKeys()
{
    QCOMPARE(withMember("{}", "a\"b", "1"), R"({"a\"b":1})");
}

void SpliceTest::renamesMembers()
{
    const QByteArray text = R"({"a":1, "\u006bey" : {"x": 1.0} })";
    Splice splice(text);
    splice.rename(membersOf(text, wholeValue(text))[1], "new\"name");
    QCOMPARE(splice.result(), R"({"a":1, "new\"name":{"x": 1.0} })");
}

void SpliceTest::removesMembers_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray text, QByteArray expected) {
        QTest::newRow(name) << std::move(text) << std::move(expected);
    };
    row("none", R"({"a":1, "b":2})", R"({"a":1, "b":2})");
    row("the only one", R"({ "x":1 })", R"({  })");
    row("first", R"({ "x":1 , "a":2})", R"({ "a":2})");
    row("last", R"({"a":2 , "x":[1,2] })", R"({"a":2 })");
    row("between", R"({"a":1, "x":{}, "b":2})", R"({"a":1, "b":2})");
    row("neighbours in front", R"({"x":1,"x1":2,"a":3})", R"({"a":3})");
    row("neighbours behind", R"({"a":3,"x":1,"x1":2})", R"({"a":3})");
    row("all", R"({"x":1,"x1":2,"x2":3})", R"({})");
    row("every other one", R"({"x":1,"a":2,"x1":3,"b":4,"x2":5})", R"({"a":2,"b":4})");
    row("twins", R"({"x":1,"a":2,"x":3})", R"({"a":2})");
}

void SpliceTest::removesMembers()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, expected);
    Splice splice(text);
    splice.remove(membersOf(text, wholeValue(text)), [](const Member &member) { return member.key.startsWith('x'); });
    QCOMPARE(splice.result(), expected);
    QVERIFY(Document::parse(splice.result()));
}

void SpliceTest::addsToWhatRemovalLeaves()
{
    const auto changed = [](const QByteArray &text, bool addFirst) {
        const Range object = wholeValue(text);
        const std::vector<Member> members = membersOf(text, object);
        Splice splice(text);
        if (addFirst)
            splice.set(object, members, "k", "7");
        splice.remove(members, [](const Member &member) { return member.key == "x"; });
        if (!addFirst)
            splice.set(object, members, "k", "7");
        splice.set(object, members, "l", "8");
        return splice.result();
    };
    for (const bool addFirst : {false, true}) {
        QCOMPARE(changed(R"({"x":1})", addFirst), R"({"k":7,"l":8})");
        QCOMPARE(changed(R"({"x":{"y":1} })", addFirst), R"({ "k":7,"l":8})");
        QCOMPARE(changed(R"({"a":1,"x":2})", addFirst), R"({"a":1,"k":7,"l":8})");
    }
}

void SpliceTest::removalWinsOverOtherChanges()
{
    const QByteArray text = R"({"x":{"y":1},"a":2})";
    const std::vector<Member> members = membersOf(text, wholeValue(text));
    Splice splice(text);
    splice.rename(members[0], "z");
    splice.set(members[0].value, membersOf(text, members[0].value), "y", "3");
    splice.remove(members, [](const Member &member) { return member.key == "x"; });
    QCOMPARE(splice.result(), R"({"a":2})");
}

} // namespace lunargate::json

QTEST_GUILESS_MAIN(lunargate::json::SpliceTest)
#include "tst_splice.moc"
