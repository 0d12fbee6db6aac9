// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/dialects/openai_responses/responses_testing.h"

using namespace lunargate::test;

namespace lunargate {

/// A Responses request in the words of chat completions, for providers that speak these or are written from them.
class ResponsesRequestsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void itemsBecomeMessages_data();
    void itemsBecomeMessages();
    void membersBecomeMembers_data();
    void membersBecomeMembers();
    void refusesWhatTheAnswerDependsOn_data();
    void refusesWhatTheAnswerDependsOn();
    void tellsWhatIsLeftOut_data();
    void tellsWhatIsLeftOut();
    void ownWordsAreKept();
    void isUnderstoodAsChat();
};

namespace {

// {"role":"user","content":"go"}
const QByteArray kGo = R"({"content":"go","role":"user"})";

} // namespace

void ResponsesRequestsTest::itemsBecomeMessages_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("messages");
    const auto row = [](const char *name, const QByteArray &body, const QByteArray &messages) {
        QTest::newRow(name) << body << "[" + messages + "]";
    };
    row("text", withInput("\" a \\n\""), R"({"content":" a \n","role":"user"})");
    row("instructions", withInput("\"go\"", R"("instructions":" Be brief. ")"),
        R"({"content":" Be brief. ","role":"system"},)" + kGo);
    row("easy messages",
        withInput(
            R"([{"role":"developer","content":"d"},{"role":"system","content":"s"},{"role":"user","content":"u"},{"role":"assistant","content":"a"},{"content":"go","type":"message"}])"),
        R"({"content":"d","role":"developer"},{"content":"s","role":"system"},{"content":"u","role":"user"},{"content":"a","role":"assistant"},)" +
            kGo);
    row("parts",
        withInput(
            R"([{"role":"user","content":[{"type":"input_text","text":" a"},{"type":"input_image","image_url":"data:x","detail":"low"},{"type":"input_file","filename":"f","file_data":"data:y"},{"type":"input_file","file_url":"https://z"},{"type":"input_audio","input_audio":{"data":"q","format":"wav"}}]}])"),
        R"({"content":[{"text":" a","type":"text"},{"image_url":{"detail":"low","url":"data:x"},"type":"image_url"},{"file":{"file_data":"data:y","filename":"f"},"type":"file"},{"file":{"file_data":"https://z"},"type":"file"},{"input_audio":{"data":"q","format":"wav"},"type":"input_audio"}],"role":"user"})");
    row("cache marks",
        withInput(
            R"([{"role":"user","content":[{"type":"input_text","text":"a","cache_control":{"type":"ephemeral"}}]}])"),
        R"({"content":[{"cache_control":{"type":"ephemeral"},"text":"a","type":"text"}],"role":"user"})");
    row("refusal, and a phase",
        withInput(
            R"([{"type":"message","role":"assistant","phase":"commentary","content":[{"type":"output_text","text":"a","annotations":[]},{"type":"refusal","refusal":"r"}]},{"role":"user","content":"go"}])"),
        R"({"content":[{"text":"a","type":"text"},{"refusal":"r","type":"refusal"}],"phase":"commentary","role":"assistant"},)" +
            kGo);
    row("a turn with thoughts, text and calls is one message",
        withInput(
            R"([{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"},{"type":"summary_text","text":"so"}]},{"role":"assistant","content":"I look."},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"custom_tool_call","call_id":"c2","name":"patch","input":"x\n"},{"type":"function_call_output","call_id":"c1","output":"1"},{"type":"custom_tool_call_output","call_id":"c2","output":"ok"},{"role":"user","content":"go"}])"),
        R"({"content":"I look.","reasoning_content":"hm\n\nso","role":"assistant","tool_calls":[{"function":{"arguments":"{}","name":"f"},"id":"c1","type":"function"},{"function":{"arguments":"{\"input\":\"x\\n\"}","name":"patch"},"id":"c2","type":"function"}]},{"content":"1","role":"tool","tool_call_id":"c1"},{"content":"ok","role":"tool","tool_call_id":"c2"},)" +
            kGo);
    row("text behind calls belongs to them",
        withInput(
            R"([{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"role":"assistant","content":"late"},{"type":"function_call_output","call_id":"c1","output":"1"}])"),
        R"({"content":"late","role":"assistant","tool_calls":[{"function":{"arguments":"{}","name":"f"},"id":"c1","type":"function"}]},{"content":"1","role":"tool","tool_call_id":"c1"})");
    row("two answers stay two", withInput(R"([{"role":"assistant","content":"a"},{"role":"assistant","content":"b"}])"),
        R"({"content":"a","role":"assistant"},{"content":"b","role":"assistant"})");
    row("a call in a namespace",
        withInput(R"([{"type":"function_call","call_id":"c","name":"read","namespace":"fs","arguments":"{}"}])"),
        R"({"content":null,"role":"assistant","tool_calls":[{"function":{"arguments":"{}","name":"fs__read"},"id":"c","type":"function"}]})");
    row("outputs",
        withInput(
            R"([{"type":"function_call_output","call_id":"a","output":[{"type":"input_text","text":"x"},{"type":"output_text","text":"y"}]},{"type":"function_call_output","call_id":"b","output":{"k":1}},{"type":"function_call_output","call_id":"c","output":null}])"),
        R"({"content":"x\ny","role":"tool","tool_call_id":"a"},{"content":"{\"k\":1}","role":"tool","tool_call_id":"b"},{"content":"","role":"tool","tool_call_id":"c"})");
    row("pictures of tools come behind all outputs",
        withInput(
            R"([{"type":"function_call_output","call_id":"a","output":[{"type":"input_image","image_url":"data:x"}]},{"type":"function_call_output","call_id":"b","output":"1"},{"role":"user","content":"go"}])"),
        R"({"content":"The output is in the next message of the user.","role":"tool","tool_call_id":"a"},{"content":"1","role":"tool","tool_call_id":"b"},{"content":[{"image_url":{"url":"data:x"},"type":"image_url"}],"role":"user"},)" +
            kGo);
    row("thoughts without anything behind them",
        withInput(
            R"([{"role":"user","content":"go"},{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]}])"),
        kGo);
}

void ResponsesRequestsTest::itemsBecomeMessages()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, messages);
    QCOMPARE(chatMember(*callOf(body), "messages"), messages);
}

void ResponsesRequestsTest::membersBecomeMembers_data()
{
    QTest::addColumn<QByteArray>("members"); // beside the input
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value"); // `-`: not there
    const auto row = [](const char *name, const QByteArray &members, const QByteArray &member,
                        const QByteArray &value) { QTest::newRow(name) << members << member << value; };
    const QByteArray tools = R"("tools":[{"type":"function","name":"f"}])";
    row("model", R"("model":"m")", "model", "\"m\"");
    row("limit", R"("max_output_tokens":99)", "max_tokens", "99");
    row("temperature", R"("temperature":0.5)", "temperature", "0.5");
    row("absent stays absent", R"("temperature":null)", "temperature", "-");
    row("top_p", R"("top_p":0.25)", "top_p", "0.25");
    row("effort", R"("reasoning":{"effort":"high","summary":"auto"})", "reasoning_effort", "\"high\"");
    row("verbosity", R"("text":{"verbosity":"low"})", "verbosity", "\"low\"");
    row("plain text", R"("text":{"format":{"type":"text"}})", "response_format", "-");
    row("JSON", R"("text":{"format":{"type":"json_object"}})", "response_format", R"({"type":"json_object"})");
    row("schema", R"("text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}})",
        "response_format",
        R"({"json_schema":{"name":"n","schema":{"type":"object"},"strict":true},"type":"json_schema"})");
    row("user", R"("user":"u")", "user", "\"u\"");
    row("cache key", R"("prompt_cache_key":"k")", "prompt_cache_key", "\"k\"");
    row("tier", R"("service_tier":"flex")", "service_tier", "\"flex\"");
    row("metadata is ours", R"("metadata":{"a":"b"})", "metadata", "-");
    row("keeping is ours", R"("store":true)", "store", "-");
    row("stream", R"("stream":true)", "stream", "true");
    row("usage of streams", R"("stream":true)", "stream_options", R"({"include_usage":true})");
    row("function",
        R"("tools":[{"type":"function","name":"f","description":"d","parameters":{"b":1,"a":2},"strict":false}])",
        "tools",
        R"([{"function":{"description":"d","name":"f","parameters":{"a":2,"b":1},"strict":false},"type":"function"}])");
    row("custom tool",
        R"("tools":[{"type":"custom","name":"p","description":"d","format":{"type":"grammar","syntax":"lark","definition":"start: x"}}])",
        "tools",
        R"([{"function":{"description":"d\n\nThe input must follow this grammar (lark):\nstart: x","name":"p","parameters":{"additionalProperties":false,"properties":{"input":{"type":"string"}},"required":["input"],"type":"object"}},"type":"function"}])");
    row("namespace", R"("tools":[{"type":"namespace","name":"fs","tools":[{"type":"function","name":"read"}]}])",
        "tools", R"([{"function":{"name":"fs__read"},"type":"function"}])");
    row("tool of another protocol", R"("tools":[{"type":"bash_20250124","name":"bash"}])", "tools",
        R"([{"name":"bash","type":"bash_20250124"}])");
    row("choice", tools + R"(,"tool_choice":"required")", "tool_choice", "\"required\"");
    row("named choice", tools + R"(,"tool_choice":{"type":"function","name":"f"})", "tool_choice",
        R"({"function":{"name":"f"},"type":"function"})");
    row("allowed tools",
        tools + R"(,"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"f"}]})",
        "tool_choice",
        R"({"allowed_tools":{"mode":"auto","tools":[{"function":{"name":"f"},"type":"function"}]},"type":"allowed_tools"})");
    row("parallel", tools + R"(,"parallel_tool_calls":false)", "parallel_tool_calls", "false");
    row("parallel without tools", R"("parallel_tool_calls":false)", "parallel_tool_calls", "-");
    row("choice without tools", R"("tools":[{"type":"web_search"}],"tool_choice":"auto")", "tool_choice", "-");
}

void ResponsesRequestsTest::membersBecomeMembers()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, value);
    const std::unique_ptr<ClientCall> call = callOf(withInput("\"go\"", members));
    QVERIFY(!call->request.untranslatable);
    QCOMPARE(chatMember(*call, name), value);
}

void ResponsesRequestsTest::refusesWhatTheAnswerDependsOn_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("error"); // reason and field
    const auto row = [](const char *name, const QByteArray &body, const QByteArray &error) {
        QTest::newRow(name) << body << error;
    };
    const auto member = [](const QByteArray &more) { return withInput("\"go\"", more); };
    const auto item = [](const QByteArray &json) { return withInput("[" + json + "]"); };
    row("background", member(R"("background":true)"), "unsupported_parameter background");
    row("conversation", member(R"("conversation":"c")"), "unsupported_parameter conversation");
    row("prompt", member(R"("prompt":{"id":"p"})"), "unsupported_parameter prompt");
    row("unknown response", member(R"("previous_response_id":"r")"),
        "previous_response_not_found previous_response_id");
    row("log probabilities", member(R"("top_logprobs":2)"), "unsupported_parameter top_logprobs");
    row("log probabilities included", member(R"("include":["message.output_text.logprobs"])"),
        "unsupported_parameter include");
    row("needed tool", member(R"("tools":[{"type":"function","name":"f"},{"type":"mcp","server_label":"x"}])"),
        "unsupported_parameter tools[1]");
    row("forced tool that is not there", member(R"("tools":[{"type":"web_search"}],"tool_choice":"required")"),
        "unsupported_parameter tool_choice");
    row("forced hosted tool",
        member(R"("tools":[{"type":"function","name":"f"},{"type":"web_search"}],"tool_choice":{"type":"web_search"})"),
        "unsupported_parameter tool_choice");
    for (const char *type : {"function", "custom"}) {
        row(type,
            member(R"("tools":[{"type":"function","name":"f"}],"tool_choice":{"type":")" + QByteArray(type) +
                   R"("},"stop":["1","2","3","4","5","6"],"top_k":1)"),
            "invalid_value tool_choice.name");
    }
    row("nameless tool", member(R"("tools":[{"type":"function"}])"), "invalid_value tools[0].name");
    row("format", member(R"("text":{"format":{"type":"grammar"}})"), "unsupported_parameter text.format");
    row("instructions", member(R"("instructions":["a"])"), "invalid_value instructions");
    row("item", item("7"), "invalid_value input[0]");
    row("role", item(R"({"role":"critic","content":"x"})"), "invalid_value input[0].role");
    row("content", item(R"({"role":"user","content":7})"), "invalid_value input[0].content");
    row("text", item(R"({"role":"user","content":[{"type":"input_text"}]})"), "invalid_value input[0].content[0].text");
    row("file id", item(R"({"role":"user","content":[{"type":"input_image","file_id":"f"}]})"),
        "unsupported_parameter input[0].content[0].file_id");
    row("nameless call", item(R"({"type":"function_call","call_id":"c","arguments":"{}"})"),
        "invalid_value input[0].name");
    row("output of nothing", item(R"({"type":"function_call_output","output":"x"})"), "invalid_value input[0].call_id");
    row("shell call", item(R"({"type":"local_shell_call","call_id":"c","action":{}})"),
        "unsupported_parameter input[0]");
    row("compaction", item(R"({"type":"compaction","encrypted_content":"x"})"), "unsupported_parameter input[0]");
    row("unknown reference", item(R"({"type":"item_reference","id":"msg_1"})"), "unsupported_parameter input[0]");
}

void ResponsesRequestsTest::refusesWhatTheAnswerDependsOn()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, error);
    std::unique_ptr<ClientCall> call = callOf(body);
    QCOMPARE(chatMember(*call, "messages"), error);
    // A provider that speaks the protocol gets it all the same.
    QCOMPARE(call->request.native->body, body);
    QVERIFY(normalise(call->request));
    QVERIFY(!call->request.conversation);
}

void ResponsesRequestsTest::tellsWhatIsLeftOut_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<std::vector<QByteArray>>("names");
    const auto row = [](const char *name, const QByteArray &body, const std::vector<QByteArray> &names) {
        QTest::newRow(name) << body << names;
    };
    row("nothing",
        withInput("\"go\"", R"("store":false,"truncation":"disabled","client_metadata":{"a":1},"include":[])"), {});
    row("what agents offer",
        withInput("\"go\"", R"("tools":[{"type":"function","name":"f"},{"type":"web_search"},{"type":"tool_search"}])"),
        {"tools.web_search", "tools.tool_search"});
    row("members",
        withInput("\"go\"", R"("truncation":"auto","max_tool_calls":3,"moderation":{},"unknown":1,"odd":null)"),
        {"truncation", "max_tool_calls", "moderation", "unknown"});
    row("reasoning", withInput("\"go\"", R"("reasoning":{"effort":"low","mode":"x","context":null})"),
        {"reasoning.mode"});
    row("items",
        withInput(
            R"([{"role":"user","content":"go"},{"type":"web_search_call","id":"ws_1"},{"type":"brand_new","id":"x"},{"type":"reasoning","summary":[],"encrypted_content":"gAAA"}])"),
        {"input.web_search_call", "input.brand_new", "input.reasoning.encrypted_content"});
}

void ResponsesRequestsTest::tellsWhatIsLeftOut()
{
    QFETCH(const QByteArray, body);
    QFETCH(const std::vector<QByteArray>, names);
    std::vector<QByteArray> unsaid = callOf(body)->request.unsaid;
    std::vector<QByteArray> wanted = names;
    std::ranges::sort(unsaid);
    std::ranges::sort(wanted);
    QCOMPARE(unsaid, wanted);
}

void ResponsesRequestsTest::ownWordsAreKept()
{
    const QByteArray body = R"( { "input" : "go", "x" : 1.50 , "temperature":1e0 } )";
    const std::unique_ptr<ClientCall> call = callOf(body);
    QVERIFY(call->request.native);
    QCOMPARE(call->request.native->body, body);
    QCOMPARE(call->request.protocol(), ChatProtocol::OpenAiResponses);
    QVERIFY(!call->request.native->continuation);
}

// What Codex sends with every call, shortened.
void ResponsesRequestsTest::isUnderstoodAsChat()
{
    const std::unique_ptr<ClientCall> call = callOf(
        R"({"model":"gpt-x","instructions":"You are","input":[{"type":"message","role":"developer","content":[{"type":"input_text","text":"sandbox"}]},)"
        R"({"type":"message","role":"user","content":[{"type":"input_text","text":"fix"}]},{"type":"reasoning","summary":[],"encrypted_content":"gAAA"},)"
        R"({"type":"function_call","name":"shell","arguments":"{\"command\":[\"ls\"]}","call_id":"call_1"},{"type":"function_call_output","call_id":"call_1","output":"a.c"}],)"
        R"("tools":[{"type":"function","name":"shell","strict":false,"parameters":{"type":"object"}},{"type":"custom","name":"apply_patch","format":{"type":"grammar","syntax":"lark","definition":"start: x"}},{"type":"web_search"}],)"
        R"("tool_choice":"auto","parallel_tool_calls":true,"reasoning":{"effort":"medium","summary":"auto"},"store":false,"stream":true,"include":["reasoning.encrypted_content"],"prompt_cache_key":"t"})");
    ChatRequest &request = call->request;
    QVERIFY(normalise(request));
    QVERIFY2(request.conversation.has_value(),
             request.conversation ? "" : request.conversation.error().message.constData());
    QCOMPARE(request.conversation->messages.size(), 5U);
    QCOMPARE(request.conversation->tools.size(), 2U);
    QCOMPARE(request.conversation->reasoningEffort, "medium");
    QVERIFY(request.stream && request.includeUsage);
    QCOMPARE(request.model, "gpt-x");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesRequestsTest)
#include "tst_requests.moc"
