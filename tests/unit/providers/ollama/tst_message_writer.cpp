// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/ollama/ollama_testing.h"

#include <QTest>

namespace lunargate {

class MessageWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesMessages_data();
    void writesMessages();
    void refusesWhatOllamaDoesNotTake_data();
    void refusesWhatOllamaDoesNotTake();
    void saysHowAnImageIsToBeSent();
    void tellsThatAToolMustBeCalled_data();
    void tellsThatAToolMustBeCalled();
};

namespace {

const OllamaProvider &provider()
{
    static const OllamaProvider provider(test::ollamaConfig());
    return provider;
}

} // namespace

void MessageWriterTest::writesMessages_data()
{
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray messages, QByteArray expected) {
        QTest::newRow(name) << std::move(messages) << std::move(expected);
    };
    row("roles",
        R"([{"role":"system","content":"a"},{"role":"user","content":"b"},{"role":"assistant","content":"c"}])",
        R"([{"role":"system","content":"a"},{"role":"user","content":"b"},{"role":"assistant","content":"c"}])");
    row("developer is system", R"([{"role":"developer","content":"a"}])", R"([{"role":"system","content":"a"}])");
    row("several parts", R"([{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}])",
        R"([{"role":"user","content":"a\nb"}])");
    row("an empty part between",
        R"([{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":""},"b"]}])",
        R"([{"role":"user","content":"a\nb"}])");
    row("no content", R"([{"role":"user"},{"role":"user","content":null},{"role":"user","content":[]}])",
        R"([{"role":"user","content":""},{"role":"user","content":""},{"role":"user","content":""}])");
    row("escapes", R"([{"role":"user","content":"\"\\\n\u20ac\u0001"}])",
        "[{\"role\":\"user\",\"content\":\"\\\"\\\\\\n\xE2\x82\xAC\\u0001\"}]");
    row("what the assistant refused", R"([{"role":"assistant","content":null,"refusal":"No."}])",
        R"([{"role":"assistant","content":"No."}])");
    row("empty turns of the assistant",
        R"([{"role":"assistant","content":""},{"role":"user","content":"a"},{"role":"assistant"}])",
        R"([{"role":"user","content":"a"}])");
    row("reasoning", R"([{"role":"assistant","content":"4","reasoning_content":"2+2"}])",
        R"([{"role":"assistant","content":"4","thinking":"2+2"}])");
    row("reasoning by its other name", R"([{"role":"assistant","content":"","reasoning":"2+2"}])",
        R"([{"role":"assistant","content":"","thinking":"2+2"}])");
    row("an image",
        R"([{"role":"user","content":[{"type":"text","text":"What?"},)"
        R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}}]}])",
        R"([{"role":"user","content":"What?","images":["iVBORw0KGgo="]}])");
    row("images alone, with line feeds in the base64",
        R"([{"role":"user","content":[{"type":"image_url","image_url":"data:image/jpg;base64,/9j/\n4AA="},)"
        R"({"type":"image_url","image_url":{"url":"data:;base64,AAAA"}}]}])",
        R"([{"role":"user","content":"","images":["/9j/4AA=","AAAA"]}])");
    row("a tool's round trip",
        R"([{"role":"assistant","content":null,"tool_calls":[)"
        R"({"id":"call_1","type":"function","function":{"name":"get_time","arguments":"{\"tz\":\"UTC\",\"a\":1.50}"}},)"
        R"({"id":"call_2","type":"function","function":{"name":"now","arguments":""}}]},)"
        R"({"role":"tool","tool_call_id":"call_2","content":"never"},)"
        R"({"role":"tool","tool_call_id":"call_1","content":[{"type":"text","text":"12"},{"type":"text","text":"30"}]}])",
        R"([{"role":"assistant","content":"","tool_calls":[)"
        R"({"id":"call_1","function":{"name":"get_time","arguments":{"tz":"UTC","a":1.50}}},)"
        R"({"id":"call_2","function":{"name":"now","arguments":{}}}]},)"
        R"({"role":"tool","content":"never","tool_name":"now","tool_call_id":"call_2"},)"
        R"({"role":"tool","content":"12\n30","tool_name":"get_time","tool_call_id":"call_1"}])");
    row("an id that two turns use",
        R"([{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]},)"
        R"({"role":"tool","tool_call_id":"1","content":"a"},)"
        R"({"role":"assistant","tool_calls":[{"id":"1","function":{"name":"g","arguments":" { } "}}]},)"
        R"({"role":"tool","tool_call_id":"1","content":"b"}])",
        R"([{"role":"assistant","content":"","tool_calls":[{"id":"1","function":{"name":"f","arguments":{}}}]},)"
        R"({"role":"tool","content":"a","tool_name":"f","tool_call_id":"1"},)"
        R"({"role":"assistant","content":"","tool_calls":[{"id":"1","function":{"name":"g","arguments":{ }}}]},)"
        R"({"role":"tool","content":"b","tool_name":"g","tool_call_id":"1"}])");
    row("text, thoughts and calls in one turn",
        R"([{"role":"assistant","content":"Let me see.","reasoning_content":"Time?",)"
        R"("tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]}])",
        R"([{"role":"assistant","content":"Let me see.","thinking":"Time?",)"
        R"("tool_calls":[{"id":"1","function":{"name":"f","arguments":{}}}]}])");
    row("an answer that names the tool of a call that is not there",
        R"([{"role":"tool","tool_call_id":"9","name":"f","content":"a"}])",
        R"([{"role":"tool","content":"a","tool_name":"f","tool_call_id":"9"}])");
    row("an image as a tool's answer",
        R"([{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f"}}]},{"role":"tool","tool_call_id":"1",)"
        R"("content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}])",
        R"([{"role":"assistant","content":"","tool_calls":[{"id":"1","function":{"name":"f","arguments":{}}}]},)"
        R"({"role":"tool","content":"","images":["AAAA"],"tool_name":"f","tool_call_id":"1"}])");
    row("no messages", "[]", "[]");
}

void MessageWriterTest::writesMessages()
{
    QFETCH(const QByteArray, messages);
    QFETCH(const QByteArray, expected);
    const QByteArray sent = test::sentBody(provider(), "{\"messages\":" + messages + "}");
    QCOMPARE(sent, R"({"model":"m","stream":false,"messages":)" + expected + "}");
    QVERIFY(json::Document::parse(sent));
}

void MessageWriterTest::refusesWhatOllamaDoesNotTake_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("error");
    const auto row = [](const char *name, QByteArray message, QByteArray error) {
        QTest::newRow(name) << std::move(message) << std::move(error);
    };
    const auto part = [&](const char *name, const QByteArray &json, QByteArray error) {
        row(name, R"({"role":"user","content":[{"type":"text","text":"a"},)" + json + "]}", std::move(error));
    };
    part("an image's address", R"({"type":"image_url","image_url":{"url":"https://x.org/a.png"}})",
         "unsupported_parameter messages[1].content[1].image_url.url");
    part("a file's address", R"({"type":"image_url","image_url":{"url":"file:///etc/passwd"}})",
         "unsupported_parameter messages[1].content[1].image_url.url");
    part("a data URL without base64", R"({"type":"image_url","image_url":{"url":"data:image/svg+xml,%3Csvg/%3E"}})",
         "invalid_value messages[1].content[1].image_url.url");
    part("base64 that is none", R"({"type":"image_url","image_url":{"url":"data:image/png;base64,\"]"}})",
         "invalid_value messages[1].content[1].image_url.url");
    part("audio", R"({"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}})",
         "unsupported_parameter messages[1].content[1].input_audio");
    part("a file", R"({"type":"file","file":{"file_data":"data:application/pdf;base64,AAAA"}})",
         "unsupported_parameter messages[1].content[1].file");
    part("an unknown part", R"({"type":"video_url","video_url":{"url":"x"}})",
         "unsupported_parameter messages[1].content[1].type");
    const auto call = [&](const char *name, const QByteArray &json, QByteArray error) {
        row(name,
            R"({"role":"assistant","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}},)" + json + "]}",
            std::move(error));
    };
    const QByteArray arguments = "invalid_value messages[1].tool_calls[1].function.arguments";
    call("arguments that are cut", R"({"id":"2","function":{"name":"f","arguments":"{\"a\":"}})", arguments);
    call("arguments that are a list", R"({"id":"2","function":{"name":"f","arguments":"[1]"}})", arguments);
    call("arguments that are two objects", R"({"id":"2","function":{"name":"f","arguments":"{},{}"}})", arguments);
    call("a custom tool", R"({"id":"2","type":"custom","custom":{"name":"f","input":"x"}})",
         "unsupported_parameter messages[1].tool_calls[1].type");
    row("an answer to no call", R"({"role":"tool","tool_call_id":"9","content":"a"})",
        "invalid_value messages[1].tool_call_id");
}

void MessageWriterTest::refusesWhatOllamaDoesNotTake()
{
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, error);
    const QByteArray body = R"({"messages":[{"role":"user","content":"a"},)" + message + "]}";
    QCOMPARE(test::sentBody(provider(), body), error);
    QCOMPARE(httpStatus(test::callFor(provider(), body).error()), 400);
}

void MessageWriterTest::saysHowAnImageIsToBeSent()
{
    const PreparedCall call = test::callFor(
        provider(),
        R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://x/a.png"}}]}]})");
    QVERIFY(!call);
    QVERIFY2(call.error().message.contains("send it as a data: URL"), call.error().message.constData());
    QVERIFY2(call.error().message.contains("'local'"), call.error().message.constData());
}

void MessageWriterTest::tellsThatAToolMustBeCalled_data()
{
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("expected");
    const QByteArray sentence = "You must call one of the available tools before you answer.";
    QTest::newRow("no system message") << QByteArray(R"([{"role":"user","content":"a"}])")
                                       << R"([{"role":"system","content":")" + sentence +
                                              R"("},{"role":"user","content":"a"}])";
    QTest::newRow("the first system message")
        << QByteArray(R"([{"role":"user","content":"a"},{"role":"developer","content":"Be brief."},)"
                      R"({"role":"system","content":"b"}])")
        << R"([{"role":"user","content":"a"},{"role":"system","content":"Be brief.\n\nTool-use requirement:\n)" +
               sentence + R"("},{"role":"system","content":"b"}])";
    QTest::newRow("an empty one") << QByteArray(R"([{"role":"system","content":""}])")
                                  << R"([{"role":"system","content":"Tool-use requirement:\n)" + sentence + R"("}])";
}

void MessageWriterTest::tellsThatAToolMustBeCalled()
{
    QFETCH(const QByteArray, messages);
    QFETCH(const QByteArray, expected);
    const QByteArray body = R"({"tool_choice":"required","tools":[{"type":"function","function":{"name":"f"}}],)"
                            R"("messages":)" +
                            messages + "}";
    QCOMPARE(test::sentMember(provider(), body, "messages"), expected);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::MessageWriterTest)
#include "tst_message_writer.moc"
