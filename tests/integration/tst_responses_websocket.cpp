// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/raw_client.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QNetworkRequest>
#include <QTest>
#include <QTcpSocket>
#include <QWebSocket>

#include <csignal>

using namespace lunargate;
using namespace lunargate::test;

namespace {

const QByteArray kHandshake =
    "GET /v1/responses HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

const QByteArray kOneKey = "security:\n"
                           "  enabled: true\n"
                           "  provider: api_key\n"
                           "  api_key:\n"
                           "    keys:\n"
                           "      - name: ann\n"
                           "        value: key-of-ann\n";

/// A client with Qt's WebSocket, which knows nothing of the gateway's code.
class Client
{
public:
    explicit Client(quint16 port, const HeaderList &headers = {})
    {
        QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket,
                         [this](const QString &text) { messages.append(text.toUtf8()); });
        QNetworkRequest request(QUrl(QStringLiteral("ws://127.0.0.1:%1/v1/responses").arg(port)));
        for (const HeaderList::Field &field : headers)
            request.setRawHeader(field.name, field.value);
        socket.open(request);
    }

    bool isOpen() const { return socket.state() == QAbstractSocket::ConnectedState; }
    bool waitForOpen() const
    {
        return waitUntil([this] { return isOpen(); });
    }
    bool waitForClose() const
    {
        return waitUntil([this] { return socket.state() == QAbstractSocket::UnconnectedState; });
    }

    void send(const QByteArray &text) { socket.sendTextMessage(QString::fromUtf8(text)); }
    /// `more` is spliced in.
    void create(const QByteArray &input, const QByteArray &more = {})
    {
        send(R"({"type":"response.create","model":"fake-model","store":false,"input":")" + input + "\"" + more + '}');
    }
    /// Waits for the next message of one of these types that nobody waited for yet, and gives it; empty if none comes.
    QByteArray next(const QByteArrayList &types)
    {
        QByteArray found;
        waitUntil([&] {
            while (found.isEmpty() && m_seen < messages.size()) {
                const QByteArray message = messages[m_seen++];
                if (types.contains(textAt(message, "type")))
                    found = message;
            }
            return !found.isEmpty();
        });
        return found;
    }
    QByteArray nextCompleted() { return next({"response.completed"}); }
    QByteArray nextError() { return next({"error"}); }

    QWebSocket socket;
    QByteArrayList messages;

private:
    qsizetype m_seen = 0;
};

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
    void clientsThatLeaveCancelWhatRuns();
    void mistakesAreTold_data();
    void mistakesAreTold();
    void providersErrorsAreTold();
    void brokenStreamsEndInAFailure();
    void everyMessageCountsAsAModelCall();
    void aRevokedKeyEndsTheConnection();
    void tooLargeMessagesEndTheConnection();
    void shuttingDownEndsConnections();
    void shuttingDownWaitsForWhatRuns();
    void oldConnectionsEnd();
    void silentClientsAreGivenUp();
    void slowClientsHoldTheProviderBack();
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

void ResponsesWebSocketTest::clientsThatLeaveCancelWhatRuns()
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

void ResponsesWebSocketTest::aRevokedKeyEndsTheConnection()
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

void ResponsesWebSocketTest::tooLargeMessagesEndTheConnection()
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

void ResponsesWebSocketTest::shuttingDownEndsConnections()
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

void ResponsesWebSocketTest::shuttingDownWaitsForWhatRuns()
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

void ResponsesWebSocketTest::oldConnectionsEnd()
{
    GatewayFixture f;
    QVERIFY(f.start({.server = "websocket_max_age: 50ms"}));
    Client client(f.port());
    QCOMPARE(textAt(client.nextError(), "error.code"), "websocket_connection_limit_reached");
    QVERIFY(client.waitForClose());
    QCOMPARE(client.socket.closeCode(), QWebSocketProtocol::CloseCodeNormal);
}

void ResponsesWebSocketTest::silentClientsAreGivenUp()
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

void ResponsesWebSocketTest::slowClientsHoldTheProviderBack()
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

QTEST_GUILESS_MAIN(ResponsesWebSocketTest)
#include "tst_responses_websocket.moc"
