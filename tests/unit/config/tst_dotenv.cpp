// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/dotenv.h"

#include "tests/unit/config/config_reading.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

class DotEnvTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsOneVariable_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char *name, const char *line, const char *expected) {
            QTest::newRow(name) << QByteArray(line) << QByteArray(expected);
        };
        row("plain", "A=1", "1");
        row("white space around", "  A =  1  ", "1");
        row("export", "export A=1", "1");
        row("export with more space", "export   A=1", "1");
        row("windows line end", "A=1\r", "1");
        row("equals in the value", "A=b=c", "b=c");
        row("empty", "A=", "");
        row("no inline comment", "A=1 # x", "1 # x");
        row("double quotes", "A=\"a b\"", "a b");
        row("empty in quotes", "A=\"\"", "");
        row("letter escapes", "A=\"a\\n\\t\\\\\\\"b\"", "a\n\t\\\"b");
        row("hexadecimal escape", "A=\"\\x41\"", "A");
        row("octal escape", "A=\"\\101\"", "A");
        row("code point", "A=\"\\u00fc\\U0001F319\"", "\xC3\xBC\xF0\x9F\x8C\x99");
        row("single quotes", "A='a b'", "a b");
        row("single quotes are literal", "A='${BASE}\\n'", "${BASE}\\n");
        row("variable", "A=${BASE}/x", "base/x");
        row("variable in double quotes", "A=\"${BASE}/x\"", "base/x");
        row("default", "A=${NONE:-d}", "d");
        row("bare dollar stays", "A=pa$$BASE", "pa$$BASE");
        row("escaped dollar", "A=\"\\${BASE} \\$5\"", "${BASE} $5");
        row("earlier line", "B=b\nA=${B}2", "b2");
        row("first line wins", "A=1\nA=2", "1");
        row("comments and blank lines", "# A=0\n\n   # x\nA=1\n", "1");
        row("byte order mark",
            "\xEF\xBB\xBF"
            "A=1",
            "1");
        row("inside apostrophe", "A=it's", "it's");
    }
    void readsOneVariable()
    {
        QFETCH(QByteArray, line);
        Environment environment({{"BASE", "base"}});
        QCOMPARE(textOf(mergeDotEnv(environment, line, ".env")), QByteArray());
        QTEST(environment.value("A").value_or("not set"), "expected");
    }

    void reportsProblems_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("no equals sign") << QByteArray("A=1\nnonsense")
                                        << QByteArray("d/.env:2:1: not an entry; write NAME=value, or begin the line "
                                                      "with # for a comment");
        QTest::newRow("no name") << QByteArray("=1")
                                 << QByteArray("d/.env:1:1: the name before the = is missing; write NAME=value");
        QTest::newRow("unknown escape") << QByteArray("A=\"\\q\"")
                                        << QByteArray("d/.env:1:1: A: the quoted value has an unknown escape; write "
                                                      "\\\\ for a backslash, or put the value in single quotes");
        QTest::newRow("short hexadecimal escape")
            << QByteArray("A=\"\\x4\"")
            << QByteArray("d/.env:1:1: A: the quoted value has an unknown escape; "
                          "write \\\\ for a backslash, or put the value in "
                          "single quotes");
        QTest::newRow("half a surrogate pair") << QByteArray("A=\"\\ud83c\"")
                                               << QByteArray("d/.env:1:1: A: the quoted value has an unknown escape; "
                                                             "write \\\\ for a backslash, or put the value in single "
                                                             "quotes");
        QTest::newRow("backslash at the end") << QByteArray("A=\"b\\\"")
                                              << QByteArray("d/.env:1:1: A: the quoted value has an unknown escape; "
                                                            "write \\\\ for a backslash, or put the value in single "
                                                            "quotes");
        QTest::newRow("quote inside") << QByteArray("A=\"a\"b\"")
                                      << QByteArray("d/.env:1:1: A: there is a double quote inside the quoted value; "
                                                    "write \\\"");
        QTest::newRow("comment behind quotes")
            << QByteArray("A=\"a\" # b")
            << QByteArray("d/.env:1:1: warning: A: the value begins with a quote but does "
                          "not end with it, so the quote is part of it");
        QTest::newRow("undefined variable") << QByteArray("A=${NONE}")
                                            << QByteArray("d/.env:1:1: warning: A: the variable NONE is not set, empty "
                                                          "text takes its place");
        QTest::newRow("unclosed variable") << QByteArray("A=${B")
                                           << QByteArray("d/.env:1:1: warning: A: a ${ begins no variable and stays; "
                                                         "write $${ if it is meant so");
        QTest::newRow("two at once") << QByteArray("x\ny")
                                     << QByteArray("d/.env:1:1: not an entry; write NAME=value, or "
                                                   "begin the line with # for a comment\n"
                                                   "d/.env:2:1: not an entry; write NAME=value, or "
                                                   "begin the line with # for a comment");
    }
    void reportsProblems()
    {
        QFETCH(QByteArray, text);
        Environment environment;
        QTEST(textOf(mergeDotEnv(environment, text, "d/.env")), "expected");
    }

    void whatIsSetAlreadyWins()
    {
        Environment environment({{"A", "old"}, {"B", ""}});
        mergeDotEnv(environment, "A=new\nB=new\nC=new", ".env");
        QCOMPARE(environment.value("A"), QByteArray("old"));
        QCOMPARE(environment.value("B"), QByteArray(""));
        QCOMPARE(environment.value("C"), QByteArray("new"));
    }
};

QTEST_GUILESS_MAIN(DotEnvTest)
#include "tst_dotenv.moc"
