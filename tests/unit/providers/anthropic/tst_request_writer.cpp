// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/anthropic/anthropic_testing.h"

#include <QTest>

namespace lunargate {

class RequestWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesAWholeRequest();
    void writesNoMoreThanNecessary();
    void mapsParameters_data();
    void mapsParameters();
    void fillsInTheProvidersDefaults_data();
    void fillsInTheProvidersDefaults();
    void listsWhatItLeavesOut_data();
    void listsWhatItLeavesOut();
    void refusesWhatChangesTheAnswer_data();
    void refusesWhatChangesTheAnswer();
    void asksForAJsonObjectInWords();
    void keepsTheLastFourCacheMarks_data();
    void keepsTheLastFourCacheMarks();
};

namespace {

// The body without what every request has.
QByteArray extraMembers(const QByteArray &body, int maxTokens = 4096)
{
    const QByteArray head = R"({"model":"claude-sonnet-4-5","max_tokens":)" + QByteArray::number(maxTokens) +
                            R"(,"messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}])";
    return body.startsWith(head) ? body.sliced(head.size()).chopped(1) : body;
}

QByteArray withUser(const QByteArray &members)
{
    return R"({"messages":[{"role":"user","content":"Hi"}],)" + members + '}';
}

} // namespace

void RequestWriterTest::writesAWholeRequest()
{
    const QByteArray body = R"({"model":"x","stream":true,"messages":[
        {"role":"system","content":"Be brief."},
        {"role":"user","content":"Time in UTC and CET?"},
        {"role":"assistant","content":null,
         "reasoning_details":[{"type":"reasoning.text","text":"Two zones.","signature":"EqQB","format":"anthropic-claude-v1","index":0}],
         "tool_calls":[{"id":"a","type":"function","function":{"name":"get_time","arguments":"{\"tz\":\"UTC\"}"}},
                       {"id":"b","type":"function","function":{"name":"get_time","arguments":"{\"tz\":\"CET\"}"}}]},
        {"role":"tool","tool_call_id":"a","content":"12:00"},
        {"role":"tool","tool_call_id":"b","content":"14:00"},
        {"role":"user","content":"Thanks, difference?"}],
        "tools":[{"type":"function","function":{"name":"get_time","description":"Current time",
            "parameters":{"type":"object","properties":{"tz":{"type":"string"}},"required":["tz"]}}}],
        "tool_choice":"auto","parallel_tool_calls":false,"reasoning_effort":"high","stop":"END","user":"u-77"})";
    QCOMPARE(
        test::sentBody(AnthropicProvider(test::anthropicConfig()), body, "claude-y"),
        R"({"model":"claude-y","max_tokens":4096,"system":[{"type":"text","text":"Be brief."}],"messages":[)"
        R"({"role":"user","content":[{"type":"text","text":"Time in UTC and CET?"}]},)"
        R"({"role":"assistant","content":[{"type":"thinking","thinking":"Two zones.","signature":"EqQB"},)"
        R"({"type":"tool_use","id":"a","name":"get_time","input":{"tz":"UTC"}},)"
        R"({"type":"tool_use","id":"b","name":"get_time","input":{"tz":"CET"}}]},)"
        R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"12:00"},)"
        R"({"type":"tool_result","tool_use_id":"b","content":"14:00"},{"type":"text","text":"Thanks, difference?"}]}],)"
        R"("tools":[{"name":"get_time","description":"Current time","input_schema":{"type":"object","properties":)"
        R"({"tz":{"type":"string"}},"required":["tz"]}}],)"
        R"("tool_choice":{"type":"auto","disable_parallel_tool_use":true},)"
        R"("thinking":{"type":"adaptive","display":"summarized"},"output_config":{"effort":"high"},)"
        R"("stop_sequences":["END"],"metadata":{"user_id":"u-77"},"stream":true})");
}

void RequestWriterTest::writesNoMoreThanNecessary()
{
    QCOMPARE(test::sentFor(""), R"({"model":"claude-sonnet-4-5","max_tokens":4096,"messages":[)"
                                R"({"role":"user","content":[{"type":"text","text":"Hi"}]}]})");
    QCOMPARE(extraMembers(test::sentFor(R"("temperature":null,"stop":null,"tools":[],"tool_choice":"auto","n":1)")),
             "");
}

void RequestWriterTest::mapsParameters_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("sent");
    const auto row = [](const char *name, QByteArray members, QByteArray sent) {
        QTest::newRow(name) << std::move(members) << std::move(sent);
    };
    row("temperature", R"("temperature":0.5)", R"(,"temperature":0.5)");
    row("temperature over the range", R"("temperature":1.7)", R"(,"temperature":1)");
    row("temperature under the range", R"("temperature":-1)", R"(,"temperature":0)");
    row("top_p", R"("top_p":0.9)", R"(,"top_p":0.9)");
    row("temperature and top_p", R"("top_p":0.9,"temperature":0.2)", R"(,"temperature":0.2)");
    row("top_k", R"("top_k":40)", R"(,"top_k":40)");
    row("no sampling while thinking",
        R"("temperature":0.5,"top_p":0.9,"top_k":4,"thinking":{"type":"enabled","budget_tokens":1024})",
        R"(,"thinking":{"type":"enabled","budget_tokens":1024})");
    row("one stop", R"("stop":"a")", R"(,"stop_sequences":["a"])");
    row("stops", R"("stop":["a"," b"," ","\n"])", R"(,"stop_sequences":["a"," b"])");
    row("blank stops", R"("stop":[" "])", "");
    row("no stops", R"("stop":[])", "");
    row("user", R"("user":"u")", R"(,"metadata":{"user_id":"u"})");
    row("safety_identifier", R"("user":"u","safety_identifier":"s")", R"(,"metadata":{"user_id":"s"})");
    row("service_tier auto", R"("service_tier":"auto")", R"(,"service_tier":"auto")");
    row("service_tier priority", R"("service_tier":"priority")", R"(,"service_tier":"auto")");
    row("service_tier default", R"("service_tier":"default")", R"(,"service_tier":"standard_only")");
    row("service_tier flex", R"("service_tier":"flex")", R"(,"service_tier":"standard_only")");
    row("service_tier unknown", R"("service_tier":"scale")", "");
    row("cache_control", R"("cache_control":{"type":"ephemeral"})", R"(,"cache_control":{"type":"ephemeral"})");
    row("stream", R"("stream":true,"stream_options":{"include_usage":true})", R"(,"stream":true)");
    row("a schema",
        R"("response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object","properties":{"a":{"type":"integer","minimum":1}}}}})",
        R"(,"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"integer","description":"minimum: 1"}},"additionalProperties":false}}})");
    row("text", R"("response_format":{"type":"text"})", "");
}

void RequestWriterTest::mapsParameters()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, sent);
    QCOMPARE(extraMembers(test::sentFor(members)), sent);
}

void RequestWriterTest::fillsInTheProvidersDefaults_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("sent");
    const auto row = [](const char *name, QByteArray members, QByteArray model, QByteArray sent) {
        QTest::newRow(name) << std::move(members) << std::move(model) << std::move(sent);
    };
    row("all", "", test::kModel, "200 0.3  7");
    row("the client's own", R"("temperature":0.5,"top_k":9,"max_tokens":50)", test::kModel, "50 0.5  9");
    row("the client's own top_p", R"("top_p":0.5)", test::kModel, "200  0.5 7");
    row("none for models without", "", "claude-opus-5", "200   ");
}

void RequestWriterTest::fillsInTheProvidersDefaults()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, sent);
    ProviderConfig config = test::anthropicConfig();
    config.temperature = 0.3;
    config.topP = 0.8;
    config.topK = 7;
    config.maxTokens = 200;
    const QByteArray body = test::sentFor(members, model, config);
    QCOMPARE(test::memberOf(body, "max_tokens") + ' ' + test::memberOf(body, "temperature") + ' ' +
                 test::memberOf(body, "top_p") + ' ' + test::memberOf(body, "top_k"),
             sent);
}

void RequestWriterTest::listsWhatItLeavesOut_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("dropped");
    const auto row = [](const char *name, QByteArray members, QByteArray model, QByteArray dropped) {
        QTest::newRow(name) << std::move(members) << std::move(model) << std::move(dropped);
    };
    row("nothing", R"("temperature":0.5,"top_k":3,"user":"u","stop":["a"],"max_tokens":5)", test::kModel, "");
    row("what has no counterpart",
        R"("seed":1,"logit_bias":{},"presence_penalty":1,"frequency_penalty":1,"store":false,"metadata":{"a":"b"},"verbosity":"low")",
        test::kModel, "seed logit_bias presence_penalty frequency_penalty store metadata verbosity");
    row("top_p beside temperature", R"("top_p":0.9,"temperature":0.2)", test::kModel, "top_p");
    row("sampling of new models", R"("temperature":0.2,"top_p":0.9,"top_k":3)", "claude-opus-5",
        "temperature top_p top_k");
    row("the temperature of new models is 1", R"("temperature":1)", "claude-opus-5", "");
    row("values of other types", R"("temperature":"hot","top_k":"x","user":7,"cache_control":1)", test::kModel,
        "temperature top_k user cache_control");
    row("one of two users", R"("user":"u","safety_identifier":"s")", test::kModel, "user");
    row("two users alike", R"("user":"u","safety_identifier":"u")", test::kModel, "");
    row("a blank stop", R"("stop":["a"," "])", test::kModel, "stop");
    row("an unknown tier", R"("service_tier":"scale")", test::kModel, "service_tier");
}

void RequestWriterTest::listsWhatItLeavesOut()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, dropped);
    QCOMPARE(test::droppedFor(withUser(members), model), dropped);
}

void RequestWriterTest::refusesWhatChangesTheAnswer_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("refusal");
    const auto row = [](const char *name, QByteArray members, QByteArray model, QByteArray refusal) {
        QTest::newRow(name) << std::move(members) << std::move(model) << std::move(refusal);
    };
    row("several answers", R"("n":2)", test::kModel, "unsupported_parameter n");
    row("log probabilities", R"("logprobs":true)", test::kModel, "unsupported_parameter logprobs");
    const QByteArray schema =
        R"("response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}})";
    row("a schema for an old model", schema, "claude-3-5-sonnet-20241022", "unsupported_parameter response_format");
    row("a schema that is none", R"("response_format":{"type":"json_schema","json_schema":{"name":"n"}})", test::kModel,
        "invalid_value response_format.json_schema.schema");
    row("what cannot be understood", R"("stop":5)", test::kModel, "invalid_value stop");
}

void RequestWriterTest::refusesWhatChangesTheAnswer()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, refusal);
    QCOMPARE(test::sentFor(members, model), refusal);
}

void RequestWriterTest::asksForAJsonObjectInWords()
{
    const QByteArray body =
        test::sentBody(AnthropicProvider(test::anthropicConfig()),
                       R"({"messages":[{"role":"system","content":"Be brief."},)"
                       R"({"role":"user","content":"Hi"}],"response_format":{"type":"json_object"}})",
                       test::kModel);
    const std::optional<json::Document> document = json::Document::parse(body);
    QVERIFY(document);
    const json::Value system = document->root()["system"];
    QCOMPARE(system.size(), 2);
    QCOMPARE(system.at(0)["text"].string(), "Be brief.");
    QVERIFY(system.at(1)["text"].string().contains("JSON object"));
    QVERIFY(!document->root()["output_config"].exists());
}

void RequestWriterTest::keepsTheLastFourCacheMarks_data()
{
    QTest::addColumn<bool>("isWholeMarked");
    QTest::addColumn<QByteArray>("kept");
    QTest::newRow("by parts") << false << QByteArray("s2 u1 u2 r");
    QTest::newRow("as a whole too") << true << QByteArray("u1 u2 r");
}

void RequestWriterTest::keepsTheLastFourCacheMarks()
{
    QFETCH(const bool, isWholeMarked);
    QFETCH(const QByteArray, kept);
    const auto mark = [](const char *ttl) {
        return R"("cache_control":{"type":"ephemeral","ttl":")" + QByteArray(ttl) + "\"}";
    };
    const auto message = [&](const char *role, const char *ttl) {
        return R"({"role":")" + QByteArray(role) + R"(","content":[{"type":"text","text":"x",)" + mark(ttl) + "}]}";
    };
    const QByteArray body =
        R"({"messages":[)" + message("system", "s1") + ',' + message("system", "s2") + ',' + message("user", "u1") +
        R"(,{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},)" +
        message("user", "u2") + R"(,{"role":"tool","tool_call_id":"a","content":"r",)" + mark("r") +
        R"(}],"tools":[{"type":"function",)" + mark("t") + R"(,"function":{"name":"f"}}])" +
        (isWholeMarked ? "," + mark("whole") : QByteArray()) + '}';
    const QByteArray sent = test::sentBody(AnthropicProvider(test::anthropicConfig()), body, test::kModel);
    QByteArrayList marks;
    for (const char *ttl : {"t", "s1", "s2", "u1", "u2", "r"}) {
        if (sent.contains(mark(ttl)))
            marks.append(ttl);
    }
    QCOMPARE(marks.join(' '), kept);
    QCOMPARE(sent.count("cache_control"), 4);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RequestWriterTest)
#include "tst_request_writer.moc"
