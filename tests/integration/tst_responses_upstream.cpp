// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/sse_events.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

const QByteArray kAnswer =
    R"({"id":"resp_1","object":"response","created_at":1780000005,"status":"completed","model":"gpt-x","output":[)"
    R"({"id":"msg_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"Done.","annotations":[]}]}],)"
    R"("usage":{"input_tokens":30,"output_tokens":12,"total_tokens":42}})";

// Says the text in every form that the protocol has.
Script answerStream()
{
    return Script::eventStream()
        .data(R"({"type":"response.created","response":{"id":"resp_1","model":"gpt-x","status":"in_progress"}})")
        .data(R"({"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Do"})")
        .data(R"({"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"ne."})")
        .data(R"({"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Done."})")
        .data(
            R"({"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"Done."}]}})")
        .data(R"({"type":"response.completed","response":)" + kAnswer + "}")
        .end();
}

} // namespace

/// Chat clients on targets with `upstream_request_type: responses`.
class ResponsesUpstreamTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void chatClientsGetWholeAnswers()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        upstream.enqueue(Script::json(200, kAnswer));
        QVERIFY(start(upstream, gateway));
        const HttpAnswer answer = HttpClient(gateway.port()).chat(chatBody("fake-model", R"("tool_choice":"auto")"));
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(textAt(answer.body, "choices.0.message.content"), "Done.");
        QCOMPARE(textAt(answer.body, "choices.0.finish_reason"), "stop");
        QCOMPARE(jsonAt(answer.body, "usage.total_tokens").toInt(), 42);

        QCOMPARE(upstream.lastRequest().path, "/v1/responses");
        const QByteArray sent = upstream.lastRequest().body;
        QVERIFY(jsonAt(sent, "input").isArray());
        QVERIFY(jsonAt(sent, "messages").isUndefined());
        QCOMPARE(textAt(sent, "tool_choice"), "auto");
        QCOMPARE(textAt(sent, "model"), "fake-model");
    }

    void chatClientsGetStreamedTextOnce()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        upstream.enqueue(answerStream());
        QVERIFY(start(upstream, gateway));
        const HttpAnswer answer =
            HttpClient(gateway.port())
                .chat(chatBody("fake-model", R"("stream":true,"stream_options":{"include_usage":true})"));
        const SseEvents events = SseEvents::parse(answer.body);
        QCOMPARE(events.content(), "Done.");
        QVERIFY(events.endsWithDone());
        const std::vector<QByteArray> chunks = events.chunks();
        QVERIFY(chunks.size() >= 2);
        QCOMPARE(textAt(chunks[chunks.size() - 2], "choices.0.finish_reason"), "stop");
        QCOMPARE(jsonAt(chunks.back(), "usage.total_tokens").toInt(), 42);
    }

    void failureBeforeTheFirstContentIsRetried_data()
    {
        QTest::addColumn<QByteArray>("event");
        QTest::newRow("error event") << QByteArray(
            R"({"type":"error","error":{"type":"server_error","code":"server_error","message":"later"}})");
        QTest::newRow("failed") << QByteArray(
            R"({"type":"response.failed","response":{"error":{"code":"rate_limit_exceeded","message":"later"}}})");
    }

    void failureBeforeTheFirstContentIsRetried()
    {
        QFETCH(const QByteArray, event);
        FakeUpstream upstream;
        GatewayProcess gateway;
        upstream.enqueue(
            Script::eventStream().data(R"({"type":"response.created","response":{"id":"r"}})").data(event).end());
        upstream.enqueue(answerStream());
        QVERIFY(start(upstream, gateway));
        const HttpAnswer answer = HttpClient(gateway.port()).chat(chatBody("fake-model", R"("stream":true)"));
        QVERIFY2(answer.status == 200, answer.summary().constData());
        QCOMPARE(SseEvents::parse(answer.body).content(), "Done.");
    }

    void clientsHearWhatTheProtocolCannotSay()
    {
        FakeUpstream upstream;
        GatewayProcess gateway;
        QVERIFY(start(upstream, gateway));
        const HttpAnswer answer = HttpClient(gateway.port()).chat(chatBody("fake-model", R"("n":2)"));
        QCOMPARE(answer.status, 400);
        QCOMPARE(textAt(answer.body, "error.code"), "unsupported_parameter");
        QCOMPARE(textAt(answer.body, "error.param"), "n");
    }

private:
    static bool start(const FakeUpstream &upstream, GatewayProcess &gateway)
    {
        return gateway.start(simpleConfig(upstream).replace(
            "- provider: fake\n", "- provider: fake\n          upstream_request_type: responses\n"));
    }
};

QTEST_GUILESS_MAIN(ResponsesUpstreamTest)
#include "tst_responses_upstream.moc"
