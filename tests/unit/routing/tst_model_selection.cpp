// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/model_selection.h"

#include <QTest>

using namespace lunargate;

namespace {

using Texts = QByteArrayList;

SelectionInput input(const Texts &texts, bool hasTools = false)
{
    SelectionInput result;
    for (const QByteArray &text : texts)
        result.userTexts.push_back({text});
    result.hasTools = hasTools;
    return result;
}

ModelSelectionConfig enabled()
{
    ModelSelectionConfig config;
    config.enabled = true;
    return config;
}

/// The categories that count: `code math`.
QByteArray categories(const ModelSelection &selection)
{
    QByteArrayList names;
    for (const ScorePart &part : selection.parts) {
        if (part.counts)
            names << part.category.toByteArray();
    }
    return names.join(' ');
}

QByteArray text(const HeaderList &headers)
{
    QByteArrayList lines;
    for (const HeaderList::Field &field : headers)
        lines << field.name + ": " + field.value;
    return lines.join('\n');
}

// The lists of the specification once more: what the product has must not change unnoticed.
const Texts kCode = {"```",      "func ",     "package ", "import ", "struct ",    "interface ", "class ",
                     "def ",     "const ",    "var ",     "let ",    "return ",    "#include",   "public ",
                     "private ", "select ",   "from ",    "where ",  "dockerfile", "kubernetes", "kubectl",
                     "helm ",    "terraform", "{\n",      ";\n"};
const Texts kMath = {
    "prove",  "derive", "calculate",   "solve",      "equation",  "theorem",    "integral", "derivative",
    "matrix", "vector", "probability", "statistics", "algorithm", "complexity", "o(",       "big o",
    "=",      "!=",     ">=",          "<=",         "\u2211",    "\u222B",     "\u2202"};
const Texts kAnalysis = {"analy",   "compare", "trade-off", "tradeoff", "pros and cons", "evaluate",
                         "synthes", "summar",  "plan",      "design",   "architecture",  "recommend"};
const Texts kSafety = {"exploit", "vulnerability", "attack",    "phishing", "malware", "ransomware",
                       "ddos",    "sql injection", "xss",       "csrf",     "weapon",  "bomb",
                       "poison",  "suicide",       "self-harm", "drugs",    "fraud",   "steal"};

} // namespace

/// Section 6 of the specification (T98): score, tier and skill are exactly those of the existing gateway.
class TestModelSelection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyKeywordCountsForItsCategory_data()
    {
        QTest::addColumn<QByteArray>("keyword");
        QTest::addColumn<QByteArray>("category");
        const auto rows = [](const Texts &keywords, const char *category) {
            for (const QByteArray &keyword : keywords)
                QTest::newRow((QByteArray(category) + ": " + keyword).constData()) << keyword << QByteArray(category);
        };
        rows(kCode, "contains_code");
        rows(kMath, "math_reasoning");
        rows(kAnalysis, "analysis_synthesis");
        rows(kSafety, "safety_sensitive");
    }

    void everyKeywordCountsForItsCategory()
    {
        QFETCH(const QByteArray, keyword);
        QFETCH(const QByteArray, category);
        const ModelSelector selector(enabled());
        // Some hold one of another category: `pros and cons`, none so far; they count there too.
        QCOMPARE(categories(selector.select(input({keyword}))), category);
        QCOMPARE(categories(selector.select(input({"xx" + keyword + "xx"}))), category);
        QCOMPARE(categories(selector.select(input({keyword.toUpper()}))), category);
        QCOMPARE(categories(selector.select(input({"zz", keyword, "zz"}))), category);
        // Without its last character it is another text, unless a shorter keyword is left.
        const QByteArray shorter = keyword.chopped(1);
        const bool isKeyword = shorter == "derivativ" ? false : (kCode + kMath + kAnalysis + kSafety).contains(shorter);
        if (!isKeyword && !shorter.contains('='))
            QCOMPARE(categories(selector.select(input({shorter}))), "");
        if (keyword.endsWith(' '))
            QCOMPARE(categories(selector.select(input({shorter + '.'}))), "");
    }

    void rates_data()
    {
        QTest::addColumn<Texts>("texts");
        QTest::addColumn<bool>("hasTools");
        QTest::addColumn<int>("score");
        QTest::addColumn<QByteArray>("tier");
        const auto row = [](const char *name, Texts texts, bool hasTools, int score, const char *tier) {
            QTest::newRow(name) << std::move(texts) << hasTools << score << QByteArray(tier);
        };
        row("no text", {}, false, 0, "0-1");
        row("greeting", {"Hello! How are you?"}, false, 0, "0-1");
        row("analysis", {"Summarize this: it rained."}, false, 1, "0-1");
        row("code", {"Write a class Foo"}, false, 2, "2-3");
        row("code and analysis", {"Compare const and mutable"}, false, 3, "2-3");
        row("keyword at the end of the text", {"write a class"}, false, 0, "0-1");
        row("code and maths", {"for (int i = 0; i < n; ++i) {\n"}, false, 4, "4-5");
        row("code, maths, analysis", {"design a class with x = 1"}, false, 5, "4-5");
        row("all words", {"design a class with x = 1 against malware"}, false, 7, "6+");
        row("all words and tools", {"design a class with x = 1 against malware"}, true, 9, "6+");
        row("tools alone", {"Hello!"}, true, 2, "2-3");
        row("every category", {"design a class with x = 1 against malware" + QByteArray(9000, ' ')}, true, 11, "6+");
        row("each category once", {"class class def func prove solve"}, false, 4, "4-5");
        row("over two messages", {"let me see", "what is a bomb"}, false, 4, "4-5");
        row("brace at the end of a message", {"{", "x"}, false, 2, "2-3");
        row("semicolon at the end of the last one", {"x", ";"}, false, 0, "0-1");
        row("keyword across messages", {"mal", "ware"}, false, 0, "0-1");
        row("space keyword across messages", {"class", " x"}, false, 0, "0-1");
        row("German", {"Schreibe ein Gedicht \u00FCber den Mond"}, false, 0, "0-1");
        row("misfires are kept", {"a letter from me"}, false, 2, "2-3");
    }

    void rates()
    {
        QFETCH(const Texts, texts);
        QFETCH(const bool, hasTools);
        QFETCH(const int, score);
        QFETCH(const QByteArray, tier);
        const ModelSelection selection = ModelSelector(enabled()).select(input(texts, hasTools));
        QCOMPARE(selection.score, score);
        QCOMPARE(selection.tier, tier);
        QCOMPARE(selection.skill, "default");
        QCOMPARE(selection.requiresTools, hasTools);
    }

    void lengthIsCountedInBytes_data()
    {
        QTest::addColumn<Texts>("texts");
        QTest::addColumn<bool>("isLong");
        QTest::newRow("at the threshold") << Texts{QByteArray(8003, 'x')} << false; // 8003 / 4 is 2000
        QTest::newRow("over it") << Texts{QByteArray(8004, 'x')} << true;
        QTest::newRow("in several texts") << Texts{QByteArray(4002, 'x'), QByteArray(4002, 'x')} << true;
        QTest::newRow("line feeds between do not count") << Texts(8003, "x") << false;
        QTest::newRow("characters of two bytes") << Texts{QByteArray("\u00FC").repeated(4002)} << true;
    }

    void lengthIsCountedInBytes()
    {
        QFETCH(const Texts, texts);
        QFETCH(const bool, isLong);
        const ModelSelection selection = ModelSelector(enabled()).select(input(texts));
        QCOMPARE(selection.parts[0].category, "input_tokens");
        QCOMPARE(selection.parts[0].counts, isLong);
        QCOMPARE(selection.score, isLong ? 2 : 0);
    }

    void partsOfAMessageAreOneText()
    {
        ModelSelectionConfig config = enabled();
        config.skills = {{"skill", {"mal.are"}}};
        const ModelSelector selector(config);
        SelectionInput parts{.userTexts = {{"mal"}, {"ware", true}}};
        QCOMPARE(categories(selector.select(parts)), "safety_sensitive");
        QCOMPARE(selector.select(parts).skill, "skill");
        parts.userTexts[1].continuesMessage = false;
        QCOMPARE(categories(selector.select(parts)), "");
        QCOMPARE(selector.select(parts).skill, "default");
        QCOMPARE(selector.select({.userTexts = {{"x"}, {"mal"}, {"wa", true}, {"re", true}, {"y"}}}).skill, "skill");
    }

    void weightsAndTiersAreThoseOfTheConfiguration()
    {
        ModelSelectionConfig config = enabled();
        config.inputTokensThreshold = 10;
        config.weightInputTokens = 1;
        config.weightContainsCode = 20;
        config.weightMathReasoning = 300;
        config.weightAnalysisSynthesis = 4000;
        config.weightSafetySensitive = 0;
        config.weightTools = 600'000;
        config.tier01Max = 0;
        config.tier23Max = 20;
        config.tier45Max = 21;
        const ModelSelector selector(config);
        QCOMPARE(selector.select(input({"plan a class = malware" + QByteArray(22, ' ')}, true)).score, 604'321);
        QCOMPARE(selector.select(input({"malware"})).tier, "0-1");
        QCOMPARE(selector.select(input({QByteArray(44, ' ')})).tier, "2-3");
        QCOMPARE(selector.select(input({"class "})).tier, "2-3");
        QCOMPARE(selector.select(input({"class " + QByteArray(44, ' ')})).tier, "4-5");
        QCOMPARE(selector.select(input({"="})).tier, "6+");
    }

    void valuesThatNoReaderLetsThroughDoNoHarm()
    {
        ModelSelectionConfig config = enabled();
        config.weightContainsCode = -5;
        QCOMPARE(ModelSelector(config).select(input({"class x"})).score, 0);
        config.weightContainsCode = config.weightMathReasoning = std::numeric_limits<int>::max();
        QCOMPARE(ModelSelector(config).select(input({"class x ="})).score, 2LL * std::numeric_limits<int>::max());
    }

    void tellsWhatCounted()
    {
        const ModelSelection selection = ModelSelector(enabled()).select(input({"Import X; PLAN it"}, true));
        QCOMPARE(categories(selection), "contains_code analysis_synthesis tools");
        QCOMPARE(selection.parts[1].keyword, "import ");
        QCOMPARE(selection.parts[1].weight, 2);
        QCOMPARE(selection.parts[2].keyword, "");
        QCOMPARE(selection.userBytes, 17);
    }

    void findsTheSkill()
    {
        ModelSelectionConfig config = enabled();
        config.skills = {{"coding", {"Rust"}}, {"math", {"prove"}}};
        const ModelSelection selection = ModelSelector(config).select(input({"prove it in Rust"}));
        QCOMPARE(selection.skill, "coding");
        QCOMPARE(selection.skillPattern, "Rust");
        QCOMPARE(ModelSelector(config).select(input({"prove it in rust"})).skill, "math");
        QCOMPARE(ModelSelector(config).select(input({"hello"})).skill, "default");
    }

    void writesHeadersForRoutes()
    {
        ModelSelectionConfig config = enabled();
        const ModelSelection selection = ModelSelector(config).select(input({"class x ="}, true));
        QCOMPARE(text(ModelSelector(config).headersOf(selection)),
                 "x-lunargate-complexity: 6+\nx-lunargate-complexity-score: 6\nx-lunargate-skill: default\n"
                 "x-lunargate-requires-tools: true");
        config.complexityHeader = "x-tier";
        config.scoreHeader.clear();
        QCOMPARE(text(ModelSelector(config).headersOf(ModelSelector(config).select(input({})))),
                 "x-tier: 0-1\nx-lunargate-skill: default");
    }

    void appliesToRequestsThatLeaveTheModelOpen()
    {
        const ModelSelector on(enabled());
        QVERIFY(on.appliesTo({}));
        QVERIFY(on.appliesTo({.provider = "openai"}));
        QVERIFY(!on.appliesTo({.model = "gpt-4o"}));
        QVERIFY(on.appliesTo({.name = "gpt-4o"})); // overridden
        QVERIFY(!ModelSelector(ModelSelectionConfig()).appliesTo({}));
    }
};

QTEST_GUILESS_MAIN(TestModelSelection)
#include "tst_model_selection.moc"
