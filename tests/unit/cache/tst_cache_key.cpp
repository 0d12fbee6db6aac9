// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/cache/cache_key.h"
#include "gateway/config/config.h"

#include <QTest>

namespace lunargate {

/// T79: no two requests that could be answered differently share a key; T97: no two callers do.
class CacheKeyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void holdsWhatDecidesAboutTheAnswer_data();
    void holdsWhatDecidesAboutTheAnswer();
    void leavesOutWhatDoesNot_data();
    void leavesOutWhatDoesNot();
    void holdsWhatResponsesRepeat_data();
    void holdsWhatResponsesRepeat();
    void tellsNumbersApartThatNobodyReadsExactly();
    void holdsWhoAsksForWhatAndHow();
    void holdsHeadersThatChangeAnswers();
    void holdsTheModelsNameWhereTheAnswerRepeatsIt();
    void holdsWhoAnswers();
    void holdsTheTargetsOverrides_data();
    void holdsTheTargetsOverrides();
};

namespace {

const HeaderList kNoHeaders;

const ContentHash::Digest kVersion{1};
const KeyedTarget kTarget{.providerId = "p", .model = "m", .providerVersion = kVersion};

CacheKey keyOfBody(const QByteArray &body, bool isStream = false, QByteArrayView endpoint = "chat_completions")
{
    const std::optional<json::Document> document = json::Document::parse(body);
    if (!document)
        qFatal("not JSON: %s", body.constData());
    return cacheKey({.endpoint = endpoint,
                     .caller = "key:alice",
                     .isStream = isStream,
                     .body = body,
                     .root = document->root(),
                     .clientHeaders = kNoHeaders},
                    kTarget);
}

QByteArray withMember(const QByteArray &member)
{
    return R"({"model":"m","messages":[{"role":"user","content":"hi"}])" + (member.isEmpty() ? "" : "," + member) + "}";
}

CacheKey keyFor(const KeyedTarget &target, const QByteArray &body = withMember(""))
{
    const std::optional<json::Document> document = json::Document::parse(body);
    return cacheKey({.endpoint = "chat_completions",
                     .caller = "key:alice",
                     .body = body,
                     .root = document->root(),
                     .clientHeaders = kNoHeaders},
                    target);
}

CacheKey keyWith(const TargetOverrides *overrides)
{
    return keyFor({.providerId = "p", .model = "m", .providerVersion = kVersion, .overrides = overrides});
}

} // namespace

void CacheKeyTest::holdsWhatDecidesAboutTheAnswer_data()
{
    QTest::addColumn<QByteArray>("a");
    QTest::addColumn<QByteArray>("b");
    const auto row = [](const char *a, const char *b = "") { QTest::newRow(a) << withMember(a) << withMember(b); };
    row(R"("temperature":0.7)");
    row(R"("temperature":0.7)", R"("temperature":0.8)");
    row(R"("top_p":0.9)");
    row(R"("top_k":40)");
    row(R"("min_p":0.1)");
    row(R"("max_tokens":10)");
    row(R"("max_tokens":10)", R"("max_completion_tokens":10)");
    row(R"("n":2)");
    row(R"("n":2)", R"("n":3)");
    row(R"("stop":"x")");
    row(R"("stop":"x")", R"("stop":["x"])");
    row(R"("stop":["x","y"])", R"("stop":["y","x"])");
    row(R"("seed":1)");
    row(R"("seed":1)", R"("seed":2)");
    row(R"("response_format":{"type":"json_object"})");
    row(R"("response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object"}}})",
        R"("response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"array"}}})");
    row(R"("presence_penalty":0.5)");
    row(R"("frequency_penalty":0.5)");
    row(R"("frequency_penalty":0.5)", R"("presence_penalty":0.5)");
    row(R"("repetition_penalty":1.1)");
    row(R"("logit_bias":{"50256":-100})");
    row(R"("logit_bias":{"50256":-100})", R"("logit_bias":{"50257":-100})");
    row(R"("logprobs":true)");
    row(R"("top_logprobs":2)");
    row(R"("reasoning_effort":"low")");
    row(R"("reasoning_effort":"low")", R"("reasoning_effort":"high")");
    row(R"("reasoning":{"max_tokens":100})");
    row(R"("verbosity":"low")");
    row(R"("modalities":["text","audio"])");
    row(R"("audio":{"voice":"alloy","format":"wav"})");
    row(R"("prediction":{"type":"content","content":"x"})");
    row(R"("web_search_options":{})");
    row(R"("tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b"}}])",
        R"("tools":[{"type":"function","function":{"name":"b"}},{"type":"function","function":{"name":"a"}}])");
    row(R"("tools":[{"type":"function","function":{"name":"a","strict":true}}])",
        R"("tools":[{"type":"function","function":{"name":"a"}}])");
    row(R"("tool_choice":"none")", R"("tool_choice":"auto")");
    row(R"("parallel_tool_calls":false)");
    row(R"("service_tier":"flex")");
    row(R"("store":true)");
    row(R"("store":true,"metadata":{"a":"1"})", R"("store":true,"metadata":{"a":"2"})");
    row(R"("stream_options":{"include_usage":true})");
    row(R"("an_extension":1)");
    row(R"("temperature":1,"temperature":2)", R"("temperature":2,"temperature":1)");
    row(R"("x":null)");
    const auto messages = [](const char *a, const char *b) {
        QTest::newRow(a) << QByteArray(R"({"messages":)") + a + "}" << QByteArray(R"({"messages":)") + b + "}";
    };
    messages(R"([{"role":"user","content":"a"}])", R"([{"role":"user","content":"b"}])");
    messages(R"([{"role":"user","content":"a"}])", R"([{"role":"user","content":"a "}])");
    messages(R"([{"role":"user","content":"a"}])", R"([{"role":"system","content":"a"}])");
    messages(R"([{"role":"user","content":"a"}])", R"([{"role":"user","content":"a","name":"x"}])");
    messages(R"([{"role":"user","content":"a"}])", R"([{"role":"user","content":[{"type":"text","text":"a"}]}])");
    messages(R"([{"role":"user","content":"a"},{"role":"user","content":"b"}])",
             R"([{"role":"user","content":"b"},{"role":"user","content":"a"}])");
    messages(R"([{"role":"user","content":"a","user":"x"}])", R"([{"role":"user","content":"a","user":"y"}])");
}

void CacheKeyTest::holdsWhatDecidesAboutTheAnswer()
{
    QFETCH(const QByteArray, a);
    QFETCH(const QByteArray, b);
    QVERIFY(keyOfBody(a) != keyOfBody(b));
    QVERIFY(keyOfBody(a) == keyOfBody(a));
}

void CacheKeyTest::leavesOutWhatDoesNot_data()
{
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const QByteArray &body) { QTest::newRow(name) << body; };
    row("user", withMember(R"("user":"u-1")"));
    row("safety identifier", withMember(R"("safety_identifier":"s-1")"));
    row("metadata", withMember(R"("metadata":{"ticket":"42"})"));
    row("prompt cache", withMember(R"("prompt_cache_key":"k","prompt_cache_retention":"24h")"));
    row("stream is a flag of its own", withMember(R"("stream":false)"));
    row("the model is the target's", withMember("").replace("\"m\"", "\"alias\""));
    row("white space", "{ \"model\" : \"m\",\n \"messages\" : [ {\"role\":\"user\", \"content\":\"hi\"} ] }");
    row("order of members", R"({"messages":[{"content":"hi","role":"user"}],"model":"m"})");
    row("escapes", R"({"model":"m","messages":[{"role":"user","content":"\u0068i"}]})");
}

void CacheKeyTest::leavesOutWhatDoesNot()
{
    QFETCH(const QByteArray, body);
    QVERIFY(keyOfBody(body) == keyOfBody(withMember("")));
}

void CacheKeyTest::holdsWhatResponsesRepeat_data()
{
    QTest::addColumn<QByteArray>("member");
    for (const char *member : {R"("user":"u")", R"("safety_identifier":"s")", R"("prompt_cache_key":"k")",
                               R"("prompt_cache_retention":"24h")", R"("metadata":{"a":"1"})"})
        QTest::newRow(member) << QByteArray(member);
}

// Who gets an answer out of the cache must not read another one's name in it.
void CacheKeyTest::holdsWhatResponsesRepeat()
{
    QFETCH(const QByteArray, member);
    QVERIFY(keyOfBody(withMember(member), false, "responses") != keyOfBody(withMember(""), false, "responses"));
    QVERIFY(keyOfBody(withMember(member)) == keyOfBody(withMember("")));
}

void CacheKeyTest::tellsNumbersApartThatNobodyReadsExactly()
{
    QVERIFY(keyOfBody(withMember(R"("seed":18446744073709551617)")) !=
            keyOfBody(withMember(R"("seed":18446744073709551618)")));
    QVERIFY(keyOfBody(withMember(R"("seed":1.0)")) == keyOfBody(withMember(R"("seed":1)")));
}

void CacheKeyTest::holdsWhoAsksForWhatAndHow()
{
    const QByteArray body = withMember("");
    const std::optional<json::Document> document = json::Document::parse(body);
    const auto key = [&](QByteArrayView endpoint, QByteArrayView caller, bool isStream) {
        return cacheKey({.endpoint = endpoint,
                         .caller = caller,
                         .isStream = isStream,
                         .body = body,
                         .root = document->root(),
                         .clientHeaders = kNoHeaders},
                        kTarget);
    };
    const std::vector<CacheKey> keys = {
        key("chat_completions", "key:alice", false), key("chat_completions", "key:alice", true),
        key("embeddings", "key:alice", false),       key("chat_completions", "key:bob", false),
        key("chat_completions", "", false),          key("chat_completions", "token:alice", false),
    };
    for (size_t i = 0; i < keys.size(); ++i) {
        for (size_t j = 0; j < keys.size(); ++j)
            QCOMPARE(keys[i] == keys[j], i == j);
    }
}

void CacheKeyTest::holdsHeadersThatChangeAnswers()
{
    const QByteArray body = withMember("");
    const std::optional<json::Document> document = json::Document::parse(body);
    const auto key = [&](const HeaderList &headers) {
        return cacheKey({.endpoint = "chat_completions",
                         .caller = {},
                         .body = body,
                         .root = document->root(),
                         .clientHeaders = headers},
                        kTarget);
    };
    QVERIFY(key({{"OpenAI-Beta", "x"}}) != key({}));
    QVERIFY(key({{"OpenAI-Beta", "x"}}) != key({{"OpenAI-Beta", "y"}}));
    QVERIFY(key({{"OpenAI-Beta", "x"}}) != key({{"Anthropic-Beta", "x"}}));
    QVERIFY(key({{"Anthropic-Version", "2023-06-01"}}) != key({}));
    QVERIFY(key({{"OpenAI-Beta", "x"}}) == key({{"openai-beta", "x"}, {"User-Agent", "a"}}));
    QVERIFY(key({{"User-Agent", "a"}, {"Authorization", "Bearer x"}}) == key({}));
}

void CacheKeyTest::holdsTheModelsNameWhereTheAnswerRepeatsIt()
{
    const QByteArray body = withMember("");
    const std::optional<json::Document> document = json::Document::parse(body);
    const auto key = [&](QByteArrayView modelSaid) {
        return cacheKey({.endpoint = "/api/chat",
                         .modelSaid = modelSaid,
                         .caller = {},
                         .body = body,
                         .root = document->root(),
                         .clientHeaders = kNoHeaders},
                        kTarget);
    };
    QVERIFY(key("m") != key("m:latest"));
    QVERIFY(key("m") == key("m"));
}

void CacheKeyTest::holdsWhoAnswers()
{
    const ContentHash::Digest other{2};
    const std::vector<CacheKey> keys = {
        keyFor({.providerId = "p", .model = "m", .providerVersion = kVersion}),
        keyFor({.providerId = "p", .model = "m", .providerVersion = kVersion}, withMember(R"("n":2)")),
        keyFor({.providerId = "q", .model = "m", .providerVersion = kVersion}),
        keyFor({.providerId = "p", .model = "n", .providerVersion = kVersion}),
        keyFor({.providerId = "pm", .model = "", .providerVersion = kVersion}),
        keyFor({.providerId = "p", .model = "m", .responsesUpstream = true, .providerVersion = kVersion}),
        keyFor({.providerId = "p", .model = "m", .providerVersion = other}),
    };
    for (size_t i = 0; i < keys.size(); ++i) {
        for (size_t j = 0; j < keys.size(); ++j)
            QCOMPARE(keys[i] == keys[j], i == j);
    }
}

void CacheKeyTest::holdsTheTargetsOverrides_data()
{
    QTest::addColumn<TargetOverrides>("overrides");
    QTest::addColumn<bool>("isSame");
    const auto row = [](const char *name, bool isSame, const std::function<void(TargetOverrides &)> &set) {
        TargetOverrides overrides;
        set(overrides);
        QTest::newRow(name) << overrides << isSame;
    };
    row("temperature", false, [](TargetOverrides &o) { o.temperature = 0; });
    row("top_p", false, [](TargetOverrides &o) { o.topP = 0; });
    row("top_k", false, [](TargetOverrides &o) { o.topK = 0; });
    row("max_tokens", false, [](TargetOverrides &o) { o.maxTokens = 0; });
    row("headers", false, [](TargetOverrides &o) { o.headers = {{"x", "1"}}; });
    row("timeouts", true, [](TargetOverrides &o) { o.timeouts.total = 1s; });
}

void CacheKeyTest::holdsTheTargetsOverrides()
{
    QFETCH(const TargetOverrides, overrides);
    QFETCH(const bool, isSame);
    const TargetOverrides none;
    QCOMPARE(keyWith(&overrides) == keyWith(&none), isSame);
    // A target that says nothing is as one that there is not.
    QVERIFY(keyWith(&none) == keyWith(nullptr));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::CacheKeyTest)
#include "tst_cache_key.moc"
