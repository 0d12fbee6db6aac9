// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/chat_answer.h"
#include "gateway/providers/simulator/tokens.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::simulator;

namespace {

constexpr int kAnswerTokens = 60;

QByteArray userSays(const QByteArray &text, const QByteArray &members = {})
{
    return R"({"model":"m","messages":[{"role":"user","content":)" + ('"' + text + '"') + "}]" +
           (members.isEmpty() ? QByteArray() : "," + members) + '}';
}

const QByteArray kTools = R"("tools":[
    {"type":"function","function":{"name":"get_weather","parameters":{"type":"object","required":["city","unit"],
        "properties":{"city":{"type":"string"},"unit":{"enum":["celsius","kelvin"]}}}}},
    {"type":"function","function":{"name":"get_time"}},
    {"type":"custom","custom":{"name":"run_code"}}])";

ChatAnswer answerTo(const QByteArray &body, int answerTokens = kAnswerTokens)
{
    const Result<ChatRequestView> request = readChatRequest(body);
    if (!request)
        qFatal("%s", request.error().message.constData());
    return composeAnswer(*request, answerTokens);
}

QByteArray textOf(const ChatAnswer &answer, size_t choice = 0)
{
    return joinTokens(answer.choices.at(choice).content);
}

std::vector<QByteArray> calledTools(const ChatAnswer &answer)
{
    std::vector<QByteArray> names;
    for (const SimulatedToolCall &call : answer.choices.at(0).toolCalls)
        names.push_back(call.name);
    return names;
}

} // namespace

class TestChatAnswer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void introducesItselfAndQuotesTheUser()
    {
        const QByteArray text = textOf(answerTo(userSays("Wie heißt der Mond?")));
        QVERIFY2(text.startsWith("LunarGate simulator"), text.constData());
        QVERIFY2(text.contains("Wie heißt der Mond?"), text.constData());
    }

    void hasTheConfiguredLength_data()
    {
        QTest::addColumn<int>("tokens");
        for (const int tokens : {0, 1, 5, 40, 1000})
            QTest::addRow("%d tokens", tokens) << tokens;
    }
    void hasTheConfiguredLength()
    {
        QFETCH(int, tokens);
        const ChatAnswer answer = answerTo(userSays("hi"), tokens);
        QCOMPARE(answer.completionTokens, tokens);
        QCOMPARE(answer.choices[0].content.size(), static_cast<size_t>(tokens));
        QCOMPARE(answer.choices[0].finishReason, "stop");
        QCOMPARE(countTokens(textOf(answer)), tokens);
    }

    void stopsAtMaxTokens_data()
    {
        QTest::addColumn<QByteArray>("member");
        QTest::addColumn<int>("tokens");
        QTest::addColumn<QByteArray>("finishReason");
        QTest::addRow("max_tokens") << QByteArray("\"max_tokens\":7") << 7 << QByteArray("length");
        QTest::addRow("max_completion_tokens")
            << QByteArray("\"max_completion_tokens\":7") << 7 << QByteArray("length");
        QTest::addRow("just enough") << QByteArray("\"max_tokens\":60") << 60 << QByteArray("stop");
        QTest::addRow("null") << QByteArray("\"max_tokens\":null") << 60 << QByteArray("stop");
    }
    void stopsAtMaxTokens()
    {
        QFETCH(QByteArray, member);
        const ChatAnswer answer = answerTo(userSays("hi", member));
        QTEST(answer.completionTokens, "tokens");
        QTEST(answer.choices[0].finishReason, "finishReason");
    }

    void endsBeforeTheFirstStopSequence()
    {
        const ChatAnswer answer = answerTo(userSays("hi", R"("stop":["not a real","You wrote"])"));
        QCOMPARE(textOf(answer), "LunarGate simulator here, ");
        QCOMPARE(answer.choices[0].finishReason, "stop");
        QCOMPARE(answer.completionTokens, countTokens("LunarGate simulator here, "));
    }

    void givesTheSameAnswerToTheSameRequest()
    {
        const QByteArray body = userSays("hello", kTools + R"(,"n":2)");
        const ChatAnswer first = answerTo(body);
        const ChatAnswer second = answerTo(body);
        QCOMPARE(first.choices[1].toolCalls[0].id, second.choices[1].toolCalls[0].id);
        QCOMPARE(first.choices[1].toolCalls[0].arguments, second.choices[1].toolCalls[0].arguments);
        QVERIFY(first.choices[0].toolCalls[0].id != first.choices[1].toolCalls[0].id);
        QCOMPARE(textOf(answerTo(userSays("hello"))), textOf(answerTo(userSays("hello", "\"stream\":true"))));
    }

    void addsUpSeveralChoices()
    {
        const ChatAnswer answer = answerTo(userSays("hi", "\"n\":3"));
        QCOMPARE(answer.choices.size(), size_t(3));
        QCOMPARE(answer.completionTokens, 3 * kAnswerTokens);
        QVERIFY(textOf(answer, 0) != textOf(answer, 1));
    }

    void choosesTools_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("members");
        QTest::addColumn<std::vector<QByteArray>>("names");
        using Names = std::vector<QByteArray>;
        const auto row = [](const char *name, const char *text, const char *members, const Names &names) {
            QTest::addRow("%s", name) << QByteArray(text) << QByteArray(members) << names;
        };
        row("the first one", "hi", "", {"get_weather"});
        row("the one named", "Use GET_TIME, please", "", {"get_time"});
        row("both named", "get_time and get_weather", "", {"get_weather", "get_time"});
        row("one at a time", "get_time and get_weather", R"(,"parallel_tool_calls":false)", {"get_weather"});
        row("not a part of a word", "forget_time or get_timer", "", {"get_weather"});
        row("none", "get_time", R"(,"tool_choice":"none")", {});
        row("the required one", "get_time", R"(,"tool_choice":{"type":"function","function":{"name":"get_weather"}})",
            {"get_weather"});
        row("required", "hi", R"(,"tool_choice":"required")", {"get_weather"});
        row("the allowed ones", "get_weather",
            R"(,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[
               {"type":"function","function":{"name":"get_time"}}]}})",
            {"get_time"});
    }
    void choosesTools()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, members);
        const ChatAnswer answer = answerTo(userSays(text, kTools + members));
        QTEST(calledTools(answer), "names");
        QCOMPARE(answer.choices[0].finishReason, answer.choices[0].toolCalls.empty() ? "stop" : "tool_calls");
        QCOMPARE(answer.choices[0].content.empty(), !answer.choices[0].toolCalls.empty());
    }

    void fitsArgumentsToTheSchema()
    {
        const ChatAnswer answer = answerTo(userSays("get_weather get_time run_code", kTools));
        const std::vector<SimulatedToolCall> &calls = answer.choices[0].toolCalls;
        QCOMPARE(calls.size(), size_t(3));
        QCOMPARE(joinTokens(calls[0].arguments), R"({"city":"sample city","unit":"celsius"})");
        QCOMPARE(joinTokens(calls[1].arguments), "{}");
        QCOMPARE(joinTokens(calls[2].arguments), "get_weather get_time run_code");
        QVERIFY(calls[2].isCustom);
        int tokens = 0;
        for (const SimulatedToolCall &call : calls)
            tokens += countTokens(call.name) + static_cast<int>(call.arguments.size());
        QCOMPARE(answer.completionTokens, tokens);
    }

    void cutsArgumentsAtMaxTokens()
    {
        const ChatAnswer answer = answerTo(userSays("hi", kTools + R"(,"max_tokens":6)"));
        QCOMPARE(answer.completionTokens, 6);
        QCOMPARE(answer.choices[0].finishReason, "length");
    }

    void quotesToolResults()
    {
        const ChatAnswer answer =
            answerTo(R"({"model":"m",)" + kTools + R"(,"messages":[{"role":"user","content":"weather and time?"},
            {"role":"assistant","content":null,"tool_calls":[]},
            {"role":"tool","tool_call_id":"a","content":"21 degrees"},
            {"role":"tool","tool_call_id":"b","content":[{"type":"text","text":"half past two"}]}]})");
        QVERIFY(answer.choices[0].toolCalls.empty());
        QVERIFY2(textOf(answer).contains("21 degrees"), textOf(answer).constData());
        QVERIFY2(textOf(answer).contains("half past two"), textOf(answer).constData());
    }

    void answersInJson()
    {
        const QByteArray object =
            textOf(answerTo(userSays("a \\\"b\\\" JSON", R"("response_format":{"type":"json_object"})")));
        const std::optional<json::Document> document = json::Document::parse(object);
        QVERIFY2(document && document->root().isObject(), object.constData());
        QVERIFY(document->root()["answer"].toByteArray().contains("a \"b\" JSON"));

        const QByteArray value =
            textOf(answerTo(userSays("hi", R"("response_format":{"type":"json_schema","json_schema":
            {"name":"x","schema":{"type":"object","required":["a"],"properties":{"a":{"type":"integer"}}}}})")));
        QCOMPARE(value, R"({"a":1})");
    }

    void thinksWhenAskedTo_data()
    {
        QTest::addColumn<QByteArray>("effort");
        QTest::addColumn<int>("tokens");
        QTest::addRow("none") << QByteArray("\"none\"") << 0;
        QTest::addRow("null") << QByteArray("null") << 0;
        QTest::addRow("minimal") << QByteArray("\"minimal\"") << 4;
        QTest::addRow("high") << QByteArray("\"high\"") << 32;
        QTest::addRow("unknown") << QByteArray("\"tremendous\"") << 16;
    }
    void thinksWhenAskedTo()
    {
        QFETCH(QByteArray, effort);
        QFETCH(int, tokens);
        const ChatAnswer answer = answerTo(userSays("hi", "\"reasoning_effort\":" + effort));
        QCOMPARE(answer.reasoningTokens, tokens);
        QCOMPARE(answer.choices[0].reasoning.size(), static_cast<size_t>(tokens));
        QCOMPARE(answer.completionTokens, kAnswerTokens + tokens);
    }

    void reasoningUsesUpMaxTokens()
    {
        const ChatAnswer answer = answerTo(userSays("hi", R"("reasoning_effort":"high","max_completion_tokens":10)"));
        QCOMPARE(answer.reasoningTokens, 10);
        QCOMPARE(answer.completionTokens, 10);
        QVERIFY(answer.choices[0].content.empty());
        QCOMPARE(answer.choices[0].finishReason, "length");
    }

    void everyTokenIsWholeUtf8()
    {
        const ChatAnswer answer = answerTo(
            userSays("👩‍🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀你好世界，你好世界，你好世界"), 200);
        for (const QByteArray &token : answer.choices[0].content)
            QVERIFY2(token.isValidUtf8(), token.toHex().constData());
    }
};

QTEST_APPLESS_MAIN(TestChatAnswer)
#include "tst_chat_answer.moc"
