// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/ollama/ollama_testing.h"

#include <QTest>

namespace lunargate {

class RequestWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesAllTogether();
    void alwaysSaysWhetherItStreams_data();
    void alwaysSaysWhetherItStreams();
    void writesOptions_data();
    void writesOptions();
    void fillsInTheConfiguredDefaults_data();
    void fillsInTheConfiguredDefaults();
    void writesTheFormat_data();
    void writesTheFormat();
    void writesHowMuchToThink_data();
    void writesHowMuchToThink();
    void thinksAsConfigured_data();
    void thinksAsConfigured();
    void showsTools_data();
    void showsTools();
    void choosesTools_data();
    void choosesTools();
    void choosesOfManyToolsInLinearTime();
    void refusesChoicesThatMakeNoSense_data();
    void refusesChoicesThatMakeNoSense();
    void passesOllamasOwnParameters();
    void tellsWhatIsLeftOut_data();
    void tellsWhatIsLeftOut();
    void refusesWhatTheAnswerDependsOn_data();
    void refusesWhatTheAnswerDependsOn();
};

namespace {

const OllamaProvider &provider()
{
    static const OllamaProvider provider(test::ollamaConfig());
    return provider;
}

// A request with these members.
QByteArray request(const QByteArray &members)
{
    return R"({"messages":[{"role":"user","content":"Hi"}])" + (members.isEmpty() ? "" : ',' + members) + '}';
}

QByteArray dropped(const QByteArray &members)
{
    const PreparedCall call = test::callFor(provider(), request(members));
    return call ? QByteArrayList((*call)->droppedParams.begin(), (*call)->droppedParams.end()).join(' ')
                : call.error().reason + ' ' + call.error().param;
}

} // namespace

void RequestWriterTest::writesAllTogether()
{
    const QByteArray body =
        R"({"model":"local/qwen3","stream":true,"stream_options":{"include_usage":true},)"
        R"("messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Time?"}],)"
        R"("tools":[{"type":"function","function":{"name":"get_time","description":"d",)"
        R"("parameters":{"type":"object","properties":{"tz":{"type":"string"}},"required":["tz"]},"strict":true}}],)"
        R"("response_format":{"type":"json_object"},"temperature":0.2,"stop":"END","reasoning_effort":"high",)"
        R"("max_tokens":50,"keep_alive":"10m","user":"u"})";
    QCOMPARE(test::sentBody(provider(), body, "qwen3"),
             R"({"model":"qwen3","stream":true,"messages":[{"role":"system","content":"Be brief."},)"
             R"({"role":"user","content":"Time?"}],"tools":[{"type":"function","function":{"name":"get_time",)"
             R"("description":"d","parameters":{"type":"object","properties":{"tz":{"type":"string"}},)"
             R"("required":["tz"]}}}],"format":"json","options":{"temperature":0.2,"num_predict":50,"stop":["END"]},)"
             R"("think":"high","keep_alive":"10m"})");
}

void RequestWriterTest::alwaysSaysWhetherItStreams_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("stream");
    const QByteArray tools = R"(,"tools":[{"type":"function","function":{"name":"f"}}])";
    QTest::newRow("not said") << QByteArray() << QByteArray("false");
    QTest::newRow("whole") << QByteArray(R"("stream":false)") << QByteArray("false");
    QTest::newRow("stream") << QByteArray(R"("stream":true)") << QByteArray("true");
    QTest::newRow("stream with tools") << R"("stream":true)" + tools << QByteArray("true");
}

void RequestWriterTest::alwaysSaysWhetherItStreams()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, stream);
    QCOMPARE(test::sentMember(provider(), request(members), "stream"), stream);
}

void RequestWriterTest::writesOptions_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("options");
    const auto row = [](const char *name, QByteArray members, QByteArray options) {
        QTest::newRow(name) << std::move(members) << std::move(options);
    };
    row("none", "", "");
    row("temperature", R"("temperature":0)", R"({"temperature":0})");
    row("top_p", R"("top_p":0.9)", R"({"top_p":0.9})");
    row("top_k", R"("top_k":40)", R"({"top_k":40})");
    row("seed", R"("seed":42)", R"({"seed":42})");
    row("min_p", R"("min_p":0.05)", R"({"min_p":0.05})");
    row("penalties", R"("presence_penalty":0.5,"frequency_penalty":-0.5,"repeat_penalty":1.1)",
        R"({"presence_penalty":0.5,"frequency_penalty":-0.5,"repeat_penalty":1.1})");
    row("num_ctx", R"("num_ctx":32768)", R"({"num_ctx":32768})");
    row("max_tokens", R"("max_tokens":100)", R"({"num_predict":100})");
    row("max_completion_tokens", R"("max_completion_tokens":7,"max_tokens":100)", R"({"num_predict":7})");
    row("one stop text", R"("stop":"END")", R"({"stop":["END"]})");
    row("several stop texts", R"("stop":["a","\n"])", R"({"stop":["a","\n"]})");
    row("the client's options", R"("options":{"num_ctx":8192,"mirostat":1})", R"({"num_ctx":8192,"mirostat":1})");
    row("options merge", R"("temperature":0.5,"options":{"num_ctx":8192},"seed":1)",
        R"({"num_ctx":8192,"temperature":0.5,"seed":1})");
    row("options come first",
        R"("options":{"temperature":1,"num_predict":-1,"stop":["x"],"seed":2},"temperature":0,"max_tokens":5,)"
        R"("stop":"y","seed":3)",
        R"({"temperature":1,"num_predict":-1,"stop":["x"],"seed":2})");
    row("null in options", R"("options":{"seed":null,"top_k":null},"seed":3)", R"({"seed":3})");
    row("empty options", R"("options":{})", "");
    row("no options", R"("options":7)", "invalid_value options");
    row("null", R"("temperature":null,"top_k":null,"seed":null,"options":null)", "");
    row("what Ollama itself has to refuse", R"("temperature":"hot")", R"({"temperature":"hot"})");
}

void RequestWriterTest::writesOptions()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, options);
    QCOMPARE(test::sentMember(provider(), request(members), "options"), options);
    if (!options.startsWith("invalid"))
        QCOMPARE(dropped(members), "");
}

void RequestWriterTest::fillsInTheConfiguredDefaults_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("options");
    QTest::newRow("the request has none")
        << QByteArray() << QByteArray(R"({"temperature":0.7,"top_p":0.5,"top_k":20,"num_predict":1000})");
    QTest::newRow("the request has its own") << QByteArray(R"("temperature":0,"top_p":1,"top_k":1,"max_tokens":5)")
                                             << QByteArray(R"({"temperature":0,"top_p":1,"top_k":1,"num_predict":5})");
    QTest::newRow("as options") << QByteArray(R"("options":{"temperature":0,"top_p":1,"top_k":1,"num_predict":5})")
                                << QByteArray(R"({"temperature":0,"top_p":1,"top_k":1,"num_predict":5})");
}

void RequestWriterTest::fillsInTheConfiguredDefaults()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, options);
    ProviderConfig config = test::ollamaConfig();
    config.temperature = 0.7;
    config.topP = 0.5;
    config.topK = 20;
    config.maxTokens = 1000;
    QCOMPARE(test::sentMember(OllamaProvider(config), request(members), "options"), options);
}

void RequestWriterTest::writesTheFormat_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("text") << QByteArray(R"({"type":"text"})") << QByteArray();
    QTest::newRow("null") << QByteArray("null") << QByteArray();
    QTest::newRow("any object") << QByteArray(R"({"type":"json_object"})") << QByteArray(R"("json")");
    QTest::newRow("schema, in its order")
        << QByteArray(R"({"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":)"
                      R"({"type":"object","properties":{"z":{"type":"integer"},"a":{"enum":["x"]}}}}})")
        << QByteArray(R"({"type":"object","properties":{"z":{"type":"integer"},"a":{"enum":["x"]}}})");
    QTest::newRow("schema that is missing")
        << QByteArray(R"({"type":"json_schema","json_schema":{"name":"n"}})") << QByteArray(R"("json")");
}

void RequestWriterTest::writesTheFormat()
{
    QFETCH(const QByteArray, format);
    QFETCH(const QByteArray, expected);
    QCOMPARE(test::sentMember(provider(), request("\"response_format\":" + format), "format"), expected);
}

void RequestWriterTest::writesHowMuchToThink_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("think");
    QTest::addColumn<QByteArray>("left");
    const auto row = [](const char *name, QByteArray members, QByteArray think, QByteArray left = "") {
        QTest::newRow(name) << std::move(members) << std::move(think) << std::move(left);
    };
    row("not said", "", "");
    row("none", R"("reasoning_effort":"none")", "false");
    row("minimal", R"("reasoning_effort":"minimal")", R"("low")");
    row("low", R"("reasoning_effort":"low")", R"("low")");
    row("medium", R"("reasoning_effort":"medium")", R"("medium")");
    row("high", R"("reasoning_effort":"high")", R"("high")");
    row("xhigh", R"("reasoning_effort":"xhigh")", R"("high")");
    row("max", R"("reasoning_effort":"max")", R"("high")");
    row("in capitals", R"("reasoning_effort":" High ")", R"("high")");
    row("OpenRouter's form", R"("reasoning":{"effort":"low"})", R"("low")");
    row("OpenRouter's off", R"("reasoning":{"enabled":false})", "false");
    row("a word that means nothing", R"("reasoning_effort":"huge")", "", "reasoning_effort");
    row("a budget", R"("reasoning":{"max_tokens":1000})", "", "reasoning.max_tokens");
    row("Ollama's own, true", R"("think":true)", "true");
    row("Ollama's own, false", R"("think":false)", "false");
    row("Ollama's own, level", R"("think":"medium")", R"("medium")");
    row("Ollama's own, nonsense", R"("think":[])", "", "think");
    row("both", R"("reasoning_effort":"low","think":false)", R"("low")", "think");
}

void RequestWriterTest::writesHowMuchToThink()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, think);
    QFETCH(const QByteArray, left);
    QCOMPARE(test::sentMember(provider(), request(members), "think"), think);
    QCOMPARE(dropped(members), left);
}

void RequestWriterTest::thinksAsConfigured_data()
{
    QTest::addColumn<QByteArray>("configured");
    QTest::addColumn<QByteArray>("think");
    for (const char *word : {"true", "1", "yes", "on", "True"})
        QTest::newRow(word) << QByteArray(word) << QByteArray("true");
    for (const char *word : {"false", "0", "no", "off", "none"})
        QTest::newRow(word) << QByteArray(word) << QByteArray("false");
    for (const char *word : {"low", "medium", "high"})
        QTest::newRow(word) << QByteArray(word) << '"' + QByteArray(word) + '"';
    QTest::newRow("minimal") << QByteArray("minimal") << QByteArray(R"("low")");
    QTest::newRow("max") << QByteArray("max") << QByteArray(R"("high")");
    QTest::newRow("nonsense") << QByteArray("perhaps") << QByteArray();
    QTest::newRow("empty") << QByteArray("") << QByteArray();
}

void RequestWriterTest::thinksAsConfigured()
{
    QFETCH(const QByteArray, configured);
    QFETCH(const QByteArray, think);
    ProviderConfig config = test::ollamaConfig();
    config.extra["think"] = configured;
    const OllamaProvider provider(config);
    QCOMPARE(test::sentMember(provider, request(""), "think"), think);
    QCOMPARE(test::sentMember(provider, request(R"("reasoning_effort":"huge")"), "think"), think);
    // What the client says comes first.
    QCOMPARE(test::sentMember(provider, request(R"("reasoning_effort":"medium")"), "think"), R"("medium")");
    QCOMPARE(test::sentMember(provider, request(R"("think":false)"), "think"), "false");
}

void RequestWriterTest::showsTools_data()
{
    QTest::addColumn<QByteArray>("tools");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray tools, QByteArray expected) {
        QTest::newRow(name) << std::move(tools) << std::move(expected);
    };
    row("none", "[]", "");
    row("a schema in its order",
        R"([{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object",)"
        R"("properties":{"z":{"type":"string"},"a":{"type":"number","default":1.50}},"$defs":{}}}}])",
        R"([{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object",)"
        R"("properties":{"z":{"type":"string"},"a":{"type":"number","default":1.5}},"$defs":{}}}}])");
    row("without parameters", R"([{"type":"function","function":{"name":"f"}}])",
        R"([{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}])");
    row("flat", R"([{"type":"function","name":"f","parameters":{"type":"object"}}])",
        R"([{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}])");
    row("a custom tool", R"([{"type":"function","function":{"name":"f"}},{"type":"custom","custom":{"name":"c"}}])",
        "unsupported_parameter tools[1].type");
    row("a hosted tool", R"([{"type":"web_search"}])", "unsupported_parameter tools[0].type");
}

void RequestWriterTest::showsTools()
{
    QFETCH(const QByteArray, tools);
    QFETCH(const QByteArray, expected);
    QCOMPARE(test::sentMember(provider(), request("\"tools\":" + tools), "tools"), expected);
}

void RequestWriterTest::choosesTools_data()
{
    QTest::addColumn<QByteArray>("choice");
    QTest::addColumn<QByteArray>("names");
    QTest::addColumn<QByteArray>("instruction");
    const auto row = [](const char *name, QByteArray choice, QByteArray names, QByteArray instruction = "") {
        QTest::newRow(name) << std::move(choice) << std::move(names) << std::move(instruction);
    };
    const QByteArray any = "You must call one of the available tools before you answer.";
    row("not said", "null", "f g");
    row("auto", R"("auto")", "f g");
    row("none", R"("none")", "");
    row("required", R"("required")", "f g", any);
    row("any", R"("any")", "f g", any);
    row("named", R"({"type":"function","function":{"name":"g"}})", "g",
        "You must call the function \"g\" before you answer.");
    row("allowed",
        R"({"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function",)"
        R"("function":{"name":"g"}}]}})",
        "g");
    row("allowed and required",
        R"({"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","name":"f"}]}})", "f",
        any);
}

void RequestWriterTest::choosesTools()
{
    QFETCH(const QByteArray, choice);
    QFETCH(const QByteArray, names);
    QFETCH(const QByteArray, instruction);
    const QByteArray sent =
        test::sentBody(provider(), request(R"("tools":[{"type":"function","function":{"name":"f"}},)"
                                           R"({"type":"function","function":{"name":"g"}}],"tool_choice":)" +
                                           choice));
    const std::optional<json::Document> document = json::Document::parse(sent);
    QVERIFY2(document, sent.constData());
    QByteArrayList shown;
    for (const json::Value tool : document->root()["tools"].elements())
        shown.append(tool["function"]["name"].toByteArray());
    QCOMPARE(shown.join(' '), names);
    QCOMPARE(document->root()["tools"].exists(), !names.isEmpty());
    QVERIFY(!document->root()["tool_choice"].exists());
    const json::Value first = document->root()["messages"].at(0);
    QCOMPARE(first["role"].string() == "system" ? first["content"].toByteArray() : QByteArray(), instruction);
}

void RequestWriterTest::choosesOfManyToolsInLinearTime()
{
    // Each name looked for in all tools, and the other way round, would take minutes.
    constexpr int kTools = 60'000;
    QByteArrayList tools;
    for (int i = 0; i < kTools; ++i) {
        tools << R"({"type":"function","function":{"name":"a_tool_with_a_rather_long_name_)" + QByteArray::number(i) +
                     R"("}})";
    }
    const QByteArray list = '[' + tools.join(',') + ']';
    const QByteArray sent = test::sentBody(
        provider(),
        request("\"tools\":" + list + R"(,"tool_choice":{"type":"allowed_tools","mode":"auto","tools":)" + list + "}"));
    const std::optional<json::Document> document = json::Document::parse(sent);
    QVERIFY2(document, sent.first(std::min<qsizetype>(sent.size(), 200)).constData());
    QCOMPARE(document->root()["tools"].size(), size_t{kTools});
}

void RequestWriterTest::refusesChoicesThatMakeNoSense_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("message");
    QTest::newRow("required without tools")
        << QByteArray(R"("tool_choice":"required")") << QByteArray("tool_choice=required requires at least one tool");
    QTest::newRow("named without tools") << QByteArray(R"("tool_choice":{"type":"function","function":{"name":"g"}})")
                                         << QByteArray("tool_choice=function requires at least one tool");
    const QByteArray tools = R"("tools":[{"type":"function","function":{"name":"f"}}],)";
    QTest::newRow("named and unknown") << tools + R"("tool_choice":{"type":"function","function":{"name":"g"}})"
                                       << QByteArray("tool_choice references unknown tool \"g\"");
    QTest::newRow("allowed and unknown")
        << tools + R"("tool_choice":{"type":"allowed_tools","mode":"auto","tools":[{"name":"f"},{"name":"h"}]})"
        << QByteArray("tool_choice references unknown tool \"h\"");
}

void RequestWriterTest::refusesChoicesThatMakeNoSense()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, message);
    const PreparedCall call = test::callFor(provider(), request(members));
    QVERIFY(!call);
    QCOMPARE(call.error().kind, ErrorKind::InvalidRequest);
    QCOMPARE(call.error().message, message);
    QCOMPARE(call.error().param, "tool_choice");
}

void RequestWriterTest::passesOllamasOwnParameters()
{
    QCOMPARE(test::sentBody(provider(), request(R"("keep_alive":-1,"truncate":false,"shift":true)")),
             R"({"model":"m","stream":false,"messages":[{"role":"user","content":"Hi"}],)"
             R"("keep_alive":-1,"truncate":false,"shift":true})");
}

void RequestWriterTest::tellsWhatIsLeftOut_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("left");
    QTest::newRow("nothing") << QByteArray(R"("n":1,"logprobs":false,"stream_options":{"include_usage":true})")
                             << QByteArray();
    QTest::newRow("one call at a time") << QByteArray(R"("parallel_tool_calls":false)")
                                        << QByteArray("parallel_tool_calls");
    QTest::newRow("what Ollama does anyway") << QByteArray(R"("parallel_tool_calls":true)") << QByteArray();
    QTest::newRow("harmless") << QByteArray(R"("user":"u","metadata":{},"service_tier":"auto","logit_bias":{},)"
                                            R"("store":false,"prompt_cache_key":"k","foo":1)")
                              << QByteArray("user metadata service_tier logit_bias store prompt_cache_key foo");
}

void RequestWriterTest::tellsWhatIsLeftOut()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, left);
    QCOMPARE(dropped(members), left);
    QCOMPARE(test::sentBody(provider(), request(members)),
             R"({"model":"m","stream":false,"messages":[{"role":"user","content":"Hi"}]})");
}

void RequestWriterTest::refusesWhatTheAnswerDependsOn_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("error");
    QTest::newRow("several answers") << QByteArray(R"("n":2)") << QByteArray("unsupported_parameter n");
    QTest::newRow("log probabilities") << QByteArray(R"("logprobs":true)")
                                       << QByteArray("unsupported_parameter logprobs");
    QTest::newRow("top log probabilities")
        << QByteArray(R"("top_logprobs":3)") << QByteArray("unsupported_parameter top_logprobs");
    QTest::newRow("audio") << QByteArray(R"("modalities":["text","audio"])")
                           << QByteArray("unsupported_parameter modalities");
    QTest::newRow("what cannot be read") << QByteArray(R"("tool_choice":"sometimes")")
                                         << QByteArray("invalid_value tool_choice");
}

void RequestWriterTest::refusesWhatTheAnswerDependsOn()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, error);
    QCOMPARE(test::sentBody(provider(), request(members)), error);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RequestWriterTest)
#include "tst_request_writer.moc"
