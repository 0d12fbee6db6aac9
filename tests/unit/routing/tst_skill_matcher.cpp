// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/skill_matcher.h"

#include <QTest>

using namespace lunargate;

class TestSkillMatcher : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void theFirstSkillThatMatchesCounts_data()
    {
        QTest::addColumn<QByteArrayList>("texts");
        QTest::addColumn<QByteArray>("match"); // skill and pattern; empty: none
        const auto row = [](const char *name, QByteArrayList texts, const char *match) {
            QTest::newRow(name) << std::move(texts) << QByteArray(match);
        };
        row("no text", {}, "");
        row("empty text", {""}, "");
        row("none", {"good morning"}, "");
        row("second pattern", {"learn rust"}, "coding (?i)\\brust\\b");
        row("capitals, with (?i)", {"learn RUST"}, "coding (?i)\\brust\\b");
        row("capitals, without", {"CODE"}, "");
        row("part of a word", {"decode"}, "");
        row("file order, not text order", {"prove this code"}, "coding \\bcode\\b");
        row("another text", {"hello", "prove it"}, "math prove");
        row("the earlier skill in the later text", {"prove it", "in rust"}, "coding (?i)\\brust\\b");
        row("not across texts", {"pro", "ve"}, "");
        row("at the beginning", {"^x"}, "");
        row("anchored", {"x1"}, "anchored ^x\\d$");
        row("anchors are no lines'", {"a\nx1\nb"}, "");
        row("a dot is no line feed", {"a\nb"}, "");
        row("a dot is a character",
            {"a\xC3\xBC"
             "b"},
            "dot a.b");
    }

    void theFirstSkillThatMatchesCounts()
    {
        QFETCH(const QByteArrayList, texts);
        QFETCH(const QByteArray, match);
        const SkillMatcher matcher({{"coding", {"\\bcode\\b", "(?i)\\brust\\b"}},
                                    {"math", {"prove"}},
                                    {"anchored", {"^x\\d$"}},
                                    {"dot", {"a.b"}}});
        QCOMPARE(found(matcher, texts), match);
    }

    void withoutPatternsNothingMatches()
    {
        const SkillMatcher none({});
        QVERIFY(none.isEmpty());
        QCOMPARE(found(none, {"x"}), "");
        const SkillMatcher broken({{"a", {"("}}, {"b", {"x"}}}); // as the configuration's reader does not let it be
        QCOMPARE(found(broken, {"(x"}), "b x");
        QCOMPARE(found(SkillMatcher({{"a", {"("}}}), {"("}), "");
    }

    // No automaton for all of them has room for that.
    void patternsThatAreTooLargeTogetherMatchOneByOne()
    {
        std::vector<ModelSelectionConfig::Skill> skills;
        for (int number = 0; number < 60; ++number) {
            QByteArray pattern = "(?i)" + QByteArray::number(number) + "(\\pL{1,100}|x{1,900})y";
            skills.push_back({"s" + QByteArray::number(number), {std::move(pattern)}});
        }
        const SkillMatcher matcher(skills);
        QCOMPARE(found(matcher, {"... 57abcy"}).split(' ').first(), "s7"); // 7abcy comes first
        QCOMPARE(found(matcher, {"... 57 "}), "");
    }

private:
    static QByteArray found(const SkillMatcher &matcher, const QByteArrayList &texts)
    {
        const std::vector<QByteArrayView> views(texts.begin(), texts.end());
        const auto match = matcher.match(views);
        return match ? match->skill + ' ' + match->pattern : QByteArray();
    }
};

QTEST_GUILESS_MAIN(TestSkillMatcher)
#include "tst_skill_matcher.moc"
