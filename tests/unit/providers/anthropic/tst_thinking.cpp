// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/anthropic/anthropic_testing.h"

#include <QTest>

namespace lunargate {

class ThinkingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void mapsTheEffort_data();
    void mapsTheEffort();
    void sharesWhatTheModelCanWrite_data();
    void sharesWhatTheModelCanWrite();
    void passesAnthropicsOwnForm_data();
    void passesAnthropicsOwnForm();
    void stopsWhereEarlierThoughtsAreMissing_data();
    void stopsWhereEarlierThoughtsAreMissing();
    void listsWhatItCannotFollow_data();
    void listsWhatItCannotFollow();
    void leavesTheChoiceOfToolsToModelsThatCannotBeForced_data();
    void leavesTheChoiceOfToolsToModelsThatCannotBeForced();
};

namespace {

// `thinking effort max_tokens` as they are sent.
QByteArray thinkingOf(const QByteArray &body)
{
    return test::memberOf(body, "thinking") + ' ' + test::memberOf(body, "output_config") + ' ' +
           test::memberOf(body, "max_tokens");
}

QByteArray adaptive(const QByteArray &effort)
{
    return R"({"type":"adaptive","display":"summarized"} {"effort":")" + effort + R"("} 4096)";
}

QByteArray enabled(int budget)
{
    return R"({"type":"enabled","budget_tokens":)" + QByteArray::number(budget) + "}  " +
           QByteArray::number(4096 + budget);
}

const QByteArray kOff = R"({"type":"disabled"}  4096)";

// A tool's call and its result in the history, with these members of the assistant's message.
QByteArray historyWith(const QByteArray &assistantMembers, const QByteArray &members)
{
    return R"({"messages":[{"role":"user","content":"Hi"},{"role":"assistant",)" + assistantMembers +
           R"("tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},)"
           R"({"role":"tool","tool_call_id":"a","content":"ok"}])" +
           members + '}';
}

} // namespace

void ThinkingTest::mapsTheEffort_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("thinking");
    const auto rows = [](const QByteArray &model, const QByteArrayList &expected) {
        const QByteArrayList efforts{"none", "minimal", "low", "medium", "high", "xhigh", "max"};
        for (qsizetype i = 0; i < efforts.size(); ++i) {
            QTest::newRow((model + ' ' + efforts[i]).constData())
                << model << R"("reasoning_effort":")" + efforts[i] + '"' << expected[i];
        }
    };
    const QByteArrayList newest{
        kOff,           adaptive("low"), adaptive("low"), adaptive("medium"), adaptive("high"), adaptive("xhigh"),
        adaptive("max")};
    for (const char *model : {"claude-opus-5", "claude-sonnet-5", "claude-opus-4-8", "claude-opus-4-7-20260401",
                              "claude-opus-4.7", "claude-tomorrow-9"})
        rows(model, newest);
    // These cannot be stopped (Anthropic docs, "Troubleshooting thinking").
    QByteArrayList always = newest;
    always[0] = adaptive("low");
    rows("claude-fable-5", always);
    rows("claude-opus-5-5", always);
    QByteArrayList betweenTools = newest;
    betweenTools[0] = R"({"type":"between_tools"}  4096)";
    rows("claude-sonnet-5-5", betweenTools);
    QByteArrayList four6 = newest;
    four6[5] = adaptive("max");
    rows("claude-opus-4-6", four6);
    rows("claude-sonnet-4-6", four6);
    const QByteArrayList budgets{kOff,           enabled(1024),   enabled(1024),  enabled(4096),
                                 enabled(16384), enabled(32'000), enabled(32'000)};
    rows("claude-sonnet-4-5-20250929", budgets);
    rows("claude-3-7-sonnet-latest", budgets);
    rows("glm-5", budgets);
    rows("claude-3-5-haiku-20241022", QByteArrayList(7, "  4096"));

    const auto row = [](const char *name, const char *model, QByteArray members, QByteArray thinking) {
        QTest::newRow(name) << QByteArray(model) << std::move(members) << std::move(thinking);
    };
    row("nothing said", "claude-opus-5", "", "  4096");
    row("a budget", "claude-sonnet-4-5", R"("reasoning":{"max_tokens":2000})", enabled(2000));
    row("a budget under the smallest", "claude-sonnet-4-5", R"("reasoning":{"max_tokens":5})", enabled(1024));
    row("a budget for a model without", "claude-opus-5", R"("reasoning":{"max_tokens":5000})", adaptive("high"));
    row("a huge budget for a model without", "claude-opus-5", R"("reasoning":{"max_tokens":500000})", adaptive("max"));
    row("a budget and an effort", "claude-sonnet-4-5", R"("reasoning":{"max_tokens":2000,"effort":"high"})",
        enabled(2000));
    row("an effort and a budget", "claude-opus-5", R"("reasoning":{"max_tokens":2000,"effort":"high"})",
        adaptive("high"));
    row("switched off", "claude-opus-5", R"("reasoning":{"enabled":false})", kOff);
}

void ThinkingTest::mapsTheEffort()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, thinking);
    QCOMPARE(thinkingOf(test::sentFor(members, model)), thinking);
}

void ThinkingTest::sharesWhatTheModelCanWrite_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("thinking");
    const auto row = [](const char *name, const char *model, QByteArray members, QByteArray thinking) {
        QTest::newRow(name) << QByteArray(model) << std::move(members) << std::move(thinking);
    };
    row("the client's limit", "claude-sonnet-4-5", R"("max_tokens":100)", "  100");
    row("a limit over the model's", "claude-3-5-sonnet-20241022", R"("max_tokens":100000)", "  8192");
    row("an unknown model's limit", "claude-tomorrow-9", R"("max_tokens":1000000)", "  1000000");
    row("the answer keeps its room", "claude-sonnet-4-5", R"("max_tokens":100,"reasoning_effort":"low")",
        R"({"type":"enabled","budget_tokens":1024}  1124)");
    row("little room for thinking", "claude-opus-4-1", R"("max_tokens":20000,"reasoning_effort":"max")",
        R"({"type":"enabled","budget_tokens":16000}  32000)");
    row("no room for thinking", "claude-opus-4-1", R"("max_tokens":32000,"reasoning_effort":"medium")",
        R"({"type":"enabled","budget_tokens":4096}  32000)");
    row("limits beyond all numbers", "glm-5",
        R"("max_tokens":9223372036854775807,"reasoning":{"max_tokens":9223372036854775807})",
        R"({"type":"enabled","budget_tokens":1000000000}  2000000000)");
    row("a budget beyond all numbers", "glm-5", R"("reasoning":{"max_tokens":9223372036854775807})",
        R"({"type":"enabled","budget_tokens":1000000000}  1000004096)");
}

void ThinkingTest::sharesWhatTheModelCanWrite()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, thinking);
    QCOMPARE(thinkingOf(test::sentFor(members, model)), thinking);
}

void ThinkingTest::passesAnthropicsOwnForm_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("thinking");
    const auto row = [](const char *name, const char *model, QByteArray members, QByteArray thinking) {
        QTest::newRow(name) << QByteArray(model) << std::move(members) << std::move(thinking);
    };
    row("with room", "claude-sonnet-4-5", R"("max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000})",
        R"({"type":"enabled","budget_tokens":2000}  9000)");
    row("without a limit", "claude-sonnet-4-5", R"("thinking":{"type":"enabled","budget_tokens":5000})",
        R"({"type":"enabled","budget_tokens":5000}  9096)");
    row("off", "claude-opus-5", R"("thinking":{"type":"disabled"})", R"({"type":"disabled"}  4096)");
    row("with an effort", "claude-opus-5",
        R"("thinking":{"type":"adaptive","display":"omitted"},"reasoning_effort":"low")",
        R"({"type":"adaptive","display":"omitted"} {"effort":"low"} 4096)");
    row("no object", "claude-sonnet-4-5", R"("thinking":true)", "  4096");
}

void ThinkingTest::passesAnthropicsOwnForm()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, thinking);
    QCOMPARE(thinkingOf(test::sentFor(members, model)), thinking);
}

void ThinkingTest::stopsWhereEarlierThoughtsAreMissing_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("thinking");
    QTest::addColumn<QByteArray>("dropped");
    const auto row = [](const char *name, const char *model, QByteArray body, QByteArray thinking, QByteArray dropped) {
        QTest::newRow(name) << QByteArray(model) << std::move(body) << std::move(thinking) << std::move(dropped);
    };
    const QByteArray signedThought =
        R"("reasoning_details":[{"type":"reasoning.text","text":"","signature":"s","format":"anthropic-claude-v1"}],)";
    const QByteArray high = R"(,"reasoning_effort":"high")";
    row("missing", "claude-sonnet-4-5", historyWith("", high), kOff, "reasoning_effort");
    row("only readable", "claude-sonnet-4-5", historyWith(R"("reasoning_content":"Hm.",)", high), kOff,
        "reasoning_effort");
    row("there", "claude-sonnet-4-5", historyWith(signedThought, high), enabled(16384), "");
    row("adaptive", "claude-opus-4-8", historyWith("", high), adaptive("high"), "");
    row("adaptive by itself", "claude-sonnet-5", historyWith("", ""), "  4096", "");
    row("adaptive in Anthropic's own form", "claude-opus-4-6", historyWith("", R"(,"thinking":{"type":"adaptive"})"),
        R"({"type":"adaptive"}  4096)", "");
    const QByteArray ownBudget = R"(,"thinking":{"type":"enabled","budget_tokens":2000},"reasoning_effort":"max")";
    row("an effort that needs thinking", "claude-opus-5", historyWith("", ownBudget),
        R"({"type":"disabled"} {"effort":"high"} 4096)", "thinking");
    row("an effort that does not", "claude-opus-4-8", historyWith("", ownBudget),
        R"({"type":"disabled"} {"effort":"max"} 4096)", "thinking");
    const auto call = [](const QByteArray &id, const QByteArray &members) {
        return R"(,{"role":"assistant",)" + members + R"("tool_calls":[{"id":")" + id +
               R"(","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":")" +
               id + R"(","content":"ok"})";
    };
    const auto conversation = [](const QByteArray &messages) {
        return R"({"messages":[{"role":"user","content":"Hi"})" + messages + R"(],"reasoning_effort":"high"})";
    };
    const QByteArray question = R"(,{"role":"user","content":"And?"})";
    const QByteArray answer = R"(,{"role":"assistant","content":"So."})";
    row("missing before an answer", "claude-sonnet-4-5", conversation(call("a", "") + answer + question),
        enabled(16384), "");
    row("missing before an answer, there behind it", "claude-sonnet-4-5",
        conversation(call("a", "") + answer + question + call("b", signedThought)), enabled(16384), "");
    row("there before an answer, missing behind it", "claude-sonnet-4-5",
        conversation(call("a", signedThought) + answer + question + call("b", "")), kOff, "reasoning_effort");
    row("only the first calls are thought over", "claude-sonnet-4-5",
        conversation(call("a", signedThought) + call("b", "")), enabled(16384), "");
    row("only later calls are thought over", "claude-sonnet-4-5",
        conversation(call("a", "") + call("b", signedThought)), kOff, "reasoning_effort");
    row("missing in calls that the user comments", "claude-sonnet-4-5", conversation(call("a", "") + question), kOff,
        "reasoning_effort");
    row("a budget", "claude-sonnet-4-5", historyWith("", R"(,"reasoning":{"max_tokens":2000})"), kOff, "reasoning");
    row("Anthropic's own form", "claude-sonnet-4-5",
        historyWith("", R"(,"thinking":{"type":"enabled","budget_tokens":5000})"), kOff, "thinking");
    row("nothing to stop", "claude-sonnet-4-5", historyWith("", ""), "  4096", "");
    row("cannot be stopped", "claude-fable-5", historyWith("", high), adaptive("high"), "");
}

void ThinkingTest::stopsWhereEarlierThoughtsAreMissing()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, thinking);
    QFETCH(const QByteArray, dropped);
    QCOMPARE(thinkingOf(test::sentBody(AnthropicProvider(test::anthropicConfig()), body, model)), thinking);
    QCOMPARE(test::droppedFor(body, model), dropped);
}

void ThinkingTest::listsWhatItCannotFollow_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("dropped");
    const auto row = [](const char *name, const char *model, QByteArray members, QByteArray dropped) {
        QTest::newRow(name) << QByteArray(model) << std::move(members) << std::move(dropped);
    };
    row("an unknown word", "claude-opus-5", R"("reasoning_effort":"enormous")", "reasoning_effort");
    row("a model that never thinks", "claude-3-haiku-20240307", R"("reasoning_effort":"high")", "reasoning_effort");
    row("a model that always thinks", "claude-fable-5", R"("reasoning_effort":"none")", "reasoning_effort");
    row("not thinking is easy for a model that never does", "claude-3-haiku-20240307", R"("reasoning_effort":"none")",
        "");
    row("a budget for a model that never thinks", "claude-3-haiku-20240307", R"("reasoning":{"max_tokens":2000})",
        "reasoning");
    row("thinking of another form", "claude-opus-5", R"("thinking":"on")", "thinking");
}

void ThinkingTest::listsWhatItCannotFollow()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, dropped);
    QCOMPARE(test::droppedFor(R"({"messages":[{"role":"user","content":"Hi"}],)" + members + '}', model), dropped);
}

void ThinkingTest::leavesTheChoiceOfToolsToModelsThatCannotBeForced_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("choice");
    QTest::addColumn<QByteArray>("dropped");
    const QByteArray any = R"({"type":"any"})";
    QTest::newRow("budget") << QByteArray("claude-sonnet-4-5") << QByteArray(R"({"type":"auto"})")
                            << QByteArray("tool_choice");
    QTest::newRow("adaptive") << QByteArray("claude-opus-5") << any << QByteArray();
    QTest::newRow("is never forced") << QByteArray("claude-fable-5") << QByteArray(R"({"type":"auto"})")
                                     << QByteArray("tool_choice");
    QTest::newRow("is never forced either")
        << QByteArray("claude-mythos-5") << QByteArray(R"({"type":"auto"})") << QByteArray("tool_choice");
    QTest::newRow("never thinks") << QByteArray("claude-3-haiku-20240307") << any << QByteArray("reasoning_effort");
}

void ThinkingTest::leavesTheChoiceOfToolsToModelsThatCannotBeForced()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, choice);
    QFETCH(const QByteArray, dropped);
    const QByteArray members =
        R"("reasoning_effort":"high","tool_choice":"required","tools":[{"type":"function","function":{"name":"f"}}])";
    QCOMPARE(test::memberOf(test::sentFor(members, model), "tool_choice"), choice);
    QCOMPARE(test::droppedFor(R"({"messages":[{"role":"user","content":"Hi"}],)" + members + '}', model), dropped);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ThinkingTest)
#include "tst_thinking.moc"
