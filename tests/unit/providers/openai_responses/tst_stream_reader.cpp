// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/providers/openai_responses/stream_testing.h"

#include <QTest>

namespace lunargate {

using Kind = ChatStreamEvent::Kind;
using test::kCompleted;
using test::kTextItem;
using test::provider;
using test::read;
using test::responsesStream;

/// Events become the pieces of an answer.
class ResponsesStreamReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void translatesAWholeStream();
    void tellsUsefulEvents_data();
    void tellsUsefulEvents();
    void tellsWhereThoughtsWere_data();
    void tellsWhereThoughtsWere();
    void survivesNonsense_data();
    void survivesNonsense();
    void readsManyItemsInLinearTime();
};

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
