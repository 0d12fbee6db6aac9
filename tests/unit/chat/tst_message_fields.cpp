// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/chat/message_fields.h"
#include "gateway/dialects/openai_chat/conversation_reader.h"

#include <QTest>

namespace lunargate {

namespace {

QByteArray lost(const QByteArray &json, const CarriedFields &carried)
{
    const auto document = json::Document::parse(json);
    const Result<Conversation> conversation = openai_chat::readConversation(document->root());
    std::vector<QByteArray> names;
    addLostFields(names, *conversation, carried);
    return QByteArrayList(names.begin(), names.end()).join(' ');
}

} // namespace

class MessageFieldsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void namesWhatCannotBeCarried_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("names");
        const auto row = [](const char *name, const char *json, const char *names) {
            QTest::newRow(name) << QByteArray(json) << QByteArray(names);
        };
        row("nothing", R"({"messages":[{"role":"user","content":"a"}]})", "");
        row("mark on a part",
            R"({"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}]})",
            "cache_control");
        row("mark on a message", R"({"messages":[{"role":"user","content":"a","cache_control":{}}]})", "cache_control");
        row("mark on a tool, told once",
            R"({"messages":[{"role":"user","content":"a","cache_control":{}}],"tools":[{"function":{"name":"f"},"cache_control":{}}]})",
            "cache_control");
        row("name of a speaker", R"({"messages":[{"role":"user","content":"a","name":"Ann"}]})", "messages.name");
        row("name of a tool", R"({"messages":[{"role":"tool","content":"a","name":"f","tool_call_id":"c"}]})", "");
        row("detail",
            R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x:y","detail":"high"}}]}]})",
            "messages.content.image_url.detail");
        row("detail as always",
            R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x:y","detail":"auto"}}]}]})",
            "");
        row("thoughts of its own", R"({"messages":[{"role":"assistant","reasoning_details":[{"format":"mine"}]}]})",
            "");
        row("thoughts of others", R"({"messages":[{"role":"assistant","reasoning_details":[{"format":"theirs"}]}]})",
            "messages.reasoning_details");
    }

    void namesWhatCannotBeCarried()
    {
        QFETCH(const QByteArray, json);
        QFETCH(const QByteArray, names);
        QCOMPARE(lost(json, {.reasoningFormat = "mine"}), names);
        const bool isReasoning = names.contains("reasoning");
        QCOMPARE(lost(json, {.cacheControl = true, .names = true, .imageDetail = true, .reasoningFormat = "mine"}),
                 isReasoning ? names : QByteArray());
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::MessageFieldsTest)
#include "tst_message_fields.moc"
