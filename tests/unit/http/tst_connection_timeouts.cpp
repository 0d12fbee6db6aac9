// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/http/connection_fixture.h"

#include <QTimer>

namespace lunargate {

using namespace std::chrono_literals;
using test::answerTooMuch;
using test::Connected;
using test::RecordingHandler;
using test::streamUntilCongested;

class ConnectionTimeoutsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void closesIdleConnectionsWithoutAWord_data();
    void closesIdleConnectionsWithoutAWord();
    void tells408WhenARequestComesTooSlowly_data();
    void tells408WhenARequestComesTooSlowly();
    void aTrickleOfBytesDoesNotHelp();
    void aRunningRequestHasNoDeadlineOfItsOwn();
    void cutsAClientThatTakesNothing_data();
    void cutsAClientThatTakesNothing();
    void aQuietStreamIsNoClientThatTakesNothing();
    void zeroMeansNoLimit();
};

namespace {

// Long enough to be told from "at once" on a busy machine; the others are out of reach.
constexpr auto kShort = 100ms;
constexpr auto kNone = 0ms;

constexpr ConnectionLimits kNoLimits{.headerTimeout = kNone, .readTimeout = kNone, .idleTimeout = kNone};

// As a provider that thinks for long.
Task<> pauseInAStream(RecordingHandler &, Exchange &exchange)
{
    exchange.response.startStream(200, "text/plain");
    exchange.response.write("piece");
    co_await SleepUntil(Clock::now() + 5 * kShort);
    exchange.response.finishStream();
}

Task<> pauseThenMuch(RecordingHandler &, Exchange &exchange)
{
    exchange.response.startStream(200, "text/plain");
    exchange.response.write("piece");
    co_await SleepUntil(Clock::now() + 5 * kShort);
    for (;;) {
        exchange.response.write(QByteArray(64 * 1024, 'x'));
        while (exchange.response.isCongested())
            co_await exchange.response.drained();
    }
}

} // namespace

void ConnectionTimeoutsTest::closesIdleConnectionsWithoutAWord_data()
{
    QTest::addColumn<bool>("afterARequest");
    QTest::newRow("before the first request") << false;
    QTest::newRow("after a request") << true;
}

void ConnectionTimeoutsTest::closesIdleConnectionsWithoutAWord()
{
    QFETCH(const bool, afterARequest);
    ConnectionLimits limits = kNoLimits;
    limits.idleTimeout = kShort;
    Connected c(limits);
    if (afterARequest)
        c.client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY(c.client.isClosed());
    QCOMPARE(c.client.received().count("HTTP/1.1 "), afterARequest ? 1 : 0);
    QVERIFY(c.handler.refusals.isEmpty());
    QTRY_COMPARE(c.closed.size(), 1);
}

void ConnectionTimeoutsTest::tells408WhenARequestComesTooSlowly_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("limitsHeader");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("one byte") << QByteArray("G") << true << QByteArray("header_timeout");
    QTest::newRow("no end of the head") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\n") << true
                                        << QByteArray("header_timeout");
    QTest::newRow("head, read_timeout") << QByteArray("GET / HTTP/1.1\r\n") << false << QByteArray("header_timeout");
    QTest::newRow("no body") << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n") << false
                             << QByteArray("read_timeout");
    QTest::newRow("half a body") << QByteArray("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab") << false
                                 << QByteArray("read_timeout");
    QTest::newRow("no last chunk") << QByteArray(
                                          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
                                   << false << QByteArray("read_timeout");
}

void ConnectionTimeoutsTest::tells408WhenARequestComesTooSlowly()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const bool, limitsHeader);
    QFETCH(const QByteArray, reason);
    ConnectionLimits limits = kNoLimits;
    (limitsHeader ? limits.headerTimeout : limits.readTimeout) = kShort;
    Connected c(limits);
    c.client.send(bytes);
    QTRY_VERIFY(c.client.isClosed());
    QVERIFY(c.client.received().startsWith("HTTP/1.1 408 Request Timeout\r\n"));
    QVERIFY(c.client.received().contains("Connection: close\r\n"));
    QCOMPARE(c.handler.refusals, (QByteArrayList{reason}));
    QVERIFY(c.handler.targets.isEmpty());
    QTRY_COMPARE(c.closed.size(), 1);
}

void ConnectionTimeoutsTest::aTrickleOfBytesDoesNotHelp()
{
    ConnectionLimits limits = kNoLimits;
    limits.headerTimeout = kShort;
    Connected c(limits);
    c.client.send("GET / HTTP/1.1\r\nX: ");
    QTimer trickle;
    connect(&trickle, &QTimer::timeout, &c.client.socket, [&c] {
        if (!c.client.isClosed())
            c.client.send("x");
    });
    trickle.start(5ms);
    QTRY_COMPARE(c.handler.refusals, (QByteArrayList{"header_timeout"}));
}

void ConnectionTimeoutsTest::aRunningRequestHasNoDeadlineOfItsOwn()
{
    const ConnectionLimits limits{.headerTimeout = kShort, .readTimeout = kShort, .idleTimeout = kShort};
    Connected c(RecordingHandler::answerLater, 0, limits);
    c.client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_COMPARE(c.handler.running, 1);
    QCOMPARE(TimerQueue::current().size(), 0);
}

void ConnectionTimeoutsTest::cutsAClientThatTakesNothing_data()
{
    QTest::addColumn<RecordingHandler::Answer>("answer");
    QTest::newRow("of a stream") << &streamUntilCongested;
    QTest::newRow("of a stream that was quiet for long") << &pauseThenMuch;
    QTest::newRow("of a whole answer") << &answerTooMuch;
}

void ConnectionTimeoutsTest::cutsAClientThatTakesNothing()
{
    QFETCH(const RecordingHandler::Answer, answer);
    ConnectionLimits limits = kNoLimits;
    limits.writeTimeout = kShort;
    Connected c(answer, 1, limits);
    c.client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_COMPARE(c.closed.size(), 1);
    QCOMPARE(c.handler.running, 0);
    QVERIFY(!c.connection->isBusy());
}

void ConnectionTimeoutsTest::aQuietStreamIsNoClientThatTakesNothing()
{
    ConnectionLimits limits = kNoLimits;
    limits.writeTimeout = kShort;
    Connected c(pauseInAStream, 0, limits);
    c.client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_COMPARE(c.handler.ended, 1);
    QTRY_VERIFY(c.client.received().endsWith("0\r\n\r\n"));
    QCOMPARE(c.closed.size(), 0);
}

void ConnectionTimeoutsTest::zeroMeansNoLimit()
{
    Connected c(kNoLimits);
    QCOMPARE(TimerQueue::current().size(), 0);
    c.client.send("G");
    c.client.socket.waitForBytesWritten();
    QCoreApplication::processEvents();
    QCOMPARE(TimerQueue::current().size(), 0);
    c.client.send("ET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY(c.client.received().endsWith("/1"));
    QCOMPARE(TimerQueue::current().size(), 0);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ConnectionTimeoutsTest)
#include "tst_connection_timeouts.moc"
