// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/ollama/stream_writer.h"
#include "tests/unit/dialects/ollama/ollama_calls.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

using Kind = ChatStreamEvent::Kind;
using Events = std::vector<ChatStreamEvent>;

ChatStreamEvent delta(ChatDelta what, std::optional<Usage> usage = {})
{
    return {.kind = Kind::Delta, .delta = std::move(what), .usage = usage};
}

ChatStreamEvent toolCall(int index, const QByteArray &id, const QByteArray &name, const QByteArray &arguments)
{
    return delta({.toolCall = ChatDelta::ToolCall{.index = index, .id = id, .name = name, .arguments = arguments}});
}

const ChatStreamEvent kEnd{.kind = Kind::End};

QByteArray linesOf(const Events &events, const QByteArray &body = chatOf({}), Read read = &ollama_api::readChatCall)
{
    const auto writer = callOf(body, read)->streamWriter(factsOfTest());
    QByteArray lines;
    for (const ChatStreamEvent &event : events)
        writer->append(lines, event);
    return lines;
}

// The lines without what is the same in all.
QByteArrayList told(const QByteArray &lines)
{
    QByteArrayList result =
        QByteArray(lines).replace(R"("model":"m","created_at":"2026-05-28T20:26:40Z",)", "").split('\n');
    if (result.last().isEmpty())
        result.removeLast();
    return result;
}

json::Document lastLine(const QByteArray &lines)
{
    std::optional<json::Document> document = json::Document::parse(lines.trimmed().split('\n').last());
    if (!document)
        qFatal("%s", lines.constData());
    return *std::move(document);
}

} // namespace

class StreamWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void textAndThoughtsLeaveAsTheyCome()
    {
        const QByteArray lines =
            linesOf({delta({.model = "provider-model"}), delta({.reasoning = "Hm."}), delta({.text = "Hel"}),
                     delta({.text = "lo\n"}), delta({.finishReason = FinishReason::Stop}), kEnd});
        const QByteArrayList all = told(lines);
        QCOMPARE(all.size(), 4);
        QCOMPARE(all[0], R"({"message":{"role":"assistant","content":"","thinking":"Hm."},"done":false})");
        QCOMPARE(all[1], R"({"message":{"role":"assistant","content":"Hel"},"done":false})");
        QCOMPARE(all[2], R"({"message":{"role":"assistant","content":"lo\n"},"done":false})");
        QVERIFY2(all[3].startsWith(R"({"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop",)"),
                 all[3].constData());
        QVERIFY(lines.endsWith('\n'));
    }

    void generatedTextIsAResponse()
    {
        const QByteArrayList all = told(
            linesOf({delta({.text = "Hi", .reasoning = "Hm."}), delta({.finishReason = FinishReason::Length}), kEnd},
                    R"({"model":"m","prompt":"a"})", &ollama_api::readGenerateCall));
        QCOMPARE(all[0], R"({"response":"Hi","thinking":"Hm.","done":false})");
        QVERIFY(all[1].startsWith(R"({"response":"","done":true,"done_reason":"length",)"));
    }

    void callsComeWholeOneALine()
    {
        const QByteArrayList all =
            told(linesOf({toolCall(0, "c1", "f", ""), toolCall(0, "", "", R"({"a":)"), toolCall(1, "c2", "g", ""),
                          toolCall(0, "", "", "1}"), delta({.text = "Wait."}),
                          delta({.finishReason = FinishReason::ToolCalls}), kEnd}));
        QCOMPARE(all.size(), 4);
        QCOMPARE(all[0], R"({"message":{"role":"assistant","content":"Wait."},"done":false})");
        QCOMPARE(all[1], R"({"message":{"role":"assistant","content":"","tool_calls":[)"
                         R"({"id":"c1","function":{"index":0,"name":"f","arguments":{"a":1}}}]},"done":false})");
        QCOMPARE(all[2], R"({"message":{"role":"assistant","content":"","tool_calls":[)"
                         R"({"id":"c2","function":{"index":1,"name":"g","arguments":{}}}]},"done":false})");
        QVERIFY(all[3].contains(R"("done_reason":"stop")"));
    }

    void laterPiecesKeepTheName()
    {
        const QByteArrayList all =
            told(linesOf({toolCall(0, "c1", "f", "{"), toolCall(0, "c1", "", "}"), toolCall(0, "c1", "f", ""), kEnd}));
        QVERIFY2(all[0].contains(R"("name":"f","arguments":{})"), all[0].constData());
    }

    void lastLineHasTheMeasures()
    {
        const QByteArray lines = linesOf({delta({.text = "a"}), delta({.finishReason = FinishReason::Stop}),
                                          delta({}, Usage{.input = 3, .output = 4, .reasoning = 1}), kEnd});
        const json::Document last = lastLine(lines);
        QCOMPARE(last.root()["prompt_eval_count"].integer(), std::optional<qint64>(3));
        QCOMPARE(last.root()["eval_count"].integer(), std::optional<qint64>(5));
        QVERIFY(last.root()["total_duration"].integer() >= 40'000'000);
        QVERIFY(last.root()["load_duration"].integer() >= 9'000'000);
        QCOMPARE(last.root()["prompt_eval_duration"].integer(), std::optional<qint64>(20'000'000));
        QVERIFY(last.root()["eval_duration"].integer() >= 10'000'000);
    }

    void nothingIsToldThatNobodyCounted()
    {
        const json::Document last = lastLine(linesOf({delta({.text = "a"}), kEnd}));
        QVERIFY(!last.root()["eval_count"].exists() && !last.root()["prompt_eval_count"].exists());
    }

    void whoeverWantsNoThoughtsGetsNone()
    {
        const QByteArray lines =
            linesOf({delta({.reasoning = "secret"}), delta({.text = "a"}), kEnd}, chatOf(R"("think":false)"));
        QVERIFY(!lines.contains("secret") && !lines.contains("thinking"));
        QCOMPARE(told(lines).size(), 2);
    }

    void theProvidersOwnLinesPass()
    {
        const QByteArray lines = linesOf({{.kind = Kind::Chunk, .payload = R"({ "done":false })"},
                                          {.kind = Kind::Chunk, .payload = {}},
                                          {.kind = Kind::Chunk, .payload = R"({"done":true})"},
                                          kEnd});
        QCOMPARE(lines, "{ \"done\":false }\n{\"done\":true}\n");
    }

    void failuresAreTheLastLine_data()
    {
        QTest::addColumn<Events>("events");
        QTest::newRow("after deltas") << Events{toolCall(0, "c", "f", "{"), delta({.text = "a"})};
        QTest::newRow("after the provider's own lines")
            << Events{{.kind = Kind::Chunk, .payload = R"({"done":false})"}};
    }

    void failuresAreTheLastLine()
    {
        QFETCH(Events, events);
        events.push_back({.kind = Kind::Failure, .error = {.reason = "r", .message = "it broke"}});
        const QByteArrayList all = told(linesOf(events));
        QCOMPARE(all.size(), 2);
        QCOMPARE(all.last(), R"({"error":"it broke"})");
    }

    void signsOfLifeAreNothing() { QCOMPARE(linesOf({{.kind = Kind::Comment, .payload = "PROCESSING"}}), ""); }
};

QTEST_APPLESS_MAIN(StreamWriterTest)
#include "tst_stream_writer.moc"
