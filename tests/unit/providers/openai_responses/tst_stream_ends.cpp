// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/providers/upstream_errors.h"
#include "tests/unit/providers/openai_responses/stream_testing.h"

#include <QTest>

namespace lunargate {

using Kind = ChatStreamEvent::Kind;
using test::kCompleted;
using test::kTextItem;
using test::read;
using test::responsesStream;
using test::summary;

/// How a stream ends, and what is said about it.
class ResponsesStreamEndsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsWhyItEnded_data();
    void tellsWhyItEnded();
    void readsUsageOfEveryEnd_data();
    void readsUsageOfEveryEnd();
    void endsInFailure_data();
    void endsInFailure();
    void endsOnce();
    void saysThatItIsNotTheProtocol();
};

void ResponsesStreamEndsTest::tellsWhyItEnded_data()
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

void ResponsesStreamEndsTest::tellsWhyItEnded()
{
    QFETCH(const QByteArray, event);
    QFETCH(const QByteArray, end);
    QCOMPARE(summary(read(responsesStream({event}))), QByteArrayList{end});
}

void ResponsesStreamEndsTest::readsUsageOfEveryEnd_data()
{
    QTest::addColumn<QByteArray>("type");
    for (const char *type : {"response.completed", "response.incomplete", "response.failed", "response.done"})
        QTest::newRow(type) << QByteArray(type);
}

void ResponsesStreamEndsTest::readsUsageOfEveryEnd()
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

void ResponsesStreamEndsTest::endsInFailure_data()
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

void ResponsesStreamEndsTest::endsInFailure()
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

void ResponsesStreamEndsTest::endsOnce()
{
    const QByteArray again = responsesStream({kCompleted});
    const std::vector<ChatStreamEvent> events = read(again + "data: [DONE]\n\n" + again);
    QCOMPARE(std::ranges::count(events, Kind::End, &ChatStreamEvent::kind), 1);
    QCOMPARE(events.back().kind, Kind::End);
    // The last event may lack its blank line.
    QCOMPARE(read(again.trimmed()).back().kind, Kind::End);
}

void ResponsesStreamEndsTest::saysThatItIsNotTheProtocol()
{
    const auto events = read("data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\","
                             "\"choices\":[{\"delta\":{\"content\":\"hi\"}}]}\n\ndata: [DONE]\n\n");
    QCOMPARE(events.size(), 1U);
    QCOMPARE(events.front().kind, Kind::Failure);
    QCOMPARE(events.front().error.reason, "upstream_malformed_event");
    QVERIFY2(events.front().error.message.contains("chat.completion.chunk"), events.front().error.message);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponsesStreamEndsTest)
#include "tst_stream_ends.moc"
