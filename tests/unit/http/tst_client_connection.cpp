// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/http/connection_fixture.h"

namespace lunargate {

using test::answerTooMuch;
using test::Connected;
using test::ConnectedClient;
using test::kGet;
using test::RecordingHandler;
using test::streamAndWait;
using test::streamUntilCongested;

/// Requests of one connection are answered in their order, until one side ends it.
class ClientConnectionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void keepsTheConnectionForTheNextRequest();
    void answersPipelinedRequestsInOrder_data();
    void answersPipelinedRequestsInOrder();
    void readsRequestsThatComeByteByByte();
    void beginsTheNextRequestOnceTheClientTookTheAnswer();
    void closesWhenTheClientAsksForIt_data();
    void closesWhenTheClientAsksForIt();
    void refusesMalformedRequestsAndCloses();
    void refusesAConnectionAsAWhole();
    void cancelsTheRequestWhenTheClientLeaves_data();
    void cancelsTheRequestWhenTheClientLeaves();
    void cancelsTheRequestWhenTheClientLeavesBehindAFullBuffer();
    void cancelsTheRequestWhenDestroyed();
    void answersForAHandlerThatDoesNot_data();
    void answersForAHandlerThatDoesNot();
    void cutsAStreamThatItsHandlerDidNotEnd_data();
    void cutsAStreamThatItsHandlerDidNotEnd();
    void tellsOnceThatItIsClosedWhenTheRequestBreaksMeanwhile();
    void closesOnceWhenTheClientLeavesWhileItIsRefused();
    void leavesASlowClientTheTimeItNeeds_data();
    void leavesASlowClientTheTimeItNeeds();
    void isBusyUntilTheClientTookTheAnswer();
};

namespace {

Task<> answerMuch(RecordingHandler &, Exchange &exchange)
{
    exchange.response.send(200, "text/plain", QByteArray(64 * 1024, 'x'));
    co_return;
}

/// Finds, in the middle of refusing a request, that the client is gone.
struct LeavingClientHandler : RequestHandler
{
    Task<> handle(Exchange &) override { co_return; }
    void refuse(Exchange &exchange, const Error &error) override
    {
        connection->abort();
        exchange.response.send(400, "text/plain", error.message);
    }

    ClientConnection *connection = nullptr;
};

} // namespace

void ClientConnectionTest::keepsTheConnectionForTheNextRequest()
{
    Connected c;
    c.client.send(kGet);
    QTRY_COMPARE(c.answers(), (QByteArrayList{"/1"}));
    c.client.send("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
    QTRY_COMPARE(c.answers(), (QByteArrayList{"/1", "/2"}));
    QCOMPARE(c.handler.bodies, (QByteArrayList{"", "body"}));
    QVERIFY(!c.client.isClosed());
    QVERIFY(!c.connection->isBusy());
    QCOMPARE(c.closed.size(), 0);
    c.client.socket.disconnectFromHost();
    QTRY_COMPARE(c.closed.size(), 1);
}

void ClientConnectionTest::answersPipelinedRequestsInOrder_data()
{
    QTest::addColumn<bool>("atOnce");
    QTest::newRow("answered at once") << true;
    QTest::newRow("answered later") << false;
}

void ClientConnectionTest::answersPipelinedRequestsInOrder()
{
    QFETCH(const bool, atOnce);
    constexpr int kCount = 200;
    Connected c(atOnce ? RecordingHandler::answerTarget : RecordingHandler::answerLater);
    QByteArray requests;
    QByteArrayList targets;
    for (int i = 0; i < kCount; ++i) {
        targets.append("/" + QByteArray::number(i));
        requests += "POST " + targets.last() + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy";
    }
    c.client.send(requests);
    for (int i = 1; !atOnce && i <= kCount; ++i) {
        QTRY_COMPARE(c.handler.targets.size(), i); // one at a time
        c.handler.go.notify();
    }
    QTRY_COMPARE(c.answers(), targets);
}

void ClientConnectionTest::readsRequestsThatComeByteByByte()
{
    Connected c;
    for (const char byte :
         QByteArray("POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")) {
        c.client.send(QByteArray(1, byte));
        QVERIFY(c.client.socket.waitForBytesWritten());
        QCoreApplication::processEvents();
    }
    QTRY_COMPARE(c.answers(), (QByteArrayList{"/1"}));
    QCOMPARE(c.handler.bodies, (QByteArrayList{"abc"}));
}

// Or a client that sends requests and reads nothing would fill the gateway's memory with answers.
void ClientConnectionTest::beginsTheNextRequestOnceTheClientTookTheAnswer()
{
    constexpr int kCount = 1000;
    Connected c(answerMuch, 1024);
    c.client.send(QByteArray(kGet).repeated(kCount));
    QTRY_VERIFY(c.connection->isBusy());
    const auto handled = c.handler.targets.size();
    QVERIFY2(handled < kCount / 2, QByteArray::number(handled).constData()); // what the kernel takes, and one more
    c.client.socket.setReadBufferSize(0);
    QTRY_COMPARE(c.answers().size(), kCount);
}

void ClientConnectionTest::closesWhenTheClientAsksForIt_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("1.1") << QByteArray("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    QTest::newRow("1.0") << QByteArray("GET /1 HTTP/1.0\r\n\r\n");
}

void ClientConnectionTest::closesWhenTheClientAsksForIt()
{
    QFETCH(const QByteArray, request);
    Connected c;
    c.client.send(request + kGet);
    QTRY_VERIFY(c.client.isClosed());
    QCOMPARE(c.answers(), (QByteArrayList{"/1"})); // and not the one behind
    QVERIFY(c.client.received().contains("Connection: close\r\n"));
    QTRY_COMPARE(c.closed.size(), 1);
}

void ClientConnectionTest::refusesMalformedRequestsAndCloses()
{
    Connected c;
    c.client.send(QByteArray(kGet) + "GET / HTTP/1.1\r\nHost : a\r\n\r\n" + kGet);
    QTRY_VERIFY(c.client.isClosed());
    QCOMPARE(c.answers(), (QByteArrayList{"/1", "malformed_request"}));
    QVERIFY(c.client.received().contains("HTTP/1.1 400 Bad Request\r\n"));
    QVERIFY(c.client.received().contains("Connection: close\r\n"));
    QCOMPARE(c.handler.targets.size(), 1);
    QTRY_COMPARE(c.closed.size(), 1);
}

void ClientConnectionTest::refusesAConnectionAsAWhole()
{
    Connected c;
    c.connection->refuse({.kind = ErrorKind::Overloaded, .reason = "too_many_connections", .message = "full"});
    c.client.send(kGet);
    QTRY_VERIFY(c.client.isClosed());
    QVERIFY(c.client.received().startsWith("HTTP/1.1 503 "));
    QCOMPARE(c.answers(), (QByteArrayList{"too_many_connections"}));
    QVERIFY(c.handler.targets.isEmpty());
    QTRY_COMPARE(c.closed.size(), 1);
}

void ClientConnectionTest::cancelsTheRequestWhenTheClientLeaves_data()
{
    QTest::addColumn<int>("phase");
    QTest::addColumn<bool>("abruptly");
    for (const bool abruptly : {false, true}) {
        const char *how = abruptly ? "reset" : "closed";
        QTest::addRow("before the answer, %s", how) << 0 << abruptly;
        QTest::addRow("in the middle of a stream, %s", how) << 1 << abruptly;
        QTest::addRow("while a stream waits for the client, %s", how) << 2 << abruptly;
        QTest::addRow("with a request behind, %s", how) << 3 << abruptly;
    }
}

void ClientConnectionTest::cancelsTheRequestWhenTheClientLeaves()
{
    QFETCH(const int, phase);
    QFETCH(const bool, abruptly);
    const RecordingHandler::Answer answers[] = {RecordingHandler::answerLater, streamAndWait, streamUntilCongested,
                                                RecordingHandler::answerLater};
    Connected c(answers[phase], 1024);
    c.client.send(phase == 3 ? QByteArray(kGet).repeated(2) : QByteArray(kGet));
    QTRY_COMPARE(c.handler.running, 1);
    if (phase == 1)
        QTRY_VERIFY(c.client.received().contains("piece"));
    if (abruptly)
        c.client.socket.abort();
    else
        c.client.socket.close();
    QTRY_COMPARE(c.closed.size(), 1);
    QCOMPARE(c.handler.running, 0);
    QCOMPARE(c.handler.ended, 0);
    QCOMPARE(c.handler.targets.size(), 1);
    QVERIFY(!c.connection->isBusy());
}

// What it sent ahead fills the buffer, which is not read on, so that the end of the connection is not seen by reading.
void ClientConnectionTest::cancelsTheRequestWhenTheClientLeavesBehindAFullBuffer()
{
    Connected c(RecordingHandler::answerLater);
    c.client.send(kGet);
    QTRY_COMPARE(c.handler.running, 1);
    c.client.send("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n" + QByteArray(300 * 1024, 'x'));
    QTRY_COMPARE(c.client.socket.bytesToWrite(), 0);
    QCOMPARE(c.handler.running, 1);
    c.client.socket.disconnectFromHost();
    QTRY_COMPARE(c.closed.size(), 1);
    QCOMPARE(c.handler.running, 0);
    QCOMPARE(c.handler.ended, 0);
}

void ClientConnectionTest::cancelsTheRequestWhenDestroyed()
{
    Connected c(streamAndWait);
    c.client.send(kGet);
    QTRY_COMPARE(c.handler.running, 1);
    c.connection.reset();
    QCOMPARE(c.handler.running, 0);
    QTRY_VERIFY(c.client.isClosed());
    QCOMPARE(TimerQueue::current().size(), 0);
}

void ClientConnectionTest::answersForAHandlerThatDoesNot_data()
{
    QTest::addColumn<bool>("throws");
    QTest::newRow("ends without an answer") << false;
    QTest::newRow("throws") << true;
}

void ClientConnectionTest::answersForAHandlerThatDoesNot()
{
    QFETCH(const bool, throws);
    if (throws)
        QTest::ignoreMessage(QtCriticalMsg, "a request ended with an exception: no luck");
    constexpr auto fail = [](RecordingHandler &, Exchange &) -> Task<> {
        throw std::runtime_error("no luck");
        co_return;
    };
    constexpr auto forget = [](RecordingHandler &, Exchange &) -> Task<> { co_return; };
    Connected c(throws ? RecordingHandler::Answer(fail) : RecordingHandler::Answer(forget));
    c.client.send(kGet);
    QTRY_COMPARE(c.answers(), (QByteArrayList{"internal_error"}));
    QVERIFY(c.client.received().startsWith("HTTP/1.1 500 "));
    QCOMPARE(c.handler.running, 0);
}

void ClientConnectionTest::cutsAStreamThatItsHandlerDidNotEnd_data()
{
    answersForAHandlerThatDoesNot_data();
}

void ClientConnectionTest::cutsAStreamThatItsHandlerDidNotEnd()
{
    QFETCH(const bool, throws);
    if (throws)
        QTest::ignoreMessage(QtCriticalMsg, "a request ended with an exception: no luck");
    constexpr auto fail = [](RecordingHandler &, Exchange &exchange) -> Task<> {
        exchange.response.startStream(200, "text/plain");
        exchange.response.write("piece");
        throw std::runtime_error("no luck");
        co_return;
    };
    constexpr auto forget = [](RecordingHandler &, Exchange &exchange) -> Task<> {
        exchange.response.startStream(200, "text/plain");
        exchange.response.write("piece");
        co_return;
    };
    Connected c(throws ? RecordingHandler::Answer(fail) : RecordingHandler::Answer(forget));
    c.client.send(kGet);
    QTRY_COMPARE(c.closed.size(), 1);
    QTRY_VERIFY(c.client.isClosed());
    QVERIFY(!c.client.received().contains("0\r\n\r\n")); // a whole answer would end like this
}

// The client has left, the queued cancel has not run, and the request ends by itself.
void ClientConnectionTest::tellsOnceThatItIsClosedWhenTheRequestBreaksMeanwhile()
{
    QTest::ignoreMessage(QtCriticalMsg, "a request ended with an exception: no luck");
    constexpr auto fail = [](RecordingHandler &handler, Exchange &exchange) -> Task<> {
        exchange.response.startStream(200, "text/plain");
        exchange.response.write("piece");
        co_await handler.go.wait();
        throw std::runtime_error("no luck");
    };
    Connected c(fail);
    c.client.send(kGet);
    QTRY_COMPARE(c.handler.running, 1);
    c.connection->abort(); // cancels, but not at once
    c.handler.go.notify();
    QTRY_COMPARE(c.closed.size(), 1);
    QCoreApplication::processEvents();
    QCOMPARE(c.closed.size(), 1);
    QCOMPARE(c.handler.running, 0);
    QVERIFY(c.handler.refusals.isEmpty());
}

// Twice would count the connection twice among those that ended, and so let more in than server.max_connections.
void ClientConnectionTest::closesOnceWhenTheClientLeavesWhileItIsRefused()
{
    ConnectedClient client(0);
    const ConnectionLimits limits;
    LeavingClientHandler handler;
    ClientConnection connection(client.takePeer(), limits, handler);
    handler.connection = &connection;
    const QSignalSpy closed(&connection, &ClientConnection::closed);
    client.send("NOT HTTP\r\n\r\n");
    QTRY_VERIFY(!closed.isEmpty());
    QCoreApplication::processEvents();
    QCOMPARE(closed.size(), 1);
}

void ClientConnectionTest::leavesASlowClientTheTimeItNeeds_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::newRow("connection stays") << QByteArray(kGet);
    QTest::newRow("connection closes") << QByteArray("GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    QTest::newRow("drained") << QByteArray(kGet);
}

void ClientConnectionTest::leavesASlowClientTheTimeItNeeds()
{
    QFETCH(const QByteArray, request);
    const bool drains = QByteArray(QTest::currentDataTag()) == "drained";
    Connected c(answerTooMuch, 1024);
    c.client.send(request);
    QTRY_COMPARE(c.handler.ended, 1);
    if (drains)
        c.connection->drain(true);
    // There is no write_timeout, so that nothing may run that would cut the answer.
    QCOMPARE(TimerQueue::current().size(), 0);
    c.client.socket.setReadBufferSize(0);
    QTRY_VERIFY(c.client.received().size() > 32 * 1024 * 1024);
    QTRY_COMPARE(c.client.isClosed(), request != kGet || drains);
    QVERIFY(TimerQueue::current().size() == (c.client.isClosed() ? 0 : 1));
}

void ClientConnectionTest::isBusyUntilTheClientTookTheAnswer()
{
    Connected c(answerTooMuch, 1024);
    c.client.send(kGet);
    QTRY_COMPARE(c.handler.ended, 1);
    QVERIFY(c.connection->isBusy());
    QObject::connect(c.connection.get(), &ClientConnection::settled, &c.client.socket,
                     [&] { c.client.socket.setProperty("idle", !c.connection->isBusy()); });
    c.client.socket.setReadBufferSize(0);
    QTRY_VERIFY(c.client.received().size() > 32 * 1024 * 1024);
    QVERIFY(c.client.socket.property("idle").toBool()); // whoever waits was told
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ClientConnectionTest)
#include "tst_client_connection.moc"
