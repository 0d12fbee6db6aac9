// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/config/provider_presets.h"
#include "gateway/providers/openai/message_splices.h"
#include "gateway/providers/openai/quirk_splices.h"
#include "tests/unit/providers/openai/quirks_testing.h"

namespace lunargate {

using test::bodyColumns;
using test::row;
using test::written;
using test::writtenFor;

/// What is changed for services that differ from OpenAI, and that nothing else is.
class QuirksTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void namesTheLimitAsTheServiceDoes_data();
    void namesTheLimitAsTheServiceDoes();
    void knowsReasoningModels_data();
    void knowsReasoningModels();
    void tellsHowMuchToThink_data();
    void tellsHowMuchToThink();
    void namesTheSeed_data();
    void namesTheSeed();
    void sendsStopAsAnArray_data();
    void sendsStopAsAnArray();
    void sendsLogprobsAsANumber_data();
    void sendsLogprobsAsANumber();
    void saysThatAToolMustBeCalled_data();
    void saysThatAToolMustBeCalled();
    void leavesStreamOptionsOut_data();
    void leavesStreamOptionsOut();
    void leavesOutWhatIsRefused_data();
    void leavesOutWhatIsRefused();
    void setsNothingThatIsRefused_data();
    void setsNothingThatIsRefused();
    void namesOnlySomeOfManyLostFields();
    void presets_data();
    void presets();
    void agentsTurnReachesMistral();
};

void QuirksTest::namesTheLimitAsTheServiceDoes_data()
{
    QTest::addColumn<MaxTokensField>("field");
    bodyColumns();
    using enum MaxTokensField;
    const auto add = [](const char *name, MaxTokensField field, const char *body, const char *expected) {
        QTest::newRow(name) << field << QByteArray(body) << QByteArray(expected);
    };
    add("as sent", AsSent, R"({"max_tokens":1,"max_completion_tokens":2})",
        R"({"max_tokens":1,"max_completion_tokens":2})");
    add("older name", MaxTokens, R"({"a":1,"max_completion_tokens":100.0,"n":1})",
        R"({"a":1,"max_tokens":100.0,"n":1})");
    add("older name already", MaxTokens, R"({"max_tokens" : 5})", R"({"max_tokens" : 5})");
    add("both: the modern one counts", MaxTokens, R"({"max_tokens":1,"max_completion_tokens":2})",
        R"({"max_tokens":2})");
    add("the modern one is null", MaxTokens, R"({"max_completion_tokens":null,"max_tokens":1})", R"({"max_tokens":1})");
    add("only null", MaxTokens, R"({"max_completion_tokens":null})", "{}");
    add("modern name", MaxCompletionTokens, R"({"max_tokens":7})", R"({"max_completion_tokens":7})");
    add("modern name already", MaxCompletionTokens, R"({"max_completion_tokens":7})", R"({"max_completion_tokens":7})");
    add("both, modern service", MaxCompletionTokens, R"({"max_tokens":1,"max_completion_tokens":2})",
        R"({"max_completion_tokens":2})");
    add("both, but the modern one is null", MaxCompletionTokens, R"({"max_tokens":1,"max_completion_tokens":null})",
        R"({"max_completion_tokens":1})");
    add("reasoning model", ByModel, R"({"model":"o3-mini","max_tokens":7})",
        R"({"model":"o3-mini","max_completion_tokens":7})");
    add("other model", ByModel, R"({"model":"gpt-4o","max_tokens":7})", R"({"model":"gpt-4o","max_tokens":7})");
    add("other model, modern name", ByModel, R"({"model":"gpt-4o","max_completion_tokens":7})",
        R"({"model":"gpt-4o","max_completion_tokens":7})");
    add("none", MaxTokens, R"({"n":1})", R"({"n":1})");
}

void QuirksTest::namesTheLimitAsTheServiceDoes()
{
    QFETCH(const MaxTokensField, field);
    QFETCH(const QByteArray, body);
    QTEST(written({.maxTokensField = field}, body), "expected");
}

void QuirksTest::knowsReasoningModels_data()
{
    QTest::addColumn<bool>("expected");
    for (const char *model :
         {"o1", "o1-mini", "o3-2025-04-16", "o4-mini", "gpt-5", "gpt-5-mini", "gpt-5.1", "gpt-6", "gpt-10-pro", "GPT-5",
          "openai/gpt-5", "ft:o4-mini-2025-04-16:me::id", "openai/ft:gpt-5:me"})
        QTest::newRow(model) << true;
    for (const char *model :
         {"gpt-4o", "gpt-4.1", "gpt-4-turbo", "gpt-3.5-turbo", "gpt-35-turbo", "gpt-5-chat-latest", "gpt-oss-120b",
          "ft:gpt-4o-mini:me", "ft:", "chatgpt-4o-latest", "omni", "o", "", "llama-5"})
        QTest::newRow(*model ? model : "none") << false;
}

void QuirksTest::knowsReasoningModels()
{
    const QByteArray tag = QTest::currentDataTag();
    QTEST(openai::isReasoningModel(tag == "none" ? QByteArray() : tag), "expected");
}

void QuirksTest::tellsHowMuchToThink_data()
{
    QTest::addColumn<ReasoningField>("field");
    bodyColumns();
    using enum ReasoningField;
    const auto add = [](const char *name, ReasoningField field, const char *body, const char *expected) {
        QTest::newRow(name) << field << QByteArray(body) << QByteArray(expected);
    };
    add("the object becomes the word", Effort, R"({"reasoning":{"effort":"high"},"n":1})",
        R"({"n":1,"reasoning_effort":"high"})");
    add("the word stays", Effort, R"({"reasoning_effort":"low"})", R"({"reasoning_effort":"low"})");
    add("the word wins", Effort, R"({"reasoning":{"effort":"high"},"reasoning_effort":"low"})",
        R"({"reasoning_effort":"low"})");
    add("null is no word", Effort, R"({"reasoning":{"effort":"high"},"reasoning_effort":null})",
        R"({"reasoning_effort":"high"})");
    add("an empty word is none", Effort, R"({"reasoning":{"effort":"high"},"reasoning_effort":" "})",
        R"({"reasoning_effort":"high"})");
    add("switched off", Effort, R"({"reasoning":{"enabled":false}})", R"({"reasoning_effort":"none"})");
    add("a budget cannot be told", Effort, R"({"reasoning":{"max_tokens":2000,"exclude":null}})",
        "{} without reasoning.max_tokens");
    add("what else is in it cannot be told", Effort,
        R"({"reasoning":{"effort":"high","enabled":true,"exclude":true,"summary":"auto"}})",
        R"({"reasoning_effort":"high"} without reasoning.exclude, reasoning.summary)");
    add("null object", Effort, R"({"reasoning":null,"n":1})", R"({"n":1})");
    add("something else than an object", Effort, R"({"reasoning":"high"})", R"({"reasoning":"high"})");
    add("services that take the object", Object, R"({"reasoning":{"effort":"high","max_tokens":5}})",
        R"({"reasoning":{"effort":"high","max_tokens":5}})");
    add("services that take both", Both, R"({"reasoning":{"enabled":true, "effort":"high"}})",
        R"({"reasoning":{"enabled":true},"reasoning_effort":"high"})");
    add("services that take both: effort alone", Both, R"({"reasoning":{"effort":"high"}})",
        R"({"reasoning_effort":"high"})");
    add("services that take both: switched off", Both, R"({"reasoning":{"enabled":false}})",
        R"({"reasoning":{"enabled":false}})");
}

void QuirksTest::tellsHowMuchToThink()
{
    QFETCH(const ReasoningField, field);
    QFETCH(const QByteArray, body);
    QTEST(written({.reasoningField = field}, body), "expected");
}

void QuirksTest::namesTheSeed_data()
{
    bodyColumns();
    row("renamed", R"({"seed":12345678901234567890})", R"({"random_seed":12345678901234567890})");
    row("named so already", R"({"random_seed":1})", R"({"random_seed":1})");
    row("both", R"({"seed":1,"random_seed":2})", R"({"random_seed":2})");
    row("none", R"({"n":1})", R"({"n":1})");
}

void QuirksTest::namesTheSeed()
{
    QFETCH(const QByteArray, body);
    QTEST(written({.seedField = "random_seed"}, body), "expected");
}

void QuirksTest::sendsStopAsAnArray_data()
{
    bodyColumns();
    row("text", R"({"stop":"\u000aEND"})", R"({"stop":["\nEND"]})");
    row("array", R"({"stop":[ "a" , "b" ]})", R"({"stop":[ "a" , "b" ]})");
    row("empty texts", R"({"stop":["","a",""]})", R"({"stop":["a"]})");
    row("empty text", R"({"stop":"","n":1})", R"({"n":1})");
    row("nothing but empty texts", R"({"n":1,"stop":[""]})", R"({"n":1})");
    row("null", R"({"stop":null})", R"({"stop":null})");
}

void QuirksTest::sendsStopAsAnArray()
{
    QFETCH(const QByteArray, body);
    QTEST(written({.stopAsArray = true}, body), "expected");
    QCOMPARE(written({}, body), body);
}

void QuirksTest::sendsLogprobsAsANumber_data()
{
    bodyColumns();
    row("so many", R"({"logprobs":true,"top_logprobs":5,"a":1})", R"({"logprobs":5,"a":1})");
    row("only those said", R"({"logprobs":true})", R"({"logprobs":1})");
    row("none beside those said", R"({"top_logprobs":0,"logprobs":true})", R"({"logprobs":1})");
    row("not asked for", R"({"logprobs":false,"top_logprobs":null,"a":1})", R"({"a":1})");
    row("a number already", R"({"logprobs":3})", R"({"logprobs":3})");
}

void QuirksTest::sendsLogprobsAsANumber()
{
    QFETCH(const QByteArray, body);
    QTEST(written({.logprobsAsNumber = true}, body), "expected");
    QCOMPARE(written({}, body), body);
}

void QuirksTest::saysThatAToolMustBeCalled_data()
{
    bodyColumns();
    row("required", R"({"tool_choice":"required"})", R"({"tool_choice":"any"})");
    row("auto", R"({"tool_choice":"auto"})", R"({"tool_choice":"auto"})");
    row("named", R"({"tool_choice":{"type":"function","function":{"name":"required"}}})",
        R"({"tool_choice":{"type":"function","function":{"name":"required"}}})");
}

void QuirksTest::saysThatAToolMustBeCalled()
{
    QFETCH(const QByteArray, body);
    QTEST(written({.requiredToolChoice = "any"}, body), "expected");
}

void QuirksTest::leavesStreamOptionsOut_data()
{
    bodyColumns();
    row("not asked", R"({"stream":true})", R"({"stream":true})");
    row("asked", R"({"stream":true,"stream_options":{"include_usage":true}})",
        R"({"stream":true} without stream_options)");
    row("null", R"({"stream_options":null,"stream":true})", R"({"stream":true})");
}

void QuirksTest::leavesStreamOptionsOut()
{
    QFETCH(const QByteArray, body);
    QTEST(written({.streamOptions = false}, body), "expected");
}

void QuirksTest::leavesOutWhatIsRefused_data()
{
    bodyColumns();
    row("harmless", R"({"user":"u","a":1,"logit_bias":{"1":2}})", R"({"a":1} without user, logit_bias)");
    row("the last one", R"({"user":"u"})", R"({} without user)");
    row("all, with a new model", R"({"user":"u","logit_bias":{}})", R"({} without user, logit_bias)");
    row("null is nothing", R"({"user":null,"a":1})", R"({"a":1})");
    row("twice", R"({"user":"u","a":1,"user":"v"})", R"({"a":1} without user)");
    row("what happens anyway", R"({"n":1,"logprobs":false,"top_logprobs":0,"response_format":{"type":"text"}})", "{}");
    row("several answers", R"({"n":2})", "unsupported_parameter n");
    row("log probabilities", R"({"logprobs":true})", "unsupported_parameter logprobs");
    row("their number", R"({"top_logprobs":3})", "unsupported_parameter top_logprobs");
    row("a form of answers", R"({"response_format":{"type":"json_object"}})", "unsupported_parameter response_format");
    row("others", R"({"seed":1})", R"({"seed":1})");
}

void QuirksTest::leavesOutWhatIsRefused()
{
    QFETCH(const QByteArray, body);
    QTEST(written({.refused = {"user", "logit_bias", "n", "logprobs", "top_logprobs", "response_format"}}, body),
          "expected");
}

void QuirksTest::setsNothingThatIsRefused_data()
{
    QTest::addColumn<QByteArray>("refused");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const char *refused, QByteArray body, QByteArray expected) {
        QTest::newRow(name) << QByteArray(refused) << std::move(body) << std::move(expected);
    };
    row("effort out of reasoning", "reasoning_effort", R"({"messages":[],"reasoning":{"effort":"low"}})",
        R"({"messages":[]} without reasoning.effort)");
    row("effort as sent", "reasoning_effort", R"({"messages":[],"reasoning_effort":"low"})",
        R"({"messages":[]} without reasoning_effort)");
    row("options of the stream", "stream_options", R"({"messages":[],"stream":true})",
        R"({"messages":[],"stream":true})");
    row("options of the stream, as sent", "stream_options",
        R"({"messages":[],"stream":true,"stream_options":{"include_usage":false}})",
        R"({"messages":[],"stream":true} without stream_options)");
    row("name of the limit", "max_completion_tokens", R"({"messages":[],"max_tokens":5})",
        R"({"messages":[]} without max_tokens)");
    row("defaults", "temperature, top_p, max_completion_tokens", R"({"messages":[]})", R"({"messages":[]})");
}

void QuirksTest::setsNothingThatIsRefused()
{
    QFETCH(const QByteArray, refused);
    QFETCH(const QByteArray, body);
    ProviderConfig provider;
    provider.quirks.maxTokensField = MaxTokensField::MaxCompletionTokens;
    for (const QByteArray &name : refused.split(','))
        provider.quirks.refused.push_back(name.trimmed());
    const bool hasDefaults = provider.quirks.refused.size() > 1;
    if (hasDefaults) {
        provider.temperature = provider.topP = 0.5;
        provider.maxTokens = 100;
    }
    QTEST(writtenFor(provider, body), "expected");
}

void QuirksTest::namesOnlySomeOfManyLostFields()
{
    // Each name compared with all before it would take minutes.
    QByteArrayList members;
    for (int i = 0; i < 200'000; ++i)
        members.append("\"" + QByteArray::number(i) + "\":1");
    const ChatRequest request = test::chatRequest("{\"messages\":[],\"reasoning\":{" + members.join(',') + "}}");
    const Result<openai::WrittenRequest> result = openai::writeChatRequest(request, {}, {});
    QVERIFY(result);
    QCOMPARE(result->body, R"({"messages":[]})");
    QCOMPARE(result->droppedParams.size(), 50U);
    QCOMPARE(result->droppedParams.front(), "reasoning.0");
}

void QuirksTest::presets_data()
{
    QTest::addColumn<QByteArray>("type");
    bodyColumns();
    const auto add = [](const char *name, const char *type, const char *body, const char *expected) {
        QTest::newRow(name) << QByteArray(type) << QByteArray(body) << QByteArray(expected);
    };
    const char *developer = R"({"messages":[{"role":"developer","content":"x"}]})";
    const char *system = R"({"messages":[{"role":"system","content":"x"}]})";
    add("OpenAI knows developers", "openai", developer, developer);
    for (const char *type :
         {"groq", "together", "abacus", "deepseek", "mistral", "perplexity", "lmstudio", "llamacpp", "vllm"})
        QTest::addRow("%s knows no developers", type)
            << QByteArray(type) << QByteArray(developer) << QByteArray(system);
    add("OpenAI, reasoning model", "openai", R"({"model":"gpt-5","max_tokens":5})",
        R"({"model":"gpt-5","max_completion_tokens":5})");
    add("Azure, reasoning model", "azure", R"({"model":"o3","max_tokens":5})",
        R"({"model":"o3","max_completion_tokens":5})");
    add("Groq leaves out", "groq", R"({"logit_bias":{"1":1},"store":true,"n":1,"a":1})",
        R"({"a":1} without logit_bias, store)");
    add("Groq has one answer", "groq", R"({"n":3})", "unsupported_parameter n");
    add("Together", "together", R"({"stop":"a","max_completion_tokens":5,"parallel_tool_calls":true})",
        R"({"stop":["a"],"max_tokens":5} without parallel_tool_calls)");
    add("Together counts log probabilities", "together", R"({"logprobs":true,"top_logprobs":2})", R"({"logprobs":2})");
    add("OpenRouter takes the object", "openrouter", R"({"reasoning":{"max_tokens":5}})",
        R"({"reasoning":{"max_tokens":5}})");
    add("Abacus gets little", "abacus", R"({"stream":true,"store":false,"max_completion_tokens":5})",
        R"({"stream":true,"max_tokens":5} without store)");
    add("DeepSeek", "deepseek", R"({"max_completion_tokens":5,"seed":1,"top_p":1.0})",
        R"({"max_tokens":5,"top_p":1.0} without seed)");
    const char *thoughts =
        R"({"messages":[{"role":"assistant","reasoning_content":"t","reasoning_details":[{}],"tool_calls":[{"id":"abcdefghi","extra_content":{}}]}]})";
    add("Gemini takes its signatures back", "gemini-openai", thoughts,
        R"({"messages":[{"role":"assistant","tool_calls":[{"id":"abcdefghi","extra_content":{}}]}]} without messages.reasoning_content, messages.reasoning_details)");
    for (const char *type : {"groq", "cerebras"}) {
        QTest::addRow("%s is strict", type)
            << QByteArray(type) << QByteArray(thoughts)
            << QByteArray(
                   R"({"messages":[{"role":"assistant","reasoning":"t","tool_calls":[{"id":"abcdefghi"}]}]} without messages.tool_calls.extra_content, messages.reasoning_details)");
    }
    add("Fireworks is strict", "fireworks", thoughts,
        R"({"messages":[{"role":"assistant","reasoning_content":"t","tool_calls":[{"id":"abcdefghi"}]}]} without messages.tool_calls.extra_content, messages.reasoning_details)");
    add("Mistral is strict", "mistral", thoughts,
        R"({"messages":[{"role":"assistant","tool_calls":[{"id":"abcdefghi"}]}]} without messages.tool_calls.extra_content, messages.reasoning_content, messages.reasoning_details)");
    add("Gemini's compatible endpoint", "gemini-openai", R"({"store":true,"n":2})", R"({"n":2} without store)");
}

void QuirksTest::presets()
{
    QFETCH(const QByteArray, type);
    QFETCH(const QByteArray, body);
    QTEST(written(findProviderPreset(type)->defaults.quirks, body), "expected");
}

void QuirksTest::agentsTurnReachesMistral()
{
    const QByteArray id = openai::fittingToolCallId("call_abc", 9);
    const QByteArray body =
        R"({"model":"mistral/x","messages":[{"role":"developer","content":"s"},{"role":"user","content":"u"},)"
        R"({"role":"assistant","content":null,"reasoning_content":"t","tool_calls":[{"id":"call_abc",)"
        R"("type":"function","function":{"name":"f","arguments":"{}"}}]},)"
        R"({"role":"tool","tool_call_id":"call_abc","content":"r"}],"tool_choice":"required","seed":7,)"
        R"("max_completion_tokens":50,"stream":true,"stream_options":{"include_usage":true},"user":"me"})";
    const QByteArray expected =
        R"({"model":"x","messages":[{"role":"system","content":"s"},{"role":"user","content":"u"},)"
        R"({"role":"assistant","content":null,"tool_calls":[{"id":")" +
        id + R"(","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":")" + id +
        R"(","content":"r"}],"tool_choice":"any","random_seed":7,"max_tokens":50,"stream":true})"
        " without stream_options, user, messages.reasoning_content";
    QCOMPARE(written(findProviderPreset("mistral")->defaults.quirks, body, "x"), expected);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::QuirksTest)
#include "tst_quirks.moc"
