// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/dialects/openai_responses/responses_testing.h"

using namespace lunargate::test;

namespace lunargate {

/// The events that a Responses client gets for a provider's stream.
class ResponsesStreamsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsItemsInOrder_data();
    void tellsItemsInOrder();
    void textIsExactlyAsProduced();
    void endsWithTheTruth_data();
    void endsWithTheTruth();
    void itemsOfTheResponseAreThoseThatWereDone();
    void usageHasAllDetails();
    void commentsAreNoEvents();
    void passesTheProtocolItselfByteForByte();
    void numbersGoOnWhereTheProvidersBroke();
    void tellsHowItEnded_data();
    void tellsHowItEnded();
    void tellsTheBeginningOfWhatRunsInTheBackground();
    void tellsWhatFailedInTheBackground_data();
    void tellsWhatFailedInTheBackground();
    void mayOutliveItsCall();
    void tellsHowMuchItHolds();
    void aDeltaCostsNoMoreThanItself();
    void hasAFrameForStreamsWithoutWriter();
};

namespace {

const QByteArray kBody = withInput(R"("hi")", R"("stream":true,"tools":[
    {"type":"custom","name":"patch"},
    {"type":"namespace","name":"fs","tools":[{"type":"function","name":"read"}]}])");

ChatDelta call(int index, const QByteArray &id, const QByteArray &name, const QByteArray &arguments = {})
{
    return {.toolCall = ChatDelta::ToolCall{.index = index, .id = id, .name = name, .arguments = arguments}};
}

ChatDelta arguments(int index, const QByteArray &text)
{
    return {.toolCall = ChatDelta::ToolCall{.index = index, .arguments = text}};
}

const QByteArrayList kStart = {"created in_progress 0", "in_progress in_progress 0"};

} // namespace

void ResponsesStreamsTest::tellsItemsInOrder_data()
{
    QTest::addColumn<std::vector<ChatStreamEvent>>("events");
    QTest::addColumn<QByteArrayList>("expected"); // behind the start

    QTest::newRow("text")
        << std::vector{delta({.id = "c", .model = "m"}), delta({.text = "Hel"}), delta({.text = "lo"}),
                       finish(FinishReason::Stop), end()}
        << QByteArrayList{
               R"(output_item.added {"item":{"content":[],"id":"msg_X_0","role":"assistant","status":"in_progress","type":"message"},"output_index":0})",
               R"(content_part.added {"content_index":0,"item_id":"msg_X_0","output_index":0,"part":{"annotations":[],"logprobs":[],"text":"","type":"output_text"}})",
               R"(output_text.delta {"content_index":0,"delta":"Hel","item_id":"msg_X_0","logprobs":[],"output_index":0})",
               R"(output_text.delta {"content_index":0,"delta":"lo","item_id":"msg_X_0","logprobs":[],"output_index":0})",
               R"(output_text.done {"content_index":0,"item_id":"msg_X_0","logprobs":[],"output_index":0,"text":"Hello"})",
               R"(content_part.done {"content_index":0,"item_id":"msg_X_0","output_index":0,"part":{"annotations":[],"logprobs":[],"text":"Hello","type":"output_text"}})",
               R"(output_item.done {"item":{"content":[{"annotations":[],"logprobs":[],"text":"Hello","type":"output_text"}],"id":"msg_X_0","role":"assistant","status":"completed","type":"message"},"output_index":0})",
               "completed completed 1"};

    QTest::newRow("reasoning, then text")
        << std::vector{delta({.reasoning = "Two"}), delta({.reasoning = " zones"}), delta({.text = "So"}),
                       finish(FinishReason::Stop), end()}
        << QByteArrayList{
               R"(output_item.added {"item":{"encrypted_content":null,"id":"rs_X_0","summary":[],"type":"reasoning"},"output_index":0})",
               R"(reasoning_summary_part.added {"item_id":"rs_X_0","output_index":0,"part":{"text":"","type":"summary_text"},"summary_index":0})",
               R"(reasoning_summary_text.delta {"delta":"Two","item_id":"rs_X_0","output_index":0,"summary_index":0})",
               R"(reasoning_summary_text.delta {"delta":" zones","item_id":"rs_X_0","output_index":0,"summary_index":0})",
               R"(reasoning_summary_text.done {"item_id":"rs_X_0","output_index":0,"summary_index":0,"text":"Two zones"})",
               R"(reasoning_summary_part.done {"item_id":"rs_X_0","output_index":0,"part":{"text":"Two zones","type":"summary_text"},"summary_index":0})",
               R"(output_item.done {"item":{"encrypted_content":"lunargate1.e30","id":"rs_X_0","summary":[{"text":"Two zones","type":"summary_text"}],"type":"reasoning"},"output_index":0})",
               R"(output_item.added {"item":{"content":[],"id":"msg_X_1","role":"assistant","status":"in_progress","type":"message"},"output_index":1})",
               R"(content_part.added {"content_index":0,"item_id":"msg_X_1","output_index":1,"part":{"annotations":[],"logprobs":[],"text":"","type":"output_text"}})",
               R"(output_text.delta {"content_index":0,"delta":"So","item_id":"msg_X_1","logprobs":[],"output_index":1})",
               R"(output_text.done {"content_index":0,"item_id":"msg_X_1","logprobs":[],"output_index":1,"text":"So"})",
               R"(content_part.done {"content_index":0,"item_id":"msg_X_1","output_index":1,"part":{"annotations":[],"logprobs":[],"text":"So","type":"output_text"}})",
               R"(output_item.done {"item":{"content":[{"annotations":[],"logprobs":[],"text":"So","type":"output_text"}],"id":"msg_X_1","role":"assistant","status":"completed","type":"message"},"output_index":1})",
               "completed completed 2"};

    QTest::newRow("parallel calls by turns")
        << std::vector{delta(call(0, "call_a", "time", "{\"tz\":")), delta(call(1, "call_b", "time")),
                       delta(arguments(0, "1}")), finish(FinishReason::ToolCalls), end()}
        << QByteArrayList{
               R"(output_item.added {"item":{"arguments":"","call_id":"call_a","id":"fc_X_0","name":"time","status":"in_progress","type":"function_call"},"output_index":0})",
               R"(function_call_arguments.delta {"delta":"{\"tz\":","item_id":"fc_X_0","output_index":0})",
               R"(output_item.added {"item":{"arguments":"","call_id":"call_b","id":"fc_X_1","name":"time","status":"in_progress","type":"function_call"},"output_index":1})",
               R"(function_call_arguments.delta {"delta":"1}","item_id":"fc_X_0","output_index":0})",
               R"(function_call_arguments.done {"arguments":"{\"tz\":1}","item_id":"fc_X_0","name":"time","output_index":0})",
               R"(output_item.done {"item":{"arguments":"{\"tz\":1}","call_id":"call_a","id":"fc_X_0","name":"time","status":"completed","type":"function_call"},"output_index":0})",
               R"(function_call_arguments.delta {"delta":"{}","item_id":"fc_X_1","output_index":1})",
               R"(function_call_arguments.done {"arguments":"{}","item_id":"fc_X_1","name":"time","output_index":1})",
               R"(output_item.done {"item":{"arguments":"{}","call_id":"call_b","id":"fc_X_1","name":"time","status":"completed","type":"function_call"},"output_index":1})",
               "completed completed 2"};

    QTest::newRow("custom tool, called as a function")
        << std::vector{delta(call(0, "c1", "patch", "{\"input\":\"***")), delta(arguments(0, " Begin\\n\"}")),
                       finish(FinishReason::ToolCalls), end()}
        << QByteArrayList{
               R"(output_item.added {"item":{"call_id":"c1","id":"ctc_X_0","input":"","name":"patch","status":"in_progress","type":"custom_tool_call"},"output_index":0})",
               R"(custom_tool_call_input.delta {"delta":"*** Begin\n","item_id":"ctc_X_0","output_index":0})",
               R"(custom_tool_call_input.done {"input":"*** Begin\n","item_id":"ctc_X_0","output_index":0})",
               R"(output_item.done {"item":{"call_id":"c1","id":"ctc_X_0","input":"*** Begin\n","name":"patch","status":"completed","type":"custom_tool_call"},"output_index":0})",
               "completed completed 1"};

    QTest::newRow("tool in a namespace, all calls counted 0")
        << std::vector{delta(call(0, "c1", "fs__read", "{}")), delta(call(0, "c2", "fs__read", "{}")),
                       finish(FinishReason::ToolCalls), end()}
        << QByteArrayList{
               R"(output_item.added {"item":{"arguments":"","call_id":"c1","id":"fc_X_0","name":"read","namespace":"fs","status":"in_progress","type":"function_call"},"output_index":0})",
               R"(function_call_arguments.delta {"delta":"{}","item_id":"fc_X_0","output_index":0})",
               R"(output_item.added {"item":{"arguments":"","call_id":"c2","id":"fc_X_1","name":"read","namespace":"fs","status":"in_progress","type":"function_call"},"output_index":1})",
               R"(function_call_arguments.delta {"delta":"{}","item_id":"fc_X_1","output_index":1})",
               R"(function_call_arguments.done {"arguments":"{}","item_id":"fc_X_0","name":"read","output_index":0})",
               R"(output_item.done {"item":{"arguments":"{}","call_id":"c1","id":"fc_X_0","name":"read","namespace":"fs","status":"completed","type":"function_call"},"output_index":0})",
               R"(function_call_arguments.done {"arguments":"{}","item_id":"fc_X_1","name":"read","output_index":1})",
               R"(output_item.done {"item":{"arguments":"{}","call_id":"c2","id":"fc_X_1","name":"read","namespace":"fs","status":"completed","type":"function_call"},"output_index":1})",
               "completed completed 2"};

    QTest::newRow("text, then refusal")
        << std::vector{delta({.text = "Well"}), delta({.refusal = "No"}), finish(FinishReason::Stop), end()}
        << QByteArrayList{
               R"(output_item.added {"item":{"content":[],"id":"msg_X_0","role":"assistant","status":"in_progress","type":"message"},"output_index":0})",
               R"(content_part.added {"content_index":0,"item_id":"msg_X_0","output_index":0,"part":{"annotations":[],"logprobs":[],"text":"","type":"output_text"}})",
               R"(output_text.delta {"content_index":0,"delta":"Well","item_id":"msg_X_0","logprobs":[],"output_index":0})",
               R"(output_text.done {"content_index":0,"item_id":"msg_X_0","logprobs":[],"output_index":0,"text":"Well"})",
               R"(content_part.done {"content_index":0,"item_id":"msg_X_0","output_index":0,"part":{"annotations":[],"logprobs":[],"text":"Well","type":"output_text"}})",
               R"(content_part.added {"content_index":1,"item_id":"msg_X_0","output_index":0,"part":{"refusal":"","type":"refusal"}})",
               R"(refusal.delta {"content_index":1,"delta":"No","item_id":"msg_X_0","output_index":0})",
               R"(refusal.done {"content_index":1,"item_id":"msg_X_0","output_index":0,"refusal":"No"})",
               R"(content_part.done {"content_index":1,"item_id":"msg_X_0","output_index":0,"part":{"refusal":"No","type":"refusal"}})",
               R"(output_item.done {"item":{"content":[{"annotations":[],"logprobs":[],"text":"Well","type":"output_text"},{"refusal":"No","type":"refusal"}],"id":"msg_X_0","role":"assistant","status":"completed","type":"message"},"output_index":0})",
               "completed completed 1"};

    QTest::newRow("annotation")
        << std::vector{delta({.text = "a"}),
                       delta({.annotation = R"({"type":"url_citation","url_citation":{"url":"u"}})"}),
                       finish(FinishReason::Stop), end()}
        << QByteArrayList{
               R"(output_item.added {"item":{"content":[],"id":"msg_X_0","role":"assistant","status":"in_progress","type":"message"},"output_index":0})",
               R"(content_part.added {"content_index":0,"item_id":"msg_X_0","output_index":0,"part":{"annotations":[],"logprobs":[],"text":"","type":"output_text"}})",
               R"(output_text.delta {"content_index":0,"delta":"a","item_id":"msg_X_0","logprobs":[],"output_index":0})",
               R"(output_text.annotation.added {"annotation":{"type":"url_citation","url":"u"},"annotation_index":0,"content_index":0,"item_id":"msg_X_0","output_index":0})",
               R"(output_text.done {"content_index":0,"item_id":"msg_X_0","logprobs":[],"output_index":0,"text":"a"})",
               R"(content_part.done {"content_index":0,"item_id":"msg_X_0","output_index":0,"part":{"annotations":[{"type":"url_citation","url":"u"}],"logprobs":[],"text":"a","type":"output_text"}})",
               R"(output_item.done {"item":{"content":[{"annotations":[{"type":"url_citation","url":"u"}],"logprobs":[],"text":"a","type":"output_text"}],"id":"msg_X_0","role":"assistant","status":"completed","type":"message"},"output_index":0})",
               "completed completed 1"};

    QTest::newRow("nothing at all") << std::vector{finish(FinishReason::Stop), end()}
                                    << QByteArrayList{"completed completed 0"};
}

void ResponsesStreamsTest::tellsItemsInOrder()
{
    QFETCH(const std::vector<ChatStreamEvent>, events);
    QFETCH(const QByteArrayList, expected);
    const std::unique_ptr<ClientCall> client = callOf(kBody);
    const QByteArrayList actual = lines(framesFor(*client, events));
    QCOMPARE(actual.join('\n'), (kStart + expected).join('\n'));
}

// What repeats, or ends like what came before, is text like any other.
void ResponsesStreamsTest::textIsExactlyAsProduced()
{
    const std::unique_ptr<ClientCall> client = callOf(kBody);
    std::vector<ChatStreamEvent> events;
    QByteArray produced;
    for (const char *piece : {"ha", "ha", "\n", "\n", "1", "1", " ", "haha", "\xE2\x82\xAC\"\\", "a\tb"}) {
        events.push_back(delta({.text = piece}));
        produced += piece;
    }
    events.push_back(finish(FinishReason::Stop));
    events.push_back(end());
    const QByteArray frames = framesFor(*client, events);
    QByteArray heard;
    for (const QByteArray &data : SseEvents::parse(frames).data()) {
        if (textAt(data, "type") == "response.output_text.delta")
            heard += textAt(data, "delta");
    }
    QCOMPARE(heard, produced);
    QCOMPARE(textAt(lastResponse(frames), "output.0.content.0.text"), produced);
}

void ResponsesStreamsTest::endsWithTheTruth_data()
{
    QTest::addColumn<ChatStreamEvent>("last");
    QTest::addColumn<FinishReason>("reason");
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("itemStatus"); // of the last item
    const auto row = [](const char *name, const ChatStreamEvent &last, FinishReason reason, QByteArray line,
                        QByteArray itemStatus) { QTest::newRow(name) << last << reason << line << itemStatus; };
    row("complete", end(), FinishReason::Stop, "completed completed 2", "completed");
    row("too long", end(), FinishReason::Length, "incomplete incomplete 2 max_output_tokens", "incomplete");
    row("filtered", end(), FinishReason::ContentFilter, "incomplete incomplete 2 content_filter", "incomplete");
    row("cut, as the provider says", end(), FinishReason::Error, "failed failed 1 server_error", "");
    row("cut", failure({.kind = ErrorKind::UpstreamProtocol, .reason = "x", .message = "closed"}), FinishReason::Stop,
        "failed failed 1 server_error", "");
    row("rate limit", failure({.kind = ErrorKind::UpstreamStatus, .reason = "x", .upstreamStatus = 429}),
        FinishReason::Stop, "failed failed 1 rate_limit_exceeded", "");
    row("its own code",
        failure({.kind = ErrorKind::UpstreamStatus, .upstreamStatus = 429, .upstreamCode = "insufficient_quota"}),
        FinishReason::Stop, "failed failed 1 insufficient_quota", "");
    row("too much to read",
        failure({.kind = ErrorKind::UpstreamStatus, .upstreamStatus = 400, .refusal = Refusal::ContextLength}),
        FinishReason::Stop, "failed failed 1 context_length_exceeded", "");
}

void ResponsesStreamsTest::endsWithTheTruth()
{
    QFETCH(const ChatStreamEvent, last);
    QFETCH(const FinishReason, reason);
    QFETCH(const QByteArray, line);
    QFETCH(const QByteArray, itemStatus);
    const std::unique_ptr<ClientCall> client = callOf(kBody);
    const QByteArray frames =
        framesFor(*client, {delta({.reasoning = "hm"}), delta({.text = "one"}), finish(reason), last});
    QCOMPARE(lines(frames).last().replace("  ", " "), line);
    QCOMPARE(frames.count("event: response.completed") + frames.count("event: response.incomplete") +
                 frames.count("event: response.failed"),
             1);
    QCOMPARE(textAt(lastResponse(frames), "output.1.status"), itemStatus);
    QCOMPARE(jsonAt(lastResponse(frames), "usage.total_tokens").toInt(), 37);
}

void ResponsesStreamsTest::itemsOfTheResponseAreThoseThatWereDone()
{
    const std::unique_ptr<ClientCall> client = callOf(kBody);
    const QByteArray frames = framesFor(*client, {delta({.reasoning = "a"}), delta({.text = "b"}),
                                                  delta(call(0, "c", "f")), finish(FinishReason::Length), end()});
    QJsonArray done;
    for (const QByteArray &data : SseEvents::parse(frames).data()) {
        if (textAt(data, "type") == "response.output_item.done")
            done.append(jsonAt(data, "item"));
    }
    QCOMPARE(done.size(), 3);
    QCOMPARE(jsonAt(lastResponse(frames), "output").toArray(), done);
}

void ResponsesStreamsTest::usageHasAllDetails()
{
    const std::unique_ptr<ClientCall> client = callOf(kBody);
    const QByteArray told = lastResponse(framesFor(*client, {delta({.text = "x"}), finish(FinishReason::Stop), end()}));
    QCOMPARE(
        QJsonDocument(jsonAt(told, "usage").toObject()).toJson(QJsonDocument::Compact),
        R"({"input_tokens":30,"input_tokens_details":{"cache_write_tokens":0,"cached_tokens":10},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":37})");
    // A provider that tells nothing leaves nothing out.
    const QByteArray untold = lastResponse(framesFor(*client, {delta({.text = "x"}), end()}));
    QCOMPARE(jsonAt(untold, "usage.input_tokens_details.cached_tokens").toInt(-1), 0);
    QCOMPARE(jsonAt(untold, "usage.output_tokens_details.reasoning_tokens").toInt(-1), 0);
}

void ResponsesStreamsTest::commentsAreNoEvents()
{
    const std::unique_ptr<ClientCall> client = callOf(kBody);
    QCOMPARE(framesFor(*client, {{.kind = ChatStreamEvent::Kind::Comment, .payload = "OPENROUTER PROCESSING"}}), "");
}

namespace {

ChatStreamEvent chunk(const QByteArray &type, const QByteArray &data, ChatDelta said = {})
{
    return {.kind = ChatStreamEvent::Kind::Chunk,
            .payload = "event: " + type + "\ndata: " + data,
            .delta = std::move(said)};
}

const QByteArray kNativeEnd =
    R"({"type":"response.completed","sequence_number":9,"response":{"id":"resp_n","status":"completed","model":"m-n","store":true,"output":[{"id":"msg_n","type":"message"}]}})";

} // namespace

void ResponsesStreamsTest::passesTheProtocolItselfByteForByte()
{
    const std::unique_ptr<ClientCall> client = callOf(kBody);
    const ChatStreamEvent first =
        chunk("response.created", R"({ "odd" : 1.0, "response":{"id":"resp_n"}})", {.id = "resp_n"});
    // One piece may mean several events; only the first has the bytes.
    const ChatStreamEvent rest{.kind = ChatStreamEvent::Kind::Chunk, .delta = {.text = "x"}};
    const ChatStreamEvent last = chunk("response.completed", kNativeEnd);
    QCOMPARE(framesFor(*client, {first, rest, last, end()}), first.payload + "\n\n" + last.payload + "\n\n");
}

void ResponsesStreamsTest::numbersGoOnWhereTheProvidersBroke()
{
    const std::unique_ptr<ClientCall> client = callOf(kBody);
    const ChatStreamEvent first =
        chunk("response.output_text.delta", R"({"type":"response.output_text.delta","sequence_number":4,"delta":"x"})",
              {.id = "resp_n", .model = "m-n"});
    const QByteArray frames =
        framesFor(*client, {first, failure({.kind = ErrorKind::UpstreamTransport, .message = "reset"})});
    const QByteArray own = frames.sliced(first.payload.size() + 2);
    QCOMPARE(lines(own, 5).join('\n').replace("  ", " "), "failed failed 0 server_error");
    QCOMPARE(textAt(lastResponse(own), "id"), "resp_n");
    QCOMPARE(textAt(lastResponse(own), "model"), "m-n");
    QCOMPARE(textAt(lastResponse(own), "error.message"), "reset");
}

void ResponsesStreamsTest::tellsHowItEnded_data()
{
    QTest::addColumn<std::vector<ChatStreamEvent>>("events");
    QTest::addColumn<QByteArray>("told"); // id, status, provider, output
    QTest::newRow("complete") << std::vector{delta({.text = "x"}), finish(FinishReason::Stop), end()}
                              << QByteArray("resp_" + kOwn + " completed  1");
    QTest::newRow("too long") << std::vector{delta({.text = "x"}), finish(FinishReason::Length), end()}
                              << QByteArray("resp_" + kOwn + " incomplete  1");
    QTest::newRow("failed") << std::vector{delta({.text = "x"}), failure({.message = "no"})} << QByteArray();
    QTest::newRow("native") << std::vector{chunk("response.completed", kNativeEnd), end()}
                            << QByteArray("resp_n completed p1 1");
    QTest::newRow("native, not stored there")
        << std::vector{chunk("response.completed", QByteArray(kNativeEnd).replace("\"store\":true", "\"store\":false")),
                       end()}
        << QByteArray("resp_n completed  1");
}

void ResponsesStreamsTest::tellsHowItEnded()
{
    QFETCH(const std::vector<ChatStreamEvent>, events);
    QFETCH(const QByteArray, told);
    std::vector<responses::FinishedResponse> finished;
    const std::unique_ptr<ClientCall> client =
        callOf(kBody, {}, [&](responses::FinishedResponse response) { finished.push_back(std::move(response)); });
    const QByteArray frames = framesFor(*client, events);
    QCOMPARE(finished.size(), told.isEmpty() ? 0U : 1U);
    if (told.isEmpty())
        return;
    const responses::FinishedResponse &one = finished.front();
    QCOMPARE(one.id + ' ' + one.status + ' ' + one.providerId + ' ' +
                 QByteArray::number(QJsonDocument::fromJson(one.outputItems).array().size()),
             told);
    QCOMPARE(sorted(one.object), lastResponse(frames));
    QCOMPARE(one.isComplete, one.status == "completed");
    QCOMPARE(textAt(one.inputItems, "0.content.0.text"), "hi");
    QVERIFY(!textAt(one.inputItems, "0.id").isEmpty());
}

namespace {

const ChatStreamEvent kQueued =
    chunk("response.queued", R"({"sequence_number":0,"response":{"id":"resp_n","status":"queued","output":[]}})",
          {.id = "resp_n"});

ChatStreamEvent nativeFailure(const QByteArray &said)
{
    ChatStreamEvent event = failure({.kind = ErrorKind::UpstreamProtocol, .message = "no"});
    event.payload = said;
    return event;
}

} // namespace

void ResponsesStreamsTest::tellsTheBeginningOfWhatRunsInTheBackground()
{
    QByteArrayList told;
    const std::unique_ptr<ClientCall> client =
        callOf(withInput(R"("hi")", R"("stream":true,"background":true)"), {},
               [&](const responses::FinishedResponse &response) { told.append(response.id + ' ' + response.status); });
    framesFor(*client, {kQueued, chunk("response.completed", kNativeEnd), end()});
    QCOMPARE(told, (QByteArrayList{"resp_n queued", "resp_n completed"}));
}

void ResponsesStreamsTest::tellsWhatFailedInTheBackground_data()
{
    QTest::addColumn<ChatStreamEvent>("last");
    QTest::addColumn<QByteArrayList>("told");
    const auto said = [](const QByteArray &type, const QByteArray &status) {
        return "event: " + type + "\ndata: {\"type\":\"" + type +
               R"(","sequence_number":1,"response":{"id":"resp_n","status":")" + status +
               R"(","output":[{"id":"msg_n","type":"message"}]}})";
    };
    QTest::newRow("failed") << nativeFailure(said("response.failed", "failed"))
                            << QByteArrayList{"resp_n queued", "resp_n failed"};
    QTest::newRow("cancelled") << nativeFailure(said("response.cancelled", "cancelled"))
                               << QByteArrayList{"resp_n queued", "resp_n cancelled"};
    // The response may run on.
    QTest::newRow("stream broke") << nativeFailure({}) << QByteArrayList{"resp_n queued"};
    QTest::newRow("error in the stream") << nativeFailure(R"(data: {"type":"error","message":"no"})")
                                         << QByteArrayList{"resp_n queued"};
}

void ResponsesStreamsTest::tellsWhatFailedInTheBackground()
{
    QFETCH(const ChatStreamEvent, last);
    QFETCH(const QByteArrayList, told);
    std::vector<responses::FinishedResponse> heard;
    const std::unique_ptr<ClientCall> client =
        callOf(withInput(R"("hi")", R"("stream":true,"background":true)"), {},
               [&](responses::FinishedResponse response) { heard.push_back(std::move(response)); });
    const QByteArray frames = framesFor(*client, {kQueued, last});
    QByteArrayList states;
    for (const responses::FinishedResponse &one : heard)
        states.append(one.id + ' ' + one.status);
    QCOMPARE(states, told);
    QCOMPARE(textAt(lastResponse(frames), "status"), "failed");
    if (heard.size() < 2)
        return;
    QCOMPARE(sorted(heard.back().object), lastResponse(frames));
    QCOMPARE(heard.back().providerId, "p1");
    QVERIFY(!heard.back().isComplete);
}

// The program ends, and the frames that held the call are gone.
void ResponsesStreamsTest::mayOutliveItsCall()
{
    int told = 0;
    std::unique_ptr<ClientCall> client = callOf(withInput(R"("hi")", R"("stream":true,"background":true)"), {},
                                                [&](const responses::FinishedResponse &) { ++told; });
    const std::unique_ptr<StreamWriter> writer = client->streamWriter(facts());
    QByteArray frames;
    writer->append(frames, kQueued);
    client.reset();
    writer->append(frames, nativeFailure("data: {\"response\":{\"id\":\"resp_n\",\"status\":\"failed\"}}"));
    QCOMPARE(textAt(lastResponse(frames), "status"), "failed");
    QCOMPARE(told, 2);
}

void ResponsesStreamsTest::tellsHowMuchItHolds()
{
    constexpr qsizetype kPiece = 100'000;
    const QByteArray piece(kPiece, 'x');
    const std::unique_ptr<ClientCall> client = callOf(kBody);
    const std::unique_ptr<StreamWriter> writer = client->streamWriter(facts());
    QByteArray out;
    QCOMPARE(writer->heldBytes(), 0);
    qsizetype before = 0;
    for (const ChatDelta &said :
         {ChatDelta{.text = piece}, ChatDelta{.reasoning = piece}, ChatDelta{.refusal = piece},
          ChatDelta{.reasoningDetail = '"' + piece + '"'}, call(0, "c", "patch", piece), arguments(0, piece)}) {
        writer->append(out, delta(said));
        QVERIFY(writer->heldBytes() >= before + kPiece);
        before = writer->heldBytes();
    }
    for (int i = 1; i <= 100; ++i) // nor are calls for nothing that say nothing
        writer->append(out, delta(call(i, "c" + QByteArray::number(i), "patch")));
    QVERIFY(writer->heldBytes() >= before + 100 * 256);
    const std::unique_ptr<StreamWriter> native = client->streamWriter(facts());
    native->append(out, chunk("response.created", R"({"response":{"id":"resp_n"}})"));
    QCOMPARE(native->heldBytes(), 0);
}

void ResponsesStreamsTest::aDeltaCostsNoMoreThanItself()
{
    const QByteArray large(200'000, 'i');
    const std::unique_ptr<ClientCall> client =
        callOf(withInput(R"("hi")", R"("stream":true,"instructions":")" + large + '"'));
    const std::unique_ptr<StreamWriter> writer = client->streamWriter(facts());
    QByteArray out;
    writer->append(out, delta({.text = QByteArray(100'000, 'x')}));
    out.clear();
    writer->append(out, delta({.text = "y"}));
    QVERIFY(out.size() < 300);
}

void ResponsesStreamsTest::hasAFrameForStreamsWithoutWriter()
{
    const Dialect &dialect = dialectOf(ChatProtocol::OpenAiResponses);
    const QByteArray frame = dialect.errorFrame({.kind = ErrorKind::Overloaded, .message = "shutting down"});
    const SseEvents events = SseEvents::parse(frame);
    QCOMPARE(events.events.size(), 1U);
    QCOMPARE(textAt(events.events.front().data, "type"), "response.failed");
    QCOMPARE(textAt(events.events.front().data, "response.error.message"), "shutting down");
    QVERIFY(events.rest.isEmpty());
    QCOMPARE(dialect.errorProtocol(), ChatProtocol::OpenAiChat);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesStreamsTest)
#include "tst_streams.moc"
