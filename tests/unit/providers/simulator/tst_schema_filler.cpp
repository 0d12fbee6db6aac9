// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/schema_filler.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::simulator;

namespace {

QByteArray fill(const QByteArray &schema)
{
    const std::optional<json::Document> document = json::Document::parse(schema);
    if (!document)
        qFatal("the schema is no JSON");
    return fillSchema(document->root());
}

} // namespace

class TestSchemaFiller : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void fillsSchemas_data()
    {
        QTest::addColumn<QByteArray>("schema");
        QTest::addColumn<QByteArray>("value");
        const auto row = [](const char *name, const char *schema, const char *value) {
            QTest::addRow("%s", name) << QByteArray(schema) << QByteArray(value);
        };
        row("nothing said", R"({})", R"({})");
        row("string", R"({"type":"string"})", R"("sample value")");
        row("integer", R"({"type":"integer"})", "1");
        row("number", R"({"type":"number"})", "1");
        row("boolean", R"({"type":"boolean"})", "true");
        row("null", R"({"type":"null"})", "null");
        row("nullable by type list", R"({"type":["null","integer"]})", "1");
        row("nullable by anyOf", R"({"anyOf":[{"type":"null"},{"type":"boolean"}]})", "true");
        row("constant", R"({"const":{"a":[1,"x"]}})", R"({"a":[1,"x"]})");
        row("constant null", R"({"const":null})", "null");
        row("enum", R"({"type":"string","enum":["celsius","kelvin"]})", R"("celsius")");
        row("default", R"({"type":"integer","default":7})", "7");
        row("only the required", R"({"type":"object","required":["b"],
            "properties":{"a":{"type":"string"},"b":{"type":"integer"}}})",
            R"({"b":1})");
        row("all if nothing is required", R"({"properties":{"city":{"type":"string"},"days":{"type":"integer"}}})",
            R"({"city":"sample city","days":1})");
        row("required without a property", R"({"type":"object","required":["x"]})", R"({"x":"sample x"})");
        row("required from additionalProperties",
            R"({"type":"object","required":["x"],"additionalProperties":{"type":"integer"}})", R"({"x":1})");
        row("nested objects", R"({"type":"object","required":["o"],"properties":{"o":{"type":"object","required":["p"],
            "properties":{"p":{"type":"boolean"}}}}})",
            R"({"o":{"p":true}})");
        row("array", R"({"type":"array","items":{"type":"integer"}})", "[1]");
        row("array of anything", R"({"type":"array"})", "[]");
        row("minItems", R"({"type":"array","items":{"type":"boolean"},"minItems":3})", "[true,true,true]");
        row("maxItems", R"({"type":"array","items":{"type":"boolean"},"maxItems":0})", "[]");
        row("unique enum items", R"({"type":"array","items":{"enum":["a","b","c"]},"minItems":2,"uniqueItems":true})",
            R"(["a","b"])");
        row("unique strings", R"({"type":"array","items":{"type":"string"},"minItems":2,"uniqueItems":true})",
            R"(["sample value","sample value 2"])");
        row("tuple", R"({"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}]})",
            R"([1,"sample value"])");
        row("minimum", R"({"type":"integer","minimum":5})", "5");
        row("fractional minimum of an integer", R"({"type":"integer","minimum":4.2})", "5");
        row("exclusive minimum", R"({"type":"integer","exclusiveMinimum":5})", "6");
        row("maximum", R"({"type":"integer","maximum":-3})", "-3");
        row("exclusive maximum", R"({"type":"integer","exclusiveMaximum":-3})", "-4");
        row("maximum of zero", R"({"type":"integer","maximum":0})", "0");
        row("multiple", R"({"type":"integer","multipleOf":5,"minimum":11})", "15");
        row("negative multiple", R"({"type":"integer","multipleOf":5,"maximum":-1})", "-5");
        row("number between", R"({"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1})", "0.5");
        row("unique numbers",
            R"({"type":"array","items":{"type":"integer","minimum":3},"minItems":3,"uniqueItems":true})", "[3,4,5]");
        row("minLength", R"({"type":"string","minLength":15})", R"("sample value...")");
        row("maxLength", R"({"type":"string","maxLength":6})", R"("sample")");
        row("date", R"({"type":"string","format":"date"})", R"("2025-01-01")");
        row("email", R"({"type":"string","format":"email"})", R"("user@example.com")");
        row("unknown format", R"({"type":"string","format":"colour"})", R"("sample value")");
        row("reference", R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"type":"integer"}}})", "1");
        row("escaped reference", R"({"$ref":"#/$defs/a~1b%20c","$defs":{"a/b c":{"type":"boolean"}}})", "true");
        row("allOf", R"({"allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},
            {"properties":{"b":{"type":"boolean"}},"required":["b"]}]})",
            R"({"a":1,"b":true})");
        row("oneOf", R"({"oneOf":[{"type":"integer"},{"type":"string"}]})", "1");
        row("name that needs escapes", "{\"properties\":{\"a\\\"b\":{\"type\":\"integer\"}}}", "{\"a\\\"b\":1}");
    }
    void fillsSchemas()
    {
        QFETCH(QByteArray, schema);
        QTEST(fill(schema), "value");
    }

    void countsCharactersOfLengths()
    {
        QCOMPARE(fill(R"({"properties":{"größe":{"type":"string","maxLength":9}}})"), R"({"größe":"sample gr"})");
        QCOMPARE(fill(R"({"properties":{"ää":{"type":"string","minLength":11}}})"), R"({"ää":"sample ää.."})");
    }

    void endsRecursiveSchemas_data()
    {
        QTest::addColumn<QByteArray>("schema");
        QTest::addRow("list of itself") << QByteArray(
            R"({"type":"object","required":["children"],"properties":{"children":{"type":"array","items":{"$ref":"#"}}}})");
        QTest::addRow("nullable next") << QByteArray(
            R"({"type":"object","required":["next"],"properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}})");
        QTest::addRow("optional self") << QByteArray(R"({"type":"object","properties":{"self":{"$ref":"#"}}})");
        QTest::addRow("requires itself twice")
            << QByteArray(R"({"type":"object","required":["a","b"],"properties":{"a":{"$ref":"#"},"b":{"$ref":"#"}}})");
        QTest::addRow("reference to itself") << QByteArray(R"({"$ref":"#"})");
        QTest::addRow("allOf of itself") << QByteArray(R"({"allOf":[{"$ref":"#"},{"$ref":"#"}]})");
        QTest::addRow("huge arrays") << QByteArray(
            R"({"type":"array","minItems":1000000,"items":{"type":"array","minItems":1000000,"items":{"type":"integer"}}})");
        QTest::addRow("huge string") << QByteArray(R"({"type":"string","minLength":1000000000000})");
        QTest::addRow("reference to nowhere") << QByteArray(R"({"$ref":"#/nowhere"})");
        QTest::addRow("foreign reference") << QByteArray(R"({"$ref":"urn:example:schema"})");
    }
    void endsRecursiveSchemas()
    {
        QFETCH(QByteArray, schema);
        const QByteArray value = fill(schema);
        QVERIFY(json::Document::parse(value));
        QVERIFY(value.size() < 1'000'000);
    }

    void endsANullableChainWithNull()
    {
        const QByteArray value = fill(
            R"({"type":"object","required":["next"],"properties":{"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}})");
        QVERIFY(value.startsWith(R"({"next":{"next":)"));
        QVERIFY(value.contains(R"({"next":null})"));
    }
};

QTEST_APPLESS_MAIN(TestSchemaFiller)
#include "tst_schema_filler.moc"
