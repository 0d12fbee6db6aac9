// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"
#include "tests/support/sse_events.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

const QByteArray kStream = chatBody("fake-model", R"("stream":true)");

const HeaderList kEventStream = {{"Content-Type", "text/event-stream"}};

bool hasUsage(const SseEvents &events)
{
    return std::ranges::any_of(events.chunks(),
                               [](const QByteArray &chunk) { return jsonAt(chunk, "usage").isObject(); });
}

} // namespace

/// Streams that go well.
class StreamsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void firstFrameLeavesBeforeTheSecondComes()
    {
        GatewayFixture fixture;
        const GatePointer first = Gate::make();
        const GatePointer second = Gate::make();
        fixture.upstream.enqueue(
            Script::eventStream().content("one").hold(first).content("two").hold(second).data("[DONE]").end());
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", kStream);
        QVERIFY(client.waitForBody("one"));
        QCOMPARE(SseEvents::parse(client.answer().body()).content(), "one");
        first->open();
        QVERIFY(client.waitForBody("two"));
        QVERIFY(!client.answer().isComplete());
        second->open();
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QVERIFY(SseEvents::parse(client.answer().body()).endsWithDone());
    }

    void streamSplitAtEveryByteIsTheSame()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(
            Script::eventStream().byteByByte().content("grün ").content("\xF0\x9F\x98\x80").data("[DONE]").end());
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(kStream);
        QVERIFY2(answer.error.isEmpty(), answer.error.constData());
        const SseEvents events = SseEvents::parse(answer.body);
        QCOMPARE(events.content(), "grün \xF0\x9F\x98\x80");
        QVERIFY(events.endsWithDone());
    }

    void everyLegalSpellingOfSseIsUnderstood_data()
    {
        QTest::addColumn<QByteArray>("wire");
        const QByteArray a = chatChunk(R"({"content":"a"})");
        const QByteArray b = chatChunk(R"({"content":"b"})");
        QTest::newRow("LF") << "data: " + a + "\n\ndata: " + b + "\n\ndata: [DONE]\n\n";
        QTest::newRow("CR LF") << "data: " + a + "\r\n\r\ndata: " + b + "\r\n\r\ndata: [DONE]\r\n\r\n";
        QTest::newRow("CR") << "data: " + a + "\r\rdata: " + b + "\r\rdata: [DONE]\r\r";
        QTest::newRow("no space after the colon") << "data:" + a + "\n\ndata:" + b + "\n\ndata:[DONE]\n\n";
        QTest::newRow("comments") << ": OPENROUTER PROCESSING\n\ndata: " + a + "\n\n:\n\ndata: " + b +
                                         "\n: x\n\ndata: [DONE]\n\n";
        QTest::newRow("comment as data") << "data: : keepalive\n\ndata: " + a + "\n\ndata: " + b +
                                                "\n\ndata: [DONE]\n\n";
        QTest::newRow("several lines of data") << "data: " + QByteArray(a).replace("\"object\"", "\ndata: \"object\"") +
                                                      "\n\ndata: " + b + "\n\ndata: [DONE]\n\n";
        QTest::newRow("event, id and retry")
            << "retry: 10\nid: 1\nevent: message\ndata: " + a + "\n\nid: 2\ndata: " + b + "\n\ndata: [DONE]\n\n";
        QTest::newRow("byte order mark") << "\xEF\xBB\xBF"
                                            "data: " +
                                                a + "\n\ndata: " + b + "\n\ndata: [DONE]\n\n";
        QTest::newRow("blank lines") << "\n\n\ndata: " + a + "\n\n\n\ndata: " + b + "\n\n\n\ndata: [DONE]\n\n";
        QTest::newRow("empty data") << "data:\n\ndata: " + a + "\n\ndata\n\ndata: " + b + "\n\ndata: [DONE]\n\n";
    }

    void everyLegalSpellingOfSseIsUnderstood()
    {
        QFETCH(QByteArray, wire);
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::eventStream().body(wire).end());
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(kStream);
        QVERIFY2(answer.status == 200 && answer.error.isEmpty(), answer.summary().constData());
        const SseEvents events = SseEvents::parse(answer.body);
        QCOMPARE(events.content(), "ab");
        QVERIFY(events.endsWithDone());
        QVERIFY(events.rest.isEmpty());
        QCOMPARE(events.error(), "");
        // Clients parse the data of every event.
        for (const QByteArray &chunk : events.chunks())
            QVERIFY2(isJson(chunk), chunk.constData());
    }

    void streamWithLengthOrUntilCloseIsUnderstood_data()
    {
        QTest::addColumn<bool>("hasLength");
        QTest::newRow("Content-Length") << true;
        QTest::newRow("until close") << false;
    }

    void streamWithLengthOrUntilCloseIsUnderstood()
    {
        QFETCH(bool, hasLength);
        GatewayFixture fixture;
        const QByteArray body = "data: " + chatChunk(R"({"content":"a"})") + "\n\ndata: [DONE]\n\n";
        HeaderList headers = kEventStream;
        if (hasLength)
            headers.add("Content-Length", QByteArray::number(body.size()));
        const auto framing = hasLength ? Script::Framing::ContentLength : Script::Framing::UntilClose;
        fixture.upstream.enqueue(Script::head(200, headers, framing).body(body).end());
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(kStream);
        QVERIFY2(answer.error.isEmpty(), answer.error.constData());
        QVERIFY(!answer.headers.contains("Content-Length"));
        QCOMPARE(SseEvents::parse(answer.body).content(), "a");
        QVERIFY(SseEvents::parse(answer.body).endsWithDone());
    }

    void usageIsAskedForAndRemovedAgain_data()
    {
        QTest::addColumn<QByteArray>("more");
        QTest::addColumn<bool>("clientGetsUsage");
        QTest::newRow("not asked") << QByteArray() << false;
        QTest::newRow("asked") << QByteArray(R"(,"stream_options":{"include_usage":true})") << true;
        QTest::newRow("declined") << QByteArray(R"(,"stream_options":{"include_usage":false})") << false;
        QTest::newRow("other option") << QByteArray(R"(,"stream_options":{"include_obfuscation":false})") << false;
        QTest::newRow("null") << QByteArray(R"(,"stream_options":null)") << false;
    }

    void usageIsAskedForAndRemovedAgain()
    {
        QFETCH(QByteArray, more);
        QFETCH(bool, clientGetsUsage);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer answer = fixture.chat(chatBody("fake-model", R"("stream":true)" + more));
        QVERIFY2(answer.status == 200, answer.summary().constData());
        const QByteArray sent = fixture.upstream.lastRequest().body;
        QVERIFY2(isJson(sent), sent.constData());
        QCOMPARE(jsonAt(sent, "stream_options.include_usage").toBool(), true);
        QCOMPARE(sent.count("\"stream_options\""), 1);
        if (more.contains("include_obfuscation"))
            QVERIFY(jsonAt(sent, "stream_options.include_obfuscation").isBool());

        const SseEvents events = SseEvents::parse(answer.body);
        QCOMPARE(events.content(), "Hello");
        QVERIFY(events.endsWithDone());
        QCOMPARE(hasUsage(events), clientGetsUsage);
        if (!clientGetsUsage) {
            for (const QByteArray &chunk : events.chunks())
                QVERIFY2(!jsonAt(chunk, "choices.0").isUndefined(), chunk.constData());
        }
    }

    void usageInsideAChunkWithChoicesStays()
    {
        GatewayFixture fixture;
        const QByteArray last =
            R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"total_tokens":3}})";
        fixture.upstream.enqueue(Script::eventStream().content("a").data(last).data("[DONE]").end());
        QVERIFY(fixture.start());
        const SseEvents events = SseEvents::parse(fixture.chat(kStream).body);
        QCOMPARE(events.chunks().back(), last);
    }

    void nonStreamRequestIsNotTouchedByThat()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.chat(chatBody("fake-model", R"("stream":false)")).status, 200);
        QCOMPARE(fixture.upstream.lastRequest().body, chatBody("fake-model", R"("stream":false)"));
    }

    void toolCallDeltasPassUnchanged()
    {
        GatewayFixture fixture;
        const std::vector<QByteArray> deltas = {
            chatChunk(R"({"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function",)"
                      R"("function":{"name":"f","arguments":""}}]})"),
            chatChunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"a\\\":1.0\"}}]}"),
            chatChunk("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"}\"}}]}"),
            chatChunk("{}", "\"tool_calls\""),
        };
        Script script = Script::eventStream();
        for (const QByteArray &delta : deltas)
            script.data(delta);
        fixture.upstream.enqueue(script.data("[DONE]").end());
        QVERIFY(fixture.start());
        QCOMPARE(SseEvents::parse(fixture.chat(kStream).body).chunks(), deltas);
    }

    void longQuietStreamIsNotCut()
    {
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        // T12: the first byte in time, the rest later than the limit.
        fixture.upstream.enqueue(Script::eventStream().content("one").hold(gate).content("two").data("[DONE]").end());
        QVERIFY(fixture.start({.provider = "timeout: 300ms"}));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", kStream);
        QVERIFY(client.waitForBody("one"));
        QVERIFY(!client.waitForBody("two", 800ms));
        QVERIFY(!client.answer().isComplete());
        gate->open();
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        QVERIFY(SseEvents::parse(client.answer().body()).endsWithDone());
    }

    void largeFrameOfOneMebibytePasses()
    {
        GatewayFixture fixture;
        const QByteArray text(1024 * 1024, 'x');
        fixture.upstream.enqueue(Script::eventStream().content(text).data("[DONE]").end());
        QVERIFY(fixture.start());
        QCOMPARE(SseEvents::parse(fixture.chat(kStream).body).content(), text);
    }
};

QTEST_GUILESS_MAIN(StreamsTest)
#include "tst_streams.moc"
