// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/reasoning_tag_reader.h"
#include "gateway/providers/openai/stream_reader.h"
#include "tests/unit/providers/protocol_testing.h"

#include <QTest>

namespace lunargate {

namespace {

const SecretString kKey{QByteArrayLiteral("sk-canary-0123456789")};

QByteArray chunk(const QByteArray &members)
{
    return "data: {\"id\":1.50,\"choices\":[{\"index\":0," + members + "}]}\n\n";
}

QByteArray content(const QByteArray &text)
{
    return chunk("\"delta\":{\"content\":\"" + text + "\"}");
}

struct Told
{
    QByteArray reasoning, text;
};

// What a client puts together from the chunks.
Told told(const std::vector<ChatStreamEvent> &events)
{
    Told result;
    for (const ChatStreamEvent &event : events) {
        const auto document = json::Document::parse(event.payload);
        const json::Value delta = document ? document->root()["choices"].at(0)["delta"] : json::Value();
        result.reasoning += delta["reasoning_content"].string();
        result.text += delta["content"].string();
    }
    return result;
}

} // namespace

class ReasoningTagsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void takesTheTextApart_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("reasoning");
        QTest::addColumn<QByteArray>("answer");
        const auto row = [](const char *name, QByteArray text, QByteArray reasoning, QByteArray answer) {
            QTest::newRow(name) << std::move(text) << std::move(reasoning) << std::move(answer);
        };
        row("thought and answer", "<think>hm</think>yes", "hm", "yes");
        row("blank lines", "\n<think>\nhm\n</think>\n\nyes\n", "\nhm\n", "yes\n");
        row("no thought", "yes", "", "yes");
        row("nothing", "", "", "");
        row("only blanks", " \n", "", " \n");
        row("empty thought", "<think></think>yes", "", "yes");
        row("cut while thinking", "<think>hm", "hm", "");
        row("cut in the closing tag", "<think>hm</thi", "hm</thi", "");
        row("cut in the opening tag", "<thi", "", "<thi");
        row("a tag that is none", "<thinker>a", "", "<thinker>a");
        row("signs that look like tags", "<think>a < b </ c</think>d", "a < b </ c", "d");
        row("tags that the answer talks about", "use <think>x</think> here", "", "use <think>x</think> here");
        row("a second thought stays", "<think>a</think>b<think>c</think>", "a", "b<think>c</think>");
    }

    void takesTheTextApart()
    {
        QFETCH(const QByteArray, text);
        for (qsizetype size = 1; size <= std::max<qsizetype>(text.size(), 1); ++size) {
            ReasoningTagSplitter splitter;
            QByteArray reasoning;
            QByteArray answer;
            const auto add = [&](const ReasoningTagSplitter::Split &split) {
                reasoning += split.reasoning;
                answer += split.text;
            };
            for (qsizetype at = 0; at < text.size(); at += size)
                add(splitter.feed(text.sliced(at, std::min(size, text.size() - at))));
            add(splitter.finish());
            QTEST(reasoning, "reasoning");
            QTEST(answer, "answer");
        }
    }

    void movesThoughtsOfAStream()
    {
        QByteArray stream = chunk(R"("delta":{"role":"assistant","content":""})");
        for (const char *piece : {"<th", "ink>h", "m</t", "hink>", "\\n", "ye", "s"})
            stream += content(piece);
        stream += chunk(R"("delta":{},"finish_reason":"stop")") + "data: [DONE]\n\n";
        ReasoningTagReader reader(std::make_unique<openai::StreamReader>(kKey));
        const auto events = test::readStream(reader, stream, stream.size(), 1);
        const Told result = told(events);
        QCOMPARE(result.reasoning, "hm");
        QCOMPARE(result.text, "yes");
        QCOMPARE(events.back().kind, ChatStreamEvent::Kind::End);
        QVERIFY(events[1].payload.startsWith("{\"id\":1.50,")); // everything else stays as it came
    }

    void givesBackWhatWasHeldWithTheFinishReason()
    {
        const QByteArray stream =
            content("<thi") + chunk(R"("delta":{},"finish_reason":"length")") + "data: [DONE]\n\n";
        ReasoningTagReader reader(std::make_unique<openai::StreamReader>(kKey));
        QCOMPARE(told(test::readStream(reader, stream, stream.size(), 1)).text, "<thi");
    }

    void isNotMisledByEmptyFields_data()
    {
        QTest::addColumn<QByteArray>("rest");
        QTest::newRow("empty finish reason") << QByteArray(R"(,"finish_reason":"")");
        QTest::newRow("null finish reason") << QByteArray(R"(,"finish_reason":null)");
    }

    void isNotMisledByEmptyFields()
    {
        QFETCH(const QByteArray, rest);
        QByteArray stream;
        for (const char *piece : {"<think>", "hm", "</think>yes"})
            stream += chunk("\"delta\":{\"content\":\"" + QByteArray(piece) + "\",\"tool_calls\":[]}" + rest);
        stream += chunk(R"("delta":{},"finish_reason":"stop")") + "data: [DONE]\n\n";
        ReasoningTagReader reader(std::make_unique<openai::StreamReader>(kKey));
        const Told result = told(test::readStream(reader, stream, stream.size(), 1));
        QCOMPARE(result.reasoning, "hm");
        QCOMPARE(result.text, "yes");
    }

    void givesBackWhatWasHeldAtTheEnd()
    {
        ReasoningTagReader reader(std::make_unique<openai::StreamReader>(kKey));
        const QByteArray stream = content("<thi") + "data: [DONE]\n\n";
        const auto events = test::readStream(reader, stream, stream.size(), 1);
        QCOMPARE(events.size(), 3);
        QCOMPARE(events[1].delta.text, "<thi");
        QCOMPARE(events[2].kind, ChatStreamEvent::Kind::End);
    }

    void leavesOtherStreamsByteForByte()
    {
        const QByteArray stream = content("a") + content("<think>") + "data: [DONE]\n\n";
        ReasoningTagReader reader(std::make_unique<openai::StreamReader>(kKey));
        openai::StreamReader plain(kKey);
        QCOMPARE(test::framesOf(test::readStream(reader, stream, stream.size(), 1)),
                 test::framesOf(test::readStream(plain, stream, stream.size(), 1)));
    }

    void movesThoughtsOfAWholeAnswer()
    {
        ModelAnswer answer{.body = R"({ "n":1.50,"choices":[{"message":{"content":"<think>hm</think>\nyes"}},)"
                                   R"({"message":{"content":"no"}},{"message":null}]})"};
        extractReasoningTags(answer);
        QCOMPARE(answer.body, R"({ "n":1.50,"choices":[{"message":{"content":"yes","reasoning_content":"hm"}},)"
                              R"({"message":{"content":"no"}},{"message":null}]})");
    }

    void movesThoughtsOfOtherProtocols()
    {
        ModelAnswer answer{.body = {}, .completion = Completion{.text = "<think>hm</think>yes"}};
        extractReasoningTags(answer);
        QCOMPARE(answer.completion->text, "yes");
        QCOMPARE(answer.completion->reasoning, "hm");
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ReasoningTagsTest)
#include "tst_reasoning_tags.moc"
