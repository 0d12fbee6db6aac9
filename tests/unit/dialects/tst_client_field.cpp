// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/client_field.h"

#include <QTest>

namespace lunargate {

class ClientFieldTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void findsTheNearestName_data();
    void findsTheNearestName();
    void renamesInErrors_data();
    void renamesInErrors();
};

namespace {

constexpr FieldName kNames[] = {
    {"messages", "input"},
    {"tools", "functions", true},
    {"response_format", "format"},
    {"response_format.json_schema.schema", "format.schema"},
};

} // namespace

void ClientFieldTest::findsTheNearestName_data()
{
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<bool>("isWhole");
    QTest::newRow("itself") << QByteArray("messages") << QByteArray("input") << true;
    QTest::newRow("inside, counted otherwise") << QByteArray("messages[3].content[1]") << QByteArray("input") << false;
    QTest::newRow("counted alike") << QByteArray("tools[2]") << QByteArray("functions[2]") << true;
    QTest::newRow("inside of what counts alike")
        << QByteArray("tools[2].function.name") << QByteArray("functions[2]") << false;
    QTest::newRow("the longest") << QByteArray("response_format.json_schema.schema") << QByteArray("format.schema")
                                 << true;
    QTest::newRow("around") << QByteArray("response_format.json_schema") << QByteArray("format") << false;
    QTest::newRow("another word") << QByteArray("messages_more") << QByteArray() << true;
    QTest::newRow("nothing") << QByteArray("seed") << QByteArray() << true;
}

void ClientFieldTest::findsTheNearestName()
{
    QFETCH(const QByteArray, field);
    const ClientField found = findField(kNames, field);
    QTEST(found.name, "name");
    QTEST(found.isWhole, "isWhole");
}

void ClientFieldTest::renamesInErrors_data()
{
    QTest::addColumn<QByteArray>("field");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("param");
    QTest::newRow("whole") << QByteArray("tools[0]") << QByteArray("it has no 'functions[0]'")
                           << QByteArray("functions[0]");
    QTest::newRow("inside") << QByteArray("messages[3].name") << QByteArray("it has no something in 'input'")
                            << QByteArray("input");
    QTest::newRow("none") << QByteArray("seed") << QByteArray("it has no the request") << QByteArray();
}

void ClientFieldTest::renamesInErrors()
{
    QFETCH(const QByteArray, field);
    const Error error = renamed({.message = "it has no '" + field + '\'', .param = field}, findField(kNames, field));
    QTEST(error.message, "message");
    QTEST(error.param, "param");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ClientFieldTest)
#include "tst_client_field.moc"
