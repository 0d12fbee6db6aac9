// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/anthropic/schema_writer.h"

#include <QTest>

namespace lunargate {

class SchemaWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesWhatTheGrammarHolds_data();
    void writesWhatTheGrammarHolds();
    void writesInputSchemas_data();
    void writesInputSchemas();
    void walksDeepSchemas();
};

void SchemaWriterTest::writesWhatTheGrammarHolds_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<QByteArray>("written");
    const auto row = [](const char *name, QByteArray schema, QByteArray written) {
        QTest::newRow(name) << std::move(schema) << std::move(written);
    };
    row("objects are closed", R"({"type":"object","properties":{"a":{"type":"object"}},"required":["a"]})",
        R"({"type":"object","properties":{"a":{"type":"object","additionalProperties":false}},"required":["a"],"additionalProperties":false})");
    row("an open object", R"({"type":"object","properties":{},"additionalProperties":true})",
        R"({"type":"object","properties":{},"additionalProperties":false})");
    row("a closed one", R"({"additionalProperties":false,"type":"object"})",
        R"({"type":"object","additionalProperties":false})");
    row("a map", R"({"type":"object","additionalProperties":{"type":"string"}})",
        R"({"type":"object","additionalProperties":false,"description":"additionalProperties: {\"type\":\"string\"}"})");
    row("an object or null", R"({"type":["object","null"]})",
        R"({"type":["object","null"],"additionalProperties":false})");
    row("what is kept", R"({"type":"string","enum":["a"],"const":"a","title":"T","default":"a","description":"D"})",
        R"({"type":"string","enum":["a"],"const":"a","title":"T","default":"a","description":"D"})");
    row("references",
        R"({"$ref":"#/$defs/x","$defs":{"x":{"type":"object"}},"definitions":{"y":{"type":"integer","minimum":1}}})",
        R"({"$ref":"#/$defs/x","$defs":{"x":{"type":"object","additionalProperties":false}},"definitions":{"y":{"type":"integer","description":"minimum: 1"}}})");
    row("limits go into the description", R"({"type":"integer","description":"Age","minimum":0,"maximum":150})",
        R"x({"type":"integer","description":"Age (minimum: 0, maximum: 150)"})x");
    row("limits of lists", R"({"type":"array","items":{"type":"string","pattern":"^a\"$"},"minItems":1})",
        R"({"type":"array","items":{"type":"string","description":"pattern: \"^a\\\"$\""},"description":"minItems: 1"})");
    row("tuples", R"({"type":"array","items":[{"type":"string"}]})",
        R"({"type":"array","description":"items: [{\"type\":\"string\"}]"})");
    row("one of", R"({"oneOf":[{"type":"object"},{"type":"null"}]})",
        R"({"anyOf":[{"type":"object","additionalProperties":false},{"type":"null"}]})");
    row("any of and all of", R"({"anyOf":[{"minLength":1}],"allOf":[{"type":"string"}]})",
        R"({"anyOf":[{"description":"minLength: 1"}],"allOf":[{"type":"string"}]})");
    row("one of beside any of", R"({"anyOf":[{"type":"null"}],"oneOf":[{"type":"string"}]})",
        R"({"anyOf":[{"type":"null"}],"description":"oneOf: [{\"type\":\"string\"}]"})");
    row("a format", R"({"type":"string","format":"date-time"})", R"({"type":"string","format":"date-time"})");
    row("another format", R"({"type":"string","format":"color"})",
        R"({"type":"string","description":"format: \"color\""})");
    row("remarks", R"({"$schema":"x","$id":"y","examples":[1],"type":"integer"})", R"({"type":"integer"})");
    row("properties may have any name", R"({"properties":{"minimum":{"type":"integer"},"description":{"const":1}}})",
        R"({"properties":{"minimum":{"type":"integer"},"description":{"const":1}},"additionalProperties":false})");
    row("true", "true", "true");
    row("empty", "{}", "{}");
    row("nonsense", R"({"properties":3,"anyOf":"x","items":5,"description":7})",
        R"({"properties":{},"anyOf":[],"description":"items: 5"})");
}

void SchemaWriterTest::writesWhatTheGrammarHolds()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const QByteArray, written);
    json::TextWriter json;
    anthropic::writeStrictSchema(json, json::Document::parse(schema)->root());
    QCOMPARE(json.text(), written);
    QVERIFY(json::Document::parse(json.text()));
}

void SchemaWriterTest::writesInputSchemas_data()
{
    QTest::addColumn<QByteArray>("schema");
    QTest::addColumn<bool>("isStrict");
    QTest::addColumn<QByteArray>("written");
    QTest::newRow("missing") << QByteArray("null") << false << QByteArray(R"({"type":"object","properties":{}})");
    QTest::newRow("empty") << QByteArray("{}") << false << QByteArray(R"({"type":"object","properties":{}})");
    QTest::newRow("strict and empty") << QByteArray("{}") << true
                                      << QByteArray(
                                             R"({"type":"object","properties":{},"additionalProperties":false})");
    QTest::newRow("as it is")
        << QByteArray(R"({"properties":{"b":{"minimum":1},"a":{}},"type":"object","$schema":"x"})") << false
        << QByteArray(R"({"properties":{"b":{"minimum":1},"a":{}},"type":"object","$schema":"x"})");
    QTest::newRow("without a type") << QByteArray(R"({"properties":{"a":{}}})") << false
                                    << QByteArray(R"({"type":"object","properties":{"a":{}}})");
    QTest::newRow("strict")
        << QByteArray(R"({"type":"object","properties":{"a":{"type":"integer","minimum":1}}})") << true
        << QByteArray(
               R"({"type":"object","properties":{"a":{"type":"integer","description":"minimum: 1"}},"additionalProperties":false})");
    QTest::newRow("strict without a type")
        << QByteArray(R"({"properties":{"a":{}}})") << true
        << QByteArray(R"({"type":"object","properties":{"a":{}},"additionalProperties":false})");
    const auto row = [](const char *name, QByteArray schema, QByteArray written, bool isStrict = false) {
        QTest::newRow(name) << std::move(schema) << isStrict << std::move(written);
    };
    row("alternatives", R"({"type":"object","properties":{"a":{}},"anyOf":[{"required":["a"]}],"required":["b"]})",
        R"({"type":"object","properties":{"a":{}},"required":["b"],"description":"anyOf: [{\"required\":[\"a\"]}]"})");
    row("alternatives with properties",
        R"({"description":"D","oneOf":[{"properties":{"k":{"const":1},"a":{}},"required":["a"]},{"properties":{"k":{"const":2},"a":{}}}]})",
        R"({"type":"object","properties":{"k":{"anyOf":[{"const":1},{"const":2}]},"a":{}},"description":"D (oneOf: [)"
        R"json({\"properties\":{\"k\":{\"const\":1},\"a\":{}},\"required\":[\"a\"]},{\"properties\":{\"k\":{\"const\":2},\"a\":{}}}])"})json");
    row("what all hold", R"({"allOf":[{"properties":{"a":{"minimum":1}}},{"properties":{"a":{"maximum":2}}}]})",
        R"({"type":"object","properties":{"a":{"allOf":[{"minimum":1},{"maximum":2}]}},"description":"allOf: [)"
        R"({\"properties\":{\"a\":{\"minimum\":1}}},{\"properties\":{\"a\":{\"maximum\":2}}}]"})");
    row("the schema's own properties count",
        R"({"properties":{"a":{"type":"string"}},"anyOf":[{"properties":{"a":{}}}]})",
        R"({"type":"object","properties":{"a":{"type":"string"}},"description":"anyOf: [{\"properties\":{\"a\":{}}}]"})");
    row("alternatives among the definitions",
        R"({"$defs":{"X":{"properties":{"a":{}}}},"anyOf":[{"$ref":"#/$defs/X"},{"$ref":"#/$defs/Y"},{"$ref":"x"}]})",
        R"({"type":"object","properties":{"a":{}},"$defs":{"X":{"properties":{"a":{}}}},"description":"anyOf: [)"
        R"({\"$ref\":\"#/$defs/X\"},{\"$ref\":\"#/$defs/Y\"},{\"$ref\":\"x\"}]"})");
    row("nonsense", R"({"type":["object","null"],"anyOf":7,"allOf":[1,null]})",
        R"({"type":"object","properties":{},"description":"anyOf: 7, allOf: [1,null]"})");
    row("alternatives only inside", R"({"type":"object","properties":{"a":{"anyOf":[{}]}}})",
        R"({"type":"object","properties":{"a":{"anyOf":[{}]}}})");
    row("strict alternatives", R"({"anyOf":[{"properties":{"a":{"minimum":1}}}]})",
        R"({"type":"object","properties":{"a":{"description":"minimum: 1"}},"additionalProperties":false,)"
        R"("description":"anyOf: [{\"properties\":{\"a\":{\"minimum\":1}}}]"})",
        true);
}

void SchemaWriterTest::writesInputSchemas()
{
    QFETCH(const QByteArray, schema);
    QFETCH(const bool, isStrict);
    QFETCH(const QByteArray, written);
    json::TextWriter json;
    anthropic::writeInputSchema(json, json::Document::parse(schema)->root(), isStrict);
    QCOMPARE(json.text(), written);
}

void SchemaWriterTest::walksDeepSchemas()
{
    // As deep as a request may be.
    constexpr int kDepth = 255;
    QByteArray schema = "{}";
    for (int i = 0; i < kDepth; ++i)
        schema = R"({"properties":{"a":)" + schema + "}}";
    json::TextWriter json;
    anthropic::writeStrictSchema(json, json::Document::parse(schema)->root());
    QCOMPARE(json.text().count("additionalProperties"), kDepth);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::SchemaWriterTest)
#include "tst_schema_writer.moc"
