// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/gemini/gemini_testing.h"

#include <QTest>

namespace lunargate {

using test::sentBeside;

class RequestWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesParameters_data();
    void writesParameters();
    void fillsInTheProvidersDefaults_data();
    void fillsInTheProvidersDefaults();
    void asksForThinking_data();
    void asksForThinking();
    void keepsPenaltiesWhereTheyAreEnabled_data();
    void keepsPenaltiesWhereTheyAreEnabled();
    void asksForJsonBesideFunctions_data();
    void asksForJsonBesideFunctions();
    void writesTools_data();
    void writesTools();
    void refuses_data();
    void refuses();
    void tellsWhatItLeavesOut_data();
    void tellsWhatItLeavesOut();
    void refusesWhatTheClientGotWrong();
};

void RequestWriterTest::writesParameters_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray members, QByteArray expected) {
        QTest::newRow(name) << std::move(members) << std::move(expected);
    };
    const auto config = [&row](const char *name, QByteArray members, const QByteArray &json) {
        row(name, std::move(members), R"({,"generationConfig":{)" + json + "}}");
    };
    row("none", "", "{}");
    config("max_tokens", R"(,"max_tokens":512)", R"("maxOutputTokens":512)");
    config("max_completion_tokens", R"(,"max_completion_tokens":5.0,"max_tokens":7)", R"("maxOutputTokens":5)");
    config("sampling", R"(,"temperature":0.40,"top_p":1,"top_k":40,"presence_penalty":0,"frequency_penalty":0)",
           R"("temperature":0.4,"topP":1,"topK":40,"presencePenalty":0,"frequencyPenalty":0)");
    config("seed", R"(,"seed":7)", R"("seed":7)");
    config("seed of 64 bits", R"(,"seed":4294967303)", R"("seed":7)");
    config("negative seed", R"(,"seed":-1)", R"("seed":2147483647)");
    config("stop", R"(,"stop":"END")", R"("stopSequences":["END"])");
    config("stops", R"(,"stop":["a","","b"])", R"("stopSequences":["a","b"])");
    config("json_object", R"(,"response_format":{"type":"json_object"})", R"("responseMimeType":"application/json")");
    config(
        "json_schema",
        R"(,"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"$schema":"s",)"
        R"("type":"object","properties":{"b":{"const":1},"a":{"type":["string","null"]}},"additionalProperties":false}}})",
        R"("responseMimeType":"application/json","responseJsonSchema":{"type":"object","properties":{"b":{"enum":[1]},)"
        R"("a":{"type":["string","null"]}},"additionalProperties":false})");
    config("pictures", R"(,"modalities":["text","image"])", R"("responseModalities":["TEXT","IMAGE"])");
    row("text only", R"(,"modalities":["text"])", "{}");
    row("n of 1", R"(,"n":1,"logprobs":false)", "{}");
    row("safety settings", R"(,"safety_settings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}])",
        R"({,"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}]})");
    row("Google's extra body",
        R"(,"extra_body":{"google":{"safety_settings":[],"cached_content":"cachedContents/1","thinking_config":{"thinking_budget":7}}})",
        R"({,"generationConfig":{"thinkingConfig":{"thinking_budget":7}},"safetySettings":[],"cachedContent":"cachedContents/1"})");
    row("flex", R"(,"service_tier":"flex")", R"({,"serviceTier":"flex"})");
    row("priority", R"(,"service_tier":"priority")", R"({,"serviceTier":"priority"})");
    row("default tier", R"(,"service_tier":"default")", R"({,"serviceTier":"standard"})");
    row("auto tier", R"(,"service_tier":"auto")", "{}");
}

void RequestWriterTest::writesParameters()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, expected);
    QCOMPARE(sentBeside(members), expected);
}

void RequestWriterTest::fillsInTheProvidersDefaults_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("missing")
        << QByteArray()
        << QByteArray(R"({,"generationConfig":{"maxOutputTokens":99,"temperature":0.5,"topP":0.25,"topK":3}})");
    QTest::newRow("null")
        << QByteArray(R"(,"temperature":null,"max_tokens":null)")
        << QByteArray(R"({,"generationConfig":{"maxOutputTokens":99,"temperature":0.5,"topP":0.25,"topK":3}})");
    QTest::newRow("the client's win")
        << QByteArray(R"(,"temperature":0,"max_tokens":1,"top_p":1,"top_k":1)")
        << QByteArray(R"({,"generationConfig":{"maxOutputTokens":1,"temperature":0,"topP":1,"topK":1}})");
}

void RequestWriterTest::fillsInTheProvidersDefaults()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, expected);
    ProviderConfig provider = test::geminiConfig();
    provider.temperature = 0.5;
    provider.topP = 0.25;
    provider.topK = 3;
    provider.maxTokens = 99;
    QCOMPARE(sentBeside(members, "gemini-2.5-flash", provider), expected);
}

void RequestWriterTest::asksForThinking_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("expected");
    const auto effort = [](const char *model, const char *word, QByteArray config) {
        QTest::addRow("%s, %s", model, word)
            << QByteArray(model) << R"(,"reasoning_effort":")" + QByteArray(word) + '"'
            << (config.isEmpty() ? QByteArray("{}") : R"({,"generationConfig":{"thinkingConfig":{)" + config + "}}}");
    };
    const auto budget = [](int tokens) {
        return "\"thinkingBudget\":" + QByteArray::number(tokens) + R"(,"includeThoughts":true)";
    };
    const auto level = [](const char *word) {
        return R"("thinkingLevel":")" + QByteArray(word) + R"(","includeThoughts":true)";
    };
    effort("gemini-2.5-flash", "none", R"("thinkingBudget":0)");
    effort("gemini-2.5-flash", "minimal", budget(512));
    effort("gemini-2.5-flash", "low", budget(1024));
    effort("gemini-2.5-flash", "Low", budget(1024));
    effort("gemini-2.5-flash", "medium", budget(8192));
    effort("gemini-2.5-flash", "high", budget(24576));
    effort("gemini-2.5-flash", "xhigh", budget(24576));
    effort("gemini-2.5-flash-lite", "none", R"("thinkingBudget":0)");
    effort("models/gemini-2.5-pro", "none", R"("thinkingBudget":128)");
    effort("gemini-2.5-pro", "max", budget(32768));
    effort("gemini-3-pro-preview", "none", R"("thinkingLevel":"low")");
    effort("gemini-3-pro-preview", "medium", level("high"));
    effort("gemini-3.1-pro-preview", "medium", level("medium"));
    effort("gemini-3-flash-preview", "none", R"("thinkingLevel":"minimal")");
    effort("gemini-3-flash-preview", "minimal", level("minimal"));
    effort("gemini-3-flash-preview", "low", level("low"));
    effort("gemini-3-flash-preview", "max", level("high"));
    effort("gemini-flash-latest", "medium", level("medium"));
    effort("gemini-2.0-flash", "high", "");
    effort("gemini-2.5-flash-image", "high", "");
    effort("gemma-3-27b-it", "low", "");
    const auto row = [](const char *name, const char *model, QByteArray members, QByteArray config) {
        QTest::newRow(name) << QByteArray(model) << std::move(members)
                            << R"({,"generationConfig":{"thinkingConfig":{)" + config + "}}}";
    };
    row("a budget", "gemini-2.5-flash", R"(,"reasoning":{"max_tokens":2000})", budget(2000));
    row("a budget for a model with levels", "gemini-3-flash", R"(,"reasoning":{"max_tokens":2000,"effort":"low"})",
        budget(2000));
    const auto clamped = [&](const char *model, qint64 asked, int sent) {
        QTest::addRow("%s, a budget of %lld", model, asked)
            << QByteArray(model) << R"(,"reasoning":{"max_tokens":)" + QByteArray::number(asked) + '}'
            << R"({,"generationConfig":{"thinkingConfig":{)" + budget(sent) + "}}}";
    };
    clamped("gemini-2.5-flash", 1, 1);
    clamped("gemini-2.5-flash", 24577, 24576);
    clamped("gemini-2.5-flash-lite", 1, 512);
    clamped("gemini-2.5-flash-lite-preview-09-2025", 4'000'000'000, 24576);
    clamped("gemini-2.5-pro", 127, 128);
    clamped("gemini-2.5-pro", 32769, 32768);
    row("no budget for one that must think", "gemini-2.5-pro", R"(,"reasoning":{"max_tokens":0})",
        R"("thinkingBudget":128,"includeThoughts":false)");
    row("no budget for the smallest", "gemini-2.5-flash-lite", R"(,"reasoning":{"max_tokens":0})",
        R"("thinkingBudget":0,"includeThoughts":false)");
    row("no budget", "gemini-2.5-flash", R"(,"reasoning":{"max_tokens":0})",
        R"("thinkingBudget":0,"includeThoughts":false)");
    row("switched off", "gemini-2.5-flash", R"(,"reasoning":{"enabled":false})", R"("thinkingBudget":0)");
    row("Google's own config goes first", "gemini-3-flash",
        R"(,"reasoning_effort":"low","extra_body":{"google":{"thinking_config":{"thinking_level":"high"}}})",
        R"("thinking_level":"high")");
}

void RequestWriterTest::asksForThinking()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, expected);
    QCOMPARE(sentBeside(members, model), expected);
}

void RequestWriterTest::keepsPenaltiesWhereTheyAreEnabled_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<bool>("isEnabled");
    for (const char *model : {"gemini-1.5-flash", "gemini-2.0-flash"})
        QTest::newRow(model) << QByteArray(model) << true;
    for (const char *model : {"gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro", "gemini-2.5-flash-image",
                              "gemini-3-pro-preview", "gemini-3-flash-preview", "gemini-flash-latest"})
        QTest::newRow(model) << QByteArray(model) << false;
}

void RequestWriterTest::keepsPenaltiesWhereTheyAreEnabled()
{
    QFETCH(const QByteArray, model);
    QFETCH(const bool, isEnabled);
    const QByteArray members = R"(,"presence_penalty":0.5,"frequency_penalty":-1)";
    QCOMPARE(sentBeside(members, model),
             isEnabled ? R"({,"generationConfig":{"presencePenalty":0.5,"frequencyPenalty":-1}})" : "{}");
    const GeminiProvider provider(test::geminiConfig());
    const PreparedCall call =
        test::callFor(provider, R"({"messages":[{"role":"user","content":"x"}])" + members + '}', model);
    QVERIFY(call);
    const std::vector<QByteArray> penalties = {"presence_penalty", "frequency_penalty"};
    QCOMPARE((*call)->droppedParams, isEnabled ? std::vector<QByteArray>() : penalties);
}

void RequestWriterTest::asksForJsonBesideFunctions_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("tools");
    QTest::addColumn<bool>("isTaken");
    const QByteArray function = R"({"type":"function","function":{"name":"f"}})";
    const QByteArray search = R"({"type":"google_search"})";
    for (const char *model : {"gemini-2.0-flash", "gemini-2.5-flash", "gemini-2.5-pro", "gemma-3-27b-it"})
        QTest::newRow(model) << QByteArray(model) << function << false;
    for (const char *model : {"gemini-3-pro-preview", "gemini-3-flash-preview", "gemini-3.1-pro-preview"})
        QTest::newRow(model) << QByteArray(model) << function << true;
    QTest::newRow("Google's own tools") << QByteArray("gemini-2.5-flash") << search << true;
    QTest::newRow("both") << QByteArray("gemini-2.5-flash") << search + ',' + function << false;
}

void RequestWriterTest::asksForJsonBesideFunctions()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, tools);
    QFETCH(const bool, isTaken);
    for (const QByteArray &format :
         {QByteArray(R"({"type":"json_object"})"),
          QByteArray(R"({"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}})")}) {
        const QByteArray sent = sentBeside(R"(,"response_format":)" + format + R"(,"tools":[)" + tools + ']', model);
        if (isTaken)
            QVERIFY2(sent.contains(R"("responseMimeType":"application/json")"), sent.constData());
        else
            QCOMPARE(sent, "unsupported_parameter response_format");
    }
    QVERIFY(sentBeside(R"(,"response_format":{"type":"text"},"tools":[)" + tools + ']', model).startsWith('{'));
}

void RequestWriterTest::writesTools_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray members, QByteArray expected) {
        QTest::newRow(name) << std::move(members) << std::move(expected);
    };
    const QByteArray f =
        R"({"type":"function","function":{"name":"f","description":"d","parameters":)"
        R"({"type":"object","properties":{"z":{"type":"string"},"a":{"type":"integer"}},"required":["z"]}}})";
    const QByteArray fOut = R"({"name":"f","description":"d","parametersJsonSchema":{"type":"object",)"
                            R"("properties":{"z":{"type":"string"},"a":{"type":"integer"}},"required":["z"]}})";
    const auto declared = [](const QByteArray &functions, const QByteArray &choice = {}) {
        return R"({,"tools":[{"functionDeclarations":[)" + functions + "]}]" +
               (choice.isEmpty() ? QByteArray() : R"(,"toolConfig":{"functionCallingConfig":{)" + choice + "}}") + '}';
    };
    const auto choice = [&](const char *name, const QByteArray &choiceIn, const QByteArray &choiceOut) {
        row(name, R"(,"tools":[)" + f + R"(],"tool_choice":)" + choiceIn, declared(fOut, choiceOut));
    };
    row("a function", R"(,"tools":[)" + f + ']', declared(fOut));
    row("without parameters",
        R"(,"tools":[{"type":"function","function":{"name":"f"}},{"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}}])",
        declared(R"({"name":"f"},{"name":"g"})"));
    row("of the old form", R"(,"functions":[{"name":"f"}],"function_call":{"name":"f"})",
        declared(R"({"name":"f"})", R"("mode":"ANY","allowedFunctionNames":["f"])"));
    row("names that Gemini does not take",
        R"(,"tools":[{"type":"function","function":{"name":"a b"}},{"type":"function","function":{"name":"a/b"}},)"
        R"({"type":"function","function":{"name":"a.b:c-d"}}],"tool_choice":{"type":"function","function":{"name":"a/b"}})",
        declared(R"({"name":"a_b"},{"name":"a_b_2"},{"name":"a.b:c-d"})",
                 R"("mode":"ANY","allowedFunctionNames":["a_b_2"])"));
    choice("auto", R"("auto")", R"("mode":"AUTO")");
    choice("none", R"("none")", R"("mode":"NONE")");
    choice("required", R"("required")", R"("mode":"ANY")");
    choice("named", R"({"type":"function","function":{"name":"f"}})", R"("mode":"ANY","allowedFunctionNames":["f"])");
    choice(
        "allowed",
        R"({"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}})",
        R"("mode":"VALIDATED","allowedFunctionNames":["f"])");
    choice(
        "allowed and required",
        R"({"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}}]}})",
        R"("mode":"ANY","allowedFunctionNames":["f"])");
    row("strict", R"(,"tools":[{"type":"function","function":{"name":"f","strict":true}}])",
        declared(R"({"name":"f"})", R"("mode":"VALIDATED")"));
    row("strict and required",
        R"(,"tool_choice":"required","tools":[{"type":"function","function":{"name":"f","strict":true}}])",
        declared(R"({"name":"f"})", R"("mode":"ANY")"));
    row("Google's own", R"(,"tools":[{"type":"google_search"},{"type":"url_context"}],"tool_choice":"auto")",
        R"({,"tools":[{"googleSearch":{}},{"urlContext":{}}]})");
    row("both", R"(,"tools":[{"type":"google_search"},{"type":"function","function":{"name":"f"}}])",
        R"({,"tools":[{"functionDeclarations":[{"name":"f"}]},{"googleSearch":{}}]})");
    row("no tools", R"(,"tools":[],"tool_choice":"auto")", "{}");
}

void RequestWriterTest::writesTools()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, expected);
    QCOMPARE(sentBeside(members), expected);
}

void RequestWriterTest::refuses_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray members, QByteArray expected) {
        QTest::newRow(name) << std::move(members) << std::move(expected);
    };
    row("several answers", R"(,"n":2)", "unsupported_parameter n");
    row("log probabilities", R"(,"logprobs":true)", "unsupported_parameter logprobs");
    row("spoken answers", R"(,"modalities":["text","audio"])", "unsupported_parameter modalities");
    row("web search", R"(,"web_search_options":{})", "unsupported_parameter web_search_options");
    row("stored conversations", R"(,"previous_response_id":"r")", "unsupported_parameter previous_response_id");
    row("six stops", R"(,"stop":["1","2","3","4","5","6"])", "unsupported_parameter stop");
    row("a tool of OpenAI's", R"(,"tools":[{"type":"function","function":{"name":"f"}},{"type":"web_search"}])",
        "unsupported_parameter tools[1]");
    row("a custom tool", R"(,"tools":[{"type":"custom","custom":{"name":"f"}}])", "unsupported_parameter tools[0]");
    row("an unknown effort", R"(,"reasoning_effort":"heroic")", "invalid_value reasoning_effort");
    row("a temperature in words", R"(,"temperature":"hot")", "invalid_value temperature");
    row("half a seed", R"(,"seed":0.5)", "invalid_value seed");
    row("one safety setting", R"(,"safety_settings":{"category":"c"})", "invalid_value safety_settings");
}

void RequestWriterTest::refuses()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, expected);
    QCOMPARE(sentBeside(members), expected);
}

void RequestWriterTest::tellsWhatItLeavesOut_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArrayList>("expected");
    const auto row = [](const char *name, QByteArray members, QByteArrayList expected) {
        QTest::newRow(name) << std::move(members) << std::move(expected);
    };
    row("what Gemini does not know",
        R"(,"user":"u","temperature":1,"metadata":{},"logit_bias":{"1":1},"store":false,"parallel_tool_calls":false)",
        {"user", "metadata", "logit_bias", "store", "parallel_tool_calls"});
    row("what happens anyway", R"(,"parallel_tool_calls":true,"n":1,"reasoning_effort":"none")", {});
    row("thinking of a model that does not", R"(,"reasoning_effort":"low","reasoning":{"max_tokens":1})",
        {"reasoning_effort", "reasoning"});
    row("an unknown tier", R"(,"service_tier":"scale")", {"service_tier"});
    row("more in Google's extra body", R"(,"extra_body":{"google":{"cached_content":"c","x":1}})", {"extra_body"});
    row("another extra body", R"(,"extra_body":{"y":1})", {"extra_body"});
}

void RequestWriterTest::tellsWhatItLeavesOut()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArrayList, expected);
    const GeminiProvider provider(test::geminiConfig());
    const PreparedCall call =
        test::callFor(provider, R"({"messages":[{"role":"user","content":"x"}])" + members + '}', "gemini-2.0-flash");
    QVERIFY(call);
    QCOMPARE(QByteArrayList((*call)->droppedParams.begin(), (*call)->droppedParams.end()), expected);
}

void RequestWriterTest::refusesWhatTheClientGotWrong()
{
    QCOMPARE(test::sentBody(GeminiProvider(test::geminiConfig()), R"({"messages":[{"role":"robot"}]})"),
             "invalid_value messages[0].role");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RequestWriterTest)
#include "tst_request_writer.moc"
