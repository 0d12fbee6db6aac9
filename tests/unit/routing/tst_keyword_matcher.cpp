// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/keyword_matcher.h"

#include <QTest>

#include <random>

using namespace lunargate;

class TestKeywordMatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void findsKeywordsWhereverTheyAre_data()
    {
        QTest::addColumn<QByteArrayList>("pieces");
        QTest::addColumn<QByteArray>("found"); // of the groups 0, 1 and 2
        const auto row = [](const char *name, QByteArrayList pieces, const char *found) {
            QTest::newRow(name) << std::move(pieces) << QByteArray(found);
        };
        row("nothing", {}, "||");
        row("empty pieces", {"", ""}, "||");
        row("alone", {"she"}, "he|she|");
        row("inside", {"xxhersxx"}, "he||hers");
        row("overlapping", {"ushers"}, "he|she|hers");
        row("after a false start", {"hehis"}, "he|his|");
        row("capitals", {"USHERS"}, "he|she|hers");
        row("cut in two", {"us", "h", "ers"}, "he|she|hers");
        row("the first of a group", {"his she"}, "he|his|");
        row("almost", {"h e s he"}, "he||");
        row("no ASCII in the text",
            {"\xC3\xA9h\xC3\xA9 h\xE2\x82\xAC"
             "e"},
            "||");
        row("no ASCII in the keyword", {"a \xE2\x88\x91"}, "||\xE2\x88\x91");
        row("the end of it", {"a \x88\x91"}, "||");
        row("dotted capital I", {"H\xC4\xB0S"}, "|his|");
        row("Kelvin sign", {"o\xE2\x84\xAA"}, "||ok");
        row("Kelvin sign at an end", {"o\xE2\x84\xAA", "x"}, "||ok");
        row("capital with another meaning", {"h\xC4\xB1s o\xE2\x84\xAB"}, "||");
    }

    void findsKeywordsWhereverTheyAre()
    {
        QFETCH(const QByteArrayList, pieces);
        QFETCH(const QByteArray, found);
        const KeywordMatcher::Keyword keywords[] = {{0, "he"},   {1, "she"}, {1, "his"},
                                                    {2, "hers"}, {2, "ok"},  {2, "\xE2\x88\x91"}};
        const KeywordMatcher matcher(keywords);
        KeywordScan scan(matcher, 3);
        for (const QByteArray &piece : pieces)
            scan.read(piece);
        QCOMPARE(scan.found(0).toByteArray() + '|' + scan.found(1).toByteArray() + '|' + scan.found(2).toByteArray(),
                 found);
    }

    // Against the plain way, on texts that are full of beginnings and ends.
    void findsWhatASearchForEachFinds()
    {
        std::mt19937 random(4711);
        const auto text = [&](int longest) {
            QByteArray made;
            for (int left = int(random() % unsigned(longest)) + 1; left > 0; --left)
                made += "abAB"[random() % 4];
            return made;
        };
        for (int round = 0; round < 2000; ++round) {
            QByteArrayList texts;
            std::vector<KeywordMatcher::Keyword> keywords;
            for (unsigned group = 0; group < 5; ++group)
                texts << text(5).toLower();
            for (unsigned group = 0; group < 5; ++group)
                keywords.push_back({group, texts[int(group)]});
            const QByteArray whole = text(12);
            const KeywordMatcher matcher(keywords);
            KeywordScan scan(matcher, 5);
            const qsizetype cut = qsizetype(random() % unsigned(whole.size() + 1));
            scan.read(whole.first(cut));
            scan.read(whole.sliced(cut));
            for (unsigned group = 0; group < 5; ++group) {
                QCOMPARE(scan.found(group).toByteArray(),
                         whole.toLower().contains(texts[int(group)]) ? texts[int(group)] : QByteArray());
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestKeywordMatcher)
#include "tst_keyword_matcher.moc"
