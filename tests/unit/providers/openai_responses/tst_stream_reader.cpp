// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/upstream_errors.h"
#include "tests/unit/providers/openai_responses/responses_testing.h"

#include <QTest>

namespace lunargate {

class ResponsesStreamReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void translatesAWholeStream();
    void saysEverythingOnce_data();
    void saysEverythingOnce();
    void streamsAndWholeAnswersAgree_data();
    void streamsAndWholeAnswersAgree();
    void tellsWhyItEnded_data();
    void tellsWhyItEnded();
    void readsUsageOfEveryEnd_data();
    void readsUsageOfEveryEnd();
    void tellsUsefulEvents_data();
    void tellsUsefulEvents();
    void endsInFailure_data();
    void endsInFailure();
    void endsOnce();
    void survivesNonsense_data();
    void survivesNonsense();
    void tellsWhereThoughtsWere_data();
    void tellsWhereThoughtsWere();
    void readsManyItemsInLinearTime();
    void saysThatItIsNotTheProtocol();
};

namespace {

using Kind = ChatStreamEvent::Kind;
using test::responsesStream;

const OpenAiResponsesProvider &provider()
{
    static const OpenAiResponsesProvider kProvider(test::responsesConfig());
    return kProvider;
}

std::vector<ChatStreamEvent> read(const QByteArray &stream)
{
    const std::unique_ptr<ProviderCall> call = test::anyCall(provider());
    return test::readStream(*call->streamReader(), stream, stream.size(), 1);
}

// What the events say in sum, one line a kind.
QByteArrayList summary(const std::vector<ChatStreamEvent> &events)
{
    QByteArray text, reasoning, refusal, details, annotations, calls, end;
    for (const ChatStreamEvent &event : events) {
        const ChatDelta &delta = event.delta;
        text += delta.text;
        reasoning += delta.reasoning;
        refusal += delta.refusal;
        details += delta.reasoningDetail;
        annotations += delta.annotation;
        if (delta.toolCall && !delta.toolCall->id.isEmpty()) {
            calls += " #" + QByteArray::number(delta.toolCall->index) + ' ' + delta.toolCall->id + ' ' +
                     delta.toolCall->name + (delta.toolCall->isCustom ? "* " : " ");
        }
        if (delta.toolCall)
            calls += delta.toolCall->arguments;
        if (delta.finishReason)
            end += openai_chat::finishReasonText(*delta.finishReason);
        if (event.kind == Kind::End)
            end += " end";
        if (event.kind == Kind::Failure)
            end += "failure " + event.error.reason;
    }
    QByteArrayList lines;
    for (const auto &[name, value] : {std::pair{"text ", text},
                                      {"reasoning ", reasoning},
                                      {"refusal ", refusal},
                                      {"details ", details},
                                      {"annotations ", annotations},
                                      {"calls", calls}}) {
        if (!value.isEmpty())
            lines.append(name + value);
    }
    lines.append(end);
    return lines;
}

const QByteArray kCompleted = R"({"type":"response.completed","response":{"status":"completed","output":[]}})";

const QByteArrayList kTextItem = {
    R"({"type":"response.output_item.added","output_index":0,"item":{"id":"msg_9","type":"message","role":"assistant","content":[]}})",
    R"({"type":"response.content_part.added","item_id":"msg_9","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}})",
    R"({"type":"response.output_text.delta","item_id":"msg_9","output_index":0,"content_index":0,"delta":"Hel"})",
    R"({"type":"response.output_text.delta","item_id":"other","output_index":0,"content_index":0,"delta":"lo","obfuscation":"x"})",
    R"({"type":"response.output_text.done","item_id":"msg_9","output_index":0,"content_index":0,"text":"Hello"})",
    R"({"type":"response.content_part.done","item_id":"msg_9","output_index":0,"content_index":0,"part":{"type":"output_text","text":"Hello"}})",
    R"({"type":"response.output_item.done","output_index":0,"item":{"id":"msg_9","type":"message","content":[{"type":"output_text","text":"Hello"}]}})",
    R"({"type":"response.completed","response":{"id":"resp_9","status":"completed","output_text":"Hello","output":[{"id":"msg_9","type":"message","content":[{"type":"output_text","text":"Hello"}]}]}})"};

QByteArrayList without(QByteArrayList events, QByteArrayView type)
{
    events.removeIf([&](const QByteArray &event) { return event.contains(type); });
    return events;
}

} // namespace

void ResponsesStreamReaderTest::translatesAWholeStream()
{
    const QByteArray stream = responsesStream(
        {R"({"type":"response.created","sequence_number":0,"response":{"id":"resp_9","object":"response","created_at":1780000005,"model":"gpt-x","status":"in_progress","output":[],"usage":null}})",
         R"({"type":"response.in_progress","sequence_number":1,"response":{"id":"resp_9","model":"gpt-x","status":"in_progress","output":[]}})",
         R"({"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"rs_9","type":"reasoning","summary":[]}})",
         R"({"type":"response.reasoning_summary_part.added","sequence_number":3,"item_id":"rs_9","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}})",
         R"({"type":"response.reasoning_summary_text.delta","sequence_number":4,"item_id":"rs_9","output_index":0,"summary_index":0,"delta":"Two zones"})",
         R"({"type":"response.reasoning_summary_text.done","sequence_number":5,"item_id":"rs_9","output_index":0,"summary_index":0,"text":"Two zones"})",
         R"({"type":"response.reasoning_summary_part.done","sequence_number":6,"item_id":"rs_9","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":"Two zones"}})",
         R"({"type":"response.output_item.done","sequence_number":7,"output_index":0,"item":{"id":"rs_9","type":"reasoning","summary":[{"type":"summary_text","text":"Two zones"}],"encrypted_content":"gAAA"}})",
         R"({"type":"response.output_item.added","sequence_number":8,"output_index":1,"item":{"id":"msg_9","type":"message","status":"in_progress","role":"assistant","content":[]}})",
         R"({"type":"response.content_part.added","sequence_number":9,"item_id":"msg_9","output_index":1,"content_index":0,"part":{"type":"output_text","text":"","annotations":[],"logprobs":[]}})",
         R"({"type":"response.output_text.delta","sequence_number":10,"item_id":"msg_9","output_index":1,"content_index":0,"delta":"Looking.","logprobs":[]})",
         R"({"type":"response.output_text.done","sequence_number":11,"item_id":"msg_9","output_index":1,"content_index":0,"text":"Looking.","logprobs":[]})",
         R"({"type":"response.content_part.done","sequence_number":12,"item_id":"msg_9","output_index":1,"content_index":0,"part":{"type":"output_text","text":"Looking.","annotations":[],"logprobs":[]}})",
         R"({"type":"response.output_item.done","sequence_number":13,"output_index":1,"item":{"id":"msg_9","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Looking.","annotations":[],"logprobs":[]}]}})",
         R"({"type":"response.output_item.added","sequence_number":14,"output_index":2,"item":{"id":"fc_1","type":"function_call","status":"in_progress","call_id":"call_a","name":"get_time","arguments":""}})",
         R"({"type":"response.function_call_arguments.delta","sequence_number":15,"item_id":"fc_1","output_index":2,"delta":"{\"tz\":"})",
         R"({"type":"response.function_call_arguments.delta","sequence_number":16,"item_id":"fc_1","output_index":2,"delta":"\"UTC\"}"})",
         R"({"type":"response.function_call_arguments.done","sequence_number":17,"item_id":"fc_1","output_index":2,"name":"get_time","arguments":"{\"tz\":\"UTC\"}"})",
         R"({"type":"response.output_item.done","sequence_number":18,"output_index":2,"item":{"id":"fc_1","type":"function_call","status":"completed","call_id":"call_a","name":"get_time","arguments":"{\"tz\":\"UTC\"}"}})",
         R"({"type":"response.output_item.added","sequence_number":19,"output_index":3,"item":{"id":"ctc_2","type":"custom_tool_call","status":"in_progress","call_id":"call_b","name":"patch","input":""}})",
         R"({"type":"response.custom_tool_call_input.delta","sequence_number":20,"item_id":"ctc_2","output_index":3,"delta":"*** Begin"})",
         R"({"type":"response.custom_tool_call_input.done","sequence_number":21,"item_id":"ctc_2","output_index":3,"input":"*** Begin"})",
         R"({"type":"response.output_item.done","sequence_number":22,"output_index":3,"item":{"id":"ctc_2","type":"custom_tool_call","status":"completed","call_id":"call_b","name":"patch","input":"*** Begin"}})",
         R"({"type":"response.completed","sequence_number":23,"response":{"id":"resp_9","status":"completed","model":"gpt-x","output":[)"
         R"({"id":"rs_9","type":"reasoning","summary":[{"type":"summary_text","text":"Two zones"}],"encrypted_content":"gAAA"},)"
         R"({"id":"msg_9","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Looking.","annotations":[],"logprobs":[]}]},)"
         R"({"id":"fc_1","type":"function_call","status":"completed","call_id":"call_a","name":"get_time","arguments":"{\"tz\":\"UTC\"}"},)"
         R"({"id":"ctc_2","type":"custom_tool_call","status":"completed","call_id":"call_b","name":"patch","input":"*** Begin"}],)"
         R"("usage":{"input_tokens":30,"input_tokens_details":{"cached_tokens":10},"output_tokens":12,"output_tokens_details":{"reasoning_tokens":4},"total_tokens":42}}})"});
    const auto frame = [](const QByteArray &delta, const QByteArray &reason = "null") {
        return R"(data: {"id":"resp_9","object":"chat.completion.chunk","created":1700000000,"model":"gpt-x","choices":[{"index":0,"delta":{)" +
               delta + R"(},"finish_reason":)" + reason + R"(}],"usage":null})" + "\n\n";
    };
    const QByteArray frames =
        frame(R"("role":"assistant","reasoning_content":"Two zones")") +
        frame(
            R"("reasoning_details":[{"type":"reasoning.text","text":"Two zones","id":"@:0:0:rs_9","format":"openai-responses-v1","index":0}])") +
        frame(
            R"("reasoning_details":[{"type":"reasoning.encrypted","data":"gAAA","id":"@:0:0:rs_9","format":"openai-responses-v1","index":1}])") +
        frame(R"("content":"Looking.")") +
        frame(
            R"("tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"get_time","arguments":""}}])") +
        frame(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"tz\":"}}])") +
        frame(R"("tool_calls":[{"index":0,"function":{"arguments":"\"UTC\"}"}}])") +
        frame(R"("tool_calls":[{"index":1,"id":"call_b","type":"custom","custom":{"name":"patch","input":""}}])") +
        frame(R"("tool_calls":[{"index":1,"custom":{"input":"*** Begin"}}])") + frame("", R"("tool_calls")") +
        R"(data: {"id":"resp_9","object":"chat.completion.chunk","created":1700000000,"model":"gpt-x","choices":[],"usage":{"prompt_tokens":30,"completion_tokens":12,"total_tokens":42,"prompt_tokens_details":{"cached_tokens":10},"completion_tokens_details":{"reasoning_tokens":4}}})"
        "\n\ndata: [DONE]\n\n";
    QCOMPARE(test::clientFrames(*test::anyCall(provider()), stream, true), test::withOrigin(frames));
}

void ResponsesStreamReaderTest::saysEverythingOnce_data()
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

void ResponsesStreamReaderTest::saysEverythingOnce()
{
    QFETCH(const QByteArrayList, stream);
    QFETCH(const QByteArrayList, expected);
    QCOMPARE(summary(read(responsesStream(stream))), expected);
}

void ResponsesStreamReaderTest::streamsAndWholeAnswersAgree_data()
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

void ResponsesStreamReaderTest::streamsAndWholeAnswersAgree()
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

void ResponsesStreamReaderTest::tellsWhyItEnded_data()
{
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<QByteArray>("end");
    const auto row = [](const char *name, QByteArray event, QByteArray end) {
        QTest::newRow(name) << std::move(event) << std::move(end);
    };
    row("completed", kCompleted, "stop end");
    row("without a response", R"({"type":"response.completed"})", "stop end");
    row("tokens",
        R"({"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}})",
        "length end");
    row("filter", R"({"type":"response.incomplete","response":{"incomplete_details":{"reason":"content_filter"}}})",
        "content_filter end");
    row("incomplete for no reason", R"({"type":"response.incomplete"})", "length end");
    row("a relay's word for it", R"({"type":"response.done","response":{"status":"incomplete"}})", "length end");
    row("a relay's word for failure", R"({"type":"response.done","response":{"status":"failed"}})",
        "failure upstream_error");
}

void ResponsesStreamReaderTest::tellsWhyItEnded()
{
    QFETCH(const QByteArray, event);
    QFETCH(const QByteArray, end);
    QCOMPARE(summary(read(responsesStream({event}))), QByteArrayList{end});
}

void ResponsesStreamReaderTest::readsUsageOfEveryEnd_data()
{
    QTest::addColumn<QByteArray>("type");
    for (const char *type : {"response.completed", "response.incomplete", "response.failed", "response.done"})
        QTest::newRow(type) << QByteArray(type);
}

void ResponsesStreamReaderTest::readsUsageOfEveryEnd()
{
    QFETCH(const QByteArray, type);
    std::optional<Usage> usage;
    for (const ChatStreamEvent &event : read(responsesStream(
             {R"({"type":")" + type + R"(","response":{"usage":{"input_tokens":3,"output_tokens":4}}})"}))) {
        if (event.usage)
            usage = event.usage;
    }
    QVERIFY(usage);
    QCOMPARE(*usage, (Usage{.input = 3, .output = 4}));
}

void ResponsesStreamReaderTest::tellsUsefulEvents_data()
{
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<QByteArray>("kinds"); // one letter an event; capitals are useful
    QTest::addColumn<int>("textBytes");
    const auto row = [](const char *name, QByteArray event, QByteArray kinds, int textBytes = 0) {
        QTest::newRow(name) << std::move(event) << std::move(kinds) << textBytes;
    };
    row("created", R"({"type":"response.created","response":{"id":"r","model":"m"}})", "d");
    row("an item begins", kTextItem[0], "");
    row("an empty part", kTextItem[1], "");
    row("text", kTextItem[2], "D", 3);
    row("an empty piece", R"({"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":""})", "");
    row("thoughts", R"({"type":"response.reasoning_summary_text.delta","delta":"ab"})", "D", 2);
    row("a call begins",
        R"({"type":"response.output_item.added","item":{"type":"function_call","call_id":"c","name":"f"}})", "D");
    row("a tool of the provider", R"({"type":"response.web_search_call.searching","output_index":0})", "c");
    row("what is not known yet", R"({"type":"response.new.thing"})", "c");
    row("the end", kCompleted, "De");
}

void ResponsesStreamReaderTest::tellsUsefulEvents()
{
    QFETCH(const QByteArray, event);
    QFETCH(const QByteArray, kinds);
    QFETCH(const int, textBytes);
    const std::unique_ptr<ChatStreamReader> reader = test::anyCall(provider())->streamReader();
    std::vector<ChatStreamEvent> events;
    reader->feed(responsesStream({event}), events);
    QByteArray seen;
    qsizetype bytes = 0;
    for (const ChatStreamEvent &read : events) {
        const char letter = read.kind == Kind::Delta ? 'd' : read.kind == Kind::Comment ? 'c' : 'e';
        seen += read.isUseful ? static_cast<char>(letter - 'a' + 'A') : letter;
        bytes += read.textBytes;
    }
    QCOMPARE(seen, kinds);
    QCOMPARE(bytes, textBytes);
}

void ResponsesStreamReaderTest::endsInFailure_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("message");
    const auto row = [](const char *name, QByteArray stream, int status, QByteArray message) {
        QTest::newRow(name) << std::move(stream) << status << std::move(message);
    };
    // As recorded from the service: both events come, the first one with its members nested.
    row("quota",
        responsesStream(
            {R"({"type":"response.created","response":{"id":"r"}})",
             R"({"type":"error","sequence_number":2,"error":{"type":"insufficient_quota","code":"insufficient_quota","message":"no credit","param":null}})",
             R"({"type":"response.failed","response":{"error":{"code":"insufficient_quota","message":"later"}}})"}),
        429, "no credit");
    row("flat", responsesStream({R"({"type":"error","code":"server_error","message":"m","param":null})"}), 500, "m");
    row("failed",
        responsesStream(
            {R"({"type":"response.failed","response":{"status":"failed","error":{"code":"server_error","message":"m"}}})"}),
        500, "m");
    row("cancelled", responsesStream({R"({"type":"response.cancelled","response":{"status":"cancelled"}})"}), 502,
        "the provider cancelled the answer");
    row("an error in chat's form", "data: {\"error\":{\"message\":\"m\",\"type\":\"invalid_request_error\"}}\n\n", 400,
        "m");
    row("the type in the event's name", "event: error\ndata: {\"code\":\"rate_limit_exceeded\",\"message\":\"m\"}\n\n",
        429, "m");
    row("the key in it", responsesStream({R"({"type":"error","message":"sk-canary-0123456789"})"}), 502, "***");
    const QByteArray incomplete = incompleteStream().message;
    row("no end", responsesStream(kTextItem.first(7)), 502, incomplete);
    row("nothing", "", 502, incomplete);
    row("chat's end mark in place of its own", responsesStream(kTextItem.first(7)) + "data: [DONE]\n\n", 502,
        incomplete);
    row("half an event", responsesStream(kTextItem.first(7)) + "data: {\"type\":\"response.compl", 502, incomplete);
    row("no JSON", "data: oops\n\n", 502, malformedEvent().message);
    row("no object", "data: [1]\n\n", 502, malformedEvent().message);
}

void ResponsesStreamReaderTest::endsInFailure()
{
    QFETCH(const QByteArray, stream);
    QFETCH(const int, status);
    QFETCH(const QByteArray, message);
    const std::vector<ChatStreamEvent> events = read(stream);
    QVERIFY(!events.empty());
    QCOMPARE(events.back().kind, Kind::Failure);
    QCOMPARE(events.back().error.message, message);
    QCOMPARE(httpStatus(events.back().error), status);
    QCOMPARE(std::ranges::count(events, Kind::Failure, &ChatStreamEvent::kind), 1);
    QVERIFY(std::ranges::none_of(events, [](const ChatStreamEvent &event) { return event.kind == Kind::End; }));
}

void ResponsesStreamReaderTest::endsOnce()
{
    const QByteArray again = responsesStream({kCompleted});
    const std::vector<ChatStreamEvent> events = read(again + "data: [DONE]\n\n" + again);
    QCOMPARE(std::ranges::count(events, Kind::End, &ChatStreamEvent::kind), 1);
    QCOMPARE(events.back().kind, Kind::End);
    // The last event may lack its blank line.
    QCOMPARE(read(again.trimmed()).back().kind, Kind::End);
}

void ResponsesStreamReaderTest::survivesNonsense_data()
{
    QTest::addColumn<QByteArray>("members");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("nulls") << QByteArray(
        R"(,"output_index":null,"content_index":null,"summary_index":null,"delta":null,"text":null,"item":null,"part":null,"response":null,"annotation":null)");
    QTest::newRow("other types") << QByteArray(
        R"(,"output_index":"x","content_index":[],"summary_index":{},"delta":5,"text":[],"arguments":{},"item":[],"part":"p","response":7,"annotation":[])");
    QTest::newRow("huge numbers") << QByteArray(
        R"(,"output_index":9223372036854775807,"content_index":-9223372036854775808,"summary_index":1e308,"delta":"","item":{"type":"function_call","name":7,"call_id":[]})");
    QTest::newRow("lists of nonsense") << QByteArray(
        R"(,"item":{"type":"message","content":[null,1,{"type":"output_text","annotations":[null,{}]}]},"response":{"output":[null,1,{"type":"reasoning","summary":{"a":1}}],"usage":[]})");
}

void ResponsesStreamReaderTest::survivesNonsense()
{
    QFETCH(const QByteArray, members);
    QByteArrayList events;
    for (const char *type : {"response.created",
                             "response.output_item.added",
                             "response.output_text.delta",
                             "response.output_text.done",
                             "response.content_part.added",
                             "response.content_part.done",
                             "response.refusal.delta",
                             "response.refusal.done",
                             "response.reasoning_summary_part.added",
                             "response.reasoning_summary_text.delta",
                             "response.reasoning_summary_text.done",
                             "response.reasoning_text.delta",
                             "response.reasoning_text.done",
                             "response.output_text.annotation.added",
                             "response.function_call_arguments.delta",
                             "response.function_call_arguments.done",
                             "response.custom_tool_call_input.delta",
                             "response.custom_tool_call_input.done",
                             "response.output_item.done",
                             "response.completed"})
        events.append(R"({"type":")" + QByteArray(type) + '"' + members + "}");
    QCOMPARE(read(responsesStream(events)).back().kind, Kind::End);
}

void ResponsesStreamReaderTest::tellsWhereThoughtsWere_data()
{
    QTest::addColumn<QByteArrayList>("stream");
    const auto item = [](int index, const char *type, const QByteArray &value) {
        return QByteArray(R"({"type":"response.output_item.)") + type + R"(","output_index":)" +
               QByteArray::number(index) + R"(,"item":)" + value + "}";
    };
    const auto thought = [](const char *id) {
        return QByteArray(R"({"type":"reasoning","id":")") + id + R"(","encrypted_content":"x"})";
    };
    const QByteArray text = R"({"type":"message","content":[{"type":"output_text","text":"a"}]})";
    const QByteArray call = R"({"type":"function_call","call_id":"call_a","name":"f","arguments":"{}"})";
    const QByteArrayList items{thought("rs_1"), call, thought("rs_2"), text, thought("rs_3")};
    const QByteArray completed = R"({"type":"response.completed","response":{"output":[)" + items.join(',') + "]}}";
    QByteArrayList ends, begun, late;
    for (int i = 0; i < items.size(); ++i) {
        ends << item(i, "done", items[i]);
        begun << item(i, "added", items[i]);
        late << item(i, "done", items[i]);
        if (!items[i].contains("rs_"))
            begun << item(i, "done", items[i]);
    }
    // Some relays end all thoughts at the end.
    begun << item(0, "done", items[0]) << item(2, "done", items[2]) << item(4, "done", items[4]);
    late.removeIf([](const QByteArray &event) { return event.contains("rs_"); });
    QTest::newRow("item by item") << ends + QByteArrayList{kCompleted};
    QTest::newRow("ended late") << begun + QByteArrayList{completed};
    QTest::newRow("in the last event") << QByteArrayList{completed};
    QTest::newRow("the last event tells the thoughts") << late + QByteArrayList{completed};
}

void ResponsesStreamReaderTest::tellsWhereThoughtsWere()
{
    QFETCH(const QByteArrayList, stream);
    QByteArrayList ids;
    for (const ChatStreamEvent &event : read(responsesStream(stream))) {
        if (const auto detail = json::Document::parse(event.delta.reasoningDetail))
            ids << detail->root()["id"].toByteArray();
    }
    QCOMPARE(ids.join(' '), test::withOrigin("@:0:0:rs_1 @:1:0:rs_2 @:1:1:rs_3"));
}

void ResponsesStreamReaderTest::saysThatItIsNotTheProtocol()
{
    const auto events = read("data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\","
                             "\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: [DONE]\n\n");
    QCOMPARE(events.size(), 1U);
    QCOMPARE(events.front().kind, Kind::Failure);
    QCOMPARE(events.front().error.reason, "upstream_malformed_event");
    QVERIFY2(events.front().error.message.contains("chat.completion.chunk"), events.front().error.message);
}

void ResponsesStreamReaderTest::readsManyItemsInLinearTime()
{
    constexpr int kItems = 30'000;
    QByteArray output;
    for (int i = 0; i < kItems; ++i) {
        output += R"({"type":"function_call","call_id":"c)" + QByteArray::number(i) + R"(","name":"f"},)";
    }
    output.chop(1);
    const std::vector<ChatStreamEvent> events =
        read("data: {\"type\":\"response.completed\",\"response\":{\"output\":[" + output + "]}}\n\n");
    QCOMPARE(events.size(), 2 * kItems + 2);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesStreamReaderTest)
#include "tst_stream_reader.moc"
