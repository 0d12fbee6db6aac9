// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/schema_filler.h"
#include "tests/unit/providers/simulator/schema_rows.h"

#include <QTest>

#include <algorithm>

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
        for (const SchemaRow &row : schemaRows())
            QTest::addRow("%s", row.name) << QByteArray(row.schema) << QByteArray(row.value);
    }
    void fillsSchemas()
    {
        QFETCH(QByteArray, schema);
        QTEST(fill(schema), "value");
    }

    void endsRecursiveSchemas_data()
    {
        QTest::addColumn<QByteArray>("schema");
        for (const SchemaRow &row : endlessSchemaRows())
            QTest::addRow("%s", row.name) << QByteArray(row.schema);
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
        const auto row = std::ranges::find(endlessSchemaRows(), QByteArrayView("nullable next"), &SchemaRow::name);
        QVERIFY(row != endlessSchemaRows().end());
        const QByteArray value = fill(row->schema);
        QVERIFY(value.startsWith("{\"next\":{\"next\":"));
        QVERIFY(value.contains("{\"next\":null}"));
    }
};

QTEST_APPLESS_MAIN(TestSchemaFiller)
#include "tst_schema_filler.moc"
