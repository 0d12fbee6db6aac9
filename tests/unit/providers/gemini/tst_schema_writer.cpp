// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/gemini/schema_writer.h"

#include <QTest>

namespace lunargate {

class SchemaWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesSchemas_data();
    void writesSchemas();
    void seesThatNothingIsTaken_data();
    void seesThatNothingIsTaken();
};

void SchemaWriterTest::writesSchemas_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("expected"); // empty: the same
    const auto row = [](const char *name, QByteArray schema, QByteArray expected = {}) {
        QTest::newRow(name) << std::move(schema) << std::move(expected);
    };
    row("JSON Schema stays, in its order",
        R"({"type":"object","description":"d","properties":{"z":{"type":["string","null"],"format":"date"},)"
        R"("a":{"type":"array","items":{"anyOf":[{"type":"integer","minimum":1},{"type":"null"}]},"maxItems":3}},)"
        R"("required":["z"],"additionalProperties":false})");
    row("references and definitions stay",
        R"({"$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}}}},"$ref":"#/$defs/n"})");
    row("the schema's own schema", R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object"})",
        R"({"type":"object"})");
    row("limits that are not known",
        R"({"properties":{"a":{"description":"d","type":"string","minLength":1,"pattern":"^a"},)"
        R"("b":{"type":"array","uniqueItems":true,"items":{"multipleOf":5}},)"
        R"("c":{"type":"array","uniqueItems":false}},"maxProperties":3})",
        R"x({"properties":{"a":{"type":"string","description":"d (minLength: 1, pattern: \"^a\")"},)x"
        R"("b":{"type":"array","items":{"description":"multipleOf: 5"},"description":"uniqueItems: true"},)"
        R"("c":{"type":"array"}},"description":"maxProperties: 3"})");
    row("limits beside a reference", R"({"$ref":"#/$defs/a","minLength":1})", R"({"$ref":"#/$defs/a"})");
    row("properties with the names of limits",
        R"({"properties":{"pattern":{"type":"string"},"minLength":{"type":"integer"}}})");
    row("const", R"({"properties":{"k":{"const":"a"}}})", R"({"properties":{"k":{"enum":["a"]}}})");
    row("const beside enum", R"({"enum":["a","b"],"const":"a"})", R"({"enum":["a","b"]})");
    row("bounds that are excluded",
        R"({"properties":{"a":{"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":10},"b":{"exclusiveMinimum":0.5}}})",
        R"({"properties":{"a":{"type":"integer","minimum":1,"maximum":9},"b":{"minimum":0.5}}})");
    row("bounds of both kinds", R"({"type":"integer","minimum":3,"exclusiveMinimum":0})",
        R"({"type":"integer","minimum":3})");
    row("bounds of draft 4", R"({"maximum":3,"exclusiveMaximum":true,"exclusiveMinimum":false})", R"({"maximum":3})");
    row("neighbours of a reference", R"({"properties":{"k":{"description":"d","$ref":"#/$defs/x","default":1}}})",
        R"({"properties":{"k":{"$ref":"#/$defs/x"}}})");
    row("required but unknown", R"({"properties":{"a":{}},"required":["a","b",7]})",
        R"({"properties":{"a":{}},"required":["a"]})");
    row("required without properties", R"({"required":["a"]})");
    row("in lists", R"({"oneOf":[{"const":1},{"items":{"const":2}},true]})",
        R"({"oneOf":[{"enum":[1]},{"items":{"enum":[2]}},true]})");
    row("properties with the names of keywords",
        R"({"properties":{"const":{"type":"string"},"$schema":{"type":"string"},"$ref":{"type":"string"}}})");
    row("data that looks like a schema",
        R"({"default":{"const":1,"$schema":"s"},"enum":[{"const":1}],"examples":[{"$ref":"r","x":1}]})");
    row("odd values", R"({"properties":7,"items":null,"anyOf":"x","required":"a","type":7})");
}

void SchemaWriterTest::writesSchemas()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const QByteArray, expected);
    const std::optional<json::Document> document = json::Document::parse(schema);
    QVERIFY(document);
    json::TextWriter json;
    gemini::writeSchema(json, document->root());
    QCOMPARE(json.text(), expected.isEmpty() ? schema : expected);
}

void SchemaWriterTest::seesThatNothingIsTaken_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<bool>("expected");
    QTest::newRow("empty") << QByteArray("{}") << true;
    QTest::newRow("object") << QByteArray(R"({"type":"object"})") << true;
    QTest::newRow("no properties") << QByteArray(R"({"type":"object","properties":{},"additionalProperties":false})")
                                   << true;
    QTest::newRow("a property") << QByteArray(R"({"type":"object","properties":{"a":{}}})") << false;
    QTest::newRow("any properties") << QByteArray(R"({"type":"object","additionalProperties":true})") << false;
    QTest::newRow("properties of a kind") << QByteArray(R"({"additionalProperties":{"type":"string"}})") << false;
    QTest::newRow("a reference") << QByteArray(R"({"$ref":"#/$defs/a"})") << false;
    QTest::newRow("a choice") << QByteArray(R"({"anyOf":[{"type":"object"}]})") << false;
    QTest::newRow("no schema") << QByteArray("7") << true;
}

void SchemaWriterTest::seesThatNothingIsTaken()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const bool, expected);
    const std::optional<json::Document> document = json::Document::parse(schema);
    QVERIFY(document);
    QCOMPARE(gemini::takesNothing(document->root()), expected);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::SchemaWriterTest)
#include "tst_schema_writer.moc"
