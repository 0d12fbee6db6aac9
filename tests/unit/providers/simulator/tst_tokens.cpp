// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/tokens.h"

#include <QTest>

using namespace lunargate::simulator;
using Tokens = std::vector<QByteArray>;

class TestTokens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void cutsWordsAndPunctuation()
    {
        QCOMPARE(splitTokens("Hello, big  world!\n"), (Tokens{"Hello", ",", " big", "  world", "!", "\n"}));
        QCOMPARE(splitTokens("abcdefghij"), (Tokens{"abcdefgh", "ij"}));
        QCOMPARE(splitTokens(""), Tokens{});
    }

    void joinsToTheTextWithoutCuttingCharacters_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addRow("umlauts") << QByteArray("Grüße über Äpfel, öfter größer");
        QTest::addRow("chinese") << QByteArray("你好，世界！这是一个很长的句子，没有空格");
        QTest::addRow("emoji") << QByteArray("👩‍🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀 to the 🌕");
        QTest::addRow("mixed") << QByteArray("  a\t\tb\r\nc—d “e” …");
    }
    void joinsToTheTextWithoutCuttingCharacters()
    {
        QFETCH(QByteArray, text);
        const Tokens tokens = splitTokens(text);
        QVERIFY(tokens.size() > 1);
        for (const QByteArray &token : tokens)
            QVERIFY2(token.isValidUtf8(), token.toHex().constData());
        QCOMPARE(joinTokens(tokens), text);
        QCOMPARE(countTokens(text), static_cast<int>(tokens.size()));
    }

    void excerptsStayOnOneLineAndSayThatMoreFollows()
    {
        QCOMPARE(excerpt("one\ntwo  three", 3), "one two three");
        QCOMPARE(excerpt("one\ntwo  three", 2), "one two…");
    }

    void countsCharactersNotBytes()
    {
        QCOMPARE(firstCharacters("äöü", 2), "äö");
        QCOMPARE(firstCharacters("äöü", 9), "äöü");
        QCOMPARE(firstCharacters("äöü", 0), "");
    }
};

QTEST_APPLESS_MAIN(TestTokens)
#include "tst_tokens.moc"
