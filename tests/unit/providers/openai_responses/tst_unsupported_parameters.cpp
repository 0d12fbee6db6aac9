// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/openai_responses/request_testing.h"

#include <QTest>

namespace lunargate {

using test::kSentUser;
using test::kUser;
using test::responsesConfig;
using test::sent;
using test::withMessages;

/// What the protocol or the service does not take is refused or left out.
class ResponsesUnsupportedParametersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void honoursQuirks();
    void refusesWhatTheServiceRefuses();
    void refusesWhatTheProtocolCannotSay_data();
    void refusesWhatTheProtocolCannotSay();
    void tellsWhatIsLeftOut_data();
    void tellsWhatIsLeftOut();
};

void ResponsesUnsupportedParametersTest::honoursQuirks()
{
    ProviderConfig config = responsesConfig();
    config.quirks.developerRole = false;
    config.quirks.refused = {"user", "store", "temperature", "parallel_tool_calls", "verbosity", "reasoning_effort"};
    config.temperature = 0.5;
    const OpenAiResponsesProvider provider(config);
    const PreparedCall call = test::callFor(
        provider,
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

void ResponsesUnsupportedParametersTest::refusesWhatTheServiceRefuses()
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

void ResponsesUnsupportedParametersTest::refusesWhatTheProtocolCannotSay_data()
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

void ResponsesUnsupportedParametersTest::refusesWhatTheProtocolCannotSay()
{
    QFETCH(const QByteArray, body);
    QFETCH(const QByteArray, refusal);
    QCOMPARE(sent(body), refusal);
}

void ResponsesUnsupportedParametersTest::tellsWhatIsLeftOut_data()
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

void ResponsesUnsupportedParametersTest::tellsWhatIsLeftOut()
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

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesUnsupportedParametersTest)
#include "tst_unsupported_parameters.moc"
