// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/http/connection_fixture.h"

namespace lunargate {

using test::Connected;
using test::RecordingHandler;

/// Bodies come when the handler lets them, and no further than the limit.
class RequestBodiesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void asksForTheBodyBeforeItComes();
    void refusesATooLargeBodyBeforeItComes();
    void asksOnceWhetherABodyMayCome();
    void keepsTheRequestsPlaceUntilItIsOver();
    void refusesABodyThatMayNotCome();
    void handlesWithoutItsBodyWhatNeedsNone();
    void letsAClientFinishSendingWhatWasRefused();
    void letsNobodySendForEverWhatWasRefused();
};

void RequestBodiesTest::asksForTheBodyBeforeItComes()
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

void RequestBodiesTest::refusesATooLargeBodyBeforeItComes()
{
    Connected c(RecordingHandler::answerTarget, 0, {.maxBodyBytes = 3});
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    QTRY_VERIFY(c.client.isClosed());
    QVERIFY(c.client.received().startsWith("HTTP/1.1 413 "));
    QCOMPARE(c.handler.refusals, (QByteArrayList{"request_too_large"}));
    QVERIFY(c.handler.targets.isEmpty());
}

void RequestBodiesTest::asksOnceWhetherABodyMayCome()
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

void RequestBodiesTest::keepsTheRequestsPlaceUntilItIsOver()
{
    Connected c;
    c.handler.place = std::make_shared<const int>();
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
    QTRY_COMPARE(c.handler.place.use_count(), 2);
    c.client.send("dy");
    QTRY_COMPARE(c.handler.place.use_count(), 1);
    c.client.send("POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo");
    QTRY_COMPARE(c.handler.place.use_count(), 2);
    c.connection.reset(); // its client left
    QCOMPARE(c.handler.place.use_count(), 1);
}

void RequestBodiesTest::refusesABodyThatMayNotCome()
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

void RequestBodiesTest::handlesWithoutItsBodyWhatNeedsNone()
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
void RequestBodiesTest::letsAClientFinishSendingWhatWasRefused()
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

void RequestBodiesTest::letsNobodySendForEverWhatWasRefused()
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

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RequestBodiesTest)
#include "tst_request_bodies.moc"
