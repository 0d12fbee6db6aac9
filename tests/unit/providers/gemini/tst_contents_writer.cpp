// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/gemini/gemini_testing.h"

#include <QElapsedTimer>
#include <QTest>

namespace lunargate {

class ContentsWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesMessages_data();
    void writesMessages();
    void writesMedia_data();
    void writesMedia();
    void writesFunctionCalls_data();
    void writesFunctionCalls();
    void showsThoughtSignatures_data();
    void showsThoughtSignatures();
    void refusesWhatItCannotSay_data();
    void refusesWhatItCannotSay();
    void saysHowToSendPictures();
    void readsLongHistoriesInLinearTime();
    void readsDeepResults();
};

namespace {

// Everything before `generationConfig` and the like: none of these requests has it.
QByteArray written(const QByteArray &messages, const QByteArray &model = "gemini-2.5-flash")
{
    return test::sentBody(GeminiProvider(test::geminiConfig()), "{\"messages\":[" + messages + "]}", model);
}

QByteArray user(const QByteArray &parts)
{
    return R"({"role":"user","parts":[)" + parts + "]}";
}

QByteArray model(const QByteArray &parts)
{
    return R"({"role":"model","parts":[)" + parts + "]}";
}

QByteArray contents(const QByteArrayList &turns)
{
    return R"({"contents":[)" + turns.join(',') + "]}";
}

} // namespace

void ContentsWriterTest::writesMessages_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray messages, QByteArray expected,
                        QByteArray model = "gemini-2.5-pro") {
        QTest::newRow(name) << std::move(model) << std::move(messages) << std::move(expected);
    };
    row("a question", R"({"role":"user","content":"Time?"})", contents({user(R"({"text":"Time?"})")}));
    row("all system messages, wherever they are",
        R"({"role":"system","content":"A"},{"role":"user","content":"x"},{"role":"developer","content":[{"type":"text","text":"B"}]})",
        R"({"systemInstruction":{"parts":[{"text":"A"},{"text":"B"}]},"contents":[{"role":"user","parts":[{"text":"x"}]}]})");
    row("nothing but a system message", R"({"role":"system","content":"A"})", contents({user(R"({"text":"A"})")}));
    row("an empty question behind a system message", R"({"role":"system","content":"A"},{"role":"user","content":""})",
        contents({user(R"({"text":"A"})")}));
    row("a model without system instructions", R"({"role":"user","content":"x"},{"role":"system","content":"A"})",
        contents({user(R"({"text":"A"},{"text":"x"})")}), "models/gemma-3-27b-it");
    row("a system that says nothing, for a model without system instructions",
        R"({"role":"system","content":""},{"role":"assistant","content":"x"})",
        contents({lunargate::model(R"({"text":"x"})")}), "gemma-3-27b-it");
    row("roles", R"({"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"})",
        contents({user(R"({"text":"a"})"), model(R"({"text":"b"})"), user(R"({"text":"c"})")}));
    row("neighbours",
        R"({"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"assistant","content":"c"},)"
        R"({"role":"assistant","content":"d"})",
        contents({user(R"({"text":"a"},{"text":"b"})"), model(R"({"text":"c"},{"text":"d"})")}));
    row("empty messages and parts",
        R"({"role":"user","content":"a"},{"role":"assistant","content":""},{"role":"assistant","content":null},)"
        R"({"role":"user","content":[{"type":"text","text":""},{"type":"text","text":"b"}]})",
        contents({user(R"({"text":"a"},{"text":"b"})")}));
    row("a refusal", R"({"role":"user","content":"a"},{"role":"assistant","content":null,"refusal":"No."})",
        contents({user(R"({"text":"a"})"), model(R"({"text":"No."})")}));
    row("unsigned thoughts stay out",
        R"({"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning_content":"t"})",
        contents({user(R"({"text":"a"})"), model(R"({"text":"b"})")}));
    row("nothing", R"({"role":"user","content":""})", "invalid_value messages");
}

void ContentsWriterTest::writesMessages()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, messages);
    QFETCH(const QByteArray, expected);
    QCOMPARE(written(messages, model), expected);
}

void ContentsWriterTest::writesMedia_data()
{
    QTest::addColumn<QByteArray>("part");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray part, QByteArray mediaType, QByteArray data) {
        QTest::newRow(name) << std::move(part)
                            << contents({user(R"({"inlineData":{"mimeType":")" + mediaType + R"(","data":")" + data +
                                              R"("}})")});
    };
    row("image", R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoA"}})", "image/png",
        "iVBORw0KGgoA");
    row("image with white space", R"({"type":"image_url","image_url":"data:image/jpg;base64,/9j/\n4AA="})",
        "image/jpeg", "/9j/4AA=");
    row("image without a type", R"({"type":"image_url","image_url":{"url":"data:;base64,R0lGODlh"}})", "image/gif",
        "R0lGODlh");
    row("sound", R"({"type":"input_audio","input_audio":{"data":"UklGRg==","format":"WAV"}})", "audio/wav", "UklGRg==");
    row("pdf", R"({"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}})",
        "application/pdf", "JVBERi0=");
    row("video", R"({"type":"video_url","video_url":{"url":"data:video/mp4;base64,AAAA"}})", "video/mp4", "AAAA");
    row("video as a file", R"({"type":"file","file":{"file_data":"data:video/webm;base64,AAAA"}})", "video/webm",
        "AAAA");
}

void ContentsWriterTest::writesMedia()
{
    QFETCH(const QByteArray, part);
    QFETCH(const QByteArray, expected);
    QCOMPARE(written(R"({"role":"user","content":[)" + part + "]}"), expected);
}

void ContentsWriterTest::writesFunctionCalls_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("expected");
    const QByteArray ask = R"({"role":"user","content":"x"},)";
    const QByteArray calls =
        R"({"role":"assistant","content":null,"tool_calls":[)"
        R"({"id":"c1","type":"function","function":{"name":"f","arguments":"{\"b\": 1,\"a\":[2]}"}},)"
        R"({"id":"c2","type":"function","function":{"name":"g","arguments":""}}]},)";
    const QByteArray called = R"({"functionCall":{"id":"c1","name":"f","args":{"b": 1,"a":[2]}}},)"
                              R"({"functionCall":{"id":"c2","name":"g","args":{}}})";
    const QByteArray image = R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}})";
    const QByteArray inlined = R"({"inlineData":{"mimeType":"image/png","data":"AAAA"}})";
    const auto row = [&](const char *name, QByteArray messages, QByteArrayList turns,
                         QByteArray model = "gemini-2.5-pro") {
        turns.prepend(user(R"({"text":"x"})"));
        QTest::newRow(name) << std::move(model) << ask + messages << contents(turns);
    };
    const auto response = [](const QByteArray &id, const QByteArray &name, const QByteArray &value) {
        return R"({"functionResponse":{"id":")" + id + R"(","name":")" + name + R"(","response":)" + value + "}}";
    };
    row("calls and their results in one content",
        calls + R"({"role":"tool","tool_call_id":"c1","content":"12:00"},)"
                R"({"role":"tool","tool_call_id":"c2","content":"{\"b\": 1, \"a\":2}"})",
        {model(called),
         user(response("c1", "f", R"({"output":"12:00"})") + ',' + response("c2", "g", R"({"b": 1, "a":2})"))});
    row("a question behind the results",
        calls +
            R"({"role":"tool","tool_call_id":"c2","content":""},{"role":"tool","tool_call_id":"c1",)"
            R"("content":[{"type":"text","text":"[1]"},{"type":"text","text":"[2]"}]},{"role":"user","content":"y"})",
        {model(called), user(response("c2", "g", R"({"output":""})") + ',' +
                             response("c1", "f", R"({"output":"[1]\n[2]"})") + R"(,{"text":"y"})")});
    row("a text before the calls", R"({"role":"assistant","content":"t"},)" + calls.chopped(1),
        {model(R"({"text":"t"},)" + called)});
    row("a result is missing",
        calls + R"({"role":"tool","tool_call_id":"c2","content":"r"},{"role":"assistant","content":"t"})",
        {model(called),
         user(response("c2", "g", R"({"output":"r"})") + ',' + response("c1", "f", R"({"error":"no result"})")),
         model(R"({"text":"t"})")});
    row("all results are missing", calls + R"({"role":"user","content":"y"})",
        {model(called), user(response("c1", "f", R"({"error":"no result"})") + ',' +
                             response("c2", "g", R"({"error":"no result"})") + R"(,{"text":"y"})")});
    // Google reads `$ref` as the name of a part of the response.
    const auto reference = [&](const char *name, const QByteArray &result) {
        row(name,
            calls + R"({"role":"tool","tool_call_id":"c1","content":")" + result +
                R"("},{"role":"tool","tool_call_id":"c2","content":"{\"ref\":\"$ref\"}"})",
            {model(called), user(response("c1", "f", R"({"output":")" + result + R"("})") + ',' +
                                 response("c2", "g", R"({"ref":"$ref"})"))});
    };
    reference("a result that is a reference", R"({\"$ref\":\"#/a\"})");
    reference("a result with an escaped reference deep inside", R"({\"a\":[1,{\"b\":{\"\\u0024ref\":1}}]})");
    row("a result behind the next question",
        calls + R"({"role":"user","content":"y"},{"role":"tool","tool_call_id":"c1","content":"late"})",
        {model(called), user(response("c1", "f", R"({"output":"late"})") + ',' +
                             response("c2", "g", R"({"error":"no result"})") + R"(,{"text":"y"})")});
    row("results behind the next answer",
        calls +
            R"({"role":"user","content":"y"},{"role":"assistant","content":"t"},{"role":"tool","tool_call_id":"c2","content":"2"},)"
            R"({"role":"tool","tool_call_id":"c1","content":"1"},{"role":"user","content":"z"})",
        {model(called),
         user(response("c1", "f", R"({"output":"1"})") + ',' + response("c2", "g", R"({"output":"2"})") +
              R"(,{"text":"y"})"),
         model(R"({"text":"t"})"), user(R"({"text":"z"})")});
    const QByteArray again = R"({"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"h"}}]},)";
    const QByteArray calledAgain = R"({"functionCall":{"id":"c1","name":"h","args":{}}})";
    row("the same id in another turn",
        calls +
            R"({"role":"tool","tool_call_id":"c1","content":"1"},{"role":"tool","tool_call_id":"c2","content":"2"},)" +
            again + R"({"role":"tool","tool_call_id":"c1","content":"3"})",
        {model(called), user(response("c1", "f", R"({"output":"1"})") + ',' + response("c2", "g", R"({"output":"2"})")),
         model(calledAgain), user(response("c1", "h", R"({"output":"3"})"))});
    row("the same id behind one without a result",
        R"({"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"f"}}]},{"role":"user","content":"y"},)" +
            again + R"({"role":"tool","tool_call_id":"c1","content":"3"})",
        {model(R"({"functionCall":{"id":"c1","name":"f","args":{}}})"),
         user(response("c1", "f", R"({"error":"no result"})") + R"(,{"text":"y"})"), model(calledAgain),
         user(response("c1", "h", R"({"output":"3"})"))});
    row("calls in two messages",
        R"({"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"f"}}]},)"
        R"({"role":"assistant","tool_calls":[{"id":"c2","function":{"name":"g"}}]},)"
        R"({"role":"tool","tool_call_id":"c1","content":"1"},{"role":"tool","tool_call_id":"c2","content":"2"})",
        {model(
             R"({"functionCall":{"id":"c1","name":"f","args":{}}},{"functionCall":{"id":"c2","name":"g","args":{}}})"),
         user(response("c1", "f", R"({"output":"1"})") + ',' + response("c2", "g", R"({"output":"2"})"))});
    row("functions of the old form",
        R"({"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},)"
        R"({"role":"function","name":"f","content":"1"})",
        {model(R"({"functionCall":{"id":"call_ID","name":"f","args":{}}})"),
         user(response("call_ID", "f", R"({"output":"1"})"))});
    row("names that Gemini does not take",
        R"({"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"7 up/ü"}}]},)"
        R"({"role":"tool","tool_call_id":"c1","content":"1"})",
        {model(R"({"functionCall":{"id":"c1","name":"_7_up___","args":{}}})"),
         user(response("c1", "_7_up___", R"({"output":"1"})"))});
    row("a picture, older models",
        R"({"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"f"}}]},)"
        R"({"role":"tool","tool_call_id":"c1","content":[)" +
            image + "]}",
        {model(R"({"functionCall":{"id":"c1","name":"f","args":{}}})"),
         user(response("c1", "f", R"({"output":""})") + R"(,{"text":"Returned by the function call c1:"},)" +
              inlined)});
    row("a picture, newer models",
        R"({"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"f"}}]},)"
        R"({"role":"tool","tool_call_id":"c1","content":[)" +
            image + "]}",
        {model(
             R"({"functionCall":{"id":"c1","name":"f","args":{}},"thoughtSignature":"skip_thought_signature_validator"})"),
         user(R"({"functionResponse":{"id":"c1","name":"f","response":{"output":""},"parts":[)" + inlined + "]}}")},
        "gemini-3.1-pro-preview");
}

void ContentsWriterTest::writesFunctionCalls()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, messages);
    QFETCH(QByteArray, expected);
    const QByteArray sent = written(messages, model);
    // An id that was made up.
    if (const qsizetype at = sent.indexOf("call_"); at >= 0)
        expected.replace("call_ID", sent.sliced(at, sent.indexOf('"', at) - at));
    QCOMPARE(sent, expected);
}

void ContentsWriterTest::showsThoughtSignatures_data()
{
    QTest::addColumn<QByteArray>("model");
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray message, QByteArray parts, QByteArray model = "gemini-3-pro") {
        QTest::newRow(name) << std::move(model) << R"({"role":"assistant",)" + message + '}'
                            << contents({user(R"({"text":"x"})"), lunargate::model(parts)});
    };
    const auto call = [](const QByteArray &id, const QByteArray &extra = {}) {
        return R"({"id":")" + id + R"(","type":"function","function":{"name":"f","arguments":"{}"})" + extra + '}';
    };
    const auto called = [](const QByteArray &id, const QByteArray &signature = {}) {
        return R"({"functionCall":{"id":")" + id + R"(","name":"f","args":{}})" +
               (signature.isEmpty() ? QByteArray() : R"(,"thoughtSignature":")" + signature + '"') + '}';
    };
    const auto encrypted = [](const QByteArray &id, const QByteArray &data,
                              const QByteArray &format = "google-gemini-v1") {
        return R"({"type":"reasoning.encrypted","data":")" + data + R"(","id":")" + id + R"(","format":")" + format +
               R"(","index":0})";
    };
    const QByteArray signedCall = call("c1", R"(,"extra_content":{"google":{"thought_signature":"AbC="}})");
    row("of a call, its sibling has none", R"("tool_calls":[)" + signedCall + ',' + call("c2") + ']',
        called("c1", "AbC=") + ',' + called("c2"));
    row("lost: the first call only", R"("tool_calls":[)" + call("c1") + ',' + call("c2") + ']',
        called("c1", "skip_thought_signature_validator") + ',' + called("c2"));
    row("lost on an older model", R"("tool_calls":[)" + call("c1") + ']', called("c1"), "gemini-2.5-pro");
    row("older models get theirs back", R"("tool_calls":[)" + signedCall + ']', called("c1", "AbC="), "gemini-2.5-pro");
    row("OpenRouter's place for it",
        R"("reasoning_details":[)" + encrypted("c1", "Or=") + R"(],"tool_calls":[)" + call("c1") + ']',
        called("c1", "Or="));
    row("another provider's",
        R"("content":"t","reasoning_details":[)" + encrypted("text-0-1", "Or=", "anthropic-claude-v1") + ']',
        R"({"text":"t"})");
    row("of the whole text", R"("content":"t\u00e9","reasoning_details":[)" + encrypted("text-0-3", "S=") + ']',
        R"({"text":"té","thoughtSignature":"S="})");
    row("of an empty text behind it", R"("content":"t","reasoning_details":[)" + encrypted("text-1-1", "S=") + ']',
        R"({"text":"t"},{"text":"","thoughtSignature":"S="})");
    row("of a piece of the text, and another",
        R"("content":"abcd","reasoning_details":[)" + encrypted("text-1-2", "S=") + ',' + encrypted("text-3-4", "T=") +
            ']',
        R"({"text":"a"},{"text":"b","thoughtSignature":"S="},{"text":"c"},{"text":"d","thoughtSignature":"T="})");
    row("the text was changed", R"("content":"a","reasoning_details":[)" + encrypted("text-0-2", "S=") + ']',
        R"({"text":"a"},{"text":"","thoughtSignature":"S="})");
    row("the place is within a character",
        R"("content":"\u00e9","reasoning_details":[)" + encrypted("text-0-1", "S=") + ']',
        R"({"text":"é"},{"text":"","thoughtSignature":"S="})");
    row("odd places",
        R"("content":"a","reasoning_details":[)" + encrypted("text-x-1", "S=") + ',' + encrypted("text-", "T=") + ',' +
            encrypted("text--1-1", "U=") + ',' + encrypted("", "V=") + ']',
        R"({"text":"a"},{"text":"","thoughtSignature":"S="},{"text":"","thoughtSignature":"T="},)"
        R"({"text":"","thoughtSignature":"U="},{"text":"","thoughtSignature":"V="})");
    row("of a thought",
        R"("content":"a","reasoning_details":[{"type":"reasoning.text","text":"","signature":"S=","format":"google-gemini-v1"}])",
        R"({"text":"","thought":true,"thoughtSignature":"S="},{"text":"a"})");
    row("a picture that was shown", R"x("content":"a![image](data:image/png;base64,AAAA)b")x",
        R"({"text":"a"},{"inlineData":{"mimeType":"image/png","data":"AAAA"}},{"text":"b"})");
    row("of a picture",
        R"x("content":"a![image](data:image/png;base64,AAAA)","reasoning_details":[)x" + encrypted("text-1-37", "S=") +
            ']',
        R"({"text":"a"},{"inlineData":{"mimeType":"image/png","data":"AAAA"},"thoughtSignature":"S="})");
    row("no picture", R"("content":"![image](data:image/png,x) ![image](data:image/png;base64,A")",
        R"({"text":"![image](data:image/png,x) ![image](data:image/png;base64,A"})");
}

void ContentsWriterTest::showsThoughtSignatures()
{
    QFETCH(const QByteArray, model);
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, expected);
    QCOMPARE(written(R"({"role":"user","content":"x"},)" + message, model), expected);
}

void ContentsWriterTest::refusesWhatItCannotSay_data()
{
    QTest::addColumn<QByteArray>("message");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray message, QByteArray expected) {
        QTest::newRow(name) << std::move(message) << std::move(expected);
    };
    const auto part = [&row](const char *name, const QByteArray &json, QByteArray expected) {
        row(name, R"({"role":"user","content":[{"type":"text","text":"t"},)" + json + "]}", std::move(expected));
    };
    part("an image elsewhere", R"({"type":"image_url","image_url":{"url":"https://x/y.png"}})",
         "invalid_value messages[1].content[1].image_url.url");
    part("an image that is not base64", R"({"type":"image_url","image_url":{"url":"data:image/png,%20"}})",
         "invalid_value messages[1].content[1].image_url.url");
    part("an image of no type", R"({"type":"image_url","image_url":{"url":"data:;base64,AAAA"}})",
         "invalid_value messages[1].content[1].image_url.url");
    part("sound of no format", R"({"type":"input_audio","input_audio":{"data":"AAAA"}})",
         "invalid_value messages[1].content[1].input_audio.format");
    part("a file of OpenAI's", R"({"type":"file","file":{"file_id":"file-1"}})",
         "unsupported_parameter messages[1].content[1].file.file_id");
    part("an unknown part", R"({"type":"hologram"})", "unsupported_parameter messages[1].content[1]");
    row("an image of the system",
        R"({"role":"system","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]})",
        "unsupported_parameter messages[1].content[0]");
    row("arguments that are no object",
        R"({"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},)"
        R"({"id":"b","function":{"name":"f","arguments":"[1]"}}]})",
        "invalid_value messages[1].tool_calls[1].function.arguments");
    row("arguments that are no JSON",
        R"({"role":"assistant","tool_calls":[{"id":"b","function":{"name":"f","arguments":"{"}}]})",
        "invalid_value messages[1].tool_calls[0].function.arguments");
    row("a custom tool's call",
        R"({"role":"assistant","tool_calls":[{"id":"b","type":"custom","custom":{"name":"f","input":"x"}}]})",
        "unsupported_parameter messages[1].tool_calls[0]");
    row("a result of no call", R"({"role":"tool","tool_call_id":"zz","content":"r"})",
        "invalid_value messages[1].tool_call_id");
    const QByteArray call = R"({"id":"a","function":{"name":"f"}})";
    const QByteArray other = R"({"id":"a","function":{"name":"g"}})";
    const QByteArray result = R"({"role":"tool","tool_call_id":"a","content":"r"})";
    row("a result that comes again",
        R"({"role":"assistant","tool_calls":[)" + call + "]}," + result + R"(,{"role":"user","content":"y"},)" + result,
        "invalid_value messages[4].tool_call_id");
    row("two calls of the same id", R"({"role":"assistant","tool_calls":[)" + call + ',' + other + "]}," + result,
        "invalid_value messages[1].tool_calls[1].id");
    row("two calls of the same id in one turn",
        R"({"role":"assistant","tool_calls":[)" + call + R"(]},{"role":"assistant","tool_calls":[)" + other + "]}," +
            result,
        "invalid_value messages[2].tool_calls[0].id");
}

void ContentsWriterTest::refusesWhatItCannotSay()
{
    QFETCH(const QByteArray, message);
    QFETCH(const QByteArray, expected);
    QCOMPARE(written(R"({"role":"user","content":"x"},)" + message), expected);
}

void ContentsWriterTest::saysHowToSendPictures()
{
    const GeminiProvider provider(test::geminiConfig());
    const PreparedCall call = test::callFor(
        provider,
        R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]})");
    QVERIFY(!call);
    QCOMPARE(call.error().kind, ErrorKind::InvalidRequest);
    QVERIFY2(call.error().message.contains("send it as a data: URL"), call.error().message.constData());
}

void ContentsWriterTest::readsLongHistoriesInLinearTime()
{
    constexpr int kCalls = 20'000;
    QByteArrayList calls;
    QByteArrayList results;
    QByteArrayList details;
    for (int i = 0; i < kCalls; ++i) {
        const QByteArray id = 'c' + QByteArray::number(i);
        calls += R"({"id":")" + id + R"(","function":{"name":"f"}})";
        results += R"({"role":"tool","tool_call_id":")" + id + R"(","content":"1"})";
        details += R"({"type":"reasoning.encrypted","data":"A","id":")" + id + R"(","format":"google-gemini-v1"})";
    }
    const QByteArray text = QByteArray("![image](data:image/").repeated(kCalls) + ')';
    const QByteArray messages = R"({"role":"assistant","content":")" + text + R"(","reasoning_details":[)" +
                                details.join(',') + R"(],"tool_calls":[)" + calls.join(',') + "]}," + results.join(',');
    QElapsedTimer timer;
    timer.start();
    QVERIFY(written(messages).startsWith(R"({"contents":[)"));
    QVERIFY2(timer.elapsed() < 30'000, "20,000 calls take more than 30 s");
}

// They are texts to the gateway's own limit of depth.
void ContentsWriterTest::readsDeepResults()
{
    constexpr qsizetype kDepth = 500'000;
    const QByteArray result = R"({\"a\":)" + QByteArray("[").repeated(kDepth) + QByteArray("]").repeated(kDepth) + '}';
    const QByteArray sent = written(R"({"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f"}}]},)"
                                    R"({"role":"tool","tool_call_id":"a","content":")" +
                                    result + "\"}");
    QVERIFY(sent.contains(R"("response":{"a":[[[)"));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ContentsWriterTest)
#include "tst_contents_writer.moc"
