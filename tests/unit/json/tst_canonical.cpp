// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/json/canonical.h"

#include <QTest>

namespace lunargate::json {

class CanonicalTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void equalValuesHaveOneForm_data();
    void equalValuesHaveOneForm();
    void differentValuesHaveDifferentForms();
    void saysWhereNumbersAreNotExact_data();
    void saysWhereNumbersAreNotExact();
    void leavesMembersOut();
    void formsEndByThemselves();
    void takesDeepDocuments();
};

namespace {

class Text : public CanonicalSink
{
public:
    void put(QByteArrayView piece) override { bytes.append(piece); }

    QByteArray bytes;
};

struct Form
{
    explicit Form(const QByteArray &json)
    {
        const std::optional<Document> document = Document::parse(json);
        if (!document)
            qFatal("not JSON: %s", json.constData());
        Text text;
        isExact = writeCanonical(document->root(), text);
        bytes = text.bytes;
    }

    QByteArray bytes;
    bool isExact = false;
};

} // namespace

void CanonicalTest::equalValuesHaveOneForm_data()
{
    QTest::addColumn<QByteArray>("a");
    QTest::addColumn<QByteArray>("b");
    const auto row = [](const char *name, const char *a, const char *b) {
        QTest::newRow(name) << QByteArray(a) << QByteArray(b);
    };
    row("white space", R"({"a":[1,2],"b":null})", "{ \"a\" : [ 1 ,\n2 ] ,\t\"b\" : null }\r\n");
    row("order of members", R"({"a":1,"b":{"c":2,"d":3}})", R"({"b":{"d":3,"c":2},"a":1})");
    row("order of members in arrays", R"([{"a":1,"b":2},{"x":1,"y":2}])", R"([{"b":2,"a":1},{"y":2,"x":1}])");
    row("many members",
        R"({"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10,"k":11,"l":12,"m":13,"n":14,"o":15,"p":16,"q":17})",
        R"({"q":17,"p":16,"o":15,"n":14,"m":13,"l":12,"k":11,"j":10,"i":9,"h":8,"g":7,"f":6,"e":5,"d":4,"c":3,"b":2,"a":1})");
    row("escapes", R"("\u00e9\/\u0041\ud83d\ude00")", "\"\xC3\xA9/A\xF0\x9F\x98\x80\"");
    row("escapes in names", R"({"\u0061":1})", R"({"a":1})");
    row("whole numbers", "[1,100,0,-5]", "[1.0,1e2,0.0,-50E-1]");
    row("fractions", "[0.5,0.7]", "[5e-1,0.70]");
    row("zero has no sign", "0", "-0.0");
}

void CanonicalTest::equalValuesHaveOneForm()
{
    QFETCH(const QByteArray, a);
    QFETCH(const QByteArray, b);
    QCOMPARE(Form(a).bytes, Form(b).bytes);
    QVERIFY(Form(a).isExact);
}

void CanonicalTest::differentValuesHaveDifferentForms()
{
    const QByteArrayList values = {
        "null",
        "true",
        "false",
        "0",
        "1",
        "-1",
        "\"\"",
        "\"0\"",
        "\"1\"",
        "\"true\"",
        "\"null\"",
        "[]",
        "{}",
        "[null]",
        "[[]]",
        "[[],[]]",
        "[[[]]]",
        "{\"a\":null}",
        "{\"a\":{}}",
        "{\"a\":[]}",
        "[\"a\",null]",
        "[\"ab\"]",
        "[\"a\",\"b\"]",
        "[\"\",\"ab\"]",
        "{\"a\":\"b\"}",
        "{\"b\":\"a\"}",
        "{\"\":\"ab\"}",
        "[1,2]",
        "[2,1]",
        "[12]",
        "0.1",
        "0.10000000000000002",
        "9007199254740991",
        "9223372036854775807",
        "9223372036854775808",
        "9223372036854775809",
        "18446744073709551615",
        "-9223372036854775808",
        "1e300",
        "-1e300",
        // Which of two members of one name counts is not for us to say.
        R"({"a":1,"a":2})",
        R"({"a":2,"a":1})",
        R"({"a":1})",
        R"({"a":2})",
        R"({"A":1})",
        R"({"a":1,"b":1})",
        R"([{"a":1},{"b":2}])",
        R"([{"a":1,"b":2}])",
        R"({"a":{"b":1},"c":2})",
        R"({"a":{"b":1,"c":2}})",
        // Lengths of one and of two bytes.
        '"' + QByteArray(127, 'x') + '"',
        '"' + QByteArray(128, 'x') + '"',
        '"' + QByteArray(129, 'x') + '"',
        '"' + QByteArray(300, 'x') + '"',
        '"' + QByteArray(20000, 'x') + '"',
        "\"e\\u0301\"",
        "\"\\u00e9\"",
        "\"\\u0000\"",
        "\"\\u0000\\u0000\"",
    };
    QHash<QByteArray, QByteArray> seen;
    for (const QByteArray &value : values) {
        const QByteArray form = Form(value).bytes;
        QVERIFY2(!seen.contains(form), qPrintable(QString::fromUtf8(value + " looks like " + seen.value(form))));
        seen.insert(form, value);
    }
}

void CanonicalTest::saysWhereNumbersAreNotExact_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("isExact");
    const auto row = [](const char *json, bool isExact) { QTest::newRow(json) << QByteArray(json) << isExact; };
    row("9007199254740991.0", true);
    row("9007199254740992.0", false);
    row("-9007199254740993.0", false);
    row("18446744073709551615", true);
    row("18446744073709551616", false); // as 18446744073709551617 is
    row("-9223372036854775808", true);
    row("-9223372036854775809", false);
    row("1e300", false);
    row("1e-300", true);
    row(R"({"a":[{"b":18446744073709551617}]})", false);
}

void CanonicalTest::saysWhereNumbersAreNotExact()
{
    QFETCH(const QByteArray, json);
    QFETCH(const bool, isExact);
    QCOMPARE(Form(json).isExact, isExact);
}

void CanonicalTest::leavesMembersOut()
{
    const auto without = [](const QByteArray &json) {
        Text text;
        const std::optional<Document> document = Document::parse(json);
        const auto isWanted = [](QByteArrayView name) { return name != "user"; };
        return writeCanonical(document->root(), isWanted, text) ? text.bytes : QByteArray();
    };
    QCOMPARE(without(R"({"user":"u","a":{"user":1}})"), Form(R"({"a":{"user":1}})").bytes);
    QVERIFY(without(R"({"a":{"user":1}})") != without(R"({"a":{}})"));
    QCOMPARE(without(R"({"user":18446744073709551617})"), Form("{}").bytes);
}

void CanonicalTest::formsEndByThemselves()
{
    // No form is the beginning of another one, so that what follows cannot be taken for a part of it.
    const QByteArrayList values = {"null", "1",   "0.5",   "\"\"", "\"a\"",      "\"ab\"",
                                   "[]",   "[1]", "[1,1]", "{}",   R"({"a":1})", R"({"a":1,"b":1})"};
    for (const QByteArray &a : values) {
        for (const QByteArray &b : values)
            QCOMPARE(Form(b).bytes.startsWith(Form(a).bytes), a == b);
    }
}

void CanonicalTest::takesDeepDocuments()
{
    constexpr int kDeepest = 10'000; // of server.max_json_depth
    const QByteArray deep =
        QByteArray("[{\"a\":").repeated(kDeepest / 2) + "1" + QByteArray("}]").repeated(kDeepest / 2);
    QVERIFY(Form(deep).isExact);
}

} // namespace lunargate::json

QTEST_GUILESS_MAIN(lunargate::json::CanonicalTest)
#include "tst_canonical.moc"
