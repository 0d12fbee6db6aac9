// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/openai_responses/request_testing.h"

#include <QTest>

namespace lunargate {

using test::kSentUser;
using test::kUser;
using test::member;
using test::responsesConfig;
using test::sent;
using test::withMessages;

/// The conversation becomes items of input, and instructions.
class ResponsesInputWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesMessages_data();
    void writesMessages();
    void putsLeadingSystemTextsIntoInstructions_data();
    void putsLeadingSystemTextsIntoInstructions();
    void shortensCallIdsThatAreTooLong();
    void tellsForeignThoughts_data();
    void tellsForeignThoughts();
};

void ResponsesInputWriterTest::writesMessages_data()
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

void ResponsesInputWriterTest::writesMessages()
{
    QFETCH(const QByteArray, messages);
    QFETCH(const QByteArray, more);
    QFETCH(const QByteArray, input);
    QCOMPARE(member(sent(withMessages(messages, more)), "input"), "[" + input + "]");
}

void ResponsesInputWriterTest::putsLeadingSystemTextsIntoInstructions_data()
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

void ResponsesInputWriterTest::putsLeadingSystemTextsIntoInstructions()
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

void ResponsesInputWriterTest::shortensCallIdsThatAreTooLong()
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
    QVERIFY(!input("fc_" + fits).contains("\"id\":\"fc_"));
}

void ResponsesInputWriterTest::tellsForeignThoughts_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<std::vector<QByteArray>>("dropped");
    QTest::newRow("of another provider of the protocol")
        << QByteArray("0123456789ab:0:0:rs_1") << std::vector<QByteArray>{"messages.reasoning_details"};
    QTest::newRow("of nobody known") << QByteArray("rs_1") << std::vector<QByteArray>{"messages.reasoning_details"};
    QTest::newRow("own") << test::thoughtOrigin() + ":0:0:rs_1" << std::vector<QByteArray>();
}

void ResponsesInputWriterTest::tellsForeignThoughts()
{
    QFETCH(const QByteArray, id);
    const QByteArray message = R"({"role":"assistant","content":"a","reasoning_details":[)"
                               R"({"type":"reasoning.encrypted","data":"x","format":"openai-responses-v1","id":")" +
                               id + "\"}]}";
    const OpenAiResponsesProvider provider(responsesConfig());
    const PreparedCall call = test::callFor(provider, withMessages(message + ',' + message));
    QVERIFY(call);
    QTEST((*call)->droppedParams, "dropped");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesInputWriterTest)
#include "tst_input_writer.moc"
