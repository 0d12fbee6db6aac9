// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/dialects/anthropic_messages/message_writer.h"

#include "gateway/chat/carried_thought.h"

#include <QTest>

using namespace lunargate::anthropic_messages;

namespace lunargate {

class MessageWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void writesAMessage();
    void writesContent_data();
    void writesContent();
    void saysWhyItStopped_data();
    void saysWhyItStopped();
    void tellsRefusals();
    void countsWhatTheProviderDoesNot();
};

namespace {

const AnswerFacts kFacts{.requestId = "r1", .model = "asked", .created = 1, .promptTokens = 12};
const QByteArray kSigned =
    R"({"type":"reasoning.text","text":"hm","signature":"Eq","format":"anthropic-claude-v1","index":0})";
const QByteArray kForeign = R"({"type":"reasoning.encrypted","data":"x","format":"openai-responses-v1","index":0})";

QByteArray memberOf(const QByteArray &body, QByteArrayView name)
{
    const std::optional<json::Document> document = json::Document::parse(body);
    return document ? json::toText(document->root()[name]) : body;
}

QByteArray thinking(const QByteArray &text, const QByteArray &signature)
{
    return R"({"type":"thinking","thinking":")" + text + R"(","signature":")" + signature + "\"}";
}

QByteArray redacted(const QByteArray &data)
{
    return R"({"type":"redacted_thinking","data":")" + data + "\"}";
}

} // namespace

void MessageWriterTest::writesAMessage()
{
    const Completion completion{.id = "chatcmpl-1", .model = "told", .text = "a\n"};
    const Usage usage{.input = 1, .cachedInput = 2, .cacheWrite = 3, .cacheWriteHour = 4, .output = 5, .reasoning = 6};
    QCOMPARE(messageBody(completion, usage, kFacts, Thoughts::Shown),
             QByteArray(R"({"id":"msg_r1","type":"message","role":"assistant","model":"told",)"
                        R"("content":[{"type":"text","text":"a\n"}],"stop_reason":"end_turn","stop_sequence":null,)"
                        R"("usage":{"input_tokens":1,"cache_creation_input_tokens":7,"cache_read_input_tokens":2,)"
                        R"("output_tokens":11}})"));
    QCOMPARE(memberOf(messageBody({.id = "msg_own"}, usage, kFacts, Thoughts::None), "id"), R"("msg_own")");
}

void MessageWriterTest::writesContent_data()
{
    QTest::addColumn<Completion>("completion");
    QTest::addColumn<Thoughts>("thoughts");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *scenario, Completion completion, Thoughts thoughts, const QByteArray &expected) {
        QTest::newRow(scenario) << std::move(completion) << thoughts << '[' + expected + ']';
    };
    const QByteArray text = R"({"type":"text","text":"a"})";
    const QByteArray call = R"({"type":"tool_use","id":"t","name":"f","input":{"z":1}})";
    const AnsweredToolCall asked{.id = "t", .name = "f", .arguments = R"({"z":1})"};
    row("nothing", {}, Thoughts::Shown, R"({"type":"text","text":""})");
    row("text and call", {.text = "a", .toolCalls = {asked}}, Thoughts::Shown, text + ',' + call);
    row("call alone", {.toolCalls = {asked}}, Thoughts::Shown, call);
    row("call without arguments", {.toolCalls = {{.id = "t", .name = "f", .arguments = ""}}}, Thoughts::Shown,
        R"({"type":"tool_use","id":"t","name":"f","input":{}})");
    row("call with broken arguments", {.toolCalls = {{.id = "t", .name = "f", .arguments = "{\"a"}}}, Thoughts::Shown,
        R"({"type":"tool_use","id":"t","name":"f","input":{"_raw":"{\"a"}})");
    row("words of thoughts", {.text = "a", .reasoning = "hm"}, Thoughts::Shown,
        thinking("hm", carriedText({})) + ',' + text);
    row("thoughts not asked for", {.text = "a", .reasoning = "hm"}, Thoughts::None, text);
    row("signed thought", {.text = "a", .reasoning = "hm", .reasoningDetails = {kSigned}}, Thoughts::Shown,
        thinking("hm", "Eq") + ',' + text);
    row("without its words", {.text = "a", .reasoning = "hm", .reasoningDetails = {kSigned}}, Thoughts::Unworded,
        thinking("", "Eq") + ',' + text);
    row("thought of another provider", {.text = "a", .reasoning = "hm", .reasoningDetails = {kForeign}},
        Thoughts::Shown, thinking("hm", carriedText({.detail = kForeign})) + ',' + text);
    row("thought without words", {.text = "a", .reasoningDetails = {kForeign}}, Thoughts::Shown,
        redacted(carriedText({.detail = kForeign})) + ',' + text);
    row("not asked for, but needed by a call", {.text = "a", .reasoningDetails = {kForeign}, .toolCalls = {asked}},
        Thoughts::None, text + ',' + redacted(carriedText({.detail = kForeign})) + ',' + call);
    AnsweredToolCall withExtra = asked;
    withExtra.extraContent = R"({"google":{}})";
    row("extra content", {.toolCalls = {withExtra}}, Thoughts::None,
        redacted(carriedText({.callId = "t", .extraContent = withExtra.extraContent})) + ',' + call);
    row("words without a signature",
        {.reasoning = "hm", .reasoningDetails = {R"({"type":"reasoning.text","text":"hm"})"}}, Thoughts::Shown,
        thinking("hm", carriedText({})) + R"(,{"type":"text","text":""})");
}

void MessageWriterTest::writesContent()
{
    QFETCH(const Completion, completion);
    QFETCH(const Thoughts, thoughts);
    QFETCH(const QByteArray, expected);
    QCOMPARE(memberOf(messageBody(completion, Usage{}, kFacts, thoughts), "content"), expected);
}

void MessageWriterTest::saysWhyItStopped_data()
{
    QTest::addColumn<FinishReason>("reason");
    QTest::addColumn<bool>("hasCalls");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("stop") << FinishReason::Stop << false << QByteArray("end_turn");
    QTest::newRow("stop with a call") << FinishReason::Stop << true << QByteArray("tool_use");
    QTest::newRow("calls") << FinishReason::ToolCalls << true << QByteArray("tool_use");
    QTest::newRow("calls without one") << FinishReason::ToolCalls << false << QByteArray("end_turn");
    QTest::newRow("length") << FinishReason::Length << false << QByteArray("max_tokens");
    QTest::newRow("length of a call") << FinishReason::Length << true << QByteArray("max_tokens");
    QTest::newRow("filter") << FinishReason::ContentFilter << false << QByteArray("refusal");
}

void MessageWriterTest::saysWhyItStopped()
{
    QFETCH(const FinishReason, reason);
    QFETCH(const bool, hasCalls);
    QFETCH(const QByteArray, expected);
    QCOMPARE(stopReason(reason, hasCalls, false), QByteArrayView(expected));
}

void MessageWriterTest::tellsRefusals()
{
    const QByteArray body = messageBody({.refusal = "no"}, Usage{}, kFacts, Thoughts::None);
    QCOMPARE(memberOf(body, "stop_reason"), R"("refusal")");
    QCOMPARE(memberOf(body, "stop_details"), R"({"type":"refusal","category":null,"explanation":"no"})");
    QCOMPARE(memberOf(body, "content"), R"([{"type":"text","text":"no"}])");
    const QByteArray filtered =
        messageBody({.finishReason = FinishReason::ContentFilter}, Usage{}, kFacts, Thoughts::None);
    QCOMPARE(memberOf(filtered, "content"), "[]");
}

void MessageWriterTest::countsWhatTheProviderDoesNot()
{
    const QByteArray body = messageBody({.text = "one two three"}, {}, kFacts, Thoughts::None);
    QCOMPARE(memberOf(body, "usage"), R"({"input_tokens":12,"cache_creation_input_tokens":0,)"
                                      R"("cache_read_input_tokens":0,"output_tokens":3})");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::MessageWriterTest)
#include "tst_message_writer.moc"
