// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_chat/conversation_reader.h"

#include <QTest>

namespace lunargate {

namespace {

/// A request's JSON with its canonical form.
struct Read
{
    explicit Read(const QByteArray &json)
        : document(*json::Document::parse(json)), result(openai_chat::readConversation(document.root()))
    {
    }
    const Conversation *operator->() const
    {
        if (!result)
            qFatal("%s", result.error().message.constData());
        return &*result;
    }
    const ChatMessage &message(size_t index) const { return (*this)->messages.at(index); }

    json::Document document;
    Result<Conversation> result;
};

Read messages(const QByteArray &list)
{
    return Read("{\"messages\":[" + list + "]}");
}

QByteArray texts(const ChatMessage &message)
{
    QByteArrayList result;
    for (const ContentPart &part : message.content)
        result.append(part.text.toByteArray());
    return result.join('|');
}

} // namespace

class ConversationReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void readsRoles_data()
    {
        QTest::addColumn<QByteArray>("role");
        QTest::addColumn<int>("expected");
        QTest::newRow("user") << QByteArray("user") << int(ChatRole::User);
        QTest::newRow("system") << QByteArray("system") << int(ChatRole::System);
        QTest::newRow("developer") << QByteArray("developer") << int(ChatRole::Developer);
        QTest::newRow("assistant") << QByteArray("assistant") << int(ChatRole::Assistant);
        QTest::newRow("tool") << QByteArray("tool") << int(ChatRole::Tool);
        QTest::newRow("function, the older name") << QByteArray("function") << int(ChatRole::Tool);
        QTest::newRow("capitals and blanks") << QByteArray(" User ") << int(ChatRole::User);
    }

    void readsRoles()
    {
        QFETCH(const QByteArray, role);
        QFETCH(const int, expected);
        QCOMPARE(int(messages("{\"role\":\"" + role + "\",\"content\":\"a\"}").message(0).role), expected);
    }

    void readsContent_data()
    {
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("text") << QByteArray("\"a\"") << QByteArray("a");
        QTest::newRow("null") << QByteArray("null") << QByteArray();
        QTest::newRow("parts") << QByteArray(R"([{"type":"text","text":"a"},{"type":"text","text":"b"}])")
                               << QByteArray("a|b");
        QTest::newRow("parts of the Responses protocol")
            << QByteArray(R"([{"type":"input_text","text":"a"},{"type":"output_text","text":"b"}])")
            << QByteArray("a|b");
        QTest::newRow("without type") << QByteArray(R"([{"text":"a"},"b"])") << QByteArray("a|b");
        QTest::newRow("refusal") << QByteArray(R"([{"type":"refusal","refusal":"no"}])") << QByteArray("no");
    }

    void readsContent()
    {
        QFETCH(const QByteArray, content);
        const Read read = messages("{\"role\":\"user\",\"content\":" + content + "}");
        QTEST(texts(read.message(0)), "expected");
    }

    void readsMedia()
    {
        using Kind = ContentPart::Kind;
        const Read read = messages(R"({"role":"user","content":[
            {"type":"image_url","image_url":{"url":"x:1.png","detail":"low"}},
            {"type":"input_image","image_url":"data:image/png;base64,QQ"},
            {"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}},
            {"type":"file","file":{"file_data":"data:application/pdf;base64,QQ","filename":"a.pdf"}},
            {"type":"file","file":{"file_id":"file-1"}},
            {"type":"hologram","x":1}]})");
        const std::vector<ContentPart> &parts = read.message(0).content;
        QCOMPARE(parts.size(), 6);
        QVERIFY(parts[0].kind == Kind::Image && parts[0].url == "x:1.png");
        QCOMPARE(parts[0].raw["image_url"]["detail"].string(), "low");
        QVERIFY(parts[1].kind == Kind::Image && parts[1].url.startsWith("data:image/png"));
        QVERIFY(parts[2].kind == Kind::Audio && parts[2].data == "UklG" && parts[2].format == "wav");
        QVERIFY(parts[3].kind == Kind::File && parts[3].url.startsWith("data:application/pdf") &&
                parts[3].name == "a.pdf");
        QVERIFY(parts[4].kind == Kind::File && parts[4].fileId == "file-1");
        QVERIFY(parts[5].kind == Kind::Other && parts[5].raw["x"].integer() == 1);
    }

    void readsToolCallsAndTheirAnswers()
    {
        const Read read = messages(R"({"role":"assistant","content":null,"reasoning_content":"hm",
            "reasoning_details":[1],"tool_calls":[
              {"id":"c1","type":"function","function":{"name":"f","arguments":"{ }"},"extra_content":{"google":{}}},
              {"function":{"name":"g","arguments":""}},
              {"id":"c3","type":"custom","custom":{"name":"patch","input":"free text"}}]},
            {"role":"tool","tool_call_id":"c1","content":"x"})");
        const ChatMessage &assistant = read.message(0);
        QCOMPARE(assistant.reasoning, "hm");
        QCOMPARE(assistant.reasoningDetails.size(), 1);
        QCOMPARE(assistant.toolCalls.size(), 3);
        QCOMPARE(assistant.toolCalls[0].id, "c1");
        QCOMPARE(assistant.toolCalls[0].arguments, "{ }");
        QVERIFY(assistant.toolCalls[0].extraContent.isObject());
        QVERIFY(assistant.toolCalls[1].id.startsWith("call_"));
        QCOMPARE(assistant.toolCalls[1].id.size(), 5 + 16);
        QVERIFY(assistant.toolCalls[2].isCustom);
        QCOMPARE(assistant.toolCalls[2].arguments, "free text");
        QCOMPARE(read.message(1).toolCallId, "c1");
    }

    void makesUpTheSameIdsInEveryTurn()
    {
        const QByteArray call = R"({"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]})";
        const QByteArray first = messages(call).message(0).toolCalls[0].id;
        QCOMPARE(messages(call + R"(,{"role":"user","content":"more"})").message(0).toolCalls[0].id, first);
        QVERIFY(messages(QByteArray(call).replace("\"f\"", "\"g\"")).message(0).toolCalls[0].id != first);
    }

    void readsFunctionsAsTools()
    {
        const Read read(R"({"functions":[{"name":"f","description":"d","parameters":{"type":"object"}}],
            "function_call":{"name":"f"},"messages":[
            {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
            {"role":"function","name":"f","content":"x"}]})");
        QCOMPARE(read->tools.size(), 1);
        QCOMPARE(read->tools[0].name, "f");
        QVERIFY(read->tools[0].parameters.isObject());
        QVERIFY(read->toolChoice && read->toolChoice->mode == ToolChoice::Mode::Named);
        QCOMPARE(read.message(0).toolCalls.size(), 1);
        QVERIFY(!read.message(0).toolCalls[0].id.isEmpty());
        QCOMPARE(read.message(1).toolCallId, read.message(0).toolCalls[0].id);
    }

    void findsTheCallThatAnAnswerDoesNotName_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QByteArray>("id");
        QTest::newRow("by name") << QByteArray(R"({"role":"tool","name":"f","content":"x"})") << QByteArray("c2");
        QTest::newRow("unknown name") << QByteArray(R"({"role":"tool","name":"h","content":"x"})") << QByteArray("h");
        QTest::newRow("by id") << QByteArray(R"({"role":"tool","tool_call_id":"c1","content":"x"})")
                               << QByteArray("c1");
    }

    void findsTheCallThatAnAnswerDoesNotName()
    {
        QFETCH(const QByteArray, answer);
        const Read read = messages(R"({"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"f"}},
            {"id":"c2","function":{"name":"f"}},{"id":"c3","function":{"name":"g"}}]},)" +
                                   answer);
        QTEST(read.message(1).toolCallId, "id");
    }

    void readsTools()
    {
        using Kind = ToolDefinition::Kind;
        const Read read(R"({"tools":[
            {"type":"function","function":{"name":"f","strict":true,"parameters":{"a":1}},"cache_control":{"type":"ephemeral"}},
            {"function":{"name":"g","cache_control":{"type":"x"}}},
            {"type":"function","name":"flat","parameters":{}},
            {"type":"custom","custom":{"name":"patch"}},
            {"type":"web_search"}]})");
        QCOMPARE(read->tools.size(), 5);
        QVERIFY(read->tools[0].kind == Kind::Function && read->tools[0].strict == true);
        QVERIFY(read->tools[0].cacheControl.isObject());
        QVERIFY(read->tools[1].cacheControl.isObject() && !read->tools[1].parameters.exists());
        QCOMPARE(read->tools[2].name, "flat");
        QVERIFY(read->tools[3].kind == Kind::Custom && read->tools[3].name == "patch");
        QVERIFY(read->tools[4].kind == Kind::Hosted && read->tools[4].name == "web_search");
    }

    void readsToolChoices_data()
    {
        using Mode = ToolChoice::Mode;
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<int>("mode"); // -1: none was made
        QTest::addColumn<QByteArray>("name");
        const auto row = [](const char *name, const char *json, int mode, const char *tool = "") {
            QTest::newRow(name) << QByteArray(json) << mode << QByteArray(tool);
        };
        row("absent", "null", -1);
        row("empty", "\"\"", -1);
        row("auto", "\"auto\"", int(Mode::Auto));
        row("none", "\"none\"", int(Mode::None));
        row("required", "\"required\"", int(Mode::Required));
        row("any", "\"any\"", int(Mode::Required));
        row("function", R"({"type":"function","function":{"name":"f"}})", int(Mode::Named), "f");
        row("flat function", R"({"type":"function","name":"f"})", int(Mode::Named), "f");
        row("custom", R"({"type":"custom","custom":{"name":"p"}})", int(Mode::Named), "p");
        row("an object with a word", R"({"type":"required"})", int(Mode::Required));
        row("allowed tools",
            R"({"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"f"}}]}})",
            int(Mode::Required));
    }

    void readsToolChoices()
    {
        QFETCH(const QByteArray, json);
        QFETCH(const int, mode);
        QFETCH(const QByteArray, name);
        const Read read("{\"tool_choice\":" + json + "}");
        QCOMPARE(read->toolChoice ? int(read->toolChoice->mode) : -1, mode);
        if (read->toolChoice)
            QCOMPARE(read->toolChoice->name, name);
        if (json.contains("allowed_tools"))
            QCOMPARE(read->toolChoice->allowed.at(0), "f");
    }

    void readsParametersThatHaveSeveralNames_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<qint64>("maxTokens");
        QTest::addColumn<QByteArray>("effort");
        const auto row = [](const char *name, const char *json, qint64 maxTokens, const char *effort) {
            QTest::newRow(name) << QByteArray(json) << maxTokens << QByteArray(effort);
        };
        row("max_tokens", R"({"max_tokens":5})", 5, "");
        row("max_completion_tokens wins", R"({"max_tokens":5,"max_completion_tokens":6})", 6, "");
        row("a float", R"({"max_tokens":100.0})", 100, "");
        row("effort", R"({"reasoning_effort":"low"})", 0, "low");
        row("reasoning object", R"({"reasoning":{"effort":" high "}})", 0, "high");
        row("effort wins", R"({"reasoning_effort":"low","reasoning":{"effort":"high"}})", 0, "low");
        row("switched on", R"({"reasoning":{"enabled":true}})", 0, "medium");
        row("switched off", R"({"reasoning":{"enabled":false}})", 0, "none");
    }

    void readsParametersThatHaveSeveralNames()
    {
        QFETCH(const QByteArray, json);
        const Read read(json);
        QTEST(read->maxTokens.value_or(0), "maxTokens");
        QTEST(read->reasoningEffort.toByteArray(), "effort");
    }

    void readsFormatsAndStops()
    {
        QVERIFY(Read("{}")->format.kind == ResponseFormat::Kind::Text);
        QVERIFY(Read(R"({"response_format":{"type":"json_object"}})")->format.kind == ResponseFormat::Kind::JsonObject);
        const Read schema(
            R"({"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object"}}}})");
        QVERIFY(schema->format.kind == ResponseFormat::Kind::JsonSchema);
        QVERIFY(schema->format.schema.isObject() && schema->format.strict == true);
        QCOMPARE(Read(R"({"stop":"a"})")->stop.size(), 1);
        QCOMPARE(Read(R"({"stop":["a","b"]})")->stop.size(), 2);
        QCOMPARE(Read(R"({"stop":null})")->stop.size(), 0);
    }

    void keepsTheOtherParameters()
    {
        const Read read(R"({"model":"m","temperature":0.5,"user":null,"seed":7,"new_thing":{"a":1}})");
        QCOMPARE(read->parameters.size(), 3);
        QCOMPARE(read->number("temperature"), 0.5);
        QVERIFY(read->parameter("new_thing").isObject());
        QVERIFY(!read->parameter("user").exists());
    }

    void namesWhatHasNoMeaning_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("param");
        const auto row = [](const char *json, const char *param) {
            QTest::addRow("%s", param) << QByteArray(json) << QByteArray(param);
        };
        row(R"({"messages":["a"]})", "messages[0]");
        row(R"({"messages":[{"role":"user"},{"role":"wizard"}]})", "messages[1].role");
        row(R"({"messages":[{"role":"user","content":7}]})", "messages[0].content");
        row(R"({"messages":[{"role":"user","content":[{"type":"text","text":7}]}]})", "messages[0].content[0].text");
        row(R"({"messages":[{"role":"user","content":[{"type":"image_url"}]}]})",
            "messages[0].content[0].image_url.url");
        row(R"({"messages":[{"role":"assistant","tool_calls":{}}]})", "messages[0].tool_calls");
        row(R"({"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":{}}}]}]})",
            "messages[0].tool_calls[0].function.arguments");
        row(R"({"messages":[{"role":"assistant","tool_calls":[{"function":{"name":""}}]}]})",
            "messages[0].tool_calls[0].function.name");
        row(R"({"tools":{}})", "tools");
        row(R"({"tools":[{"type":"function","function":{}}]})", "tools[0].function.name");
        row(R"({"tool_choice":"sometimes"})", "tool_choice");
        row(R"({"tool_choice":{"type":"function"}})", "tool_choice");
        row(R"({"response_format":{"type":"xml"}})", "response_format.type");
        row(R"({"response_format":{"type":"json_schema"}})", "response_format.json_schema");
        row(R"({"stop":[1]})", "stop");
        row(R"({"max_tokens":0})", "max_tokens");
        row(R"({"max_tokens":1.5})", "max_tokens");
    }

    void namesWhatHasNoMeaning()
    {
        QFETCH(const QByteArray, json);
        const Read read(json);
        QVERIFY(!read.result);
        QCOMPARE(read.result.error().kind, ErrorKind::InvalidRequest);
        QTEST(read.result.error().param, "param");
        QVERIFY(read.result.error().message.contains(read.result.error().param));
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ConversationReaderTest)
#include "tst_conversation_reader.moc"
