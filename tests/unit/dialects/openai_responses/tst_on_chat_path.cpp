// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/openai_responses/on_chat_path.h"

#include "gateway/dialects/openai_chat/request_reader.h"

#include <QTest>

using namespace lunargate;

namespace {

QByteArray bodyWith(const QByteArray &members)
{
    return R"({ "model":"m", "messages":[{"role":"user","content":"é \u00e9"}], "top_p":1.0)" + members + " }";
}

/// What becomes of such members of a body; `as it was` if nothing does. What stands before them must stay.
QByteArray changed(const QByteArray &members)
{
    const Result<ChatRequest> request = openai_chat::readRequest(bodyWith(members), 64);
    if (!request)
        return request.error().message;
    const std::optional<QByteArray> body = responses::withToolsOfChat(*request);
    if (!body)
        return "as it was";
    const QByteArray begin = bodyWith({}).chopped(2);
    return body->startsWith(begin) ? body->sliced(begin.size()).chopped(2) : *body;
}

} // namespace

/// Bodies of chat with tools as POST /v1/responses has them.
class OnChatPathTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void flatToolsAreNested_data();
    void flatToolsAreNested();
    void chatsOwnToolsStay_data();
    void chatsOwnToolsStay();
};

void OnChatPathTest::flatToolsAreNested_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, QByteArray members, QByteArray expected) {
        QTest::newRow(name) << std::move(members) << std::move(expected);
    };
    row("function",
        R"(,"tools":[{"type":"function","name":"f","description":"d","parameters":{"z":1.0,"a":[]},"strict":false}])",
        R"(,"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"z":1.0,"a":[]},)"
        R"("strict":false}}])");
    row("bare", R"(,"tools":[{"name":"f","type":"function","parameters":null}])",
        R"(,"tools":[{"type":"function","function":{"name":"f"}}])");
    row("cache mark", R"(,"tools":[{"type":"function","name":"f","cache_control":{"type":"ephemeral"}}])",
        R"(,"tools":[{"type":"function","function":{"name":"f"},"cache_control":{"type":"ephemeral"}}])");
    row("custom",
        R"(,"tools":[{"type":"custom","name":"patch","description":"d",)"
        R"("format":{"type":"grammar","syntax":"lark","definition":"start: x"}}])",
        R"(,"tools":[{"type":"function","function":{"name":"patch",)"
        R"("description":"d\n\nThe input must follow this grammar (lark):\nstart: x",)"
        R"("parameters":{"type":"object","properties":{"input":{"type":"string"}},)"
        R"("required":["input"],"additionalProperties":false}}}])");
    row("each on its own",
        R"(,"tools":[ {"type":"function","function":{"name":"a" }}, {"type":"function","name":"b"},)"
        R"({"type":"web_search"} ],"n":1)",
        R"(,"tools":[ {"type":"function","function":{"name":"a" }}, {"type":"function","function":{"name":"b"}},)"
        R"({"type":"web_search"} ],"n":1)");
    row("choice", R"(,"tool_choice":{"type":"function","name":"f"})",
        R"(,"tool_choice":{"type":"function","function":{"name":"f"}})");
    row("choice of a custom tool", R"(,"tool_choice":{"type":"custom","name":"patch"})",
        R"(,"tool_choice":{"type":"function","function":{"name":"patch"}})");
    row("choice among some",
        R"(,"tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]})",
        R"(,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required",)"
        R"("tools":[{"type":"function","function":{"name":"f"}}]}})");
}

void OnChatPathTest::flatToolsAreNested()
{
    QFETCH(const QByteArray, members);
    QFETCH(const QByteArray, expected);
    QCOMPARE(changed(members), expected);
}

void OnChatPathTest::chatsOwnToolsStay_data()
{
    QTest::addColumn<QByteArray>("members");
    const auto row = [](const char *name, QByteArray members) { QTest::newRow(name) << std::move(members); };
    row("none", "");
    row("null", R"(,"tools":null,"tool_choice":null)");
    row("no list", R"(,"tools":{"type":"function","name":"f"})");
    row("function", R"(,"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"auto")");
    row("function with a name of its own", R"(,"tools":[{"type":"function","name":"x","function":{"name":"f"}}])");
    row("custom", R"(,"tools":[{"type":"custom","custom":{"name":"f"}}])");
    row("tools of the provider", R"(,"tools":[{"type":"web_search","name":"web_search"},{"name":"f"},7])");
    row("without a name", R"(,"tools":[{"type":"function","name":""},{"type":"function"}])");
    row("choice", R"(,"tool_choice":{"type":"function","function":{"name":"f"}})");
    row("choice among some", R"(,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[]}})");
}

void OnChatPathTest::chatsOwnToolsStay()
{
    QFETCH(const QByteArray, members);
    QCOMPARE(changed(members), "as it was");
}

QTEST_APPLESS_MAIN(OnChatPathTest)
#include "tst_on_chat_path.moc"
