// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/openai_responses/responses_testing.h"

#include <QTest>

namespace lunargate {

class ResponsesRequestWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesAWholeRequest();
    void writesMessages_data();
    void writesMessages();
    void putsLeadingSystemTextsIntoInstructions_data();
    void putsLeadingSystemTextsIntoInstructions();
    void shortensCallIdsThatAreTooLong();
    void writesMembers_data();
    void writesMembers();
    void fillsInTheProvidersDefaults();
    void leavesReasoningModelsTheirOwnSampling();
    void honoursQuirks();
    void refusesWhatTheServiceRefuses();
    void readsManyAllowedToolsInLinearTime();
    void asksForSummariesAsConfigured();
    void asksForEncryptedThoughtsAsConfigured();
    void asksForEncryptedThoughtsOnlyWhereThereAreThoughts_data();
    void asksForEncryptedThoughtsOnlyWhereThereAreThoughts();
    void refusesWhatTheProtocolCannotSay_data();
    void refusesWhatTheProtocolCannotSay();
    void tellsWhatIsLeftOut_data();
    void tellsWhatIsLeftOut();
    void tellsForeignThoughts_data();
    void tellsForeignThoughts();
};

namespace {

using test::responsesConfig;

QByteArray sent(const QByteArray &body, const ProviderConfig &config = responsesConfig())
{
    return test::sentBody(OpenAiResponsesProvider(config), test::withOrigin(body));
}

// A request of these messages.
QByteArray withMessages(const QByteArray &messages, const QByteArray &more = {})
{
    return "{\"messages\":[" + messages + "]" + (more.isEmpty() ? "" : "," + more) + "}";
}

// A member of what is sent, as JSON; the whole text if it is an error.
QByteArray member(const QByteArray &body, QByteArrayView name)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    return document ? json::toText(document->root()[name]) : body;
}

const QByteArray kUser = R"({"role":"user","content":"hi"})";
const QByteArray kSentUser = R"({"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]})";

} // namespace

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

void ResponsesRequestWriterTest::writesMessages_data()
{
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("more");
    QTest::addColumn<QByteArray>("input");
    const auto row = [](const char *name, QByteArray messages, QByteArray input, QByteArray more = {}) {
        QTest::newRow(name) << std::move(messages) << std::move(more) << std::move(input);
    };
    const QByteArray call =
        R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_a","type":"function","function":{"name":"f","arguments":"{}"}}]})";
    const QByteArray sentCall = R"({"type":"function_call","call_id":"call_a","name":"f","arguments":"{}"})";
    row("a developer in the middle", kUser + R"(,{"role":"developer","content":"now in French"})",
        kSentUser +
            R"(,{"type":"message","role":"developer","content":[{"type":"input_text","text":"now in French"}]})");
    row("a system message in the middle", kUser + R"(,{"role":"system","content":"s"})",
        kSentUser + R"(,{"type":"message","role":"system","content":[{"type":"input_text","text":"s"}]})");
    row("spaces stay", R"({"role":"user","content":"  a\n"})",
        R"({"type":"message","role":"user","content":[{"type":"input_text","text":"  a\n"}]})");
    row("no content", R"({"role":"user","content":null},)" + kUser, kSentUser);
    row("image without detail",
        R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]})",
        R"({"type":"message","role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"auto"}]})");
    row("file data",
        R"({"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="}}]})",
        R"({"type":"message","role":"user","content":[{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="}]})");
    row("file on the web", R"({"role":"user","content":[{"type":"file","file":{"file_data":"https://e.com/a.pdf"}}]})",
        R"({"type":"message","role":"user","content":[{"type":"input_file","file_url":"https://e.com/a.pdf"}]})");
    row("uploaded file", R"({"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]})",
        R"({"type":"message","role":"user","content":[{"type":"input_file","file_id":"file-1"}]})");
    row("a refusal and a phase",
        kUser +
            R"(,{"role":"assistant","phase":"commentary","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"refusal":"no"})",
        kSentUser +
            R"(,{"type":"message","role":"assistant","phase":"commentary","content":[{"type":"output_text","text":"a"},{"type":"output_text","text":"b"},{"type":"refusal","refusal":"no"}]})");
    row("an empty text beside calls",
        R"({"role":"assistant","content":"","tool_calls":[{"id":"call_a","type":"function","function":{"name":"f","arguments":""}}]})",
        sentCall);
    row("an id of the protocol",
        R"({"role":"assistant","tool_calls":[{"id":"fc_1","type":"function","function":{"name":"f","arguments":"{}"}}]})",
        R"({"type":"function_call","id":"fc_1","call_id":"fc_1","name":"f","arguments":"{}"})");
    row("a tool's answer in parts",
        call +
            R"(,{"role":"tool","tool_call_id":"call_a","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]})",
        sentCall +
            R"(,{"type":"function_call_output","call_id":"call_a","output":[{"type":"input_text","text":"see"},{"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"auto"}]})");
    row("a tool's answer in one part",
        call + R"(,{"role":"tool","tool_call_id":"call_a","content":[{"type":"text","text":"see"}]})",
        sentCall + R"(,{"type":"function_call_output","call_id":"call_a","output":"see"})");
    row("a tool that says nothing", call + R"(,{"role":"tool","tool_call_id":"call_a","content":null})",
        sentCall + R"(,{"type":"function_call_output","call_id":"call_a","output":""})");
    row("an answer to a call that the provider keeps", R"({"role":"tool","tool_call_id":"call_z","content":"x"})",
        R"({"type":"function_call_output","call_id":"call_z","output":"x"})", R"("previous_response_id":"resp_1")");
    const QByteArray thought = R"({"role":"assistant","content":"a","reasoning_details":[)";
    const QByteArray sentAnswer =
        R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]})";
    row("several thoughts",
        thought + R"({"type":"reasoning.text","text":"1","id":"@:0:0:rs_1","format":"openai-responses-v1"},)"
                  R"({"type":"reasoning.text","text":"2","id":"@:0:0:rs_1","format":"openai-responses-v1"},)"
                  R"({"type":"reasoning.encrypted","data":"x","id":"@:0:0:rs_1","format":"openai-responses-v1"}]})",
        R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"1"},{"type":"summary_text","text":"2"}],"encrypted_content":"x"},)" +
            sentAnswer);
    // Each must be followed by what it led to.
    row("thoughts without anything between",
        thought + R"({"type":"reasoning.encrypted","data":"x","id":"@:0:0:rs_1","format":"openai-responses-v1"},)"
                  R"({"type":"reasoning.encrypted","data":"y","id":"@:0:0:rs_2","format":"openai-responses-v1"}]})",
        R"({"type":"reasoning","id":"rs_2","summary":[],"encrypted_content":"y"},)" + sentAnswer);
    row("thoughts behind everything",
        thought + R"({"type":"reasoning.encrypted","data":"x","id":"@:0:1:rs_1","format":"openai-responses-v1"}]})",
        sentAnswer);
    row("thoughts alone",
        R"({"role":"assistant","content":null,"reasoning_details":[{"type":"reasoning.encrypted","data":"x","id":"@:0:0:rs_1","format":"openai-responses-v1"}]},)" +
            kUser,
        kSentUser);
    row("places that do not exist",
        thought + R"({"type":"reasoning.encrypted","data":"x","id":"@:7:0:rs_1","format":"openai-responses-v1"}]})",
        R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"x"},)" + sentAnswer);
    row("thoughts without ids",
        thought + R"({"type":"reasoning.encrypted","data":"x","id":"@:0:0:","format":"openai-responses-v1"},)"
                  R"({"type":"reasoning.encrypted","data":"y","id":"@:0:0:","format":"openai-responses-v1"}]})",
        R"({"type":"reasoning","summary":[],"encrypted_content":"y"},)" + sentAnswer);
    row("somebody else's thoughts",
        thought + R"({"type":"reasoning.encrypted","data":"x","format":"anthropic-claude-v1"}]})", sentAnswer);
    for (const char *id : {"rs_1", "", "@", "@:", "@:0", "@:0:0", "@:-1:0:rs_1", "0123456789ab:0:0:rs_1"}) {
        row(*id ? qPrintable(QLatin1String("somebody else's thoughts: ") + QLatin1String(id)) : "nobody's thoughts",
            thought + R"({"type":"reasoning.encrypted","data":"x","id":")" + id +
                R"(","format":"openai-responses-v1"}]})",
            sentAnswer);
    }
    const QByteArray onlySummary =
        R"({"type":"reasoning.text","text":"1","id":"@:0:0:rs_1","format":"openai-responses-v1"}]})";
    row("thoughts that nobody keeps", thought + onlySummary, sentAnswer);
    row("thoughts that the provider keeps", thought + onlySummary,
        R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"1"}]},)" + sentAnswer,
        R"("store":true)");
}

void ResponsesRequestWriterTest::writesMessages()
{
    QFETCH(const QByteArray, messages);
    QFETCH(const QByteArray, more);
    QFETCH(const QByteArray, input);
    QCOMPARE(member(sent(withMessages(messages, more)), "input"), "[" + input + "]");
}

void ResponsesRequestWriterTest::putsLeadingSystemTextsIntoInstructions_data()
{
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("profile");
    QTest::addColumn<QByteArray>("instructions");
    QTest::addColumn<QByteArray>("input");
    const auto row = [](const char *name, QByteArray profile, QByteArray messages, QByteArray instructions,
                        QByteArray input) {
        QTest::newRow(name) << std::move(messages) << std::move(profile) << std::move(instructions) << std::move(input);
    };
    row("none", {}, kUser, {}, kSentUser);
    row("system and developer", {},
        R"({"role":"system","content":"a"},{"role":"developer","content":[{"type":"text","text":"b"}]},)" + kUser,
        R"("a\nb")", kSentUser);
    row("blank", {}, R"({"role":"system","content":" "},)" + kUser, {}, kSentUser);
    row("a developer for DeepSeek", "deepseek", R"({"role":"developer","content":"a"},)" + kUser, R"("a")", kSentUser);
    row("a later developer for DeepSeek", "deepseek", kUser + R"(,{"role":"developer","content":"a"})", {},
        kSentUser + R"(,{"type":"message","role":"system","content":[{"type":"input_text","text":"a"}]})");
    row("nothing else", {}, R"({"role":"system","content":"a"},{"role":"system","content":"b"})", R"("a")",
        R"({"type":"message","role":"system","content":[{"type":"input_text","text":"b"}]})");
    row("with an image", {},
        R"({"role":"system","content":[{"type":"image_url","image_url":{"url":"https://e.com/a.png"}}]},)" + kUser, {},
        R"({"type":"message","role":"system","content":[{"type":"input_image","image_url":"https://e.com/a.png","detail":"auto"}]},)" +
            kSentUser);
}

void ResponsesRequestWriterTest::putsLeadingSystemTextsIntoInstructions()
{
    QFETCH(const QByteArray, messages);
    QFETCH(const QByteArray, profile);
    QFETCH(const QByteArray, instructions);
    QFETCH(const QByteArray, input);
    ProviderConfig config = responsesConfig();
    config.compatibilityProfile = profile;
    const QByteArray body = sent(withMessages(messages), config);
    QCOMPARE(member(body, "instructions"), instructions);
    QCOMPARE(member(body, "input"), "[" + input + "]");
}

void ResponsesRequestWriterTest::shortensCallIdsThatAreTooLong()
{
    const auto input = [](const QByteArray &id) {
        return member(
            sent(withMessages(
                R"({"role":"assistant","tool_calls":[{"id":")" + id +
                R"(","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","content":"x","tool_call_id":")" + id +
                "\"}")),
            "input");
    };
    const auto callIds = [](const QByteArray &items) {
        const std::optional<json::Document> document = json::Document::parse(items);
        return QByteArrayList{document->root().at(0)["call_id"].toByteArray(),
                              document->root().at(1)["call_id"].toByteArray()};
    };
    const QByteArray fits(64, 'a');
    QCOMPARE(callIds(input(fits)), (QByteArrayList{fits, fits}));
    const QByteArrayList shortened = callIds(input(fits + 'b'));
    QCOMPARE(shortened[0], shortened[1]);
    QVERIFY(shortened[0].size() <= 64);
    QVERIFY(callIds(input(fits + 'c')) != shortened);
    QCOMPARE(callIds(input(fits + 'b')), shortened);
    QVERIFY(!input("fc_" + fits).contains(R"("id":"fc_)"));
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

void ResponsesRequestWriterTest::honoursQuirks()
{
    ProviderConfig config = responsesConfig();
    config.quirks.developerRole = false;
    config.quirks.refused = {"user", "store", "temperature", "parallel_tool_calls", "verbosity", "reasoning_effort"};
    config.temperature = 0.5;
    const PreparedCall call = test::callFor(
        OpenAiResponsesProvider(config),
        withMessages(kUser + R"(,{"role":"developer","content":"d"})",
                     R"("user":"u","temperature":1,"parallel_tool_calls":false,"verbosity":"low","metadata":{},)"
                     R"("reasoning_effort":"low")"));
    QVERIFY(call);
    QCOMPARE((*call)->request.body,
             R"({"model":"m","input":[)" + kSentUser +
                 R"(,{"type":"message","role":"system","content":[{"type":"input_text","text":"d"}]}],)"
                 R"("include":["reasoning.encrypted_content"],"metadata":{}})");
    QCOMPARE((*call)->droppedParams,
             (std::vector<QByteArray>{"user", "temperature", "verbosity", "parallel_tool_calls", "reasoning_effort"}));
}

void ResponsesRequestWriterTest::refusesWhatTheServiceRefuses()
{
    ProviderConfig config = responsesConfig();
    config.quirks.refused = {"web_search_options", "tools", "response_format"};
    QCOMPARE(sent(withMessages(kUser, R"("tools":[{"type":"web_search"}])"), config), "unsupported_parameter tools");
    QCOMPARE(sent(withMessages(kUser, R"("response_format":{"type":"json_object"})"), config),
             "unsupported_parameter response_format");
    QVERIFY(sent(withMessages(kUser, R"("tools":[],"response_format":{"type":"text"})"), config).startsWith('{'));
    QCOMPARE(sent(withMessages(kUser, R"("web_search_options":{})"), config),
             "unsupported_parameter web_search_options");
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

void ResponsesRequestWriterTest::asksForSummariesAsConfigured()
{
    ProviderConfig config = responsesConfig();
    const QByteArray body = withMessages(kUser, R"("reasoning_effort":"low")");
    config.extra["reasoning_summary"] = "detailed";
    QCOMPARE(member(sent(body, config), "reasoning"), R"({"effort":"low","summary":"detailed"})");
    config.extra["reasoning_summary"] = "none";
    QCOMPARE(member(sent(body, config), "reasoning"), R"({"effort":"low"})");
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

void ResponsesRequestWriterTest::refusesWhatTheProtocolCannotSay_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("refusal");
    const auto row = [](const char *name, QByteArray body, QByteArray refusal) {
        QTest::newRow(name) << std::move(body) << std::move(refusal);
    };
    row("several answers", withMessages(kUser, R"("n":2)"), "unsupported_parameter n");
    row("log probabilities", withMessages(kUser, R"("logprobs":true)"), "unsupported_parameter logprobs");
    row("top log probabilities", withMessages(kUser, R"("top_logprobs":3)"), "unsupported_parameter top_logprobs");
    row("spoken answers", withMessages(kUser, R"("modalities":["text","audio"])"), "unsupported_parameter modalities");
    row("answers in the background", withMessages(kUser, R"("background":true)"), "unsupported_parameter background");
    row("audio",
        withMessages(
            R"({"role":"user","content":[{"type":"text","text":"a"},{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]})"),
        "unsupported_parameter messages[0].content[1]");
    row("an unknown part", withMessages(kUser + R"(,{"role":"user","content":[{"type":"video_url"}]})"),
        "unsupported_parameter messages[1].content[0]");
    row("an image said by the assistant",
        withMessages(
            R"({"role":"assistant","content":[{"type":"image_url","image_url":{"url":"https://e.com/a.png"}}]})"),
        "unsupported_parameter messages[0].content[0]");
    row("an audio answer in the history", withMessages(R"({"role":"assistant","audio":{"id":"audio_1"}})"),
        "unsupported_parameter messages[0].audio");
    row("audio as a tool's answer",
        withMessages(
            R"({"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f"}}]},{"role":"tool","tool_call_id":"c","content":[{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]})"),
        "unsupported_parameter messages[1].content[0]");
    row("an answer to no call", withMessages(kUser + R"(,{"role":"tool","tool_call_id":"call_z","content":"x"})"),
        "invalid_value messages[1].tool_call_id");
    for (const char *type : {"computer_use_preview", "local_shell", "apply_patch", "image_generation"}) {
        row(type, withMessages(kUser, R"("tools":[{"type":"web_search"},{"type":")" + QByteArray(type) + R"("}])"),
            "unsupported_parameter tools[1]");
    }
    row("allowed tools without names",
        withMessages(kUser, R"("tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"type":"web_search"}]})"),
        "unsupported_parameter tool_choice");
    row("what makes no sense", withMessages(kUser, R"("tool_choice":5)"), "invalid_value tool_choice");
}

void ResponsesRequestWriterTest::refusesWhatTheProtocolCannotSay()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, refusal);
    QCOMPARE(sent(body), refusal);
}

void ResponsesRequestWriterTest::tellsWhatIsLeftOut_data()
{
    QTest::addColumn<QByteArray>("given");
    QTest::addColumn<QByteArrayList>("dropped");
    QTest::newRow("nothing") << QByteArray(R"("temperature":1,"n":1,"logprobs":false,"store":false)")
                             << QByteArrayList();
    QTest::newRow("sampling")
        << QByteArray(R"("seed":1,"logit_bias":{"1":2},"presence_penalty":1,"frequency_penalty":1,"stop":["a"])")
        << QByteArrayList{"seed", "logit_bias", "presence_penalty", "frequency_penalty", "stop"};
    QTest::newRow("a budget of thoughts")
        << QByteArray(R"("reasoning":{"max_tokens":100})") << QByteArrayList{"reasoning.max_tokens"};
    QTest::newRow("a prediction") << QByteArray(R"("prediction":{"type":"content","content":"a"})")
                                  << QByteArrayList{"prediction"};
}

void ResponsesRequestWriterTest::tellsWhatIsLeftOut()
{
    QFETCH(const QByteArray, given);
    QFETCH(const QByteArrayList, dropped);
    const OpenAiResponsesProvider provider(responsesConfig());
    const PreparedCall call = test::callFor(provider, withMessages(kUser, given));
    QVERIFY(call);
    QCOMPARE(QByteArrayList((*call)->droppedParams.begin(), (*call)->droppedParams.end()), dropped);
    for (const QByteArray &name : dropped)
        QVERIFY(!(*call)->request.body.contains(name));
}

void ResponsesRequestWriterTest::tellsForeignThoughts_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<std::vector<QByteArray>>("dropped");
    QTest::newRow("of another provider of the protocol")
        << QByteArray("0123456789ab:0:0:rs_1") << std::vector<QByteArray>{"messages.reasoning_details"};
    QTest::newRow("of nobody known") << QByteArray("rs_1") << std::vector<QByteArray>{"messages.reasoning_details"};
    QTest::newRow("own") << test::thoughtOrigin() + ":0:0:rs_1" << std::vector<QByteArray>();
}

void ResponsesRequestWriterTest::tellsForeignThoughts()
{
    QFETCH(const QByteArray, id);
    const QByteArray message = R"({"role":"assistant","content":"a","reasoning_details":[)"
                               R"({"type":"reasoning.encrypted","data":"x","format":"openai-responses-v1","id":")" +
                               id + "\"}]}";
    const PreparedCall call =
        test::callFor(OpenAiResponsesProvider(responsesConfig()), withMessages(message + ',' + message));
    QVERIFY(call);
    QTEST((*call)->droppedParams, "dropped");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesRequestWriterTest)
#include "tst_request_writer.moc"
