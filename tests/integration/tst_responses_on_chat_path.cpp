// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"

#include <QJsonArray>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// Cursor sends bodies of POST /v1/responses to POST /v1/chat/completions, and wants chat's answers.
class ResponsesOnChatPathTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void isAnsweredInChatsForm()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        f.upstream.enqueue(Script::chat("hi"));
        const QByteArray body =
            R"({"model":"fake-model","instructions":"be brief","input":[{"role":"user","content":)"
            R"([{"type":"input_text","text":"hello"}]}],"tools":[{"type":"function","name":"read","description":"d",)"
            R"("parameters":{"type":"object","properties":{"path":{"type":"string"}}}}],"store":false})";
        const HttpAnswer answer = f.chat(body);
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(textAt(answer.body, "object"), "chat.completion");
        QCOMPARE(textAt(answer.body, "choices.0.message.content"), "hi");
        const QByteArray sent = f.upstream.lastRequest().body;
        QCOMPARE(f.upstream.lastRequest().path, "/v1/chat/completions");
        const qsizetype last = jsonAt(sent, "messages").toArray().size() - 1;
        QVERIFY2(last == 1, sent.constData());
        QCOMPARE(textAt(sent, "messages.0.content"), "be brief");
        QVERIFY2(sent.contains(R"("hello")"), sent.constData());
        QCOMPARE(textAt(sent, "tools.0.function.name"), "read");
        QCOMPARE(textAt(sent, "tools.0.function.parameters.properties.path.type"), "string");
        QVERIFY(!sent.contains(R"("input")"));
    }

    void streamsAreChatsToo()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        f.upstream.enqueue(Script::chatStream({"Hel", "lo"}));
        const HttpAnswer answer = f.chat(R"({"model":"fake-model","input":"hello","messages":[],"stream":true})");
        QCOMPARE(answer.status, 200);
        QVERIFY2(answer.body.contains("chat.completion.chunk"), answer.summary().constData());
        QVERIFY(answer.body.endsWith("data: [DONE]\n\n"));
        QVERIFY(!answer.body.contains("response.completed"));
    }

    void messagesWin()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        const QByteArray body = chatBody("fake-model", R"("input":"x")");
        QCOMPARE(f.chat(body).status, 200);
        QCOMPARE(f.upstream.lastRequest().body, body);
    }

    void flatToolsAmongMessagesAreNested();

    void whatChatCannotSayIsRefused()
    {
        GatewayFixture f;
        QVERIFY(f.start());
        const HttpAnswer earlier = f.chat(R"({"model":"fake-model","input":"x","previous_response_id":"resp_1"})");
        QCOMPARE(earlier.status, 400);
        QCOMPARE(textAt(earlier.body, "error.code"), "previous_response_not_found");
        const HttpAnswer wrong = f.chat(R"({"model":"fake-model","input":7})");
        QCOMPARE(wrong.status, 400);
        QCOMPARE(textAt(wrong.body, "error.param"), "input");
        QCOMPARE(f.upstream.requestCount(), 0);
    }
};

// The body is chat's but for its tools.
void ResponsesOnChatPathTest::flatToolsAmongMessagesAreNested()
{
    GatewayFixture f;
    QVERIFY(f.start());
    f.upstream.enqueue(Script::json(
        200,
        R"({"id":"c","model":"u","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant",)"
        R"("content":null,"tool_calls":[{"id":"call_1","type":"function","function":)"
        R"({"name":"patch","arguments":"{\"input\":\"x\"}"}}]}}]})"));
    const QByteArray begin = R"({"model":"fake-model","messages":[{"role":"user","content":"hi"}],"top_p":1.0,)";
    const HttpAnswer answer =
        f.chat(begin + R"("tools":[{"type":"function","name":"read","parameters":{"type":"object"}},)"
                       R"({"type":"custom","name":"patch","format":{"type":"text"}}],)"
                       R"("tool_choice":{"type":"custom","name":"patch"}})");
    QVERIFY2(answer.status == 200, answer.summary().constData());
    const QByteArray sent = f.upstream.lastRequest().body;
    QVERIFY2(sent.startsWith(begin), sent.constData());
    QCOMPARE(textAt(sent, "tools.0.function.name"), "read");
    QCOMPARE(textAt(sent, "tools.0.function.parameters.type"), "object");
    QCOMPARE(textAt(sent, "tools.1.type"), "function");
    QCOMPARE(textAt(sent, "tools.1.function.parameters.properties.input.type"), "string");
    QCOMPARE(textAt(sent, "tool_choice.function.name"), "patch");
    QCOMPARE(textAt(answer.body, "choices.0.message.tool_calls.0.function.name"), "patch");
}

QTEST_GUILESS_MAIN(ResponsesOnChatPathTest)
#include "tst_responses_on_chat_path.moc"
