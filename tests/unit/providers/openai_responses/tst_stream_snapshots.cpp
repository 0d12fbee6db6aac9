// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/openai_responses/stream_testing.h"

#include <QTest>

namespace lunargate {

using test::kCompleted;
using test::kTextItem;
using test::provider;
using test::read;
using test::responsesStream;
using test::summary;

/// The service says most things several times, in pieces and as a whole; the client hears them once.
class ResponsesStreamSnapshotsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void saysEverythingOnce_data();
    void saysEverythingOnce();
    void streamsAndWholeAnswersAgree_data();
    void streamsAndWholeAnswersAgree();
};

namespace {

QByteArrayList without(QByteArrayList events, QByteArrayView type)
{
    events.removeIf([&](const QByteArray &event) { return event.contains(type); });
    return events;
}

} // namespace

void ResponsesStreamSnapshotsTest::saysEverythingOnce_data()
{
    QTest::addColumn<QByteArrayList>("stream");
    QTest::addColumn<QByteArrayList>("expected");
    const auto row = [](const char *name, QByteArrayList stream, QByteArrayList expected) {
        QTest::newRow(name) << std::move(stream) << std::move(expected);
    };
    const QByteArrayList hello{"text Hello", "stop end"};
    row("every kind of event", kTextItem, hello);
    row("pieces only", without(without(kTextItem, ".done\""), ".added\"").first(2) + QByteArrayList{kCompleted}, hello);
    row("output_text.done only", {kTextItem[4], kCompleted}, hello);
    row("content_part.done only", {kTextItem[5], kCompleted}, hello);
    row("output_item.done only", {kTextItem[6], kCompleted}, hello);
    row("the last event only", {kTextItem[7]}, hello);
    row("snapshots without pieces", without(kTextItem, ".delta\""), hello);
    row("a piece was lost", {kTextItem[2], kTextItem[6], kCompleted}, hello);
    row("output_text only", {R"({"type":"response.completed","response":{"output_text":"Hello"}})"}, hello);
    row("the last event counts in another way",
        kTextItem.first(7) +
            QByteArrayList{
                R"({"type":"response.completed","response":{"output":[{"type":"reasoning","summary":[]},{"type":"message","content":[{"type":"output_text","text":"Hello"}]}]}})"},
        hello);
    // Relays that translate from protocols without items count none.
    row("a second item at the same place",
        kTextItem.first(7) + QByteArrayList{kTextItem[0], kTextItem[4], kTextItem[6], kCompleted},
        {"text HelloHello", "stop end"});
    row("response.done", kTextItem.first(7) + QByteArrayList{R"({"type":"response.done","response":{}})"}, hello);
    row("a longer text in the snapshot",
        {R"({"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hello"})",
         R"({"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Goodbye"})", kCompleted},
        hello);
    row("another text in the snapshot",
        {R"({"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"a"})",
         R"({"type":"response.output_text.done","output_index":0,"content_index":0,"text":"ä"})", kCompleted},
        {"text a", "stop end"});
    row("two messages and two parts",
        {R"({"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"a"})",
         R"({"type":"response.output_text.delta","output_index":0,"content_index":1,"delta":"b"})",
         R"({"type":"response.output_text.delta","output_index":2,"content_index":0,"delta":"c"})", kCompleted},
        {"text ab\n\nc", "stop end"});
    row("summaries in parts",
        {R"({"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}})",
         R"({"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"a"})",
         R"({"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"b"})",
         R"({"type":"response.reasoning_summary_part.done","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":"ab"}})",
         R"({"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"delta":"c"})",
         kCompleted},
        {"reasoning ab\n\nc", "stop end"});
    row("summary parts only",
        {R"({"type":"response.reasoning_summary_part.done","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":"ab"}})",
         kCompleted},
        {"reasoning ab", "stop end"});
    row("raw thoughts",
        {R"({"type":"response.reasoning_text.delta","output_index":0,"content_index":0,"delta":"ab"})",
         R"({"type":"response.content_part.done","output_index":0,"content_index":0,"part":{"type":"reasoning_text","text":"ab"}})",
         R"({"type":"response.reasoning_text.done","output_index":0,"content_index":0,"text":"ab"})",
         R"({"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"ab"}]}})",
         kCompleted},
        {"reasoning ab", "stop end"});
    const QByteArray thought = R"({"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"x"})";
    const QByteArray detail = test::withOrigin(
        R"(details {"type":"reasoning.encrypted","data":"x","id":"@:0:0:rs_1","format":"openai-responses-v1","index":0})");
    row("encrypted thoughts",
        {R"({"type":"response.output_item.done","output_index":0,"item":)" + thought + "}",
         R"({"type":"response.completed","response":{"output":[)" + thought + "]}}"},
        {detail, "stop end"});
    const QByteArray thoughtDone = R"({"type":"response.output_item.done","output_index":0,"item":)" + thought + "}";
    row("an item that ends twice", {thoughtDone, thoughtDone, kCompleted}, {detail, "stop end"});
    row("encrypted thoughts in the last event",
        {R"({"type":"response.completed","response":{"output":[)" + thought + "]}}"}, {detail, "stop end"});
    row("a refusal",
        {R"({"type":"response.refusal.delta","output_index":0,"content_index":0,"delta":"No"})",
         R"({"type":"response.refusal.done","output_index":0,"content_index":0,"refusal":"No."})",
         R"({"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"refusal","refusal":"No."}]}})",
         R"({"type":"response.completed","response":{"output":[{"type":"message","content":[{"type":"refusal","refusal":"No."}]}]}})"},
        {"refusal No.", "stop end"});
    const QByteArray citation = R"({"type":"url_citation","url":"https://e.com"})";
    const QByteArray cited =
        R"({"type":"message","content":[{"type":"output_text","text":"a","annotations":[)" + citation + "]}]}";
    const QByteArrayList citedOnce{
        "text a", R"(annotations {"type":"url_citation","url_citation":{"url":"https://e.com"}})", "stop end"};
    const QByteArray piece = R"({"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"a"})";
    row("a citation",
        {piece,
         R"({"type":"response.output_text.annotation.added","output_index":0,"content_index":0,"annotation_index":0,"annotation":)" +
             citation + "}",
         R"({"type":"response.output_item.done","output_index":0,"item":)" + cited + "}",
         R"({"type":"response.completed","response":{"output":[)" + cited + "]}}"},
        citedOnce);
    row("a citation in the snapshot",
        {piece, R"({"type":"response.output_item.done","output_index":0,"item":)" + cited + "}", kCompleted},
        citedOnce);
    row("a citation in the last event",
        {piece, R"({"type":"response.completed","response":{"output":[)" + cited + "]}}"}, citedOnce);
    const QByteArray begun =
        R"({"type":"response.output_item.added","output_index":5,"item":{"id":"fc_1","type":"function_call","call_id":"call_a","name":"f","arguments":""}})";
    const QByteArray call =
        R"({"id":"fc_1","type":"function_call","call_id":"call_a","name":"f","arguments":"{\"a\":1}"})";
    const QByteArray done = R"({"type":"response.output_item.done","output_index":5,"item":)" + call + "}";
    const QByteArray completed = R"({"type":"response.completed","response":{"output":[)" + call + "]}}";
    const QByteArrayList calledOnce{R"(calls #0 call_a f {"a":1})", "tool_calls end"};
    row("a call in pieces",
        {begun, R"({"type":"response.function_call_arguments.delta","output_index":5,"item_id":"a","delta":"{\"a\""})",
         R"({"type":"response.function_call_arguments.delta","output_index":5,"item_id":"b","delta":":1}"})",
         R"({"type":"response.function_call_arguments.done","output_index":5,"item_id":"c","arguments":"{\"a\":1}"})",
         done, completed},
        calledOnce);
    row("a call at its end", {done, completed}, calledOnce);
    row("a call with its arguments at once",
        {R"({"type":"response.output_item.added","output_index":5,"item":)" + call + "}", done, completed}, calledOnce);
    row("a call without an end", {begun, completed}, calledOnce);
    row("a call in the last event", {completed}, calledOnce);
    row("a call that is begun twice", {begun, begun, done, completed}, calledOnce);
    row("pieces of a call that was not begun",
        {R"({"type":"response.function_call_arguments.delta","output_index":5,"delta":"{\"a\""})", done, completed},
        calledOnce);
    row("a call without arguments",
        {begun,
         R"({"type":"response.output_item.done","output_index":5,"item":{"id":"fc_1","type":"function_call","call_id":"call_a","name":"f","arguments":""}})",
         kCompleted},
        {"calls #0 call_a f {}", "tool_calls end"});
    row("a call without arguments or end", {begun, kCompleted}, {"calls #0 call_a f {}", "tool_calls end"});
    row("arguments that end spelled in another way",
        {begun, R"({"type":"response.function_call_arguments.delta","output_index":5,"delta":"{\"a\":1}"})",
         R"({"type":"response.function_call_arguments.done","output_index":5,"arguments":"{\"a\": 1, \"b\": null}"})",
         R"({"type":"response.output_item.done","output_index":5,"item":{"type":"function_call","call_id":"call_a","name":"f","arguments":"{ \"a\" : 1 }"}})",
         R"({"type":"response.completed","response":{"output":[{"type":"function_call","call_id":"call_a","name":"f","arguments":"{  \"a\":  1  }"}]}})"},
        calledOnce);
    const QByteArray again = R"({"type":"function_call","call_id":"call_a","name":"g","arguments":"{\"a\":1}  "})";
    row("two calls of one id",
        {done, R"({"type":"response.output_item.done","output_index":6,"item":)" + again + "}",
         R"({"type":"response.completed","response":{"output":[)" + call + ',' + again + "]}}"},
        {R"(calls #0 call_a f {"a":1} #1 call_a_1 g {"a":1}  )", "tool_calls end"});
    row("two calls of one id without an end",
        {begun,
         R"({"type":"response.output_item.added","output_index":6,"item":{"type":"function_call","call_id":"call_a","name":"g","arguments":""}})",
         R"({"type":"response.completed","response":{"output":[)" + call +
             R"(,{"type":"function_call","call_id":"call_a","name":"g","arguments":"{}"}]}})"},
        {R"(calls #0 call_a f  #1 call_a_1 g {"a":1}{})", "tool_calls end"});
    row("two calls at one place",
        {done,
         R"({"type":"response.output_item.done","output_index":5,"item":{"type":"function_call","call_id":"call_b","name":"g","arguments":"{}"}})",
         kCompleted},
        {R"(calls #0 call_a f {"a":1} #1 call_b g {})", "tool_calls end"});
    row("one of two calls was lost",
        {done, R"({"type":"response.completed","response":{"output":[)" + call +
                   R"(,{"type":"function_call","call_id":"call_b","name":"g","arguments":"{}"}]}})"},
        {R"(calls #0 call_a f {"a":1} #1 call_b g {})", "tool_calls end"});
    const QByteArray wrapper =
        R"({"type":"function_call","call_id":"call_p","name":"parallel","arguments":"{\"tool_uses\":[{\"recipient_name\":\"functions.f\",\"parameters\":{}},{\"recipient_name\":\"functions.g\",\"parameters\":{}}]}"})";
    row("calls in one",
        {R"({"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","call_id":"call_p","name":"parallel","arguments":""}})",
         R"({"type":"response.function_call_arguments.delta","output_index":0,"delta":"{\"tool_uses\""})",
         R"({"type":"response.output_item.done","output_index":0,"item":)" + wrapper + "}",
         R"({"type":"response.completed","response":{"output":[)" + wrapper + "]}}"},
        {"calls #0 call_p_0 f {} #1 call_p_1 g {}", "tool_calls end"});
    row("a custom call",
        {R"({"type":"response.output_item.done","output_index":0,"item":{"type":"custom_tool_call","call_id":"call_a","name":"p","input":""}})",
         kCompleted},
        {"calls #0 call_a p* ", "tool_calls end"});
}

void ResponsesStreamSnapshotsTest::saysEverythingOnce()
{
    QFETCH(const QByteArrayList, stream);
    QFETCH(const QByteArrayList, expected);
    QCOMPARE(summary(read(responsesStream(stream))), expected);
}

void ResponsesStreamSnapshotsTest::streamsAndWholeAnswersAgree_data()
{
    QTest::addColumn<QByteArrayList>("items");
    const QByteArray text =
        R"({"type":"message","content":[{"type":"output_text","text":"a","annotations":[{"type":"url_citation","url":"u"}]},{"type":"output_text","text":"b"}]})";
    const QByteArray thought =
        R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"s"},{"type":"summary_text","text":"t"}],"content":[{"type":"reasoning_text","text":"r"}],"encrypted_content":"x"})";
    const QByteArray call = R"({"type":"function_call","call_id":"call_a","name":"f","arguments":""})";
    QTest::newRow("text") << QByteArrayList{text};
    QTest::newRow("texts") << QByteArrayList{text, text};
    QTest::newRow("thoughts") << QByteArrayList{thought, text, thought};
    QTest::newRow("thoughts between calls") << QByteArrayList{thought, call, thought, text, thought, call};
    QTest::newRow("calls") << QByteArrayList{
        thought, text, call, R"({"type":"custom_tool_call","call_id":"call_b","name":"p","input":"i"})"};
    QTest::newRow("refusal") << QByteArrayList{R"({"type":"message","content":[{"type":"refusal","refusal":"no"}]})"};
    QTest::newRow("nothing") << QByteArrayList{};
}

void ResponsesStreamSnapshotsTest::streamsAndWholeAnswersAgree()
{
    QFETCH(const QByteArrayList, items);
    const QByteArray response = R"({"id":"r","status":"completed","output":[)" + items.join(',') +
                                R"(],"usage":{"input_tokens":3,"output_tokens":4}})";
    QByteArrayList events;
    for (int i = 0; i < items.size(); ++i) {
        events.append(R"({"type":"response.output_item.done","output_index":)" + QByteArray::number(i) + R"(,"item":)" +
                      items[i] + "}");
    }
    events.append(R"({"type":"response.completed","response":)" + response + "}");
    const std::vector<ChatStreamEvent> streamed = read(responsesStream(events));

    const auto whole = test::anyCall(provider())->readAnswer(response);
    QVERIFY(whole && whole->completion);
    Completion told;
    for (const ChatStreamEvent &event : streamed) {
        told.text += event.delta.text;
        told.reasoning += event.delta.reasoning;
        told.refusal += event.delta.refusal;
        if (!event.delta.reasoningDetail.isEmpty())
            told.reasoningDetails.push_back(event.delta.reasoningDetail);
        if (!event.delta.annotation.isEmpty())
            told.annotations.push_back(event.delta.annotation);
        if (const auto &call = event.delta.toolCall; call && !call->id.isEmpty())
            told.toolCalls.push_back({.id = call->id, .name = call->name, .arguments = {}, .isCustom = call->isCustom});
        if (const auto &call = event.delta.toolCall)
            told.toolCalls.back().arguments += call->arguments;
        if (event.delta.finishReason)
            told.finishReason = *event.delta.finishReason;
    }
    const Completion &completion = *whole->completion;
    QCOMPARE(told.text, completion.text);
    QCOMPARE(told.reasoning, completion.reasoning);
    QCOMPARE(told.refusal, completion.refusal);
    QCOMPARE(told.reasoningDetails, completion.reasoningDetails);
    QCOMPARE(told.annotations, completion.annotations);
    QCOMPARE(told.finishReason, completion.finishReason);
    QCOMPARE(told.toolCalls.size(), completion.toolCalls.size());
    for (size_t i = 0; i < told.toolCalls.size(); ++i) {
        QCOMPARE(told.toolCalls[i].id, completion.toolCalls[i].id);
        QCOMPARE(told.toolCalls[i].arguments, completion.toolCalls[i].arguments);
        QCOMPARE(told.toolCalls[i].isCustom, completion.toolCalls[i].isCustom);
    }
    QCOMPARE(streamed[streamed.size() - 2].usage, whole->usage);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesStreamSnapshotsTest)
#include "tst_stream_snapshots.moc"
