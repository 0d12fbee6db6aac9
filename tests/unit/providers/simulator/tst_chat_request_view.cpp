// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/simulator/chat_request_view.h"
#include "gateway/providers/simulator/tokens.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::simulator;

class TestChatRequestView : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void namesTheFieldAtFault_data()
    {
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("param");
        const auto row = [](const char *name, const char *body, const char *param) {
            QTest::addRow("%s", name) << QByteArray(body) << QByteArray(param);
        };
        const char *const message = R"("model":"m","messages":[{"role":"user","content":"hi"}])";
        const auto with = [&](const char *name, const QByteArray &member, const char *param) {
            QTest::addRow("%s", name) << QByteArray("{" + QByteArray(message) + ',' + member + '}')
                                      << QByteArray(param);
        };
        row("no JSON", "{", "");
        row("no object", "[]", "");
        row("no model", R"({"messages":[{"role":"user","content":"hi"}]})", "model");
        row("no messages", R"({"model":"m"})", "messages");
        row("messages of the wrong type", R"({"model":"m","messages":"hi"})", "messages");
        row("no message", R"({"model":"m","messages":[]})", "messages");
        row("unknown role", R"({"model":"m","messages":[{"role":"user"},{"role":"robot"}]})", "messages[1].role");
        with("zero max_tokens", R"("max_tokens":0)", "max_tokens");
        with("text as max_completion_tokens", R"("max_completion_tokens":"9")", "max_completion_tokens");
        with("too many choices", R"("n":129)", "n");
        with("too many stops", R"("stop":["a","b","c","d","e"])", "stop");
        with("stream_options without stream", R"("stream_options":{"include_usage":true})", "stream_options");
        with("tool_choice without tools", R"("tool_choice":"auto")", "tool_choice");
        with("tool without a name", R"("tools":[{"type":"function","function":{}}])", "tools[0]");
        with("choice of no such tool",
             R"("tools":[{"type":"function","function":{"name":"a"}}],
                "tool_choice":{"type":"function","function":{"name":"b"}})",
             "tool_choice");
        with("unknown format", R"("response_format":{"type":"xml"})", "response_format.type");
        with("format without a schema", R"("response_format":{"type":"json_schema"})",
             "response_format.json_schema.schema");
    }
    void namesTheFieldAtFault()
    {
        QFETCH(QByteArray, body);
        const Result<ChatRequestView> view = readChatRequest(body);
        QVERIFY(!view);
        QCOMPARE(view.error().kind, ErrorKind::InvalidRequest);
        QTEST(view.error().param, "param");
        QVERIFY(!view.error().message.isEmpty());
    }

    void readsTextOutOfParts()
    {
        const Result<ChatRequestView> view = readChatRequest(
            R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"look"},
                {"type":"image_url","image_url":{"url":"data:,"}},{"type":"text","text":"here"}]}]})");
        QVERIFY(view);
        QCOMPARE(view->lastUserText, "look\nhere");
        QCOMPARE(view->promptTokens, 3 + 3 + 2 + 85);
    }

    void countsPromptTokensByTheDocumentedRule()
    {
        const QByteArray tools = R"([{"type":"function","function":{"name":"f"}}])";
        const Result<ChatRequestView> view = readChatRequest(
            R"({"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi there"},
                {"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},
                {"role":"tool","tool_call_id":"1","content":"done"}],"tools":)" +
            tools + '}');
        QVERIFY(view);
        const int messages = 3 + 4 * 3;
        const int texts = 3 + 2 + countTokens("f {}\n") + 1;
        QCOMPARE(view->promptTokens, messages + texts + countTokens(tools));
    }

    void keepsOnlyTheToolResultsAtTheEnd()
    {
        const Result<ChatRequestView> view = readChatRequest(
            R"({"model":"m","messages":[{"role":"tool","content":"old"},{"role":"user","content":"go"},
                {"role":"tool","content":"one"},{"role":"tool","content":"two"}]})");
        QVERIFY(view);
        QCOMPARE(view->toolResults, (std::vector<QByteArray>{"one", "two"}));
        QCOMPARE(view->lastRole, "tool");
    }

    void seedsDependOnTheConversationAlone()
    {
        const auto seed = [](const QByteArray &text, const QByteArray &more) {
            return readChatRequest(R"({"model":"m","messages":[{"role":"user","content":)" + text + "}]" + more + '}')
                ->seed;
        };
        QCOMPARE(seed("\"a\"", ""), seed("\"a\"", ",\"stream\":true"));
        QVERIFY(seed("\"a\"", "") != seed("\"b\"", ""));
    }
};

QTEST_APPLESS_MAIN(TestChatRequestView)
#include "tst_chat_request_view.moc"
