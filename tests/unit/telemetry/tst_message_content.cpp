// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/observability/redaction.h"
#include "gateway/telemetry/message_content.h"
#include "tests/support/json_path.h"

#include <QJsonArray>
#include <QTest>

using namespace lunargate;
using test::isJson;
using test::jsonAt;
using test::textAt;

namespace {

QByteArray request(const QByteArray &messages)
{
    return "{\"model\":\"m\",\"messages\":[" + messages + "]}";
}

// `arguments` are escaped already.
QByteArray callOf(const QByteArray &arguments)
{
    return "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
           "\"function\":{\"name\":\"sum\",\"arguments\":\"" +
           arguments + "\"}}]}";
}

QByteArray fromUser(const QByteArray &text)
{
    return "{\"role\":\"user\",\"content\":\"" + text + "\"}";
}

} // namespace

/// Messages in the form of OpenTelemetry's conventions.
class MessageContentTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyPartHasItsForm_data()
    {
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("told");
        const auto row = [](const char *name, const QByteArray &message, const char *told) {
            QTest::newRow(name) << message << '[' + QByteArray(told) + ']';
        };
        row("text", R"({"role":"user","content":"Hi you"})",
            R"({"role":"user","parts":[{"type":"text","content":"Hi you"}]})");
        row("system", R"({"role":"system","content":[{"type":"text","text":"Be brief."}]})",
            R"({"role":"system","parts":[{"type":"text","content":"Be brief."}]})");
        row("image by address", R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"urn:image:1"}}]})",
            R"({"role":"user","parts":[{"type":"uri","modality":"image","uri":"urn:image:1"}]})");
        row("image inline",
            R"({"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}}]})",
            R"({"role":"user","parts":[{"type":"omitted_blob","modality":"image","mime_type":"image/png"}]})");
        row("audio",
            R"({"role":"user","content":[{"type":"input_audio","input_audio":{"data":"QUJD","format":"wav"}}]})",
            R"({"role":"user","parts":[{"type":"omitted_blob","modality":"audio","mime_type":"audio/wav"}]})");
        row("file", R"({"role":"user","content":[{"type":"file","file":{"file_id":"f1"}}]})",
            R"({"role":"user","parts":[{"type":"file","modality":"document","file_id":"f1"}]})");
        row("tool call", callOf("{\\\"a\\\":1}"),
            R"({"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"sum","arguments":{"a":1}}]})");
        row("tool call with broken arguments", callOf("nonsense"),
            R"({"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"sum","arguments":"nonsense"}]})");
        row("tool answer", R"({"role":"tool","tool_call_id":"c1","content":"3"})",
            R"({"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"3"}]})");
        row("tool answer in parts",
            R"({"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"3"},)"
            R"({"type":"image_url","image_url":{"url":"data:image/png;base64,QUJD"}}]})",
            R"({"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":[)"
            R"({"type":"text","content":"3"},{"type":"omitted_blob","modality":"image","mime_type":"image/png"}]}]})");
        row("thoughts", R"({"role":"assistant","reasoning_content":"hm","content":"yes"})",
            R"({"role":"assistant","parts":[{"type":"reasoning","content":"hm"},{"type":"text","content":"yes"}]})");
    }
    void everyPartHasItsForm()
    {
        QFETCH(QByteArray, message);
        QFETCH(QByteArray, told);
        const MessageContent content = inputMessages(request(message));
        QCOMPARE(content.json, told);
        QCOMPARE(content.leftOut, 0);
    }

    void eachChoiceIsAMessage()
    {
        const QByteArray first = R"({"message":{"role":"assistant","content":"a"},"finish_reason":"stop"})";
        const QByteArray second = R"({"message":{"role":"assistant","content":"b"},"finish_reason":"tool_calls"})";
        const QByteArray told = outputMessages("{\"choices\":[" + first + ',' + second + "]}").json;
        QCOMPARE(jsonAt(told, "1.parts").toArray().size(), 1);
        QCOMPARE(textAt(told, "0.role"), QByteArray("assistant"));
        QCOMPARE(textAt(told, "0.parts.0.content"), QByteArray("a"));
        QCOMPARE(textAt(told, "0.finish_reason"), QByteArray("stop"));
        QCOMPARE(textAt(told, "1.parts.0.content"), QByteArray("b"));
        QCOMPARE(textAt(told, "1.finish_reason"), QByteArray("tool_call")); // the conventions' word
    }

    void wholeMessagesAreLeftOutOldestFirst()
    {
        const QByteArray large(30 * 1024, 'x');
        QByteArrayList messages;
        for (const char *mark : {"first ", "second ", "third "})
            messages += fromUser(mark + large);
        const MessageContent content = inputMessages(request(messages.join(',')));
        QCOMPARE(content.leftOut, 1);
        QVERIFY(isJson(content.json));
        QVERIFY(content.json.size() <= MessageContent::kLargest);
        QVERIFY(textAt(content.json, "0.parts.0.content").startsWith("second "));
        QVERIFY(textAt(content.json, "1.parts.0.content").startsWith("third "));
    }

    void oneThatIsTooLargeLeavesAnEmptyList()
    {
        const MessageContent content = inputMessages(request(fromUser(QByteArray(100 * 1024, 'x'))));
        QCOMPARE(content.json, QByteArray("[]"));
        QCOMPARE(content.leftOut, 1);
    }

    void secretsAreReplaced()
    {
        registerSecret(SecretString("registered-secret-71"));
        const MessageContent content =
            inputMessages(request(R"({"role":"user","content":"registered-secret-71, sk-abcdefgh12345678"})"));
        QCOMPARE(textAt(content.json, "0.parts.0.content"), QByteArray("***, sk-***"));
    }

    void aVeryLongOneBeforeIsLeftOut()
    {
        const QByteArray keys = QByteArray("sk-abcdefgh12345678 ").repeated(400'000);
        const MessageContent content = inputMessages(request(fromUser(keys) + ',' + fromUser("last")));
        QCOMPARE(textAt(content.json, "0.parts.0.content"), QByteArray("last"));
        QCOMPARE(content.leftOut, 1);
    }

    void whatIsNoRequestTellsNothing()
    {
        QVERIFY(inputMessages("").json.isEmpty());
        QVERIFY(inputMessages("{}").json.isEmpty());
        QVERIFY(outputMessages("[1]").json.isEmpty());
    }
};

QTEST_APPLESS_MAIN(MessageContentTest)
#include "tst_message_content.moc"
