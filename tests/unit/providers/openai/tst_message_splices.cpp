// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/openai/message_splices.h"

#include "tests/unit/providers/openai/quirks_testing.h"

namespace lunargate {

using test::bodyColumns;
using test::row;
using test::withMessages;
using test::written;

/// What is changed in the messages for services that differ from OpenAI.
class MessageSplicesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void leavesOutRefusedFieldsOfMessages_data();
    void leavesOutRefusedFieldsOfMessages();
    void leavesOutRefusedFieldsOfToolCalls_data();
    void leavesOutRefusedFieldsOfToolCalls();
    void fitsToolCallIds_data();
    void fitsToolCallIds();
    void carriesThoughtsUnderTheServicesName_data();
    void carriesThoughtsUnderTheServicesName();
    void addsEmptyThoughtsToToolCalls_data();
    void addsEmptyThoughtsToToolCalls();
};

void MessageSplicesTest::leavesOutRefusedFieldsOfMessages_data()
{
    bodyColumns();
    row("left out once for all", R"({"role":"user","name":"a","content":"x"},{"name":"b","role":"user"})",
        R"({"messages":[{"role":"user","content":"x"},{"role":"user"}]} without messages.name)");
    row("null", R"({"role":"user","content":"x","name":null})", R"({"messages":[{"role":"user","content":"x"}]})");
    row("deeper", R"({"role":"user","content":[{"type":"text","text":"x","name":"n"}]})",
        R"({"messages":[{"role":"user","content":[{"type":"text","text":"x","name":"n"}]}]})");
}

void MessageSplicesTest::leavesOutRefusedFieldsOfMessages()
{
    QFETCH(const QByteArray, body);
    QTEST(written({.refusedMessageFields = {"name"}}, withMessages(body)), "expected");
}

void MessageSplicesTest::leavesOutRefusedFieldsOfToolCalls_data()
{
    bodyColumns();
    const auto calls = [](const QByteArray &first, const QByteArray &second) {
        return R"({"role":"assistant","tool_calls":[{"id":"a","type":"function")" + first +
               R"(,"function":{"name":"f","arguments":"{}"}},)" +
               R"({"id":"b","type":"function","function":{"name":"f","arguments":"{\"extra_content\":1}"})" + second +
               "}]}";
    };
    const QByteArray kept = withMessages(calls({}, {}));
    row("of every call", calls(R"(,"extra_content":{"google":{"thought_signature":"x"}})", R"(,"extra_content":1)"),
        kept + " without messages.tool_calls.extra_content");
    row("null", calls(R"(,"extra_content":null)", {}), kept);
    row("twice", calls(R"(,"extra_content":1,"extra_content":2)", {}),
        kept + " without messages.tool_calls.extra_content");
    row("none", calls({}, {}), kept);
    row("of messages", R"({"role":"assistant","extra_content":1})",
        withMessages(R"({"role":"assistant","extra_content":1})"));
}

void MessageSplicesTest::leavesOutRefusedFieldsOfToolCalls()
{
    QFETCH(const QByteArray, body);
    QTEST(written({.refusedToolCallFields = {"extra_content"}}, withMessages(body)), "expected");
}

void MessageSplicesTest::fitsToolCallIds_data()
{
    bodyColumns();
    const auto ids = [](const QByteArray &first, const QByteArray &second) {
        return R"({"role":"assistant","tool_calls":[{"id":")" + first +
               R"(","type":"function","function":{"name":"f","arguments":"{\"id\":\"call_1\"}"}}]},)" +
               R"({"role":"tool","tool_call_id":")" + second + R"(","content":"call_1"})";
    };
    const QByteArray fitting = openai::fittingToolCallId("call_1", 9);
    row("foreign", ids("call_1", "call_1"), ids(fitting, fitting));
    row("spelled differently", ids("call_1", "call\\u005f1"), ids(fitting, fitting));
    row("fitting already", ids("aB3456789", "aB3456789"), ids("aB3456789", "aB3456789"));
    row("too long", ids("aB34567890", "x"),
        ids(openai::fittingToolCallId("aB34567890", 9), openai::fittingToolCallId("x", 9)));
}

void MessageSplicesTest::fitsToolCallIds()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, expected);
    QCOMPARE(written({.toolCallIdLength = 9}, withMessages(body)), withMessages(expected));
    const QByteArray id = openai::fittingToolCallId("call_1", 9);
    QCOMPARE(id.size(), 9);
    QCOMPARE(openai::fittingToolCallId(id, 9), id);
    QVERIFY(id != openai::fittingToolCallId("call_2", 9));
    QCOMPARE(openai::fittingToolCallId("x", 64).size(), 64);
}

void MessageSplicesTest::carriesThoughtsUnderTheServicesName_data()
{
    QTest::addColumn<ReasoningHistory>("field");
    bodyColumns();
    using enum ReasoningHistory;
    const auto add = [](const char *name, ReasoningHistory field, const char *body, const char *expected) {
        QTest::newRow(name) << field << QByteArray(body) << QByteArray(expected);
    };
    add("as sent", AsSent, R"({"role":"assistant","reasoning_content":"t"})",
        R"({"role":"assistant","reasoning_content":"t"})");
    add("shorter name", Reasoning, R"({"role":"assistant","reasoning_content":"t","content":"x"})",
        R"({"role":"assistant","reasoning":"t","content":"x"})");
    add("shorter name already", Reasoning, R"({"role":"assistant","reasoning":"t"})",
        R"({"role":"assistant","reasoning":"t"})");
    add("both names", Reasoning, R"({"role":"assistant","reasoning":"t","reasoning_content":"t"})",
        R"({"role":"assistant","reasoning":"t"})");
    add("the other is null", Reasoning, R"({"role":"assistant","reasoning":null,"reasoning_content":"t"})",
        R"({"role":"assistant","reasoning":"t"})");
    add("longer name", ReasoningContent, R"({"role":"assistant","reasoning":"t"})",
        R"({"role":"assistant","reasoning_content":"t"})");
    add("other roles", Reasoning, R"({"role":"user","reasoning_content":"t"})",
        R"({"role":"user","reasoning_content":"t"})");
}

void MessageSplicesTest::carriesThoughtsUnderTheServicesName()
{
    QFETCH(const ReasoningHistory, field);
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, expected);
    QCOMPARE(written({.reasoningHistory = field}, withMessages(body)), withMessages(expected));
}

void MessageSplicesTest::addsEmptyThoughtsToToolCalls_data()
{
    bodyColumns();
    row("missing", R"({"role":"assistant","content":null,"tool_calls":[{"id":"1"}]})",
        R"({"role":"assistant","content":null,"tool_calls":[{"id":"1"}],"reasoning_content":""})");
    row("null", R"({"role":"assistant","reasoning_content":null,"tool_calls":[{"id":"1"}]})",
        R"({"role":"assistant","reasoning_content":"","tool_calls":[{"id":"1"}]})");
    row("there", R"({"role":"assistant","reasoning_content":"t","tool_calls":[{"id":"1"}]})",
        R"({"role":"assistant","reasoning_content":"t","tool_calls":[{"id":"1"}]})");
    row("there under the other name", R"({"role":"assistant","reasoning":"t","tool_calls":[{"id":"1"}]})",
        R"({"role":"assistant","reasoning_content":"t","tool_calls":[{"id":"1"}]})");
    row("no calls", R"({"role":"assistant","content":"x","tool_calls":[]})",
        R"({"role":"assistant","content":"x","tool_calls":[]})");
    row("other roles", R"({"role":"tool","tool_call_id":"1","content":"x"})",
        R"({"role":"tool","tool_call_id":"1","content":"x"})");
}

void MessageSplicesTest::addsEmptyThoughtsToToolCalls()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, expected);
    const QuirksConfig quirks = {.reasoningHistory = ReasoningHistory::ReasoningContent,
                                 .reasoningWithToolCalls = true};
    QCOMPARE(written(quirks, withMessages(body)), withMessages(expected));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::MessageSplicesTest)
#include "tst_message_splices.moc"
