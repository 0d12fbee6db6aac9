// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/api/query_parameters.h"

#include <QTest>

using namespace lunargate;

/// What stands behind the `?`.
class QueryParametersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsValues_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("a"); // null: it is not there
        QTest::addColumn<QByteArray>("b");
        QTest::newRow("no query") << QByteArray("/x") << QByteArray() << QByteArray();
        QTest::newRow("empty query") << QByteArray("/x?") << QByteArray() << QByteArray();
        QTest::newRow("both") << QByteArray("/x?a=1&b=2") << QByteArray("1") << QByteArray("2");
        QTest::newRow("coded") << QByteArray("/x?a=x%20y+z%2B&&b=%3D=") << QByteArray("x y z+") << QByteArray("==");
        QTest::newRow("without a value") << QByteArray("/x?a&b=") << QByteArray("") << QByteArray("");
    }

    void readsValues()
    {
        QFETCH(const QByteArray, target);
        QFETCH(const QByteArray, a);
        QFETCH(const QByteArray, b);
        const Result<QueryParameters> parameters = QueryParameters::read(target, {"a", "b"});
        QVERIFY(parameters);
        QCOMPARE(parameters->value("a"), a.isNull() ? std::nullopt : std::optional(a));
        QCOMPARE(parameters->value("b"), b.isNull() ? std::nullopt : std::optional(b));
    }

    void picksWhatMattersAlone()
    {
        const QueryParameters parameters = QueryParameters::pick("/x?c=1&a=2&a=3&%62=4", {"a", "b", "d"});
        QCOMPARE(parameters.value("a"), std::optional<QByteArray>("2"));
        QCOMPARE(parameters.value("b"), std::optional<QByteArray>("4"));
        QVERIFY(!parameters.value("c") && !parameters.value("d"));
    }

    void refusesOthers()
    {
        QCOMPARE(QueryParameters::read("/x?c=1", {"a", "b"}).error().message,
                 QByteArray("there is no parameter 'c' here; known ones: a, b"));
        QCOMPARE(QueryParameters::read("/x?a=1&%61=2", {"a"}).error().reason, QByteArray("repeated_parameter"));
    }
};

QTEST_GUILESS_MAIN(QueryParametersTest)
#include "tst_query_parameters.moc"
