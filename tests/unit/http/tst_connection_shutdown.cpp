// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/http/connection_fixture.h"

namespace lunargate {

using test::answerTooMuch;
using test::Connected;
using test::kGet;
using test::RecordingHandler;
using test::streamAndWait;

/// Connections end when the gateway does: drained with their answers, or cut with a last word.
class ConnectionShutdownTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void drainsBusyConnectionsAfterTheirAnswer();
    void drainsIdleConnections_data();
    void drainsIdleConnections();
    void letsACutRequestSayALastWord();
    void cutsARequestThatHasNothingToSay();
    void cutsOnceWhenTheClientLeavesMeanwhile();
    void cutsOnceWhenTheClientLeavesDuringTheLastWord();
    void leavesACompleteAnswerItsTimeWhenCut();
    void refusesAHalfReadRequestWhenCut();
};

namespace {

// What a cut request may still do.
struct LastWord
{
    Exchange &exchange;
    ~LastWord()
    {
        if (exchange.cutReason != CutReason::Shutdown)
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

} // namespace

void ConnectionShutdownTest::drainsBusyConnectionsAfterTheirAnswer()
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

void ConnectionShutdownTest::drainsIdleConnections_data()
{
    QTest::addColumn<bool>("closeIdle");
    QTest::newRow("closed at once") << true;
    QTest::newRow("closed after one more request") << false;
}

void ConnectionShutdownTest::drainsIdleConnections()
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

void ConnectionShutdownTest::letsACutRequestSayALastWord()
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

void ConnectionShutdownTest::cutsARequestThatHasNothingToSay()
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

void ConnectionShutdownTest::cutsOnceWhenTheClientLeavesMeanwhile()
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

void ConnectionShutdownTest::cutsOnceWhenTheClientLeavesDuringTheLastWord()
{
    // The write of the last word is what finds that the client is gone: here, by an abort from inside of it.
    static ClientConnection *leaving = nullptr;
    struct LeavesFirst
    {
        Exchange &exchange;
        ~LeavesFirst()
        {
            if (exchange.cutReason != CutReason::Shutdown)
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

void ConnectionShutdownTest::leavesACompleteAnswerItsTimeWhenCut()
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

void ConnectionShutdownTest::refusesAHalfReadRequestWhenCut()
{
    Connected c;
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    QTRY_VERIFY(c.connection->isBusy());
    c.connection->cut();
    QTRY_VERIFY(c.client.received().startsWith("HTTP/1.1 503 "));
    QCOMPARE(c.handler.refusals, (QByteArrayList{"shutting_down"}));
    QTRY_COMPARE(c.closed.size(), 1);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ConnectionShutdownTest)
#include "tst_connection_shutdown.moc"
