// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/tool_names.h"

#include <QTest>

namespace lunargate {

namespace {

bool isLetter(char c)
{
    return c >= 'a' && c <= 'z';
}

} // namespace

class ToolNamesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void findsTheClientsNameAgain()
    {
        ToolNames names(isLetter, 8);
        QCOMPARE(names.toProvider("abc"), "abc");
        QCOMPARE(names.toProvider("a.b"), "a_b");
        QCOMPARE(names.toProvider("a.b"), "a_b");
        QCOMPARE(names.toClient("a_b"), "a.b");
        QCOMPARE(names.toClient("abc"), "abc");
        QCOMPARE(names.toClient("neverSent"), "neverSent");
    }

    void neverMakesTwoNamesOne()
    {
        ToolNames names(isLetter, 8);
        const QByteArrayList clients{"a.b", "a:b", "a_b", "abcdefghi", "abcdefghj"};
        QByteArrayList sent;
        for (const QByteArray &client : clients) {
            const QByteArray name = names.toProvider(client);
            QVERIFY(name.size() <= 8);
            QVERIFY2(!sent.contains(name), name.constData());
            sent.append(name);
        }
        for (qsizetype i = 0; i < clients.size(); ++i)
            QCOMPARE(names.toClient(sent[i]), clients[i]);
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ToolNamesTest)
#include "tst_tool_names.moc"
