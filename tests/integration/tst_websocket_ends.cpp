// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/websocket_fixture.h"
#include "tests/support/raw_client.h"

#include <QTcpSocket>
#include <QTest>

#include <csignal>

using namespace lunargate;
using namespace lunargate::test;

namespace {

// What the kernel may hold of two connections: net.ipv4.tcp_rmem and tcp_wmem let each grow to 32 and 4 MiB.
constexpr qint64 kKernelBuffers = 96LL * 1024 * 1024;

bool listens(quint16 port)
{
    QTcpSocket probe;
    probe.connectToHost(QHostAddress::LocalHost, port);
    return probe.waitForConnected(1000);
}

// Until no bytes went out for some time.
void waitUntilSendingStops(const FakeUpstream &upstream)
{
    qint64 sent = -1;
    while (std::exchange(sent, upstream.request(0).bytesSent) != upstream.request(0).bytesSent)
        waitUntil([&] { return upstream.request(0).bytesSent > sent; }, std::chrono::seconds(2));
}

} // namespace

/// How connections of GET /v1/responses end, and what of them ends with it.
class WebSocketEndsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void clientsThatLeaveCancelWhatRuns();
    void aRevokedKeyEndsTheConnection();
    void tooLargeMessagesEndTheConnection();
    void shuttingDownEndsConnections();
    void shuttingDownWaitsForWhatRuns();
    void oldConnectionsEnd();
    void silentClientsAreGivenUp();
    void slowClientsHoldTheProviderBack();
};

void WebSocketEndsTest::clientsThatLeaveCancelWhatRuns()
{
    GatewayFixture f;
    f.upstream.enqueue(Script::eventStream().content("begun").stall());
    f.upstream.enqueue(Script::silence());
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("a", R"(,"stream_id":"left")");
    QVERIFY(f.upstream.waitForRequests(1));
    client.create("b", R"(,"stream_id":"right")");
    QVERIFY(f.upstream.waitForRequests(2));
    client.socket.abort();
    QVERIFY(f.upstream.waitForCancel(0));
    QVERIFY(f.upstream.waitForCancel(1));
}

void WebSocketEndsTest::aRevokedKeyEndsTheConnection()
{
    GatewayFixture f;
    QVERIFY(f.start({.sections = kOneKey}));
    Client client(f.port(), {{"Authorization", "Bearer key-of-ann"}});
    QVERIFY(client.waitForOpen());
    client.create("hi");
    QVERIFY(!client.nextCompleted().isEmpty());
    QVERIFY(f.gateway.writeConfig(
        simpleConfig(f.upstream, {.sections = QByteArray(kOneKey).replace("key-of-ann", "key-anew")})));
    f.gateway.signal(SIGHUP);
    QTRY_COMPARE(f.client().get("/v1/models", {{"Authorization", "Bearer key-anew"}}).status, 200);
    client.create("hi");
    QCOMPARE(jsonAt(client.nextError(), "status").toInt(), 401);
    QVERIFY(client.waitForClose());
    QCOMPARE(client.socket.closeCode(), QWebSocketProtocol::CloseCodePolicyViolated);
}

void WebSocketEndsTest::tooLargeMessagesEndTheConnection()
{
    GatewayFixture f;
    QVERIFY(f.start({.server = "max_body_bytes: 10KiB"}));
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create(QByteArray(20 * 1024, 'x'));
    QVERIFY(client.waitForClose());
    QCOMPARE(client.socket.closeCode(), QWebSocketProtocol::CloseCodeTooMuchData);
    QCOMPARE(f.upstream.requestCount(), 0);
}

void WebSocketEndsTest::shuttingDownEndsConnections()
{
    GatewayFixture f;
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("hi");
    QVERIFY(!client.nextCompleted().isEmpty());
    f.gateway.signal(SIGTERM);
    QVERIFY(client.waitForClose());
    QCOMPARE(client.socket.closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
    QCOMPARE(f.gateway.waitForEnd(), 0);
}

void WebSocketEndsTest::shuttingDownWaitsForWhatRuns()
{
    GatewayFixture f;
    const GatePointer gate = Gate::make();
    f.upstream.enqueue(Script::eventStream()
                           .content("be")
                           .hold(gate)
                           .content("gun")
                           .data(chatChunk("{}", "\"stop\""))
                           .data("[DONE]")
                           .end());
    QVERIFY(f.start());
    Client client(f.port());
    QVERIFY(client.waitForOpen());
    client.create("hi");
    QVERIFY(!client.next({"response.output_text.delta"}).isEmpty());
    f.gateway.signal(SIGTERM);
    QTRY_VERIFY(!listens(f.port()));
    client.create("one more");
    QCOMPARE(textAt(client.nextError(), "error.code"), "shutting_down");
    gate->open();
    const QByteArray completed = client.nextCompleted();
    QCOMPARE(textAt(completed, "response.output.0.content.0.text"), "begun");
    QVERIFY(client.waitForClose());
    QCOMPARE(client.socket.closeCode(), QWebSocketProtocol::CloseCodeGoingAway);
    QCOMPARE(f.gateway.waitForEnd(), 0);
}

void WebSocketEndsTest::oldConnectionsEnd()
{
    GatewayFixture f;
    QVERIFY(f.start({.server = "websocket_max_age: 50ms"}));
    Client client(f.port());
    QCOMPARE(textAt(client.nextError(), "error.code"), "websocket_connection_limit_reached");
    QVERIFY(client.waitForClose());
    QCOMPARE(client.socket.closeCode(), QWebSocketProtocol::CloseCodeNormal);
}

void WebSocketEndsTest::silentClientsAreGivenUp()
{
    GatewayFixture f;
    QVERIFY(f.start({.server = "websocket_ping: 20ms"}));
    RawClient silent(f.port());
    silent.send(kHandshake + "\r\n");
    QVERIFY(silent.waitForClose());
    Client answering(f.port()); // Qt answers pings
    QVERIFY(answering.waitForOpen());
    answering.create("hi");
    QVERIFY(!answering.nextCompleted().isEmpty());
}

void WebSocketEndsTest::slowClientsHoldTheProviderBack()
{
    GatewayFixture f;
    const QByteArray frame = "data: " + chatChunk(R"({"content":")" + QByteArray(16 * 1024, 'x') + "\"}") + "\n\n";
    f.upstream.enqueue(Script::eventStream().repeat(frame, 16 * 1024).data("[DONE]").end()); // 256 MiB
    QVERIFY(f.start());
    RawClient slow(f.port());
    slow.send(kHandshake + "\r\n");
    QVERIFY(slow.waitForHead());
    slow.stopReading();
    const QByteArray text = R"({"type":"response.create","model":"fake-model","input":"hi"})";
    slow.send("\x81" + QByteArray(1, static_cast<char>(0x80 | text.size())) + QByteArray(4, '\0') + text);
    QVERIFY(f.upstream.waitForRequests(1));
    waitUntilSendingStops(f.upstream);
    QVERIFY2(f.upstream.request(0).bytesSent < kKernelBuffers,
             QByteArray::number(f.upstream.request(0).bytesSent).constData());
    slow.reset();
    QVERIFY(f.upstream.waitForCancel(0));
}

QTEST_GUILESS_MAIN(WebSocketEndsTest)
#include "tst_websocket_ends.moc"
