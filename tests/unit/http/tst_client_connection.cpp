// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/client_connection.h"
#include "tests/unit/http/connected_client.h"
#include "tests/unit/http/recording_handler.h"

#include <QSignalSpy>
#include <QTest>

namespace lunargate {

using test::ConnectedClient;
using test::RecordingHandler;

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
    void asksForTheBodyBeforeItComes();
    void refusesATooLargeBodyBeforeItComes();
    void asksOnceWhetherABodyMayCome();
    void refusesABodyThatMayNotCome();
    void handlesWithoutItsBodyWhatNeedsNone();
    void letsAClientFinishSendingWhatWasRefused();
    void letsNobodySendForEverWhatWasRefused();
    void refusesMalformedRequestsAndCloses();
    void cancelsTheRequestWhenTheClientLeaves_data();
    void cancelsTheRequestWhenTheClientLeaves();
    void cancelsTheRequestWhenTheClientLeavesBehindAFullBuffer();
    void answersForAHandlerThatDoesNot_data();
    void answersForAHandlerThatDoesNot();
    void cutsAStreamThatItsHandlerDidNotEnd_data();
    void cutsAStreamThatItsHandlerDidNotEnd();
    void tellsOnceThatItIsClosedWhenTheRequestBreaksMeanwhile();
    void leavesASlowClientTheTimeItNeeds_data();
    void leavesASlowClientTheTimeItNeeds();
    void isBusyUntilTheClientTookTheAnswer();
    void closesOnceWhenTheClientLeavesWhileItIsRefused();
    void drainsBusyConnectionsAfterTheirAnswer();
    void drainsIdleConnections_data();
    void drainsIdleConnections();
    void letsACutRequestSayALastWord();
    void cutsARequestThatHasNothingToSay();
    void cutsOnceWhenTheClientLeavesMeanwhile();
    void cutsOnceWhenTheClientLeavesDuringTheLastWord();
    void leavesACompleteAnswerItsTimeWhenCut();
    void refusesAHalfReadRequestWhenCut();
    void refusesAConnectionAsAWhole();
    void cancelsTheRequestWhenDestroyed();
};

namespace {

constexpr char kGet[] = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";

/// A connection and its client.
struct Connected
{
    explicit Connected(RecordingHandler::Answer answer = RecordingHandler::answerTarget, qint64 clientBuffer = 0,
                       const ConnectionLimits &connectionLimits = {})
        : client(clientBuffer),
          limits(connectionLimits),
          handler(answer),
          connection(std::make_unique<ClientConnection>(client.takePeer(), limits, handler)),
          closed(connection.get(), &ClientConnection::closed),
          settled(connection.get(), &ClientConnection::settled)
    {
    }

    // The answers' bodies, which never hold a line end here.
    QByteArrayList answers()
    {
        QByteArrayList bodies;
        const QByteArray &text = client.received();
        for (qsizetype at = text.indexOf("\r\n\r\n"); at >= 0; at = text.indexOf("\r\n\r\n", at + 4)) {
            const qsizetype end = text.indexOf("HTTP/1.1 ", at + 4);
            bodies.append(text.sliced(at + 4, (end < 0 ? text.size() : end) - at - 4));
        }
        return bodies;
    }

    ConnectedClient client;
    ConnectionLimits limits;
    RecordingHandler handler;
    std::unique_ptr<ClientConnection> connection;
    QSignalSpy closed;
    QSignalSpy settled;
};

Task<> answerMuch(RecordingHandler &, Exchange &exchange)
{
    exchange.response.send(200, "text/plain", QByteArray(64 * 1024, 'x'));
    co_return;
}

// More than the kernel takes for a client that reads nothing.
Task<> answerTooMuch(RecordingHandler &, Exchange &exchange)
{
    exchange.response.send(200, "text/plain", QByteArray(32 * 1024 * 1024, 'x'));
    co_return;
}

Task<> streamAndWait(RecordingHandler &handler, Exchange &exchange)
{
    exchange.response.startStream(200, "text/plain");
    exchange.response.write("piece");
    co_await handler.go.wait();
    exchange.response.finishStream();
}

// What a cut request may still do.
struct LastWord
{
    Exchange &exchange;
    ~LastWord()
    {
        if (!exchange.isCutByShutdown)
            return;
        exchange.response.write("cut");
        exchange.response.finishStream();
    }
};

Task<> streamWithALastWord(RecordingHandler &handler, Exchange &exchange)
{
    exchange.response.startStream(200, "text/plain");
    exchange.response.write("piece");
    const LastWord lastWord{exchange};
    co_await handler.go.wait();
}

Task<> streamUntilCongested(RecordingHandler &, Exchange &exchange)
{
    exchange.response.startStream(200, "text/plain");
    for (;;) {
        exchange.response.write(QByteArray(64 * 1024, 'x'));
        while (exchange.response.isCongested())
            co_await exchange.response.drained();
    }
}

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

void ClientConnectionTest::asksForTheBodyBeforeItComes()
{
    Connected c;
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    QTRY_COMPARE(c.client.received(), "HTTP/1.1 100 Continue\r\n\r\n");
    c.client.send("bo");
    c.client.send("dy");
    QTRY_VERIFY(c.client.received().endsWith("/1"));
    QCOMPARE(c.client.received().count("100 Continue"), 1);
    QCOMPARE(c.handler.bodies, (QByteArrayList{"body"}));
}

void ClientConnectionTest::refusesATooLargeBodyBeforeItComes()
{
    Connected c(RecordingHandler::answerTarget, 0, {.maxBodyBytes = 3});
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    QTRY_VERIFY(c.client.isClosed());
    QVERIFY(c.client.received().startsWith("HTTP/1.1 413 "));
    QCOMPARE(c.handler.refusals, (QByteArrayList{"request_too_large"}));
    QVERIFY(c.handler.targets.isEmpty());
}

void ClientConnectionTest::asksOnceWhetherABodyMayCome()
{
    Connected c;
    for (const char *target : {"/1", "/2"}) {
        c.client.send(QByteArray("POST ") + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
        QTRY_COMPARE(c.handler.asked.value(c.handler.asked.size() - 1), target);
        for (const char *piece : {"b", "o", "d", "y"}) {
            c.client.send(piece);
            QVERIFY(c.client.socket.waitForBytesWritten());
            QCoreApplication::processEvents();
        }
        QTRY_COMPARE(c.handler.bodies.size(), c.handler.asked.size());
    }
    QCOMPARE(c.handler.asked, (QByteArrayList{"/1", "/2"}));
    QCOMPARE(c.handler.bodies, (QByteArrayList{"body", "body"}));
}

void ClientConnectionTest::refusesABodyThatMayNotCome()
{
    Connected c;
    c.handler.admission =
        std::unexpected(Error{.kind = ErrorKind::MissingKey, .reason = "missing_api_key", .message = "no key"});
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9000000\r\n\r\n");
    QTRY_VERIFY(c.client.received().startsWith("HTTP/1.1 401 "));
    QVERIFY(c.client.received().contains("\r\nConnection: close\r\n"));
    QCOMPARE(c.handler.refusals, (QByteArrayList{"missing_api_key"}));
    QVERIFY(c.handler.bodies.isEmpty());
}

void ClientConnectionTest::handlesWithoutItsBodyWhatNeedsNone()
{
    Connected c(RecordingHandler::answerLater);
    c.handler.admission = Admission::WithoutBody;
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9000\r\n\r\nbody");
    QTRY_COMPARE(c.handler.bodies, (QByteArrayList{""}));
    c.client.send("more GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(c.client.received().isEmpty());
    c.handler.go.notify();
    QTRY_VERIFY(c.client.received().endsWith("/1"));
    QVERIFY(c.client.received().startsWith("HTTP/1.1 200 "));
    QVERIFY(c.client.received().contains("\r\nConnection: close\r\n"));
    QTRY_VERIFY(c.client.isClosed());
    QCOMPARE(c.handler.targets.size(), 1);
    QVERIFY(c.handler.refusals.isEmpty());
}

// Many clients write their whole body before they read: a reset would take the refusal away from them.
void ClientConnectionTest::letsAClientFinishSendingWhatWasRefused()
{
    ConnectionLimits limits;
    limits.maxBodyBytes = 3'000'000;
    Connected c(RecordingHandler::answerTarget, 1, limits); // it reads no further, so that it does not see the end
    c.handler.admission =
        std::unexpected(Error{.kind = ErrorKind::MissingKey, .reason = "missing_api_key", .message = "no key"});
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2500000\r\n\r\n");
    QTRY_COMPARE(c.handler.refusals.size(), 1);
    for (int i = 0; i < 25; ++i) {
        c.client.send(QByteArray(100'000, 'x'));
        QTRY_COMPARE(c.client.socket.bytesToWrite(), 0);
    }
    QCOMPARE(c.closed.size(), 0);
    c.client.socket.setReadBufferSize(0);
    QTRY_VERIFY(c.client.received().endsWith("missing_api_key"));
    QVERIFY(c.client.received().startsWith("HTTP/1.1 401 "));
    QTRY_COMPARE(c.closed.size(), 1);
}

void ClientConnectionTest::letsNobodySendForEverWhatWasRefused()
{
    ConnectionLimits limits;
    limits.maxBodyBytes = 100'000;
    Connected c(RecordingHandler::answerTarget, 1, limits);
    c.handler.admission =
        std::unexpected(Error{.kind = ErrorKind::MissingKey, .reason = "missing_api_key", .message = "no key"});
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n");
    QTRY_COMPARE(c.handler.refusals.size(), 1);
    c.client.send(QByteArray(1'000'000, 'x'));
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

namespace {

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

void ClientConnectionTest::drainsBusyConnectionsAfterTheirAnswer()
{
    Connected c(RecordingHandler::answerLater);
    c.client.send(QByteArray(kGet).repeated(2));
    QTRY_COMPARE(c.handler.running, 1);
    c.connection->drain(false);
    QVERIFY(c.connection->isBusy());
    c.handler.go.notify();
    QTRY_VERIFY(c.client.isClosed());
    QCOMPARE(c.answers(), (QByteArrayList{"/1"}));
    QVERIFY(c.client.received().contains("Connection: close\r\n"));
    QVERIFY(c.settled.size() > 0);
    QTRY_COMPARE(c.closed.size(), 1);
}

void ClientConnectionTest::drainsIdleConnections_data()
{
    QTest::addColumn<bool>("closeIdle");
    QTest::newRow("closed at once") << true;
    QTest::newRow("closed after one more request") << false;
}

void ClientConnectionTest::drainsIdleConnections()
{
    QFETCH(const bool, closeIdle);
    Connected c;
    c.connection->drain(closeIdle);
    QVERIFY(!c.connection->isBusy());
    if (!closeIdle) {
        c.client.send(kGet);
        QTRY_COMPARE(c.answers(), (QByteArrayList{"/1"}));
    }
    QTRY_VERIFY(c.client.isClosed());
    QTRY_COMPARE(c.closed.size(), 1);
    QCOMPARE(c.handler.targets.size(), closeIdle ? 0 : 1);
}

void ClientConnectionTest::letsACutRequestSayALastWord()
{
    Connected c(streamWithALastWord);
    c.client.send(kGet);
    QTRY_VERIFY(c.client.received().endsWith("piece\r\n"));
    c.connection->cut();
    QTRY_VERIFY(c.client.received().endsWith("3\r\ncut\r\n0\r\n\r\n"));
    QCOMPARE(c.handler.running, 0);
    QTRY_VERIFY(!c.connection->isBusy());
    QTRY_VERIFY(c.client.isClosed()); // the gateway's half first
    QTRY_COMPARE(c.closed.size(), 1);
}

void ClientConnectionTest::cutsARequestThatHasNothingToSay()
{
    Connected c(streamAndWait);
    c.client.send(kGet);
    QTRY_VERIFY(c.client.received().endsWith("piece\r\n"));
    c.connection->cut();
    QTRY_COMPARE(c.closed.size(), 1);
    QCOMPARE(c.handler.running, 0);
    QTRY_VERIFY(c.client.isClosed());
    QVERIFY(!c.client.received().endsWith("0\r\n\r\n"));
}

void ClientConnectionTest::cutsOnceWhenTheClientLeavesMeanwhile()
{
    Connected c(streamWithALastWord);
    c.client.send(kGet);
    QTRY_VERIFY(c.client.received().endsWith("piece\r\n"));
    c.connection->cut();
    c.connection->abort(); // the client left before the queued cut came to its turn
    QTRY_COMPARE(c.closed.size(), 1);
    QCOMPARE(c.handler.running, 0);
    QCoreApplication::processEvents();
    QCOMPARE(c.closed.size(), 1);
}

void ClientConnectionTest::cutsOnceWhenTheClientLeavesDuringTheLastWord()
{
    // The write of the last word is what finds that the client is gone: here, by an abort from inside of it.
    static ClientConnection *leaving = nullptr;
    struct LeavesFirst
    {
        Exchange &exchange;
        ~LeavesFirst()
        {
            if (!exchange.isCutByShutdown)
                return;
            leaving->abort();
            exchange.response.write("cut");
            exchange.response.finishStream();
        }
    };
    Connected c([](RecordingHandler &handler, Exchange &exchange) -> Task<> {
        exchange.response.startStream(200, "text/plain");
        exchange.response.write("piece");
        const LeavesFirst lastWord{exchange};
        co_await handler.go.wait();
    });
    leaving = c.connection.get();
    c.client.send(kGet);
    QTRY_VERIFY(c.client.received().endsWith("piece\r\n"));
    c.connection->cut();
    QTRY_COMPARE(c.closed.size(), 1);
    QCoreApplication::processEvents();
    QCOMPARE(c.closed.size(), 1);
    QCOMPARE(c.settled.size(), 1);
}

void ClientConnectionTest::leavesACompleteAnswerItsTimeWhenCut()
{
    Connected c(answerTooMuch, 1024);
    c.client.send(kGet);
    QTRY_COMPARE(c.handler.ended, 1);
    QVERIFY(c.connection->isBusy());
    c.connection->cut();
    QCoreApplication::processEvents();
    QCOMPARE(c.closed.size(), 0);
    c.connection->abort();
    QTRY_COMPARE(c.closed.size(), 1);
}

void ClientConnectionTest::refusesAHalfReadRequestWhenCut()
{
    Connected c;
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    QTRY_VERIFY(c.connection->isBusy());
    c.connection->cut();
    QTRY_VERIFY(c.client.received().startsWith("HTTP/1.1 503 "));
    QCOMPARE(c.handler.refusals, (QByteArrayList{"shutting_down"}));
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

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ClientConnectionTest)
#include "tst_client_connection.moc"
