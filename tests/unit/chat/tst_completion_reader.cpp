// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/completion_reader.h"

#include "gateway/chat/finish_reason.h"

#include <QTest>

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
    void saysNothingOfChunksWithoutTheFirstChoice();
    void knowsFinishReasons();
};

namespace {

Completion read(const QByteArray &body)
{
    return readCompletion(json::Document::parse(body)->root());
}

void add(CompletionAssembly &assembly, const QByteArray &chunk)
{
    for (const ChatDelta &delta : readChunk(json::Document::parse(chunk)->root()))
        assembly.add(delta);
}

} // namespace

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
    QCOMPARE(completion.toolCalls[1].id, "call_1");
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
    QTest::newRow("null") << QByteArray(R"("content":null)") << QByteArray() << QByteArray();
    QTest::newRow("function_call") << QByteArray(R"("function_call":{"name":"f","arguments":"{}"})") << QByteArray()
                                   << QByteArray("call_0 f {}");
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
    for (
        const char *delta :
        {R"({"role":"assistant","reasoning":"h"})", R"({"reasoning_content":"m","reasoning":"m"})",
         R"({"content":"a","reasoning_details":[{"d":1},{"d":2}]})", R"({"content":"b","annotations":[{"a":1}]})",
         R"({"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":""}},{"index":1,"function":{"name":"g"}}]})",
         R"({"tool_calls":[{"index":1,"function":{"arguments":"{}"}},{"index":0,"function":{"arguments":"{\"a\":1}"}}]})"}) {
        add(assembly, QByteArray(R"({"choices":[{"index":0,"delta":)") + delta + R"(,"finish_reason":null}]})");
    }
    QVERIFY(!assembly.hasFinished());
    add(assembly, R"({"choices":[{"index":1,"delta":{"content":"of another choice"},"finish_reason":"length"}]})");
    QVERIFY(!assembly.hasFinished());
    add(assembly, R"({"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]})");
    QVERIFY(assembly.hasFinished());

    const Completion completion = assembly.take();
    QCOMPARE(completion.reasoning, "hm");
    QCOMPARE(completion.text, "ab");
    QCOMPARE(completion.reasoningDetails, (std::vector<QByteArray>{R"({"d":1})", R"({"d":2})"}));
    QCOMPARE(completion.annotations, std::vector<QByteArray>{R"({"a":1})"});
    QCOMPARE(completion.toolCalls.size(), 2U);
    QCOMPARE(completion.toolCalls[0].id, "t");
    QCOMPARE(completion.toolCalls[0].arguments, R"({"a":1})");
    QCOMPARE(completion.toolCalls[1].id, "call_1");
    QCOMPARE(completion.toolCalls[1].arguments, "{}");
    QCOMPARE(completion.finishReason, FinishReason::ToolCalls);
}

void CompletionReaderTest::saysNothingOfChunksWithoutTheFirstChoice()
{
    QVERIFY(readChunk(json::Document::parse(R"({"choices":[],"usage":{}})")->root()).empty());
    QVERIFY(readChunk(json::Document::parse(R"({"choices":[{"index":2,"delta":{"content":"x"}}]})")->root()).empty());
}

void CompletionReaderTest::knowsFinishReasons()
{
    for (const FinishReason reason : {FinishReason::Stop, FinishReason::Length, FinishReason::ToolCalls,
                                      FinishReason::ContentFilter, FinishReason::Error})
        QCOMPARE(finishReasonOf(finishReasonText(reason)), reason);
    QCOMPARE(finishReasonOf("function_call"), FinishReason::ToolCalls);
    QVERIFY(!finishReasonOf("eos"));
    QVERIFY(!finishReasonOf(""));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::CompletionReaderTest)
#include "tst_completion_reader.moc"
