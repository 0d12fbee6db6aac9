// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/openai_responses/request_testing.h"

#include <QTest>

namespace lunargate {

using test::kUser;
using test::member;
using test::responsesConfig;
using test::sent;
using test::withMessages;

/// The request around the conversation: its parameters, tools and defaults.
class ResponsesRequestWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesAWholeRequest();
    void writesMembers_data();
    void writesMembers();
    void fillsInTheProvidersDefaults();
    void leavesReasoningModelsTheirOwnSampling();
    void readsManyAllowedToolsInLinearTime();
    void asksForSummariesAsConfigured();
    void asksForEncryptedThoughtsAsConfigured();
    void asksForEncryptedThoughtsOnlyWhereThereAreThoughts_data();
    void asksForEncryptedThoughtsOnlyWhereThereAreThoughts();
};

void ResponsesRequestWriterTest::writesAWholeRequest()
{
    const QByteArray body =
        R"({"model":"x","stream":true,"stream_options":{"include_usage":true},"messages":[)"
        R"({"role":"system","content":"Be brief."},)"
        R"({"role":"user","content":[{"type":"text","text":"Where?"},{"type":"image_url","image_url":{"url":"https://e.com/a.png","detail":"low"}}]},)"
        R"({"role":"assistant","content":"Looking.","reasoning_content":"Two zones","reasoning_details":[)"
        R"({"type":"reasoning.text","text":"Two zones","id":"@:0:0:rs_9","format":"openai-responses-v1","index":0},)"
        R"({"type":"reasoning.encrypted","data":"gAAA","id":"@:0:0:rs_9","format":"openai-responses-v1","index":1}],)"
        R"("tool_calls":[{"id":"call_a","type":"function","function":{"name":"get_time","arguments":"{\"tz\": \"UTC\"}"}},)"
        R"({"id":"call_b","type":"custom","custom":{"name":"apply_patch","input":"*** Begin"}}]},)"
        R"({"role":"tool","tool_call_id":"call_a","content":"noon"},)"
        R"({"role":"tool","tool_call_id":"call_b","content":"ok"}],)"
        R"("tools":[{"type":"function","function":{"name":"get_time","description":"d","parameters":{"z":1,"a":2}}},)"
        R"({"type":"custom","custom":{"name":"apply_patch","description":"p","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"start: x"}}}},)"
        R"({"type":"web_search"}],"tool_choice":{"type":"function","function":{"name":"get_time"}},)"
        R"("max_completion_tokens":100,"temperature":0.5,"reasoning_effort":"low","verbosity":"high",)"
        R"("parallel_tool_calls":false,"user":"u","metadata":{"k":"v"}})";
    QCOMPARE(
        sent(body),
        R"({"model":"m","instructions":"Be brief.","input":[)"
        R"({"type":"message","role":"user","content":[{"type":"input_text","text":"Where?"},{"type":"input_image","image_url":"https://e.com/a.png","detail":"low"}]},)"
        R"({"type":"reasoning","id":"rs_9","summary":[{"type":"summary_text","text":"Two zones"}],"encrypted_content":"gAAA"},)"
        R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"Looking."}]},)"
        R"({"type":"function_call","call_id":"call_a","name":"get_time","arguments":"{\"tz\": \"UTC\"}"},)"
        R"({"type":"custom_tool_call","call_id":"call_b","name":"apply_patch","input":"*** Begin"},)"
        R"({"type":"function_call_output","call_id":"call_a","output":"noon"},)"
        R"({"type":"custom_tool_call_output","call_id":"call_b","output":"ok"}],)"
        R"("tools":[{"type":"function","name":"get_time","description":"d","parameters":{"z":1,"a":2},"strict":false},)"
        R"({"type":"custom","name":"apply_patch","description":"p","format":{"type":"grammar","syntax":"lark","definition":"start: x"}},)"
        R"({"type":"web_search"}],"tool_choice":{"type":"function","name":"get_time"},)"
        R"("temperature":0.5,"max_output_tokens":100,"parallel_tool_calls":false,"text":{"verbosity":"high"},)"
        R"("reasoning":{"effort":"low","summary":"auto"},"store":false,"include":["reasoning.encrypted_content"],)"
        R"("user":"u","metadata":{"k":"v"},"stream":true})");
}

void ResponsesRequestWriterTest::writesMembers_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    const auto row = [](const char *title, QByteArray given, QByteArray name, QByteArray value) {
        QTest::newRow(title) << std::move(given) << std::move(name) << std::move(value);
    };
    row("max_tokens", R"("max_tokens":100)", "max_output_tokens", "100");
    row("fewer tokens than the protocol allows", R"("max_tokens":1)", "max_output_tokens", "16");
    row("effort", R"("reasoning_effort":"high")", "reasoning", R"({"effort":"high","summary":"auto"})");
    row("no effort", R"("reasoning_effort":"none")", "reasoning", R"({"effort":"none"})");
    row("OpenRouter's form of effort", R"("reasoning":{"effort":"low"})", "reasoning",
        R"({"effort":"low","summary":"auto"})");
    row("JSON", R"("response_format":{"type":"json_object"})", "text", R"({"format":{"type":"json_object"}})");
    row("a schema",
        R"("response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","strict":true,"schema":{"b":1,"a":2}}},"verbosity":"low")",
        "text",
        R"({"format":{"type":"json_schema","name":"n","description":"d","schema":{"b":1,"a":2},"strict":true},"verbosity":"low"})");
    row("a schema without a name", R"("response_format":{"type":"json_object","schema":{"type":"object"}})", "text",
        R"({"format":{"type":"json_schema","name":"answer","schema":{"type":"object"}}})");
    row("plain text", R"("response_format":{"type":"text"})", "text", "");
    row("not stored by default", R"("user":"u")", "store", "false");
    row("stored if asked", R"("store":true)", "store", "true");
    row("no encrypted thoughts if stored", R"("store":true)", "include", "");
    row("what the client wants to see, too", R"("include":["file_search_call.results"])", "include",
        R"(["file_search_call.results","reasoning.encrypted_content"])");
    row("asked for twice", R"("include":["reasoning.encrypted_content"])", "include",
        R"(["reasoning.encrypted_content"])");
    row("what came before", R"("previous_response_id":"resp_1")", "previous_response_id", R"("resp_1")");
    row("top_p", R"("top_p":0.25)", "top_p", "0.25");
    row("tier", R"("service_tier":"flex")", "service_tier", R"("flex")");
    row("cache key", R"("prompt_cache_key":"k")", "prompt_cache_key", R"("k")");
    row("safety identifier", R"("safety_identifier":"s")", "safety_identifier", R"("s")");
    row("no null", R"("service_tier":null)", "service_tier", "");
    row("whole answers do not say so", R"("stream":false)", "stream", "");
    row("any tool", R"("tool_choice":"required")", "tool_choice", R"("required")");
    row("no tool", R"("tool_choice":"none")", "tool_choice", R"("none")");
    const QByteArray tools =
        R"("tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"c"}},{"type":"web_search"}])";
    row("a custom tool", tools + R"(,"tool_choice":{"type":"custom","custom":{"name":"c"}})", "tool_choice",
        R"({"type":"custom","name":"c"})");
    row("some tools",
        tools +
            R"(,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}},{"type":"custom","name":"c"}]}})",
        "tool_choice",
        R"({"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"},{"type":"custom","name":"c"}]})");
    row("tools without anything", tools, "tools",
        R"([{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"strict":false},{"type":"custom","name":"c"},{"type":"web_search"}])");
    row("a strict tool", R"("tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{}}}])",
        "tools", R"([{"type":"function","name":"f","parameters":{},"strict":true}])");
    row("tools of the provider as they are",
        R"("tools":[{"type":"mcp","server_label":"d","server_url":"https://e.com","require_approval":"never"}])",
        "tools", R"([{"type":"mcp","server_label":"d","server_url":"https://e.com","require_approval":"never"}])");
    row("free text for a custom tool", R"("tools":[{"type":"custom","custom":{"name":"c","format":{"type":"text"}}}])",
        "tools", R"([{"type":"custom","name":"c","format":{"type":"text"}}])");
    row("chat's web search",
        R"("web_search_options":{"search_context_size":"low","user_location":{"type":"approximate","approximate":{"country":"DE","city":"Bonn"}}})",
        "tools",
        R"([{"type":"web_search","search_context_size":"low","user_location":{"type":"approximate","country":"DE","city":"Bonn"}}])");
}

void ResponsesRequestWriterTest::writesMembers()
{
    QFETCH(const QByteArray, given);
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, value);
    const QByteArray body = sent(withMessages(kUser, given));
    QVERIFY2(body.startsWith('{'), body);
    QCOMPARE(member(body, name), value);
}

void ResponsesRequestWriterTest::fillsInTheProvidersDefaults()
{
    ProviderConfig config = responsesConfig();
    config.temperature = 0.25;
    config.topP = 0.5;
    config.maxTokens = 500;
    const QByteArray silent = sent(withMessages(kUser), config);
    QCOMPARE(member(silent, "temperature"), "0.25");
    QCOMPARE(member(silent, "top_p"), "0.5");
    QCOMPARE(member(silent, "max_output_tokens"), "500");
    const QByteArray own = sent(withMessages(kUser, R"("temperature":1,"top_p":1,"max_tokens":20)"), config);
    QCOMPARE(member(own, "temperature"), "1");
    QCOMPARE(member(own, "top_p"), "1");
    QCOMPARE(member(own, "max_output_tokens"), "20");
}

void ResponsesRequestWriterTest::leavesReasoningModelsTheirOwnSampling()
{
    ProviderConfig config = responsesConfig();
    config.temperature = 0.25;
    config.topP = 0.5;
    const QByteArray body = test::sentBody(OpenAiResponsesProvider(config), withMessages(kUser), "gpt-5");
    QCOMPARE(member(body, "temperature"), "");
    QCOMPARE(member(body, "top_p"), "");
    QCOMPARE(
        member(test::sentBody(OpenAiResponsesProvider(config), withMessages(kUser, R"("top_p":1)"), "gpt-5"), "top_p"),
        "1");
}

void ResponsesRequestWriterTest::readsManyAllowedToolsInLinearTime()
{
    // Each name looked for in all tools would take minutes.
    constexpr int kTools = 60'000;
    QByteArrayList tools, names;
    for (int i = 0; i < kTools; ++i) {
        const QByteArray name = R"("name":"a_tool_with_a_rather_long_name_)" + QByteArray::number(i) + '"';
        tools << R"({"type":"function","function":{)" + name + "}}";
        names << R"({"type":"function",)" + name + '}';
    }
    const QByteArray body = sent(withMessages(
        kUser, R"("tools":[)" + tools.join(',') + R"(],"tool_choice":{"type":"allowed_tools","mode":"auto","tools":[)" +
                   names.join(',') + "]}"));
    QVERIFY(member(body, "tool_choice").endsWith(names.last() + "]}"));
}

void ResponsesRequestWriterTest::asksForSummariesAsConfigured()
{
    ProviderConfig config = responsesConfig();
    const QByteArray body = withMessages(kUser, R"("reasoning_effort":"low")");
    config.extra["reasoning_summary"] = "detailed";
    QCOMPARE(member(sent(body, config), "reasoning"), R"({"effort":"low","summary":"detailed"})");
    config.extra["reasoning_summary"] = "none";
    QCOMPARE(member(sent(body, config), "reasoning"), R"({"effort":"low"})");
}

void ResponsesRequestWriterTest::asksForEncryptedThoughtsAsConfigured()
{
    ProviderConfig config = responsesConfig();
    config.extra["encrypted_reasoning"] = "false";
    QCOMPARE(member(sent(withMessages(kUser), config), "include"), "");
    const QByteArray asked = R"(["reasoning.encrypted_content"])";
    QCOMPARE(member(sent(withMessages(kUser, R"("include":)" + asked), config), "include"), asked);
    config.extra["encrypted_reasoning"] = "true";
    QCOMPARE(member(sent(withMessages(kUser), config), "include"), asked);
}

void ResponsesRequestWriterTest::asksForEncryptedThoughtsOnlyWhereThereAreThoughts_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<bool>("isAsked");
    QTest::newRow("gpt-5") << QByteArray("gpt-5.1") << true;
    QTest::newRow("o-series") << QByteArray("o4-mini") << true;
    QTest::newRow("codex") << QByteArray("gpt-5-codex") << true;
    QTest::newRow("unknown") << QByteArray("next-big-thing") << true;
    QTest::newRow("gpt-4o") << QByteArray("gpt-4o") << false;
    QTest::newRow("gpt-4.1 by a relay") << QByteArray("openai/gpt-4.1-mini") << false;
    QTest::newRow("fine-tuned gpt-4o") << QByteArray("ft:gpt-4o-mini:me") << false;
    QTest::newRow("gpt-5 of ChatGPT") << QByteArray("gpt-5-chat-latest") << false;
}

void ResponsesRequestWriterTest::asksForEncryptedThoughtsOnlyWhereThereAreThoughts()
{
    QFETCH(const QByteArray, model);
    QFETCH(const bool, isAsked);
    const QByteArray body = test::sentBody(OpenAiResponsesProvider(responsesConfig()), withMessages(kUser), model);
    QCOMPARE(member(body, "include"), isAsked ? R"(["reasoning.encrypted_content"])" : "");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesRequestWriterTest)
#include "tst_request_writer.moc"
