// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/websocket_fixture.h"
#include "tests/support/raw_client.h"

#include <QJsonArray>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

QByteArray previous(const QByteArray &id)
{
    return R"(,"previous_response_id":")" + id + "\"";
}

QByteArray idOf(const QByteArray &completed)
{
    return textAt(completed, "response.id");
}

} // namespace

/// GET /v1/responses: the Responses over a WebSocket.
class ResponsesWebSocketTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void handshakesAreRefusedByHttp_data();
    void handshakesAreRefusedByHttp();
    void handshakesNeedAKey();
    void foreignPagesAreKeptOut();
    void eventsComeAsMessages();
    void severalTurnsGoOnFromEachOther();
    void aWarmUpAsksNobody();
    void aWarmUpNeedsWhatItGoesOnFrom();
    void nothingComesOutOfTheCache();
    void aProvidersRefusalOfItsKeyLeavesTheConnection();
    void nothingOfAConnectionIsLeft();
    void unknownResponsesAreToldAndTheConnectionStays();
    void lanesRunAtTheSameTime();
    void oneLaneTakesTurns();
    void mistakesAreTold_data();
    void mistakesAreTold();
    void providersErrorsAreTold();
    void brokenStreamsEndInAFailure();
    void everyMessageCountsAsAModelCall();
};

void ResponsesWebSocketTest::handshakesAreRefusedByHttp_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");
    const auto row = [](const char *name, QByteArray request, int status) {
        QTest::newRow(name) << request + "\r\n" << status;
    };
    row("no upgrade", "GET /v1/responses HTTP/1.1\r\nHost: localhost\r\n", 426);
    row("another version", QByteArray(kHandshake).replace("Version: 13", "Version: 12"), 426);
    row("another protocol", QByteArray(kHandshake).replace("Upgrade: websocket", "Upgrade: h2c"), 426);
    row("a key that is none", QByteArray(kHandshake).replace("dGhlIHNhbXBsZSBub25jZQ==", "abc"), 400);
    row("elsewhere", QByteArray(kHandshake).replace("/v1/responses", "/v1/chat/completions"), 405);
    row("fits", kHandshake, 101);
}

void ResponsesWebSocketTest::handshakesAreRefusedByHttp()
{
    QFETCH(const QByteArray, request);
    QFETCH(const int, status);
    GatewayFixture f;
    QVERIFY(f.start());
    RawClient client(f.port());
    client.send(request);
    QVERIFY(client.waitForHead());
    QCOMPARE(client.answer().status(), status);
    if (status == 426)
        QCOMPARE(client.answer().headers().value("Sec-WebSocket-Version"), "13");
    if (status == 101)
        QCOMPARE(client.answer().headers().value("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

void ResponsesWebSocketTest::handshakesNeedAKey()
{
    GatewayFixture f;
    QVERIFY(f.start({.sections = kOneKey}));
    RawClient client(f.port());
    client.send(kHandshake + "\r\n");
    QVERIFY(client.waitForHead());
    QCOMPARE(client.answer().status(), 401);
    Client withKey(f.port(), {{"Authorization", "Bearer key-of-ann"}});
    QVERIFY(withKey.waitForOpen());
    withKey.create("hi");
    QVERIFY(!withKey.nextCompleted().isEmpty());
}

// T-W47: pages of the web may open WebSockets wherever they like, unless the server says no.
void ResponsesWebSocketTest::foreignPagesAreKeptOut()
{
    GatewayFixture f;
    QVERIFY(f.start());
    RawClient client(f.port());
    client.send(kHandshake + "Origin: https://evil.example\r\n\r\n");
    QVERIFY(client.waitForHead());
    QCOMPARE(client.answer().status(), 403);
}

void ResponsesWebSocketTest::eventsComeAsMessages()
{
    GatewayFixture f;
    f.upstream.enqueue(Script::chatStream({"Hel", "lo"}));
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("hi");
    const QByteArray completed = client.nextCompleted();
    QCOMPARE(textAt(completed, "response.output.0.content.0.text"), "Hello");
    QCOMPARE(textAt(client.messages.first(), "type"), "response.created");
    for (qsizetype i = 0; i < client.messages.size(); ++i)
        QCOMPARE(jsonAt(client.messages[i], "sequence_number").toInt(-1), int(i));
    QCOMPARE(jsonAt(f.upstream.lastRequest().body, "stream").toBool(), true);
}

// T83, and the gateway's recipe for providers that keep nothing.
void ResponsesWebSocketTest::severalTurnsGoOnFromEachOther()
{
    GatewayFixture f;
    f.upstream.enqueue(Script::chatStream({"Blue"}));
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("my colour is blue");
    const QByteArray first = idOf(client.nextCompleted());
    client.create("which one?", previous(first));
    const QByteArray second = idOf(client.nextCompleted());
    QCOMPARE(jsonAt(f.upstream.lastRequest().body, "messages").toArray().size(), 3);
    client.create("are you sure?", previous(second));
    QVERIFY(!client.nextCompleted().isEmpty());
    const QByteArray sent = f.upstream.lastRequest().body;
    QCOMPARE(jsonAt(sent, "messages").toArray().size(), 5);
    QVERIFY(sent.contains("my colour is blue"));
    QVERIFY(sent.contains("Blue"));
}

void ResponsesWebSocketTest::aWarmUpAsksNobody()
{
    GatewayFixture f;
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("remember this", R"(,"generate":false)");
    const QByteArray completed = client.nextCompleted();
    QCOMPARE(textAt(client.messages.first(), "type"), "response.created");
    QCOMPARE(jsonAt(completed, "response.output").toArray().size(), 0);
    QCOMPARE(textAt(completed, "response.status"), "completed");
    QCOMPARE(jsonAt(completed, "response.usage.total_tokens").toInt(-1), 0);
    QCOMPARE(f.upstream.requestCount(), 0);
    client.create("what?", previous(idOf(completed)));
    QVERIFY(!client.nextCompleted().isEmpty());
    QVERIFY(f.upstream.lastRequest().body.contains("remember this"));
}

void ResponsesWebSocketTest::aWarmUpNeedsWhatItGoesOnFrom()
{
    GatewayFixture f;
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("remember this", R"(,"generate":false)" + previous("resp_old"));
    const QByteArray error = client.nextError();
    QCOMPARE(jsonAt(error, "status").toInt(), 400);
    QCOMPARE(textAt(error, "error.code"), "previous_response_not_found");
}

// What is answered from it could not be gone on from.
void ResponsesWebSocketTest::nothingComesOutOfTheCache()
{
    GatewayFixture f;
    QVERIFY(f.start({.sections = "caching:\n  enabled: true\n  streams: true\n"}));
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("hi");
    QVERIFY(!client.nextCompleted().isEmpty());
    client.create("hi");
    const QByteArray id = idOf(client.nextCompleted());
    QCOMPARE(f.upstream.requestCount(), 2);
    client.create("go on", previous(id));
    QVERIFY(!client.nextCompleted().isEmpty());
}

void ResponsesWebSocketTest::aProvidersRefusalOfItsKeyLeavesTheConnection()
{
    GatewayFixture f;
    f.upstream.enqueue(Script::json(401, R"({"error":{"message":"no","type":"x","code":"invalid_api_key"}})"));
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("hi");
    QCOMPARE(jsonAt(client.nextError(), "status").toInt(), 401);
    client.create("again");
    QVERIFY(!client.nextCompleted().isEmpty());
}

void ResponsesWebSocketTest::nothingOfAConnectionIsLeft()
{
    GatewayFixture f;
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("hi");
    const QByteArray id = idOf(client.nextCompleted());
    QVERIFY(!id.isEmpty());
    QCOMPARE(f.client().get("/v1/responses/" + id).status, 404);
    Client other(f.port());
    QVERIFY(other.waitForOpen());
    other.create("go on", previous(id));
    QCOMPARE(textAt(other.nextError(), "error.code"), "previous_response_not_found");
    // What is to be stored is there for everything that this client does.
    client.send(R"({"type":"response.create","model":"fake-model","input":"keep"})");
    const QByteArray stored = idOf(client.nextCompleted());
    QCOMPARE(f.client().get("/v1/responses/" + stored).status, 200);
    other.create("go on", previous(stored));
    QVERIFY(!other.nextCompleted().isEmpty());
}

void ResponsesWebSocketTest::unknownResponsesAreToldAndTheConnectionStays()
{
    GatewayFixture f;
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("hi", previous("resp_old"));
    const QByteArray error = client.nextError();
    QCOMPARE(jsonAt(error, "status").toInt(), 400);
    QCOMPARE(textAt(error, "error.code"), "previous_response_not_found");
    QCOMPARE(textAt(error, "error.param"), "previous_response_id");
    client.create("all of it");
    QVERIFY(!client.nextCompleted().isEmpty());
}

void ResponsesWebSocketTest::lanesRunAtTheSameTime()
{
    GatewayFixture f;
    const GatePointer gate = Gate::make();
    f.upstream.enqueue(
        Script::eventStream().hold(gate).content("slow").data(chatChunk("{}", "\"stop\"")).data("[DONE]").end());
    f.upstream.enqueue(Script::chatStream({"fast"}));
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("a", R"(,"stream_id":"left")");
    QVERIFY(f.upstream.waitForRequests(1));
    client.create("b", R"(,"stream_id":"right")");
    const QByteArray fast = client.nextCompleted();
    QCOMPARE(textAt(fast, "stream_id"), "right");
    QCOMPARE(textAt(fast, "response.output.0.content.0.text"), "fast");
    gate->open();
    const QByteArray slow = client.nextCompleted();
    QCOMPARE(textAt(slow, "stream_id"), "left");
    QCOMPARE(textAt(slow, "response.output.0.content.0.text"), "slow");
}

void ResponsesWebSocketTest::oneLaneTakesTurns()
{
    GatewayFixture f;
    const GatePointer gate = Gate::make();
    f.upstream.enqueue(
        Script::eventStream().hold(gate).content("one").data(chatChunk("{}", "\"stop\"")).data("[DONE]").end());
    f.upstream.enqueue(Script::chatStream({"two"}));
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("a");
    client.create("b");
    QVERIFY(f.upstream.waitForRequests(1));
    // Pings are answered meanwhile.
    int pongs = 0;
    QObject::connect(&client.socket, &QWebSocket::pong, &client.socket, [&pongs] { ++pongs; });
    client.socket.ping("x");
    QTRY_COMPARE(pongs, 1);
    QCOMPARE(f.upstream.requestCount(), 1);
    gate->open();
    QCOMPARE(textAt(client.nextCompleted(), "response.output.0.content.0.text"), "one");
    QCOMPARE(textAt(client.nextCompleted(), "response.output.0.content.0.text"), "two");
}

void ResponsesWebSocketTest::mistakesAreTold_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("no JSON") << QByteArray("hello") << QByteArray("invalid_json");
    QTest::newRow("unknown type") << QByteArray(R"({"type":"response.steer"})") << QByteArray("unsupported_event_type");
    QTest::newRow("no input") << QByteArray(R"({"type":"response.create","model":"fake-model"})")
                              << QByteArray("missing_required_parameter");
}

void ResponsesWebSocketTest::mistakesAreTold()
{
    QFETCH(const QByteArray, text);
    QFETCH(const QByteArray, code);
    GatewayFixture f;
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.send(text);
    const QByteArray error = client.nextError();
    QCOMPARE(jsonAt(error, "status").toInt(), 400);
    QCOMPARE(textAt(error, "error.type"), "invalid_request_error");
    QCOMPARE(textAt(error, "error.code"), code);
    client.create("hi");
    QVERIFY(!client.nextCompleted().isEmpty());
}

void ResponsesWebSocketTest::providersErrorsAreTold()
{
    GatewayFixture f;
    const QByteArray body =
        R"({"error":{"message":"slow down","type":"rate_limit_error","code":"rate_limit_exceeded"}})";
    f.upstream.otherwise([&body](const ReceivedRequest &) { return Script::json(429, body, {{"Retry-After", "7"}}); });
    QVERIFY(f.start({.retry = "enabled: false"}));
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("hi");
    const QByteArray error = client.nextError();
    QCOMPARE(jsonAt(error, "status").toInt(), 429);
    QCOMPARE(textAt(error, "error.code"), "rate_limit_exceeded");
    QCOMPARE(textAt(error, "headers.retry-after"), "7");
    QVERIFY(!textAt(error, "headers.x-lunargate-request-id").isEmpty());
    QVERIFY(client.isOpen());
}

void ResponsesWebSocketTest::brokenStreamsEndInAFailure()
{
    GatewayFixture f;
    f.upstream.enqueue(Script::eventStream().content("begun").reset());
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("hi");
    QVERIFY(!client.next({"response.failed"}).isEmpty());
    client.create("again");
    QVERIFY(!client.nextCompleted().isEmpty());
}

// W44: limits count messages, and not only the handshake.
void ResponsesWebSocketTest::everyMessageCountsAsAModelCall()
{
    GatewayFixture f;
    QVERIFY(f.start({.sections = "rate_limiting:\n  enabled: true\n  requests_per_minute: 3\n  burst_size: 3\n"}));
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("one");
    QVERIFY(!client.nextCompleted().isEmpty());
    client.create("two");
    QVERIFY(!client.nextCompleted().isEmpty());
    client.create("three");
    const QByteArray error = client.nextError();
    QCOMPARE(jsonAt(error, "status").toInt(), 429);
    QCOMPARE(textAt(error, "error.code"), "rate_limit_exceeded");
    QVERIFY(!textAt(error, "headers.retry-after").isEmpty());
    QCOMPARE(f.upstream.requestCount(), 2);
}

QTEST_GUILESS_MAIN(ResponsesWebSocketTest)
#include "tst_responses_websocket.moc"
