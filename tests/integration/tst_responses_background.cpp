// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/responses_bodies.h"
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"
#include "tests/support/sse_events.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

const QByteArray kQueuedAnswer =
    R"({"id":"resp_up","object":"response","status":"queued","background":true,"model":"fake-model","output":[]})";

const QByteArray kQueuedEvent =
    "event: response.queued\ndata: {\"type\":\"response.queued\",\"sequence_number\":0,\"response\":"
    "{\"id\":\"resp_up\",\"status\":\"queued\",\"model\":\"fake-model\",\"output\":[]}}\n\n";

} // namespace

/// Responses that go on at their provider when their call is over.
class ResponsesBackgroundTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void whatRunsInTheBackgroundIsTheProvidersToTell();
    void whatRunsInTheBackgroundIsKnownFromItsFirstEvent();
    void whatRunsInTheBackgroundIsToldBeforeItHasContent();
    void whatFailedInTheBackgroundIsOver_data();
    void whatFailedInTheBackgroundIsOver();
    void whatWasCancelledInTheBackgroundIsOver();
    void whatFailedInABackgroundStreamIsOver();
};

void ResponsesBackgroundTest::whatRunsInTheBackgroundIsTheProvidersToTell()
{
    FakeUpstream upstream;
    GatewayProcess gateway;
    QVERIFY(gateway.start(asNative(simpleConfig(upstream))));
    const HttpClient client(gateway.port());
    QByteArray queued = kNativeAnswer;
    queued.replace(R"("status":"completed","model")", R"("status":"queued","background":true,"model")");
    upstream.enqueue(Script::json(200, queued));
    QCOMPARE(client.post("/v1/responses", body("hi", R"(,"background":true)")).status, 200);
    upstream.enqueue(Script::json(200, kNativeAnswer));
    const HttpAnswer answer = client.get("/v1/responses/resp_up");
    QCOMPARE(answer.body, kNativeAnswer);
    QCOMPARE(upstream.lastRequest().method, "GET");
    QCOMPARE(upstream.lastRequest().path, "/v1/responses/resp_up");
    const int asked = upstream.requestCount();
    QCOMPARE(client.get("/v1/responses/resp_up").body, kNativeAnswer); // what it told last is kept
    QCOMPARE(upstream.requestCount(), asked);
    QCOMPARE(client.post("/v1/responses/resp_up/cancel", {}).status, 400);

    upstream.enqueue(Script::json(200, queued));
    QCOMPARE(client.post("/v1/responses", body("hi", R"(,"background":true)")).status, 200);
    upstream.enqueue(Script::json(200, kNativeAnswer));
    QCOMPARE(client.post("/v1/responses/resp_up/cancel", {}).status, 200);
    QCOMPARE(upstream.lastRequest().path, "/v1/responses/resp_up/cancel");
}

void ResponsesBackgroundTest::whatRunsInTheBackgroundIsKnownFromItsFirstEvent()
{
    FakeUpstream upstream;
    GatewayProcess gateway;
    QVERIFY(gateway.start(asNative(simpleConfig(upstream))));
    const QByteArray created =
        "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,\"response\":"
        "{\"id\":\"resp_up\",\"status\":\"queued\",\"model\":\"fake-model\",\"output\":[]}}\n\n"
        "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":1,"
        "\"output_index\":0,\"content_index\":0,\"delta\":\"Done.\"}\n\n";
    upstream.enqueue(Script::eventStream().body(created).stall());
    RawClient client(gateway.port());
    client.sendRequest("POST", "/v1/responses", body("hi", R"(,"background":true,"stream":true)"));
    QVERIFY(client.waitForBody("Done."));
    client.close();
    upstream.enqueue(Script::json(200, kNativeAnswer));
    const HttpAnswer answer = HttpClient(gateway.port()).get("/v1/responses/resp_up");
    QVERIFY2(answer.status == 200, answer.summary().constData());
    QCOMPARE(upstream.lastRequest().method, "GET");
}

// It may wait there for its turn for as long as it likes.
void ResponsesBackgroundTest::whatRunsInTheBackgroundIsToldBeforeItHasContent()
{
    FakeUpstream upstream;
    GatewayProcess gateway;
    QVERIFY(gateway.start(asNative(simpleConfig(upstream))));
    upstream.enqueue(Script::eventStream().body(kQueuedEvent).stall());
    RawClient client(gateway.port());
    client.sendRequest("POST", "/v1/responses", body("hi", R"(,"background":true,"stream":true)"));
    QVERIFY(client.waitForBody("resp_up"));
    client.close();
    upstream.enqueue(Script::json(200, kNativeAnswer));
    QCOMPARE(HttpClient(gateway.port()).get("/v1/responses/resp_up").body, kNativeAnswer);
}

void ResponsesBackgroundTest::whatFailedInTheBackgroundIsOver_data()
{
    QTest::addColumn<QByteArray>("status");
    QTest::newRow("failed") << QByteArray("failed");
    QTest::newRow("cancelled by somebody else") << QByteArray("cancelled");
}

void ResponsesBackgroundTest::whatFailedInTheBackgroundIsOver()
{
    QFETCH(const QByteArray, status);
    FakeUpstream upstream;
    GatewayProcess gateway;
    QVERIFY(gateway.start(asNative(simpleConfig(upstream))));
    const HttpClient client(gateway.port());
    upstream.enqueue(Script::json(200, kQueuedAnswer));
    QCOMPARE(client.post("/v1/responses", body("hi", R"(,"background":true)")).status, 200);
    const QByteArray over = QByteArray(kQueuedAnswer).replace("queued", status);
    upstream.enqueue(Script::json(200, over));
    QCOMPARE(client.get("/v1/responses/resp_up").body, over);
    const int asked = upstream.requestCount();
    QCOMPARE(client.get("/v1/responses/resp_up").body, over);
    QCOMPARE(client.post("/v1/responses/resp_up/cancel", {}).status, 400);
    QCOMPARE(upstream.requestCount(), asked); // nobody has to ask any more
}

void ResponsesBackgroundTest::whatWasCancelledInTheBackgroundIsOver()
{
    FakeUpstream upstream;
    GatewayProcess gateway;
    QVERIFY(gateway.start(asNative(simpleConfig(upstream))));
    const HttpClient client(gateway.port());
    upstream.enqueue(Script::json(200, kQueuedAnswer));
    QCOMPARE(client.post("/v1/responses", body("hi", R"(,"background":true)")).status, 200);
    const QByteArray cancelled = QByteArray(kQueuedAnswer).replace("queued", "cancelled");
    upstream.enqueue(Script::json(200, cancelled));
    QCOMPARE(client.post("/v1/responses/resp_up/cancel", {}).body, cancelled);
    const int asked = upstream.requestCount();
    QCOMPARE(client.get("/v1/responses/resp_up").body, cancelled);
    QCOMPARE(upstream.requestCount(), asked);
}

void ResponsesBackgroundTest::whatFailedInABackgroundStreamIsOver()
{
    FakeUpstream upstream;
    GatewayProcess gateway;
    QVERIFY(gateway.start(asNative(simpleConfig(upstream))));
    const HttpClient client(gateway.port());
    const QByteArray failed =
        "event: response.failed\ndata: {\"type\":\"response.failed\",\"sequence_number\":1,\"response\":"
        "{\"id\":\"resp_up\",\"status\":\"failed\",\"error\":{\"code\":\"server_error\",\"message\":\"no\"}}}\n\n";
    upstream.enqueue(Script::eventStream().body(kQueuedEvent).body(failed));
    const HttpAnswer stream = client.post("/v1/responses", body("hi", R"(,"background":true,"stream":true)"));
    QCOMPARE(stream.status, 200);
    QCOMPARE(textAt(SseEvents::parse(stream.body).data().back(), "response.status"), "failed");
    const int asked = upstream.requestCount();
    const HttpAnswer again = client.get("/v1/responses/resp_up");
    QCOMPARE(textAt(again.body, "status"), "failed");
    QCOMPARE(textAt(again.body, "error.code"), "server_error");
    QCOMPARE(upstream.requestCount(), asked);
}

QTEST_GUILESS_MAIN(ResponsesBackgroundTest)
#include "tst_responses_background.moc"
