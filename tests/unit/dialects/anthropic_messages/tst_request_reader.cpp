// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/carried_thought.h"
#include "gateway/dialects/anthropic_messages/request_reader.h"

#include <QTest>

using namespace lunargate::anthropic_messages;

namespace lunargate {

class MessagesRequestReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void translatesParameters_data();
    void translatesParameters();
    void translatesMessages_data();
    void translatesMessages();
    void carriesThoughtsOfOthers();
    void namesWhatIsLost();
    void keepsTheClientsBytes();
    void refusesWhatNobodyCouldBeAsked_data();
    void refusesWhatNobodyCouldBeAsked();
    void tellsWhatOnlyAnthropicCanBeAsked_data();
    void tellsWhatOnlyAnthropicCanBeAsked();
    void keepsTheLimitOfWhatOnlyAnthropicCanBeAsked();
    void knowsWhatThoughtsAreWanted();
};

namespace {

ReadCall read(const QByteArray &body)
{
    Result<ReadCall> call = readRequest(body, 64);
    if (!call)
        qFatal("%s", call.error().message.constData());
    call->request.writeBody();
    return *std::move(call);
}

/// The value of `name` in the chat form of a body.
QByteArray memberOf(const ReadCall &call, QByteArrayView name)
{
    const json::Member *member = json::find(call.request.members, name);
    return member ? member->value.of(call.request.body).toByteArray() : QByteArray();
}

/// The chat form without what is there always.
QByteArray chatMembers(const QByteArray &members)
{
    const ReadCall call = read(R"({"messages":[],)" + members + '}');
    if (call.request.untranslatable)
        return call.request.untranslatable->message;
    return QByteArray(call.request.body)
        .replace(R"("messages":[])", "")
        .replace(",,", ",")
        .replace("{,", "{")
        .replace(",}", "}");
}

QByteArray chatMessages(const QByteArray &messages, const QByteArray &more = {})
{
    const ReadCall call = read(R"({"model":"m","messages":[)" + messages + ']' + more + '}');
    if (call.request.untranslatable)
        return call.request.untranslatable->message;
    return memberOf(call, "messages");
}

QByteArray user(const QByteArray &content)
{
    return R"({"role":"user","content":)" + content + '}';
}

QByteArray assistant(const QByteArray &content)
{
    return R"({"role":"assistant","content":)" + content + '}';
}

} // namespace

void MessagesRequestReaderTest::translatesParameters_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *scenario, const char *members, const char *expected) {
        QTest::newRow(scenario) << QByteArray(members) << '{' + QByteArray(expected) + '}';
    };
    row("model and limit", R"("model":"m","max_tokens":9)", R"("model":"m","max_tokens":9)");
    row("stream", R"("stream":true)", R"("stream":true,"stream_options":{"include_usage":true})");
    row("no stream", R"("stream":false)", "");
    row("sampling", R"("top_k":5,"top_p":0.5,"temperature":1.0)", R"("temperature":1.0,"top_p":0.5,"top_k":5)");
    row("stops", R"("stop_sequences":["a","b"])", R"("stop":["a","b"])");
    row("no stops", R"("stop_sequences":[])", "");
    row("user", R"("metadata":{"user_id":"u-1"})", R"("user":"u-1")");
    row("tier", R"("service_tier":"auto")", R"("service_tier":"auto")");
    row("standard tier", R"("service_tier":"standard_only")", R"("service_tier":"default")");
    row("nulls", R"("system":null,"temperature":null,"tools":null,"thinking":null,"metadata":null)", "");
    row("budget", R"("thinking":{"type":"enabled","budget_tokens":4000})",
        R"("reasoning_effort":"medium","reasoning":{"max_tokens":4000})");
    row("small budget", R"("thinking":{"type":"enabled","budget_tokens":1024})",
        R"("reasoning_effort":"low","reasoning":{"max_tokens":1024})");
    row("budget and effort", R"("thinking":{"type":"enabled","budget_tokens":1024},"output_config":{"effort":"max"})",
        R"("reasoning_effort":"max","reasoning":{"max_tokens":1024})");
    row("adaptive", R"("thinking":{"type":"adaptive"})", "");
    row("adaptive with effort", R"("thinking":{"type":"adaptive"},"output_config":{"effort":"high"})",
        R"("reasoning_effort":"high")");
    row("disabled", R"("thinking":{"type":"disabled"},"output_config":{"effort":"high"})",
        R"("reasoning_effort":"none")");
    row("schema", R"("output_config":{"format":{"type":"json_schema","schema":{"type":"object","z":1}}})",
        R"("response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object","z":1}}})");
    row("tool",
        R"("tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"strict":true,)"
        R"("cache_control":{"type":"ephemeral"}}])",
        R"("tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},)"
        R"("strict":true},"cache_control":{"type":"ephemeral"}}])");
    row("tool of Anthropic's", R"("tools":[{"type":"web_search_20250305","name":"web_search","max_uses":2}])",
        R"("tools":[{"type":"web_search_20250305","name":"web_search","max_uses":2}])");
    row("any tool, one at a time",
        R"("tools":[{"name":"f"}],"tool_choice":{"type":"any","disable_parallel_tool_use":true})",
        R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required","parallel_tool_calls":false)");
    row("one tool", R"("tools":[{"type":"custom","name":"f"}],"tool_choice":{"type":"tool","name":"f"})",
        R"("tools":[{"type":"function","function":{"name":"f"}}],)"
        R"("tool_choice":{"type":"function","function":{"name":"f"}})");
    row("choice without tools", R"("tool_choice":{"type":"none"})", "");
}

void MessagesRequestReaderTest::translatesParameters()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, expected);
    QCOMPARE(chatMembers(members), expected);
}

void MessagesRequestReaderTest::translatesMessages_data()
{
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("more");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *scenario, const QByteArray &messages, const QByteArray &expected,
                        const char *more = "") {
        QTest::newRow(scenario) << messages << QByteArray(more) << '[' + expected + ']';
    };
    row("texts", user(R"("a\n\u00e9")") + ',' + assistant(R"("b")"),
        user("\"a\\n\xC3\xA9\"") + ',' + assistant(R"("b")"));
    row("system text", user(R"("a")"), R"({"role":"system","content":"s"},)" + user(R"("a")"), R"(,"system":"s")");
    row("system blocks", user(R"("a")"),
        R"({"role":"system","content":[{"type":"text","text":"one","cache_control":{"type":"ephemeral","ttl":"1h"}},)"
        R"({"type":"text","text":"two"}]},)" +
            user(R"("a")"),
        R"(,"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2"},)"
        R"({"type":"text","text":"one","cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"two"}])");
    row("system in between", R"({"role":"system","content":"s"})", R"({"role":"system","content":"s"})");
    row("one block", user(R"([{"type":"text","text":"a"}])"), user(R"("a")"));
    row("blocks", user(R"([{"type":"text","text":"a"},{"type":"text","text":""},{"type":"text","text":"b"}])"),
        user(R"([{"type":"text","text":"a"},{"type":"text","text":"b"}])"));
    row("nothing said", user("[]") + ',' + assistant(R"([{"type":"text","text":""},{"type":"text","text":""}])"),
        user(R"("")") + ',' + assistant(R"("")"));
    row("result of nothing", user(R"([{"type":"tool_result","tool_use_id":"t","content":[]}])"),
        R"({"role":"tool","tool_call_id":"t","content":""})");
    row("images",
        user(R"([{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0K"}},)"
             R"({"type":"image","source":{"type":"url","url":"https://x.example/a.png"}}])"),
        user(R"([{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0K"}},)"
             R"({"type":"image_url","image_url":{"url":"https://x.example/a.png"}}])"));
    row("documents",
        user(
            R"([{"type":"document","title":"t.pdf","source":{"type":"base64","media_type":"application/pdf",)"
            R"("data":"JVBERi"}},{"type":"document","title":"T","source":{"type":"text","media_type":"text/plain",)"
            R"("data":"words"}},{"type":"document","source":{"type":"content","content":[{"type":"text","text":"in"}]}}])"),
        user(R"([{"type":"file","file":{"filename":"t.pdf","file_data":"data:application/pdf;base64,JVBERi"}},)"
             R"({"type":"text","text":"T\n\nwords"},{"type":"text","text":"in"}])"));
    row("search result",
        user(R"([{"type":"search_result","source":"https://x","title":"T","content":[{"type":"text","text":"c"}]}])"),
        user(R"([{"type":"text","text":"T\nhttps://x\n\nc"}])"));
    row("results before the rest",
        user(R"([{"type":"text","text":"now"},{"type":"tool_result","tool_use_id":"t1","content":"one"},)"
             R"({"type":"tool_result","tool_use_id":"t2","is_error":true,"cache_control":{"type":"ephemeral"},)"
             R"("content":[{"type":"text","text":"two"}]},{"type":"tool_result","tool_use_id":"t3"}])"),
        R"({"role":"tool","tool_call_id":"t1","content":"one"},)"
        R"({"role":"tool","tool_call_id":"t2","content":"two","is_error":true,"cache_control":{"type":"ephemeral"}},)"
        R"({"role":"tool","tool_call_id":"t3","content":""},)" +
            user(R"("now")"));
    row("image in a result",
        user(R"([{"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"see"},)"
             R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0K"}}]}])"),
        R"({"role":"tool","tool_call_id":"t1","content":[{"type":"text","text":"see"},)"
        R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0K"}}]})");
    row("calls",
        assistant(R"([{"type":"text","text":"a"},{"type":"tool_use","id":"t1","name":"f","input":{"z":1,"a":[2.0]},)"
                  R"("cache_control":{"type":"ephemeral"}}])"),
        R"({"role":"assistant","content":"a","tool_calls":[{"id":"t1","type":"function","function":{"name":"f",)"
        R"("arguments":"{\"z\":1,\"a\":[2.0]}"}}],"cache_control":{"type":"ephemeral"}})");
    row("calls alone", assistant(R"([{"type":"tool_use","id":"t1","name":"f","input":{}}])"),
        R"({"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"f",)"
        R"("arguments":"{}"}}]})");
    row("thoughts",
        assistant(R"([{"type":"thinking","thinking":"hm","signature":"Eq=="},{"type":"text","text":"ab"},)"
                  R"({"type":"redacted_thinking","data":"Zz"},{"type":"tool_use","id":"t","name":"f","input":{}},)"
                  R"({"type":"thinking","thinking":"","signature":"Em"}])"),
        R"({"role":"assistant","content":"ab","reasoning_content":"hm","reasoning_details":[)"
        R"({"type":"reasoning.text","text":"hm","signature":"Eq==","id":"msg.0.t0c0","format":"anthropic-claude-v1","index":0},)"
        R"({"type":"reasoning.encrypted","data":"Zz","id":"msg.1.t2c0","format":"anthropic-claude-v1","index":1},)"
        R"({"type":"reasoning.text","text":"","signature":"Em","id":"msg.2.t2c1","format":"anthropic-claude-v1","index":2}],)"
        R"("tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}]})");
}

void MessagesRequestReaderTest::translatesMessages()
{
    QFETCH(const QByteArray, messages);
    QFETCH(const QByteArray, more);
    QFETCH(const QByteArray, expected);
    QCOMPARE(chatMessages(messages, more), expected);
}

void MessagesRequestReaderTest::carriesThoughtsOfOthers()
{
    const QByteArray detail = R"({"type":"reasoning.encrypted","data":"x","format":"openai-responses-v1","index":0})";
    const QByteArray extra = R"({"google":{"thought_signature":"s"}})";
    const QByteArray content =
        R"([{"type":"thinking","thinking":"own words","signature":")" + carriedText({}) +
        R"("},{"type":"redacted_thinking","data":")" + carriedText({.detail = detail}) +
        R"("},{"type":"redacted_thinking","data":")" + carriedText({.callId = "t", .extraContent = extra}) +
        R"("},{"type":"redacted_thinking","data":"lunargate:damaged!"},{"type":"tool_use","id":"t","name":"f","input":{}}])";
    QCOMPARE(chatMessages(assistant(content)),
             R"([{"role":"assistant","content":null,"reasoning_content":"own words","reasoning_details":[)" + detail +
                 R"(],"tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":"{}"},)"
                 R"("extra_content":)" +
                 extra + "}]}]");
}

void MessagesRequestReaderTest::namesWhatIsLost()
{
    const ReadCall call =
        read(R"({"messages":[{"role":"assistant","content":[{"type":"server_tool_use","id":"s","name":"web_search"},)"
             R"({"type":"web_search_tool_result","tool_use_id":"s","content":[]},{"type":"server_tool_use"},)"
             R"({"type":"text","text":"a","citations":[{"type":"web_search_result_location","url":"u"}]}]}],)"
             R"("context_management":{"edits":[1]},"container":null,"mcp_servers":[],"betas_to_come":1,)"
             R"("metadata":{"user_id":"u","more":1},"output_config":{"task_budget":{"total":1}},)"
             R"("tools":[{"name":"f","defer_loading":true}]})");
    QVERIFY(!call.request.untranslatable);
    const std::vector<QByteArray> expected = {"messages.content.server_tool_use",
                                              "messages.content.web_search_tool_result",
                                              "messages.content.citations",
                                              "tools.defer_loading",
                                              "output_config.task_budget",
                                              "context_management",
                                              "betas_to_come",
                                              "metadata.more"};
    QCOMPARE(call.request.unsaid, expected);
}

void MessagesRequestReaderTest::keepsTheClientsBytes()
{
    const QByteArray body = "{ \"model\" : \"m\", \"messages\":[ ], \"odd\": 1.50 } ";
    Result<ReadCall> call = readRequest(body, 64, {.headers = {{"anthropic-beta", "a,b"}}, .query = "beta=true"});
    QVERIFY(call);
    const NativeRequest &native = *call->request.native;
    QCOMPARE(native.protocol, ChatProtocol::AnthropicMessages);
    QCOMPARE(native.body, body);
    QCOMPARE(native.object.of(native.body), QByteArrayView(body).trimmed());
    QCOMPARE(json::find(native.members, "odd")->value.of(native.body), QByteArrayView("1.50"));
    QCOMPARE(native.headers.value("anthropic-beta"), "a,b");
    QCOMPARE(native.query, "beta=true");
    QCOMPARE(call->request.model, "m");
}

void MessagesRequestReaderTest::refusesWhatNobodyCouldBeAsked_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<QByteArray>("param");
    const auto row = [](const char *scenario, const char *body, const char *reason, const char *param = "") {
        QTest::newRow(scenario) << QByteArray(body) << QByteArray(reason) << QByteArray(param);
    };
    row("nothing", "", "empty_body");
    row("no JSON", "{", "invalid_json");
    row("no object", "[]", "invalid_json");
    row("no messages", R"({"model":"m"})", "invalid_type", "messages");
    row("messages are a text", R"({"messages":"a"})", "invalid_type", "messages");
    row("model is a number", R"({"model":1,"messages":[]})", "invalid_type", "model");
    row("stream is a text", R"({"messages":[],"stream":"yes"})", "invalid_type", "stream");
    row("two models", R"({"model":"a","model":"b","messages":[]})", "duplicate_key", "model");
}

void MessagesRequestReaderTest::refusesWhatNobodyCouldBeAsked()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, reason);
    QFETCH(const QByteArray, param);
    const Result<ReadCall> call = readRequest(body, 64);
    QVERIFY(!call);
    QCOMPARE(call.error().kind, ErrorKind::InvalidRequest);
    QCOMPARE(call.error().reason, reason);
    QCOMPARE(call.error().param, param);
}

void MessagesRequestReaderTest::tellsWhatOnlyAnthropicCanBeAsked_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("param");
    const auto row = [](const char *scenario, const QByteArray &members, const char *param) {
        QTest::newRow(scenario) << members << QByteArray(param);
    };
    const auto message = [](const char *content) { return R"("messages":[)" + user(content) + ']'; };
    row("limit of nothing", R"("messages":[],"max_tokens":0)", "max_tokens");
    row("MCP servers", R"("messages":[],"mcp_servers":[{"url":"x"}])", "mcp_servers");
    row("thread", R"("messages":[],"thread":{"type":"create"})", "thread");
    row("thread, and what is wrong in it", R"("messages":[1],"thread":{"type":"create"})", "thread");
    row("file of Anthropic's", message(R"([{"type":"image","source":{"type":"file","file_id":"f"}}])"),
        "messages[0].content[0].source");
    row("unknown block", message(R"(["a",{"type":"container_upload","file_id":"f"}])"), "messages[0].content[0]");
    row("container upload", message(R"([{"type":"container_upload","file_id":"f"}])"), "messages[0].content[0]");
    row("text without text", message(R"([{"type":"text"}])"), "messages[0].content[0].text");
    row("result of nothing", message(R"([{"type":"tool_result"}])"), "messages[0].content[0].tool_use_id");
    row("unknown role", R"("messages":[{"role":"tool","content":"a"}])", "messages[0].role");
    row("no content", R"("messages":[{"role":"user"}])", "messages[0].content");
    row("no message", R"("messages":[1])", "messages[0]");
    row("system of numbers", R"("messages":[],"system":1)", "system");
    row("call without a name", R"("messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a"}]}])",
        "messages[0].content[0].name");
    row("tool without a name", R"("messages":[],"tools":[{}])", "tools[0].name");
    row("tools are no list", R"("messages":[],"tools":{})", "tools");
    row("unknown choice", R"("messages":[],"tools":[{"name":"f"}],"tool_choice":{"type":"x"})", "tool_choice");
    row("unknown thinking", R"("messages":[],"thinking":{"type":"x"})", "thinking.type");
    row("unknown format", R"("messages":[],"output_config":{"format":{"type":"x"}})", "output_config.format");
}

void MessagesRequestReaderTest::tellsWhatOnlyAnthropicCanBeAsked()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, param);
    const ReadCall call = read(R"({"model":"m","stream":true,)" + members + '}');
    QVERIFY(call.request.untranslatable);
    QCOMPARE(call.request.untranslatable->kind, ErrorKind::InvalidRequest);
    QCOMPARE(call.request.untranslatable->param, param);
    // It can be routed all the same, and limited.
    QCOMPARE(call.request.model, "m");
    QVERIFY(call.request.stream);
}

void MessagesRequestReaderTest::keepsTheLimitOfWhatOnlyAnthropicCanBeAsked()
{
    const ReadCall call = read(R"({"messages":[],"max_tokens":77,"mcp_servers":[{"url":"x"}]})");
    QVERIFY(call.request.untranslatable);
    QCOMPARE(memberOf(call, "max_tokens"), "77");
}

void MessagesRequestReaderTest::knowsWhatThoughtsAreWanted()
{
    const auto wanted = [](const char *thinking) {
        return read(R"({"messages":[],"thinking":)" + QByteArray(thinking) + '}').thoughts;
    };
    QCOMPARE(wanted("null"), Thoughts::None);
    QCOMPARE(wanted(R"({"type":"disabled"})"), Thoughts::None);
    QCOMPARE(wanted(R"({"type":"adaptive"})"), Thoughts::Shown);
    QCOMPARE(wanted(R"({"type":"enabled","budget_tokens":1024})"), Thoughts::Shown);
    QCOMPARE(wanted(R"({"type":"adaptive","display":"omitted"})"), Thoughts::Unworded);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::MessagesRequestReaderTest)
#include "tst_request_reader.moc"
