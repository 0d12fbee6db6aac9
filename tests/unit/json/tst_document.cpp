// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/document.h"

#include <QTest>

namespace lunargate::json {

class DocumentTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void takesExactlyOneValue_data();
    void takesExactlyOneValue();
    void saysWhereTheTextStopsMakingSense();
    void lookUpsOfMissingValuesChain();
    void accessorsOfAnotherTypeGiveNothing();
    void lookUpsTakeKeysWithNulBytes();
    void integersOutsideOf64BitsAreNone_data();
    void integersOutsideOf64BitsAreNone();
    void walksOverElements();
    void walksOverManyElementsInLinearTime();
    void readsDeepNestingWithoutRecursion();
};

void DocumentTest::takesExactlyOneValue_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isValid");
    QTest::newRow("object") << QByteArray(R"({"a":1})") << true;
    QTest::newRow("white space around") << QByteArray(" \t\r\n[] \n") << true;
    QTest::newRow("scalar") << QByteArray("null") << true;
    QTest::newRow("nothing") << QByteArray() << false;
    QTest::newRow("only white space") << QByteArray(" \n") << false;
    QTest::newRow("second value") << QByteArray("{}{}") << false;
    QTest::newRow("garbage behind") << QByteArray("{} x") << false;
    QTest::newRow("cut off") << QByteArray(R"({"a":)") << false;
    QTest::newRow("trailing comma") << QByteArray("[1,]") << false;
    QTest::newRow("comment") << QByteArray("/**/{}") << false;
    QTest::newRow("not a number") << QByteArray("NaN") << false;
    QTest::newRow("single quotes") << QByteArray("{'a':1}") << false;
    QTest::newRow("line end in a string") << QByteArray("\"a\nb\"") << false;
    QTest::newRow("byte order mark") << QByteArray("\xEF\xBB\xBF{}") << false;
    QTest::newRow("invalid UTF-8") << QByteArray("\"\xC3\x28\"") << false;
    QTest::newRow("overlong UTF-8") << QByteArray("\"\xC0\xAF\"") << false;
    QTest::newRow("half a surrogate pair") << QByteArray(R"("\ud83d")") << false;
    QTest::newRow("NUL behind") << QByteArray("{}\0", 3) << false;
}

void DocumentTest::takesExactlyOneValue()
{
    QFETCH(const QByteArray, text);
    QFETCH(const bool, isValid);
    QCOMPARE(Document::parse(text).has_value(), isValid);
    QCOMPARE(Document::read(text).has_value(), isValid);
}

void DocumentTest::saysWhereTheTextStopsMakingSense()
{
    const auto document = Document::read(R"({"a": tru})");
    QVERIFY(!document);
    QCOMPARE(document.error().position, 6);
    QVERIFY(!document.error().message.isEmpty());
    QCOMPARE(Document::read("").error().position, 0);
    QVERIFY(Document::read("{}"));
}

void DocumentTest::lookUpsOfMissingValuesChain()
{
    const auto document = Document::parse(R"({"a":{"b":"c"}})");
    QVERIFY(document);
    QCOMPARE(document->root()["a"]["b"].toByteArray(), "c");
    const Value missing = document->root()["x"]["y"].at(3)["z"];
    QVERIFY(!missing.exists());
    QVERIFY(!missing.isNull());
    QVERIFY(missing.string().isEmpty());
    QVERIFY(!missing.boolean());
    QVERIFY(!missing.integer());
    QVERIFY(!missing.number());
    QCOMPARE(missing.size(), 0);
}

void DocumentTest::accessorsOfAnotherTypeGiveNothing()
{
    const auto document = Document::parse(R"(["12", 12, 1.5, true, null, {}, "a\u0000b"])");
    QVERIFY(document);
    const Value root = document->root();
    QVERIFY(!root.at(0).integer());
    QVERIFY(root.at(1).string().isEmpty());
    QCOMPARE(root.at(1).integer(), 12);
    QVERIFY(!root.at(2).integer());
    QCOMPARE(root.at(2).number(), 1.5);
    QCOMPARE(root.at(3).boolean(), true);
    QVERIFY(!root.at(4).boolean());
    QVERIFY(root.at(4).isNull());
    QVERIFY(root.at(5).string().isEmpty());
    QCOMPARE(root.at(6).toByteArray(), QByteArray("a\0b", 3));
    QVERIFY(!root.at(7).exists());
    QVERIFY(!root["key"].exists());
    QCOMPARE(root.size(), 7);
}

void DocumentTest::lookUpsTakeKeysWithNulBytes()
{
    const auto document = Document::parse(R"({"a":1,"a\u0000b":2})");
    QVERIFY(document);
    QCOMPARE(document->root()["a"].integer(), 1);
    QCOMPARE(document->root()[QByteArrayView("a\0b", 3)].integer(), 2);
}

void DocumentTest::integersOutsideOf64BitsAreNone_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isInteger");
    QTest::addColumn<qint64>("value");
    QTest::newRow("largest") << QByteArray("9223372036854775807") << true << std::numeric_limits<qint64>::max();
    QTest::newRow("smallest") << QByteArray("-9223372036854775808") << true << std::numeric_limits<qint64>::min();
    QTest::newRow("one over") << QByteArray("9223372036854775808") << false << qint64(0);
    QTest::newRow("largest without sign") << QByteArray("18446744073709551615") << false << qint64(0);
    QTest::newRow("far over") << QByteArray("1e30") << false << qint64(0);
}

void DocumentTest::integersOutsideOf64BitsAreNone()
{
    QFETCH(const QByteArray, text);
    QFETCH(const bool, isInteger);
    QFETCH(const qint64, value);
    const auto document = Document::parse(text);
    QVERIFY(document);
    const std::optional<qint64> integer = document->root().integer();
    QCOMPARE(integer.has_value(), isInteger);
    QCOMPARE(integer.value_or(0), value);
}

void DocumentTest::walksOverElements()
{
    const auto document = Document::parse(R"({"list":[1,[2],{"a":3},4],"text":"abc","empty":[]})");
    QVERIFY(document);
    QList<qint64> numbers;
    for (const Value element : document->root()["list"].elements())
        numbers.append(element.integer().value_or(-1));
    QCOMPARE(numbers, (QList<qint64>{1, -1, -1, 4}));
    for (const char *other : {"text", "empty", "missing"}) {
        for ([[maybe_unused]] const Value element : document->root()[other].elements())
            QFAIL("nothing to walk over");
    }
}

void DocumentTest::walksOverManyElementsInLinearTime()
{
    // Not flat, so that a look-up by index would walk from the start each time: 10^11 steps, minutes.
    constexpr int kCount = 500'000;
    const auto document = Document::parse("[" + QByteArray("{},").repeated(kCount) + "{}]");
    QVERIFY(document);
    int count = 0;
    for (const Value element : document->root().elements())
        count += element.isObject() ? 1 : 0;
    QCOMPARE(count, kCount + 1);
}

void DocumentTest::readsDeepNestingWithoutRecursion()
{
    constexpr int kDepth = 1'000'000;
    const QByteArray text = QByteArray("[").repeated(kDepth) + QByteArray("]").repeated(kDepth);
    QVERIFY(Document::parse(text));
    QVERIFY(!Document::parse(text.chopped(1)));
}

} // namespace lunargate::json

QTEST_GUILESS_MAIN(lunargate::json::DocumentTest)
#include "tst_document.moc"
