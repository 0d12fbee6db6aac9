// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/ui/test_desktop.h"
#include "gateway/config/config.h"
#include "ui/replay/answer_text.h"
#include "ui/replay/replay_targets.h"
#include "ui/replay/text_difference.h"

#include <QElapsedTimer>
#include <QTest>

using namespace lunargate;
using namespace lunargate::ui;
using namespace Qt::StringLiterals;

namespace {

/// `[changed]` and what is equal.
QString marked(const std::vector<DifferencePiece> &pieces)
{
    QString text;
    for (const DifferencePiece &piece : pieces)
        text += piece.isChanged ? u'[' + piece.text + u']' : piece.text;
    return text;
}

QString words(int count, const QString &word)
{
    QString text;
    for (int i = 0; i < count; ++i)
        text += word + QString::number(i) + u' ';
    return text;
}

} // namespace

/// The words of answers, and how two of them differ.
class ReplayTextTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnOwnWarnings(); }

    void textsAreComparedByWords_data()
    {
        QTest::addColumn<QString>("left");
        QTest::addColumn<QString>("right");
        QTest::addColumn<QString>("markedLeft");
        QTest::addColumn<QString>("markedRight");
        QTest::addColumn<int>("changes");
        const auto row = [](const char *name, const QString &left, const QString &right, const QString &markedLeft,
                            const QString &markedRight, int changes) {
            QTest::newRow(name) << left << right << markedLeft << markedRight << changes;
        };
        row("equal", u"one two"_s, u"one two"_s, u"one two"_s, u"one two"_s, 0);
        row("both empty", {}, {}, {}, {}, 0);
        row("one empty", {}, u"one two"_s, {}, u"[one two]"_s, 1);
        row("one word", u"two tests fail"_s, u"two tests pass"_s, u"two tests [fail]"_s, u"two tests [pass]"_s, 1);
        row("added in the middle", u"a c"_s, u"a b c"_s, u"a c"_s, u"a [b ]c"_s, 1);
        row("removed at the start", u"Well, yes"_s, u"yes"_s, u"[Well, ]yes"_s, u"yes"_s, 1);
        row("two places", u"the cat sat on a mat"_s, u"the dog sat on a rug"_s, u"the [cat] sat on a [mat]"_s,
            u"the [dog] sat on a [rug]"_s, 2);
        row("signs are words", u"f(x)"_s, u"f(y)"_s, u"f([x])"_s, u"f([y])"_s, 1);
        row("nothing in common", u"alpha"_s, u"beta"_s, u"[alpha]"_s, u"[beta]"_s, 1);
        row("other letters", u"größe 1"_s, u"größe 2"_s, u"größe [1]"_s, u"größe [2]"_s, 1);
    }

    void textsAreComparedByWords()
    {
        QFETCH(const QString, left);
        QFETCH(const QString, right);
        QFETCH(const int, changes);
        const TextDifference found = difference(left, right);
        QTEST(marked(found.left), "markedLeft");
        QTEST(marked(found.right), "markedRight");
        QCOMPARE(found.changes, changes);
    }

    void piecesMakeUpTheWholeTexts()
    {
        QString left;
        QString right;
        quint32 state = 7; // any texts with some words in common
        for (int i = 0; i < 3000; ++i) {
            state = state * 1664525 + 1013904223;
            QString &text = (state >> 30) == 0 ? left : right;
            text += u"w%1 "_s.arg((state >> 20) % 9);
            if ((state >> 28) % 2 == 0)
                (&text == &left ? right : left) += u"w%1 "_s.arg((state >> 20) % 9);
        }
        const TextDifference found = difference(left, right);
        QString whole;
        QString common;
        for (const DifferencePiece &piece : found.left) {
            whole += piece.text;
            common += piece.isChanged ? QString() : piece.text;
        }
        QCOMPARE(whole, left);
        whole.clear();
        for (const DifferencePiece &piece : found.right) {
            whole += piece.text;
            if (!piece.isChanged) {
                QVERIFY(common.startsWith(piece.text));
                common.remove(0, piece.text.size());
            }
        }
        QCOMPARE(whole, right);
        QCOMPARE(common, QString());
    }

    void textsWithLittleInCommonAreComparedByLines()
    {
        const QString left = words(3000, u"a"_s) + u"\nthe same line\n"_s + words(3000, u"b"_s);
        const QString right = words(3000, u"c"_s) + u"\nthe same line\n"_s + words(3000, u"d"_s);
        const TextDifference found = difference(left, right);
        QVERIFY(marked(found.left).contains(u"]the same line\n["_s));
        QCOMPARE(found.changes, 2);
    }

    void longTextsTakeNoTime()
    {
        QString left;
        QString right;
        for (int i = 0; i < 60'000; ++i) {
            left += u"a%1\n"_s.arg(i);
            right += u"b%1\n"_s.arg(i);
        }
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(difference(left, right).changes, 1);
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
    }

    void modelsAreAskedOfARouteThatHasThem()
    {
        ProviderConfig openai;
        openai.id = "openai";
        openai.defaultModel = "gpt-4o";
        openai.models.staticModels = {"gpt-4o-mini"};
        TargetConfig anyModel;
        anyModel.provider = "openai";
        TargetConfig qwen;
        qwen.provider = "ollama";
        qwen.model = "qwen3";
        RouteConfig coding;
        coding.name = "coding";
        coding.targets = {anyModel};
        RouteConfig local;
        local.name = "local";
        local.targets = {qwen};
        local.fallback = {anyModel};
        Config config;
        config.providers = {openai};
        config.routing.routes = {coding, local};
        QByteArrayList found;
        for (const ReplayTarget &target : replayTargets(config))
            found.append(target.text.toUtf8() + '|' + target.route + '|' + target.model);
        QCOMPARE(found,
                 (QByteArrayList{"As before||", "Route coding|coding|", "Route local|local|",
                                 "openai/gpt-4o|coding|openai/gpt-4o", "openai/gpt-4o-mini|coding|openai/gpt-4o-mini",
                                 "ollama/qwen3|local|ollama/qwen3"}));
    }

    void streamsAreReadWhereverTheyAreSplit()
    {
        const auto messages = test::sampleMessages();
        const HistoryMessage &message = *(*messages)[HistoryPart::ClientAnswer];
        AnswerText answer(true);
        for (const char &byte : message.body)
            answer.feed(QByteArrayView(&byte, 1));
        answer.finish();
        QCOMPARE(answer.text(), u"Two tests fail: tst_retry and tst_reload."_s);
        QVERIFY(answer.error().isEmpty());
        HistoryRecord record = test::sampleRecord(1);
        QCOMPARE(AnswerText::of(record).text(), QString());
        record.messages = test::sampleMessages();
        QCOMPARE(AnswerText::of(record).text(), answer.text());
    }

    void reasoningToolsAndErrorsAreRead()
    {
        AnswerText answer(true);
        answer.feed("data: {\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"Hm.\"}}]}\n\n"
                    "data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"another choice\"}}]}\n\n"
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\","
                    "\"function\":{\"name\":\"bash\",\"arguments\":\"{\\\"a\\\":\"}}]}}]}\n\n"
                    "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,"
                    "\"function\":{\"arguments\":\"1}\"}}]}}]}\n\n"
                    "data: {\"error\":{\"message\":\"the provider went away\"}}\n\n");
        QCOMPARE(answer.reasoning(), u"Hm."_s);
        QCOMPARE(answer.text(), u"bash({\"a\":1})"_s);
        QCOMPARE(answer.error(), u"the provider went away"_s);
    }

    void wholeAnswersAreRead()
    {
        AnswerText answer;
        answer.feed(R"({"choices":[{"index":0,"message":{"content":"Yes.","tool_calls":[)");
        answer.feed(R"({"function":{"name":"a","arguments":"{}"}},{"function":{"name":"b","arguments":"{}"}}]}}]})");
        QCOMPARE(answer.text(), QString());
        answer.finish();
        QCOMPARE(answer.text(), u"Yes.\na({})\nb({})"_s);

        AnswerText failure;
        failure.feed(R"({"error":{"message":"no such model","code":"model_not_found"}})");
        failure.finish();
        QCOMPARE(failure.error(), u"no such model"_s);
        QCOMPARE(failure.text(), QString());

        AnswerText embeddings;
        embeddings.feed(R"({"data":[{"embedding":[0.5]}]})");
        embeddings.finish();
        QVERIFY(embeddings.text().contains(u"0.5"_s));
    }
};

QTEST_MAIN(ReplayTextTest)
#include "tst_replay_text.moc"
