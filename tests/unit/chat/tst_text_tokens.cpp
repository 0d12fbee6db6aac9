// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/text_tokens.h"

#include <QByteArray>
#include <QFile>
#include <QTest>

#include <cmath>

namespace lunargate {

class TextTokensTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void isWithinTenPercent_data();
    void isWithinTenPercent();
    void countsWhatAWordTakes_data();
    void countsWhatAWordTakes();
    void addsUp();
};

namespace {

qint64 tokensOf(QByteArrayView text)
{
    TextTokens tokens;
    tokens.add(text);
    return tokens.count();
}

} // namespace

// The counts are those of OpenAI's o200k_base and of the tokenizer of Claude 2, both published.
void TextTokensTest::isWithinTenPercent_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<int>("openAi");
    QTest::addColumn<int>("anthropic");
    QTest::newRow("English prose") << QByteArray("prose.txt") << 311 << 322;
    QTest::newRow("Markdown") << QByteArray("page.md.txt") << 1042 << 1102;
    QTest::newRow("C++") << QByteArray("code.cpp.txt") << 1036 << 1176;
    QTest::newRow("Python") << QByteArray("script.py.txt") << 374 << 414;
    QTest::newRow("TypeScript") << QByteArray("app.ts.txt") << 360 << 414;
}

void TextTokensTest::isWithinTenPercent()
{
    QFETCH(const QByteArray, file);
    QFETCH(const int, openAi);
    QFETCH(const int, anthropic);
    QFile sample(QStringLiteral(LUNARGATE_SOURCE_DIR "/tests/unit/chat/token_samples/") + QString::fromUtf8(file));
    QVERIFY(sample.open(QIODevice::ReadOnly));
    const auto counted = static_cast<double>(tokensOf(sample.readAll()));
    for (const int recorded : {openAi, anthropic})
        QVERIFY2(std::abs(counted / recorded - 1) <= 0.1,
                 qPrintable(QStringLiteral("%1 for %2").arg(counted).arg(recorded)));
}

void TextTokensTest::countsWhatAWordTakes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("tokens");
    QTest::newRow("nothing") << QByteArray() << 0;
    QTest::newRow("a word") << QByteArray("word") << 1;
    QTest::newRow("words") << QByteArray("one two three four") << 4;
    QTest::newRow("a number") << QByteArray("1234567890") << 6;
    QTest::newRow("deep indentation") << QByteArray("\n                    x") << 3;
    QTest::newRow("a rule") << QByteArray(40, '-') << 7;
    QTest::newRow("Japanese") << QByteArray("日本語の文章") << 5;
    QTest::newRow("cut in a character") << QByteArray("\xE6\x97") << 1;
}

void TextTokensTest::countsWhatAWordTakes()
{
    QFETCH(const QByteArray, text);
    QFETCH(const int, tokens);
    QCOMPARE(tokensOf(text), tokens);
}

void TextTokensTest::addsUp()
{
    TextTokens tokens;
    tokens.add("one");
    tokens.add("two");
    tokens.addTokens(5);
    QCOMPARE(tokens.count(), 7);
    QCOMPARE(tokensOfBytes(0), 0);
    QCOMPARE(tokensOfBytes(5), 2);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::TextTokensTest)
#include "tst_text_tokens.moc"
