// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/yaml_reader.h"

#include "tests/unit/config/config_reading.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

/// `node` in one line, every value with its place: {a@1:1: b@1:4}.
QByteArray show(const YamlNode &node)
{
    const QByteArray place =
        '@' + QByteArray::number(node.position.line) + ':' + QByteArray::number(node.position.column);
    QByteArrayList parts;
    for (const YamlNode &item : node.items)
        parts.append(show(item));
    for (const YamlEntry &entry : node.entries)
        parts.append(entry.key + ": " + show(entry.value));
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return "null";
    case YamlNode::Kind::Scalar:
        return node.text + place;
    case YamlNode::Kind::List:
        return '[' + parts.join(", ") + ']' + place;
    case YamlNode::Kind::Map:
        return '{' + parts.join(", ") + '}' + place;
    }
    return {};
}

} // namespace

class YamlReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsTrees_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *text, const char *expected) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(expected);
        };
        row("map", "a: b\nc:\n  d: e", "{a: b@1:4, c: {d: e@3:6}@3:3}@1:1");
        row("list", "- a\n-  b", "[a@1:3, b@2:4]@1:1");
        row("flow", "{a: [b, 1]}", "{a: [b@1:6, 1@1:9]@1:5}@1:1");
        row("nulls", "a:\nb: ~\nc: null\nd: 'null'", "{a: null, b: null, c: null, d: null@4:4}@1:1");
        row("columns count characters", "a: {\xC3\xBC: \xF0\x9F\x8C\x99, b: c}",
            "{a: {\xC3\xBC: \xF0\x9F\x8C\x99@1:8, b: c@1:14}@1:4}@1:1");
        row("byte order mark",
            "\xEF\xBB\xBF"
            "a: b",
            "{a: b@1:4}@1:1");
        row("windows line ends", "a: b\r\nc: d\r\n", "{a: b@1:4, c: d@2:4}@1:1");
        row("source text of booleans and numbers", "[true, 010, 1.0, 0x1F]",
            "[true@1:2, 010@1:8, 1.0@1:13, 0x1F@1:18]@1:1");
        row("quotes", "[\"a\\tb\", 'c''d', \"1\"]", "[a\tb@1:2, c'd@1:10, 1@1:18]@1:1");
        row("block text", "a: |\n  b\n  c\n", "{a: b\nc\n@1:4}@1:1");
        row("alias", "a: &x {b: c}\nd: *x", "{a: {b: c@1:11}@1:4, d: {b: c@1:11}@1:4}@1:1");
        row("merge key", "a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3",
            "{a: {b: 1@1:11, c: 2@1:17}@1:4, d: {c: 3@4:6, b: 1@1:11}@3:3}@1:1");
        row("merge key compares keys in any case", "a: &x {Port: 1}\nd: {port: 2, <<: *x}",
            "{a: {Port: 1@1:14}@1:4, d: {port: 2@2:11}@2:4}@1:1");
        row("first of several merged maps wins", "- &x {b: 1}\n- &y {b: 2, c: 3}\n- <<: [*x, *y]",
            "[{b: 1@1:10}@1:3, {b: 2@2:10, c: 3@2:16}@2:3, {b: 1@1:10, c: 3@2:16}@3:3]@1:1");
        row("merged into merged", "- &x {b: 1}\n- &y {<<: *x, c: 2}\n- {<<: *y}",
            "[{b: 1@1:10}@1:3, {c: 2@2:18, b: 1@1:10}@2:3, {c: 2@2:18, b: 1@1:10}@3:3]@1:1");
        row("quoted merge key is a key", "{'<<': a}", "{<<: a@1:8}@1:1");
        row("json", "{\n\t\"a\": [1, true, null, \"b\\/\\u00fc\"]\n}",
            "{a: [1@2:8, true@2:11, null, b/\xC3\xBC@2:23]@2:7}@1:1");
        row("nothing", "", "null");
        row("comment alone", "# a\n", "null");
        row("document mark alone", "---\n", "null");
        row("scalar", "a", "a@1:1");
    }
    void readsTrees()
    {
        QFETCH(QByteArray, text);
        const YamlReading reading = readYaml(text, "c.yaml");
        QCOMPARE(textOf(reading.problems), QByteArray());
        QVERIFY(reading.root);
        QTEST(show(*reading.root), "expected");
    }

    void reportsProblems_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        QTest::addColumn<bool>("hasRoot");
        const auto row = [](const char *name, const char *text, const char *expected, bool hasRoot) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(expected) << hasRoot;
        };
        row("key twice", "a: 1\nb: 2\na: 3",
            "c.yaml:3:1: a: this key stands here a second time, first in line 1; remove one of them", true);
        row("key twice, deep", "r:\n- x: {a: 1}\n- x: {a: 1, a: 2}",
            "c.yaml:3:13: r[1].x.a: this key stands here a second time, first in line 3; remove one of them", true);
        row("key twice under a name with a dot", "p:\n  v1.5: {a: 1, a: 2}",
            "c.yaml:2:16: p[\"v1.5\"].a: this key stands here a second time, first in line 2; remove one of them",
            true);
        row("merge key twice", "a: &x {b: c}\nd:\n  <<: *x\n  <<: *x",
            "c.yaml:4:3: d.<<: this key stands here a second time, first in line 3; remove one of them", true);
        row("merge of no map", "a: 1\n<<: b",
            "c.yaml:2:1: << merges maps only; write `<<: *name` with the anchor of a map", true);
        row("key that is a list", "? [a]\n: b", "c.yaml:1:3: this key is no text; write `key: value`", true);
        row("second document", "a: 1\n---\nb: 2",
            "c.yaml:3:1: warning: this is a second document; only the first one is read", true);
        row("alias inside its anchor", "a: &x [*x]",
            "c.yaml:1:8: not valid YAML: an alias stands inside its own anchor", false);
        row("unknown anchor", "a: *sk-secret",
            "c.yaml:1:4: not valid YAML: the referenced anchor is not defined; put text that begins with * in quotes",
            false);
        row("open bracket", "a: [b\nc: d", "c.yaml:2:2: not valid YAML: end of sequence flow not found", false);
        row("tab", "a:\n \tb: c\n",
            "c.yaml:2:4: not valid YAML: illegal map value; the line begins with a tab, indent it with spaces", false);
        row("half a character", "{\"a\": \"\\ud83c\\udf19\"}",
            "c.yaml:1:14: not valid YAML: invalid unicode: 55356; write the character itself, or \\U and eight digits",
            false);
        row("map in a line", "a: b: c", "c.yaml:1:5: not valid YAML: illegal map value", false);
        row("not UTF-8", "a: b\nc: \xFF", "c.yaml:2:1: the text is not UTF-8; save the file as UTF-8", false);
        row("UTF-16",
            "\xFF\xFE"
            "a",
            "c.yaml:1:1: the text is not UTF-8; save the file as UTF-8", false);
    }
    void reportsProblems()
    {
        QFETCH(QByteArray, text);
        const YamlReading reading = readYaml(text, "c.yaml");
        QTEST(textOf(reading.problems), "expected");
        QTEST(reading.root.has_value(), "hasRoot");
    }

    void refusesAliasesThatMultiply()
    {
        QByteArray text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
        for (int i = 1; i < 10; ++i) {
            const QByteArray last = "*a" + QByteArray::number(i - 1);
            const QByteArray name = 'a' + QByteArray::number(i);
            text += name + ": &" + name + " [" + QByteArrayList(10, last).join(", ") + "]\n";
        }
        const YamlReading reading = readYaml(text, "c.yaml");
        QVERIFY(!reading.root);
        QVERIFY(textOf(reading.problems).endsWith("the document is too large, or its aliases multiply"));
    }

    void refusesEndlessNesting()
    {
        const YamlReading reading = readYaml(QByteArray(100'000, '['), "c.yaml");
        QVERIFY(!reading.root);
        QCOMPARE(reading.problems.size(), 1U);
    }
};

QTEST_GUILESS_MAIN(YamlReaderTest)
#include "tst_yaml_reader.moc"
