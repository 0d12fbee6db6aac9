// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/completion_reader.h"

#include "gateway/chat/finish_reason.h"

#include <QTest>

#include <map>

namespace lunargate {

class CompletionReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsEverythingOfTheFirstChoice();
    void readsOtherSpellings_data();
    void readsOtherSpellings();
    void makesTheSameAnswerOfChunks();
    void keepsCallsApart_data();
    void keepsCallsApart();
    void makesUpIdsThatEveryProviderTakes()
    {
        QCOMPARE(madeUpCallId("chatcmpl-a/b c", 2), "call_chatcmpl-abc_2");
        QCOMPARE(madeUpCallId("", 2), "call_2");
        QVERIFY(madeUpCallId(QByteArray(200, 'x'), 1000).size() <= 64);
    }

    void readsThoughtsInPartsOfTheContent();
    void saysNothingOfChunksWithoutTheFirstChoice();
    void knowsFinishReasons()
    {
        for (const FinishReason reason : {FinishReason::Stop, FinishReason::Length, FinishReason::ToolCalls,
                                          FinishReason::ContentFilter, FinishReason::Error})
            QCOMPARE(finishReasonOf(finishReasonText(reason)), reason);
        QCOMPARE(finishReasonOf("function_call"), FinishReason::ToolCalls);
        QCOMPARE(finishReasonOf("model_length"), FinishReason::Length);
        QCOMPARE(finishReasonOf("insufficient_system_resource"), FinishReason::Error);
        QCOMPARE(finishReasonOf("abort"), FinishReason::Error);
        QVERIFY(!finishReasonOf("eos"));
        QVERIFY(!finishReasonOf(""));
    }

private:
    static Completion read(const QByteArray &body) { return readCompletion(json::Document::parse(body)->root()); }

    static void add(CompletionAssembly &assembly, ToolCallOrder &order, const QByteArray &chunk)
    {
        for (const ChatDelta &delta : readChunk(json::Document::parse(chunk)->root(), order))
            assembly.add(delta);
    }
};

void CompletionReaderTest::readsEverythingOfTheFirstChoice()
{
    const Completion completion =
        read(R"({"id":"c1","model":"m","created":7,"choices":[{"index":1,"message":{"content":"other"}},{"index":0,)"
             R"("message":{"content":"Hi","reasoning_content":"hm","reasoning":"no","refusal":"never",)"
             R"("reasoning_details":[{"type":"reasoning.text","text":"hm"}],"annotations":[{"a":1}],)"
             R"("tool_calls":[{"id":"t1","type":"function","function":{"name":"f","arguments":"{\"a\":1}"},)"
             R"("extra_content":{"google":{"s":"x"}}},{"type":"custom","custom":{"name":"patch","input":"*** a"}}]},)"
             R"("finish_reason":"length"}]})");
    QCOMPARE(completion.id, "c1");
    QCOMPARE(completion.model, "m");
    QCOMPARE(completion.created, 7);
    QCOMPARE(completion.text, "Hi");
    QCOMPARE(completion.reasoning, "hm");
    QCOMPARE(completion.refusal, "never");
    QCOMPARE(completion.reasoningDetails, std::vector<QByteArray>{R"({"type":"reasoning.text","text":"hm"})"});
    QCOMPARE(completion.annotations, std::vector<QByteArray>{R"({"a":1})"});
    QCOMPARE(completion.toolCalls.size(), 2U);
    QCOMPARE(completion.toolCalls[0].id, "t1");
    QCOMPARE(completion.toolCalls[0].name, "f");
    QCOMPARE(completion.toolCalls[0].arguments, R"({"a":1})");
    QCOMPARE(completion.toolCalls[0].extraContent, R"({"google":{"s":"x"}})");
    QCOMPARE(completion.toolCalls[1].id, "call_c1_1");
    QVERIFY(completion.toolCalls[1].isCustom);
    QCOMPARE(completion.toolCalls[1].arguments, "*** a");
    QCOMPARE(completion.finishReason, FinishReason::Length);
}

void CompletionReaderTest::readsOtherSpellings_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("call");
    QTest::newRow("parts") << QByteArray(R"("content":[{"type":"text","text":"a"},{"text":"b"},{"type":"x"}])")
                           << QByteArray("ab") << QByteArray();
    QTest::newRow("thoughts among parts")
        << QByteArray(R"("content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"text":"a"}])")
        << QByteArray("a") << QByteArray();
    QTest::newRow("null") << QByteArray(R"("content":null)") << QByteArray() << QByteArray();
    QTest::newRow("function_call") << QByteArray(R"("function_call":{"name":"f","arguments":"{}"})") << QByteArray()
                                   << QByteArray("call_0_0 f {}");
    QTest::newRow("arguments as an object")
        << QByteArray(R"("tool_calls":[{"id":"i","function":{"name":"f","arguments":{"a":[1, 2]}}}])") << QByteArray()
        << QByteArray(R"(i f {"a":[1,2]})");
    QTest::newRow("no arguments") << QByteArray(R"("tool_calls":[{"id":"i","function":{"name":"f"}}])") << QByteArray()
                                  << QByteArray("i f {}");
}

void CompletionReaderTest::readsOtherSpellings()
{
    QFETCH(const QByteArray, message);
    const Completion completion = read(R"({"choices":[{"message":{)" + message + "}}]}");
    QTEST(completion.text, "text");
    QByteArray call;
    for (const AnsweredToolCall &made : completion.toolCalls)
        call += made.id + ' ' + made.name + ' ' + made.arguments;
    QTEST(call, "call");
    QCOMPARE(completion.finishReason, call.isEmpty() ? FinishReason::Stop : FinishReason::ToolCalls);
}

void CompletionReaderTest::makesTheSameAnswerOfChunks()
{
    CompletionAssembly assembly;
    ToolCallOrder order;
    for (
        const char *delta :
        {R"({"role":"assistant","reasoning":"h"})", R"({"reasoning_content":"m","reasoning":"m"})",
         R"({"content":"a","reasoning_details":[{"d":1},{"d":2}]})", R"({"content":"b","annotations":[{"a":1}]})",
         R"({"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":""}},{"index":1,"function":{"name":"g"}}]})",
         R"({"tool_calls":[{"index":1,"function":{"arguments":"{}"}},{"index":0,"function":{"arguments":"{\"a\":1}"}}]})"}) {
        add(assembly, order,
            QByteArray(R"({"id":"c1","choices":[{"index":0,"delta":)") + delta + R"(,"finish_reason":null}]})");
    }
    QVERIFY(!assembly.hasFinished());
    add(assembly, order,
        R"({"choices":[{"index":1,"delta":{"content":"of another choice"},"finish_reason":"length"}]})");
    QVERIFY(!assembly.hasFinished());
    add(assembly, order, R"({"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]})");
    QVERIFY(assembly.hasFinished());

    const Completion completion = assembly.take();
    QCOMPARE(completion.reasoning, "hm");
    QCOMPARE(completion.text, "ab");
    QCOMPARE(completion.reasoningDetails, (std::vector<QByteArray>{R"({"d":1})", R"({"d":2})"}));
    QCOMPARE(completion.annotations, std::vector<QByteArray>{R"({"a":1})"});
    QCOMPARE(completion.toolCalls.size(), 2U);
    QCOMPARE(completion.toolCalls[0].id, "t");
    QCOMPARE(completion.toolCalls[0].arguments, R"({"a":1})");
    QCOMPARE(completion.toolCalls[1].id, "call_c1_1");
    QCOMPARE(completion.toolCalls[1].arguments, "{}");
    QCOMPARE(completion.finishReason, FinishReason::ToolCalls);
}

void CompletionReaderTest::readsThoughtsInPartsOfTheContent()
{
    const Completion completion =
        read(R"({"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"h"},)"
             R"({"type":"text","text":"m"}]},{"type":"text","text":"a"}]}}]})");
    QCOMPARE(completion.reasoning, "hm");
    QCOMPARE(completion.text, "a");
    ToolCallOrder order;
    const auto document = json::Document::parse(
        R"({"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}}]})");
    const std::vector<ChatDelta> deltas = readChunk(document->root(), order);
    QCOMPARE(deltas.size(), 1U);
    QCOMPARE(deltas[0].reasoning, "hm");
    QVERIFY(deltas[0].text.isEmpty());
}

void CompletionReaderTest::saysNothingOfChunksWithoutTheFirstChoice()
{
    ToolCallOrder order;
    const auto isEmpty = [&order](const char *chunk) {
        return readChunk(json::Document::parse(chunk)->root(), order).empty();
    };
    QVERIFY(isEmpty(R"({"choices":[],"usage":{}})"));
    QVERIFY(isEmpty(R"({"choices":[{"index":2,"delta":{"content":"x"}}]})"));
}

void CompletionReaderTest::keepsCallsApart_data()
{
    QTest::addColumn<QByteArrayList>("pieces"); // of one chunk each
    QTest::addColumn<QByteArray>("calls");
    const auto row = [](const char *scenario, const QByteArrayList &pieces, const char *calls) {
        QTest::newRow(scenario) << pieces << QByteArray(calls);
    };
    row("by index",
        {R"({"index":3,"id":"a","function":{"name":"f"}})", R"({"index":7,"id":"b","function":{"name":"g"}})",
         R"({"index":3,"function":{"arguments":"1"}},{"index":7,"function":{"arguments":"2"}})"},
        "0 a f 1, 1 b g 2");
    row("all at index 0",
        {R"({"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}})",
         R"({"index":0,"id":"b","function":{"name":"f","arguments":"{\"x\""}})",
         R"({"index":0,"function":{"arguments":":2}"}})"},
        R"(0 a f {"x":1}, 1 b f {"x":2})");
    row("all at index 0 without ids",
        {R"({"index":0,"id":"","function":{"name":"f","arguments":"{}"}},)"
         R"({"index":0,"id":"","function":{"name":"f","arguments":"{\"x\":2}"}},)"
         R"({"index":0,"id":"","function":{"name":"g","arguments":"{}"}})"},
        R"(0 call_c_0 f {}, 1 call_c_1 f {"x":2}, 2 call_c_2 g {})");
    row("without an index",
        {R"({"id":"a","function":{"name":"f","arguments":"1"}})",
         R"({"id":"b","function":{"name":"f","arguments":"2"}})", R"({"function":{"arguments":"3"}})",
         R"({"id":"a","function":{"arguments":"4"}})"},
        "0 a f 14, 1 b f 23");
    row("ids that change",
        {R"({"index":0,"id":"a","function":{"name":"f","arguments":"1"}})",
         R"({"index":0,"id":"b","function":{"name":"","arguments":"2"}})"},
        "0 a f 12");
    row("name repeated",
        {R"({"index":0,"id":"a","function":{"name":"f","arguments":"{"}})",
         R"({"index":0,"id":"a","function":{"name":"f","arguments":"}"}})"},
        "0 a f {}");
    row("arguments repeated",
        {R"({"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":"}})",
         R"({"index":0,"function":{"arguments":"1}"}})",
         R"({"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}})"},
        R"(0 a f {"x":1})");
    row("name behind the id",
        {R"({"index":0,"id":"a","function":{"arguments":"1"}})",
         R"({"index":0,"function":{"name":"f","arguments":"2"}})"},
        "0 a f 12");
    row("no name at all", {R"({"index":0,"id":"a","function":{"arguments":"1"}})"}, "");
}

void CompletionReaderTest::keepsCallsApart()
{
    QFETCH(const QByteArrayList, pieces);
    ToolCallOrder order;
    std::map<int, QByteArray> calls;
    for (const QByteArray &piece : pieces) {
        const QByteArray chunk = R"({"id":"c","choices":[{"delta":{"tool_calls":[)" + piece + "]}}]}";
        for (const ChatDelta &delta : readChunk(json::Document::parse(chunk)->root(), order)) {
            if (!delta.toolCall)
                continue;
            const ChatDelta::ToolCall &call = *delta.toolCall;
            QByteArray &whole = calls[call.index];
            QCOMPARE(whole.isEmpty(), !call.id.isEmpty());
            QCOMPARE(call.id.isEmpty(), call.name.isEmpty());
            if (whole.isEmpty())
                whole = QByteArray::number(call.index) + ' ' + call.id + ' ' + call.name + ' ';
            whole += call.arguments;
        }
    }
    QByteArrayList all;
    for (const auto &[index, call] : calls)
        all << call;
    QTEST(all.join(", "), "calls");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::CompletionReaderTest)
#include "tst_completion_reader.moc"
