// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/expansion.h"

#include <QTest>

using namespace lunargate;

class ExpansionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void expands_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        QTest::addColumn<QByteArray>("undefined");
        QTest::addColumn<bool>("malformed");
        const auto row = [](const char *name, const char *text, const char *expected, const char *undefined = "",
                            bool malformed = false) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(expected) << QByteArray(undefined) << malformed;
        };
        row("no variable", "plain", "plain");
        row("empty", "", "");
        row("variable alone", "${A}", "one");
        row("in the middle", "x${A}y", "xoney");
        row("two", "${A}${B_2}", "onetwo");
        row("case counts", "${a}", "", "a");
        row("undefined", "x${NONE}y", "xy", "NONE");
        row("undefined with default", "${NONE:-d}", "d");
        row("undefined with empty default", "${NONE:-}", "");
        row("defined wins over default", "${A:-d}", "one");
        row("empty variable is empty", "${EMPTY}", "");
        row("empty variable takes the default", "${EMPTY:-d}", "d");
        row("default with colon and dash", "${NONE:-a:-b}", "a:-b");
        row("default with an address", "${NONE:-http://127.0.0.1:1/v1}", "http://127.0.0.1:1/v1");
        row("escaped", "$${A}", "${A}");
        row("escaped, then a variable", "$${A}${A}", "${A}one");
        row("two dollars before a brace", "$$${A}", "$${A}");
        row("bare name stays", "$A and ${A}", "$A and one");
        row("lonely dollars stay", "$ $$ $1 a$", "$ $$ $1 a$");
        row("value is not expanded again", "${NESTED}", "${A}");
        row("unclosed stays", "x${A", "x${A", "", true);
        row("empty name stays", "${}", "${}", "", true);
        row("bad name stays", "${1A}", "${1A}", "", true);
        row("blank in the name stays", "${ A }", "${ A }", "", true);
        row("keychain without a name stays", "${keychain:}", "${keychain:}", "", true);
        row("keychain with a blank stays", "${keychain:a b}", "${keychain:a b}", "", true);
        row("keychain with a default stays", "${keychain:a:-d}", "${keychain:a:-d}", "", true);
        row("keychain escaped", "$${keychain:a}", "${keychain:a}");
        row("a variable of that name", "${keychain:-d}", "d", "");
        row("nested default stays", "${NONE:-${A}}", "${NONE:-one}", "", true);
    }
    void expands()
    {
        QFETCH(QByteArray, text);
        const Environment environment({{"A", "one"}, {"B_2", "two"}, {"EMPTY", ""}, {"NESTED", "${A}"}});
        const Expansion expansion = expandVariables(text, environment);
        QTEST(expansion.text, "expected");
        QTEST(QByteArrayList(expansion.undefinedVariables.begin(), expansion.undefinedVariables.end()).join(','),
              "undefined");
        QTEST(expansion.malformed, "malformed");
    }

    void tellsWhetherAVariableWasPutIn()
    {
        const Environment environment({{"A", "one"}});
        QVERIFY(expandVariables("${A}", environment).changed);
        QVERIFY(expandVariables("${NONE:-x}", environment).changed);
        QVERIFY(!expandVariables("$${A} $A ${", environment).changed);
    }

    void snapshotOfTheProcessHasItsVariables()
    {
        qputenv("LUNARGATE_TEST_VARIABLE", "gr\xC3\xBC\xC3\x9F");
        const Environment environment = Environment::ofProcess();
        qunsetenv("LUNARGATE_TEST_VARIABLE");
        QCOMPARE(environment.value("LUNARGATE_TEST_VARIABLE"), QByteArray("gr\xC3\xBC\xC3\x9F"));
        QCOMPARE(environment.value("LUNARGATE_TEST_MISSING"), std::nullopt);
    }
};

QTEST_GUILESS_MAIN(ExpansionTest)
#include "tst_expansion.moc"
