// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/anthropic/anthropic_testing.h"

#include <QTest>

namespace lunargate {

class ToolWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesTools_data();
    void writesTools();
    void writesTheChoice_data();
    void writesTheChoice();
    void refusesTools_data();
    void refusesTools();
    void writesNamesTheSameEverywhere();
    void keepsStrictForModelsThatKnowIt();
};

namespace {

QByteArray function(const QByteArray &members)
{
    return R"({"type":"function","function":{)" + members + "}}";
}

const QByteArray kTwo = function(R"("name":"f")") + ',' + function(R"("name":"g")");
const QByteArray kEmptySchema = R"("input_schema":{"type":"object","properties":{}})";

} // namespace

void ToolWriterTest::writesTools_data()
{
    QTest::addColumn<QByteArray>("tools");
    QTest::addColumn<QByteArray>("sent");
    const auto row = [](const char *name, QByteArray tools, QByteArray sent) {
        QTest::newRow(name) << std::move(tools) << std::move(sent);
    };
    row("none", "", "");
    row("a function",
        function(
            R"("name":"f","description":"Does f","parameters":{"required":["a"],"type":"object","properties":{"a":{"type":"integer","minimum":0}}})"),
        R"([{"name":"f","description":"Does f","input_schema":{"required":["a"],"type":"object","properties":{"a":{"type":"integer","minimum":0}}}}])");
    row("without parameters", function(R"("name":"f")"), R"([{"name":"f",)" + kEmptySchema + "}]");
    row("flat", R"({"type":"function","name":"f"})", R"([{"name":"f",)" + kEmptySchema + "}]");
    row("strict",
        function(
            R"("name":"f","strict":true,"parameters":{"type":"object","properties":{"a":{"type":"integer","minimum":0}}})"),
        R"([{"name":"f","input_schema":{"type":"object","properties":{"a":{"type":"integer","description":"minimum: 0"}},"additionalProperties":false},"strict":true}])");
    row("not strict", function(R"("name":"f","strict":false)"), R"([{"name":"f",)" + kEmptySchema + "}]");
    row("a cache mark", R"({"type":"function","cache_control":{"type":"ephemeral"},"function":{"name":"f"}})",
        R"([{"name":"f",)" + kEmptySchema + R"(,"cache_control":{"type":"ephemeral"}}])");
    row("a cache mark inside", function(R"("name":"f","cache_control":{"type":"ephemeral"})"),
        R"([{"name":"f",)" + kEmptySchema + R"(,"cache_control":{"type":"ephemeral"}}])");
    row("Anthropic's own",
        R"({"type":"web_search_20250305","name":"web_search","max_uses":3,"cache_control":{"type":"ephemeral"}})",
        R"([{"type":"web_search_20250305","name":"web_search","max_uses":3,"cache_control":{"type":"ephemeral"}}])");
}

void ToolWriterTest::writesTools()
{
    QFETCH(const QByteArray, tools);
    QFETCH(const QByteArray, sent);
    QCOMPARE(test::memberOf(test::sentFor("\"tools\":[" + tools + ']'), "tools"), sent);
}

void ToolWriterTest::writesTheChoice_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("tools");
    QTest::addColumn<QByteArray>("choice");
    const QByteArray f = R"({"name":"f",)" + kEmptySchema + '}';
    const QByteArray g = R"({"name":"g",)" + kEmptySchema + '}';
    const QByteArray both = '[' + f + ',' + g + ']';
    const auto row = [](const char *name, QByteArray members, QByteArray tools, QByteArray choice) {
        QTest::newRow(name) << std::move(members) << std::move(tools) << std::move(choice);
    };
    row("nothing said", R"("seed":1)", both, "");
    row("auto", R"("tool_choice":"auto")", both, R"({"type":"auto"})");
    row("none", R"("tool_choice":"none")", both, R"({"type":"none"})");
    row("required", R"("tool_choice":"required")", both, R"({"type":"any"})");
    row("named", R"("tool_choice":{"type":"function","function":{"name":"g"}})", both, R"({"type":"tool","name":"g"})");
    row("one at a time", R"("parallel_tool_calls":false)", both, R"({"type":"auto","disable_parallel_tool_use":true})");
    row("many at a time", R"("parallel_tool_calls":true)", both, "");
    row("required, one at a time", R"("parallel_tool_calls":false,"tool_choice":"required")", both,
        R"({"type":"any","disable_parallel_tool_use":true})");
    row("none at a time", R"("parallel_tool_calls":false,"tool_choice":"none")", both, R"({"type":"none"})");
    row("allowed",
        R"("tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"g"}}]}})",
        '[' + g + ']', R"({"type":"auto"})");
    row("allowed and required",
        R"("tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","name":"f"}]}})",
        '[' + f + ']', R"({"type":"any"})");
}

void ToolWriterTest::writesTheChoice()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, tools);
    QFETCH(const QByteArray, choice);
    const QByteArray body = test::sentFor("\"tools\":[" + kTwo + "]," + members);
    QCOMPARE(test::memberOf(body, "tools"), tools);
    QCOMPARE(test::memberOf(body, "tool_choice"), choice);
}

void ToolWriterTest::refusesTools_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("refusal");
    const auto row = [](const char *name, QByteArray members, QByteArray refusal) {
        QTest::newRow(name) << std::move(members) << std::move(refusal);
    };
    row("a custom tool", "\"tools\":[" + kTwo + R"(,{"type":"custom","custom":{"name":"c"}}])",
        "unsupported_parameter tools[2]");
    row("a tool of OpenAI", R"("tools":[{"type":"web_search"}])", "unsupported_parameter tools[0]");
    row("a dated tool of OpenAI", R"("tools":[{"type":"web_search_preview_2025_03_11"}])",
        "unsupported_parameter tools[0]");
    row("a choice of what is not there",
        "\"tools\":[" + kTwo + R"(],"tool_choice":{"type":"function","function":{"name":"h"}})",
        "invalid_value tool_choice");
    row("a choice among none", R"("tool_choice":"required")", "invalid_value tool_choice");
    row("a named choice among none", R"("tool_choice":{"type":"function","function":{"name":"h"}})",
        "invalid_value tool_choice");
    row("nothing allowed that is there",
        "\"tools\":[" + kTwo + R"(],"tool_choice":{"type":"allowed_tools","allowed_tools":{"tools":[{"name":"h"}]}})",
        "invalid_value tool_choice");
}

void ToolWriterTest::refusesTools()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, refusal);
    QCOMPARE(test::sentFor(members), refusal);
}

void ToolWriterTest::writesNamesTheSameEverywhere()
{
    const QByteArray body = test::sentBody(
        AnthropicProvider(test::anthropicConfig()),
        R"({"messages":[{"role":"user","content":"Hi"},)"
        R"({"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"my.tool","arguments":"{}"}}]},)"
        R"({"role":"tool","tool_call_id":"a","content":"ok"}],"tool_choice":{"type":"function","function":{"name":"my.tool"}},"tools":[)" +
            function(R"("name":"my.tool")") + ',' + function(R"("name":"my tool")") + "]}",
        test::kModel);
    QCOMPARE(test::memberOf(body, "tools"),
             R"([{"name":"my_tool",)" + kEmptySchema + R"(},{"name":"my_tool_2",)" + kEmptySchema + "}]");
    QCOMPARE(test::memberOf(body, "tool_choice"), R"({"type":"tool","name":"my_tool"})");
    QVERIFY(test::memberOf(body, "messages").contains(R"({"type":"tool_use","id":"a","name":"my_tool","input":{}})"));
}

void ToolWriterTest::keepsStrictForModelsThatKnowIt()
{
    const QByteArray members = "\"tools\":[" + function(R"("name":"f","strict":true)") + ']';
    QCOMPARE(test::memberOf(test::sentFor(members, "claude-sonnet-4-20250514"), "tools"),
             R"([{"name":"f",)" + kEmptySchema + "}]");
    QCOMPARE(test::droppedFor(R"({"messages":[{"role":"user","content":"Hi"}],)" + members + '}',
                              "claude-sonnet-4-20250514"),
             "strict");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ToolWriterTest)
#include "tst_tool_writer.moc"
