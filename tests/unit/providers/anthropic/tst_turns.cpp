// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/anthropic/anthropic_testing.h"

#include <QElapsedTimer>
#include <QTest>

namespace lunargate {

class TurnsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesMessages_data();
    void writesMessages();
    void keepsTheBytesOfArguments();
    void hoistsSystemMessages();
    void refusesWhatAnthropicCannotCarry_data();
    void refusesWhatAnthropicCannotCarry();
    void neverFetchesAnAddress();
    void leavesThoughtsOutForModelsThatNeverThink();
    void bringsAnswersBackInTheirOrder_data();
    void bringsAnswersBackInTheirOrder();
    void takesManyCalls_data();
    void takesManyCalls();
};

namespace {

const QByteArray kUser = R"({"role":"user","content":"Hi"})";
const QByteArray kHi = R"({"role":"user","content":[{"type":"text","text":"Hi"}]})";

// An assistant's message with calls of the function `f`.
QByteArray calls(const QByteArrayList &ids, const QByteArray &members = {})
{
    QByteArrayList list;
    for (const QByteArray &id : ids)
        list.append("{\"id\":\"" + id + R"(","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}})");
    return R"({"role":"assistant","content":null,)" + members + "\"tool_calls\":[" + list.join(',') + "]}";
}

QByteArray result(const QByteArray &id, const QByteArray &content = R"("ok")")
{
    return R"({"role":"tool","tool_call_id":")" + id + R"(","content":)" + content + '}';
}

QByteArray sentUse(const QByteArray &id)
{
    return R"({"type":"tool_use","id":")" + id + R"(","name":"f","input":{"a":1}})";
}

QByteArray sentResult(const QByteArray &id)
{
    return R"({"type":"tool_result","tool_use_id":")" + id + R"(","content":"ok"})";
}

QByteArray assistant(const QByteArray &blocks)
{
    return R"({"role":"assistant","content":[)" + blocks + "]}";
}

QByteArray user(const QByteArray &blocks)
{
    return R"({"role":"user","content":[)" + blocks + "]}";
}

QByteArray text(const QByteArray &words)
{
    return R"({"type":"text","text":")" + words + "\"}";
}

// A user's message with one part.
QByteArray part(const QByteArray &json)
{
    return R"({"role":"user","content":[)" + json + "]}";
}

} // namespace

void TurnsTest::writesMessages_data()
{
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("sent");
    const auto row = [](const char *name, QByteArrayList messages, QByteArrayList sent) {
        QTest::newRow(name) << messages.join(',') << '[' + sent.join(',') + ']';
    };
    row("text", {kUser}, {kHi});
    row("parts", {part(R"({"type":"text","text":"a"},{"type":"text","text":"b"})")},
        {user(text("a") + ',' + text("b"))});
    row("neighbours of one role are one message",
        {kUser, kUser, R"({"role":"assistant","content":"a"})", R"({"role":"assistant","content":"b"})", kUser},
        {user(text("Hi") + ',' + text("Hi")), assistant(text("a") + ',' + text("b")), kHi});
    row("empty text is left out", {part(R"({"type":"text","text":" \n"},{"type":"text","text":"a"})")},
        {user(text("a"))});
    row("a placeholder where nothing is left", {R"({"role":"user","content":""})"}, {user(text("."))});
    row("a placeholder before the assistant's words", {R"({"role":"assistant","content":"a"})", kUser},
        {user(text(".")), assistant(text("a")), kHi});
    row("a placeholder where only system is", {R"({"role":"system","content":"s"})"}, {user(text("."))});
    row("an assistant that says nothing", {kUser, R"({"role":"assistant","content":""})", kUser},
        {user(text("Hi") + ',' + text("Hi"))});
    row("a refusal", {kUser, R"({"role":"assistant","content":null,"refusal":"No."})", kUser},
        {kHi, assistant(text("No.")), kHi});
    row("white space at the end of an answer to be continued", {kUser, R"({"role":"assistant","content":" { \n"})"},
        {kHi, assistant(text(" {"))});
    row("white space at the end of others", {kUser, R"({"role":"assistant","content":"a "})", kUser},
        {kHi, assistant(text("a ")), kHi});

    row("image as data", {part(R"({"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}})")},
        {user(R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgo="}})")});
    row("image with the bytes of another type",
        {part(R"({"type":"image_url","image_url":{"url":"data:image/png;base64,/9j/4AAQ"}})")},
        {user(R"({"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/4AAQ"}})")});
    row("image without a type", {part(R"({"type":"image_url","image_url":{"url":"data:;base64,R0lGODlh"}})")},
        {user(R"({"type":"image","source":{"type":"base64","media_type":"image/gif","data":"R0lGODlh"}})")});
    row("image/jpg", {part(R"({"type":"image_url","image_url":{"url":"data:image/jpg;base64,AAAA"}})")},
        {user(R"({"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"AAAA"}})")});
    row("image by address",
        {part(R"({"type":"image_url","image_url":{"url":"https://x.example/a.png","detail":"low"}})")},
        {user(R"({"type":"image","source":{"type":"url","url":"https://x.example/a.png"}})")});
    row("PDF",
        {part(R"({"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}})")},
        {user(
            R"({"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="},"title":"a.pdf"})")});
    row("PDF by address", {part(R"({"type":"file","file":{"file_data":"https://x.example/a.pdf"}})")},
        {user(R"({"type":"document","source":{"type":"url","url":"https://x.example/a.pdf"}})")});
    row("text file",
        {part(R"({"type":"file","file":{"filename":"a.md","file_data":"data:text/markdown;base64,IyBBCg=="}})")},
        {user(
            R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":"# A\n"},"title":"a.md"})")});
    row("JSON file", {part(R"({"type":"file","file":{"file_data":"data:application/json;base64,e30="}})")},
        {user(R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":"{}"}})")});
    row("image as a file", {part(R"({"type":"file","file":{"file_data":"data:image/webp;base64,UklGRg=="}})")},
        {user(R"({"type":"image","source":{"type":"base64","media_type":"image/webp","data":"UklGRg=="}})")});

    row("a call and its result", {kUser, calls({"a"}), result("a")},
        {kHi, assistant(sentUse("a")), user(sentResult("a"))});
    row("text before calls",
        {kUser,
         R"({"role":"assistant","content":"So:","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":""}}]})",
         result("a")},
        {kHi, assistant(text("So:") + R"(,{"type":"tool_use","id":"a","name":"f","input":{}})"),
         user(sentResult("a"))});
    row("text and calls in two messages", {kUser, R"({"role":"assistant","content":"So:"})", calls({"a"}), result("a")},
        {kHi, assistant(text("So:") + ',' + sentUse("a")), user(sentResult("a"))});
    row("all results in one message, first", {kUser, calls({"a", "b"}), result("b"), kUser, result("a"), kUser},
        {kHi, assistant(sentUse("a") + ',' + sentUse("b")),
         user(sentResult("b") + ',' + sentResult("a") + ',' + text("Hi") + ',' + text("Hi"))});
    row("calls in two messages", {kUser, calls({"a"}), calls({"b"}), result("a"), result("b")},
        {kHi, assistant(sentUse("a") + ',' + sentUse("b")), user(sentResult("a") + ',' + sentResult("b"))});
    row("foreign ids",
        {kUser, calls({"functions.f:0", "functions.f.0"}), result("functions.f:0"), result("functions.f.0")},
        {kHi, assistant(sentUse("functions_f_0") + ',' + sentUse("functions_f_0_2")),
         user(sentResult("functions_f_0") + ',' + sentResult("functions_f_0_2"))});
    row("ids that come again", {kUser, calls({"call_0"}), result("call_0"), calls({"call_0"}), result("call_0")},
        {kHi, assistant(sentUse("call_0")), user(sentResult("call_0")), assistant(sentUse("call_0_2")),
         user(sentResult("call_0_2"))});
    row("an empty result", {kUser, calls({"a"}), result("a", R"("")")},
        {kHi, assistant(sentUse("a")), user(R"({"type":"tool_result","tool_use_id":"a"})")});
    row("a result with an image",
        {kUser, calls({"a"}),
         result("a",
                R"([{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"https://x.example/a"}}])")},
        {kHi, assistant(sentUse("a")),
         user(R"({"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"Look"},)"
              R"({"type":"image","source":{"type":"url","url":"https://x.example/a"}}]})")});
    row("a failed call", {kUser, calls({"a"}), R"({"role":"tool","tool_call_id":"a","content":"ok","is_error":true})"},
        {kHi, assistant(sentUse("a")),
         user(R"({"type":"tool_result","tool_use_id":"a","content":"ok","is_error":true})")});
    const QByteArray thought =
        R"({"type":"reasoning.text","text":"Hm.","signature":"sig","format":"anthropic-claude-v1","index":0})";
    const QByteArray sentThought = R"({"type":"thinking","thinking":"Hm.","signature":"sig"})";
    row("thoughts come first",
        {kUser, calls({"a"}, "\"reasoning_content\":\"Hm.\",\"reasoning_details\":[" + thought + "],"), result("a")},
        {kHi, assistant(sentThought + ',' + sentUse("a")), user(sentResult("a"))});
    row("signed thoughts without text, and secret ones",
        {kUser,
         R"({"role":"assistant","content":"a","reasoning_details":[)"
         R"({"type":"reasoning.text","text":"","signature":"s1","format":"anthropic-claude-v1"},)"
         R"({"type":"reasoning.encrypted","data":"xyz","format":"anthropic-claude-v1"}]})",
         kUser},
        {kHi,
         assistant(R"({"type":"thinking","thinking":"","signature":"s1"},{"type":"redacted_thinking","data":"xyz"},)" +
                   text("a")),
         kHi});
    row("thoughts of others and unsigned ones stay away",
        {kUser,
         R"({"role":"assistant","content":"a","reasoning_content":"Hm.","reasoning_details":[)"
         R"({"type":"reasoning.text","text":"Hm.","format":"anthropic-claude-v1"},)"
         R"({"type":"reasoning.encrypted","data":"xyz","format":"google-gemini-v1"}]})",
         kUser},
        {kHi, assistant(text("a")), kHi});

    const QByteArray mark = R"("cache_control":{"type":"ephemeral","ttl":"1h"})";
    row("a cache mark on a part", {part(R"({"type":"text","text":"a",)" + mark + "}")},
        {user(R"({"type":"text","text":"a",)" + mark + "}")});
    row("a cache mark on a message", {R"({"role":"user",)" + mark + R"(,"content":"a"})"},
        {user(R"({"type":"text","text":"a",)" + mark + "}")});
    row("a cache mark in a result", {kUser, calls({"a"}), result("a", R"([{"type":"text","text":"ok",)" + mark + "}]")},
        {kHi, assistant(sentUse("a")),
         user(R"({"type":"tool_result","tool_use_id":"a","content":"ok",)" + mark + "}")});
    row("no cache mark on thoughts",
        {kUser, R"({"role":"assistant","content":"",)" + mark + R"(,"reasoning_details":[)" + thought + "]}", kUser},
        {kHi, assistant(sentThought + ',' + text(".")), kHi});

    const auto placed = [](const QByteArray &place, const QByteArray &words = "Hm.") {
        return R"({"type":"reasoning.text","text":")" + words + R"(","signature":"sig","id":")" + place +
               R"(","format":"anthropic-claude-v1"})";
    };
    const auto says = [](const QByteArray &content, const QByteArrayList &details) {
        return R"({"role":"assistant","content":)" + content + ",\"reasoning_details\":[" + details.join(',') + "]}";
    };
    row("a message that only thinks", {kUser, says("null", {thought}), kUser},
        {kHi, assistant(sentThought + ',' + text(".")), kHi});
    row("thoughts in a message before their calls", {kUser, says("null", {thought}), calls({"a"}), result("a")},
        {kHi, assistant(sentThought + ',' + sentUse("a")), user(sentResult("a"))});
    row("thoughts between calls",
        {kUser,
         calls({"a", "b"}, "\"reasoning_details\":[" + placed("msg_1.0.t0c0") + ',' + placed("msg_1.1.t0c1") + "],"),
         result("a"), result("b")},
        {kHi, assistant(sentThought + ',' + sentUse("a") + ',' + sentThought + ',' + sentUse("b")),
         user(sentResult("a") + ',' + sentResult("b"))});
    row("thoughts in the midst of a text", {kUser, says(R"("abcde")", {placed("t0c0"), placed("t3c0")}), kUser},
        {kHi, assistant(sentThought + ',' + text("abc") + ',' + sentThought + ',' + text("de")), kHi});
    row("thoughts between parts",
        {kUser, says(R"([{"type":"text","text":"abc"},{"type":"text","text":"de"}])", {placed("t3c0")}), kUser},
        {kHi, assistant(text("abc") + ',' + sentThought + ',' + text("de")), kHi});
    row("no blank texts between thoughts", {kUser, says(R"("  abc")", {placed("t0c0"), placed("t2c0")}), kUser},
        {kHi, assistant(sentThought + ',' + sentThought + ',' + text("abc")), kHi});
    row("thoughts in the midst of a character", {kUser, says(R"("aöb")", {placed("t2c0")}), kUser},
        {kHi, assistant(text("a") + ',' + sentThought + ',' + text("öb")), kHi});
    row("thoughts behind a text that has become shorter", {kUser, says(R"("ab")", {placed("t9c7")}), kUser},
        {kHi, assistant(text("ab") + ',' + sentThought + ',' + text(".")), kHi});
    row("places that are none",
        {kUser,
         says(R"("ab")", {placed("rs_1"), placed("t1"), placed("t1c"), placed("tc"), placed("."), placed("t-1c0"),
                          placed("t99999999999999999999c0"), placed("xt1c0")}),
         kUser},
        {kHi, assistant((sentThought + ',').repeated(8) + text("ab")), kHi});
    row("a cache mark on a text that is split",
        {kUser,
         R"({"role":"assistant","content":[{"type":"text","text":"abcde",)" + mark + "}],\"reasoning_details\":[" +
             placed("t3c0") + "]}",
         kUser},
        {kHi, assistant(text("abc") + ',' + sentThought + R"(,{"type":"text","text":"de",)" + mark + '}'), kHi});
}

void TurnsTest::writesMessages()
{
    QFETCH(const QByteArray, messages);
    QFETCH(const QByteArray, sent);
    QCOMPARE(test::sentMessages(messages), sent);
}

void TurnsTest::keepsTheBytesOfArguments()
{
    const QByteArray body =
        test::sentBody(AnthropicProvider(test::anthropicConfig()),
                       R"({"messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":)"
                       R"({"name":"f","arguments":" {\"z\":1.50,\"a\":[ ],\"n\":12345678901234567890} "}}]},)" +
                           result("a") + "]}");
    QVERIFY(body.contains(R"("input":{"z":1.50,"a":[ ],"n":12345678901234567890}})"));
}

void TurnsTest::hoistsSystemMessages()
{
    const QByteArray body = test::sentBody(
        AnthropicProvider(test::anthropicConfig()),
        R"({"messages":[{"role":"system","content":"One"},)"
        R"({"role":"developer","content":[{"type":"text","text":"Two","cache_control":{"type":"ephemeral"}},{"type":"text","text":""}]},)" +
            kUser + R"(,{"role":"system","content":"Three"},)" + kUser + "]}",
        test::kModel);
    QCOMPARE(test::memberOf(body, "system"),
             R"([{"type":"text","text":"One"},{"type":"text","text":"Two","cache_control":{"type":"ephemeral"}},)"
             R"({"type":"text","text":"Three"}])");
    QCOMPARE(test::memberOf(body, "messages"), '[' + user(text("Hi") + ',' + text("Hi")) + ']');
}

void TurnsTest::refusesWhatAnthropicCannotCarry_data()
{
    QTest::addColumn<QByteArray>("messages");
    QTest::addColumn<QByteArray>("refusal");
    const auto row = [](const char *name, QByteArrayList messages, QByteArray refusal) {
        QTest::newRow(name) << messages.join(',') << std::move(refusal);
    };
    row("audio", {part(R"({"type":"input_audio","input_audio":{"data":"AA","format":"wav"}})")},
        "unsupported_parameter messages[0].content[0]");
    row("an unknown part", {part(R"({"type":"text","text":"a"},{"type":"hologram"})")},
        "unsupported_parameter messages[0].content[1]");
    row("an image of another type",
        {part(R"({"type":"image_url","image_url":{"url":"data:image/svg+xml;base64,AAAA"}})")},
        "unsupported_parameter messages[0].content[0].image_url.url");
    row("an image without encryption", {part(R"({"type":"image_url","image_url":{"url":"http://x.example/a.png"}})")},
        "invalid_value messages[0].content[0].image_url.url");
    row("a file of OpenAI", {part(R"({"type":"file","file":{"file_id":"file-abc"}})")},
        "unsupported_parameter messages[0].content[0].file.file_id");
    row("a file that is no data URL", {part(R"({"type":"file","file":{"file_data":"JVBERi0="}})")},
        "invalid_value messages[0].content[0].file.file_data");
    row("a file of another type", {part(R"({"type":"file","file":{"file_data":"data:application/zip;base64,AAAA"}})")},
        "unsupported_parameter messages[0].content[0].file.file_data");
    row("a text that is none", {part(R"({"type":"file","file":{"file_data":"data:text/plain;base64,/w=="}})")},
        "invalid_value messages[0].content[0].file.file_data");
    row("an image of the system",
        {R"({"role":"system","content":[{"type":"image_url","image_url":{"url":"https://x.example/a"}}]})", kUser},
        "unsupported_parameter messages[0].content");
    row("an image of the assistant",
        {kUser, R"({"role":"assistant","content":[{"type":"image_url","image_url":{"url":"https://x.example/a"}}]})"},
        "unsupported_parameter messages[1].content");
    row("a custom tool's call",
        {kUser, R"({"role":"assistant","tool_calls":[{"id":"a","type":"custom","custom":{"name":"f","input":"x"}}]})",
         result("a")},
        "unsupported_parameter messages[1].tool_calls[0]");
    const auto withArguments = [](const QByteArray &arguments) {
        return R"({"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":")" +
               arguments + R"("}}]})";
    };
    row("arguments that are cut off", {kUser, withArguments(R"({\"a\":)"), result("a")},
        "invalid_value messages[1].tool_calls[0].function.arguments");
    row("arguments that are no object", {kUser, withArguments("[1]"), result("a")},
        "invalid_value messages[1].tool_calls[0].function.arguments");
    row("a result without a call", {kUser, result("a")}, "invalid_value messages[1].tool_call_id");
    row("a result of an earlier turn", {kUser, calls({"a"}), result("a"), calls({"b"}), result("b"), result("a")},
        "invalid_value messages[5].tool_call_id");
    row("two results of one call", {kUser, calls({"a"}), result("a"), result("a")},
        "invalid_value messages[3].tool_call_id");
    row("a call without a result", {kUser, calls({"a", "b"}), result("a"), kUser},
        "invalid_value messages[1].tool_calls[1]");
    row("a call without a result before the next",
        {kUser, calls({"a"}), kUser, R"({"role":"assistant","content":"x"})"},
        "invalid_value messages[1].tool_calls[0]");
    row("a call at the end", {kUser, calls({"a"})}, "invalid_value messages[1].tool_calls[0]");
}

void TurnsTest::refusesWhatAnthropicCannotCarry()
{
    QFETCH(const QByteArray, messages);
    QFETCH(const QByteArray, refusal);
    QCOMPARE(test::sentMessages(messages), refusal);
}

void TurnsTest::neverFetchesAnAddress()
{
    const AnthropicProvider provider(test::anthropicConfig());
    const PreparedCall call =
        test::callFor(provider, R"({"messages":[)" +
                                    part(R"({"type":"image_url","image_url":{"url":"http://10.0.0.1/a.png"}})") + "]}");
    QVERIFY(!call);
    QVERIFY(call.error().message.contains("send the image as a data: URL"));
    QCOMPARE(httpStatus(call.error()), 400);
}

void TurnsTest::leavesThoughtsOutForModelsThatNeverThink()
{
    const QByteArray messages =
        kUser +
        R"(,{"role":"assistant","content":"a","reasoning_details":[)"
        R"({"type":"reasoning.text","text":"Hm.","signature":"sig","format":"anthropic-claude-v1"}]},)" +
        kUser;
    QCOMPARE(test::sentMessages(messages, "claude-3-haiku-20240307"),
             '[' + kHi + ',' + assistant(text("a")) + ',' + kHi + ']');
}

void TurnsTest::bringsAnswersBackInTheirOrder_data()
{
    QTest::addColumn<QByteArray>("blocks");
    QTest::addColumn<QByteArray>("results");
    const auto thought = [](const QByteArray &words) {
        return R"({"type":"thinking","thinking":")" + words + R"(","signature":"sig"})";
    };
    const auto row = [](const char *name, const QByteArrayList &blocks, const QByteArrayList &ids) {
        QByteArrayList results;
        for (const QByteArray &id : ids)
            results.append(result(id));
        QTest::newRow(name) << blocks.join(',') << results.join(',');
    };
    row("before", {thought("1"), text("Größe: "), sentUse("a"), sentUse("b")}, {"a", "b"});
    row("between calls", {thought("1"), sentUse("a"), thought("2"), sentUse("b")}, {"a", "b"});
    row("between text and calls", {thought("1"), text("Größe: "), thought("2"), sentUse("a")}, {"a"});
    row("several at one place",
        {text("Größe: "), thought("1"), R"({"type":"redacted_thinking","data":"xyz"})", text("x"), sentUse("a"),
         thought("2"), sentUse("b")},
        {"a", "b"});
    row("text between calls", {sentUse("a"), thought("1"), text("x"), sentUse("b")}, {"a", "b"});
}

void TurnsTest::bringsAnswersBackInTheirOrder()
{
    QFETCH(const QByteArray, blocks);
    QFETCH(const QByteArray, results);
    const AnthropicProvider provider(test::anthropicConfig());
    const QByteArray answer =
        test::clientAnswer(*test::callWithTools(provider, false), R"({"id":"msg_1","content":[)" + blocks + "]}");
    const std::optional<json::Document> document = json::Document::parse(answer);
    QVERIFY(document);
    const QByteArray message = json::toText(document->root()["choices"].at(0)["message"]);
    QVERIFY(test::sentMessages(kUser + ',' + message + ',' + results, "claude-opus-5")
                .startsWith('[' + kHi + ',' + assistant(blocks) + ','));
}

void TurnsTest::takesManyCalls_data()
{
    QTest::addColumn<bool>("haveOneId");
    QTest::addColumn<bool>("areInterrupted"); // by words of the user
    QTest::newRow("with one id") << true << false;
    QTest::newRow("with ids of their own") << false << false;
    QTest::newRow("with words between the results") << false << true;
}

void TurnsTest::takesManyCalls()
{
    QFETCH(const bool, haveOneId);
    QFETCH(const bool, areInterrupted);
    constexpr int kCalls = 30'000;
    QByteArrayList ids;
    QByteArray results;
    for (int i = kCalls; i > 0; --i) {
        const QByteArray id = haveOneId ? "call" : "call" + QByteArray::number(i);
        ids.prepend(id);
        results += ',' + result(id) + (areInterrupted ? ',' + kUser : QByteArray());
    }
    QElapsedTimer timer;
    timer.start();
    const QByteArray sent = test::sentMessages(kUser + ',' + calls(ids) + results);
    QVERIFY(timer.elapsed() < 40'000); // not each of them with each
    QCOMPARE(sent.count("\"tool_use_id\":"), kCalls);
    QVERIFY(sent.contains(sentUse(haveOneId ? "call_" + QByteArray::number(kCalls) : "call1")));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::TurnsTest)
#include "tst_turns.moc"
