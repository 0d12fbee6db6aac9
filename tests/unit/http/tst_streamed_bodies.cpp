// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/incoming_body.h"
#include "tests/unit/async/run_task.h"
#include "tests/unit/http/connection_fixture.h"

#include <QTimer>

namespace lunargate {

using namespace std::chrono_literals;
using test::Connected;
using test::RecordingHandler;

namespace {

const QByteArray kHead = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: ";

// Answers with all of the body, or with the reason of its failure; reads only after `go`.
Task<> answerWithBody(RecordingHandler &handler, Exchange &exchange)
{
    const std::shared_ptr<IncomingBody> incoming = exchange.request.incoming;
    if (!incoming) {
        exchange.response.send(200, "text/plain", "whole:" + exchange.request.body);
        co_return;
    }
    co_await handler.go.wait();
    QByteArray body;
    for (;;) {
        const Result<QByteArray> piece = co_await incoming->read();
        if (!piece) {
            exchange.response.send(httpStatus(piece.error()), "text/plain", piece.error().reason);
            co_return;
        }
        if (piece->isEmpty())
            break;
        body += *piece;
    }
    exchange.response.send(200, "text/plain", QByteArray::number(body.size()) + ':' + body.right(4));
}

struct Streamed : Connected
{
    explicit Streamed(const ConnectionLimits &connectionLimits = {}, RecordingHandler::Answer answer = answerWithBody)
        : Connected(answer, 0, connectionLimits)
    {
        handler.admission = Admission::Streamed;
    }
};

} // namespace

/// Bodies that are handled while they come.
class StreamedBodiesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void handlesTheRequestBeforeItsBodyIsThere();
    void takesNoMoreThanIsTaken();
    void readsChunks();
    void aBodyThatCameWithItsHeadIsWhole();
    void tellsWhatIsTooLarge();
    void hasALimitOfItsOwn_data();
    void hasALimitOfItsOwn();
    void hasItInOnePieceToo();
    void aRequestBehindALargeOneIsAskedAboutAnew();
    void tellsASilentClient();
    void tellsAMalformedBody();
    void cancelsWhenTheClientLeaves();
    void answersBeforeTheBodyIsRead();
    void anInspectorEndsTheBody();
    void asksForNoBodyThatNobodyWants();
    void losesNothingThatCameWithTheHead_data();
    void losesNothingThatCameWithTheHead();
    void tellsAClientThatSendsTooLittle();
    void holdsNothingOfTheRequestAfterwards();
    void aWaitHasItsEnd();
    void aNewListenerIsYetToSettle();
};

void StreamedBodiesTest::handlesTheRequestBeforeItsBodyIsThere()
{
    Streamed c;
    c.client.send(kHead + "8\r\nExpect: 100-continue\r\n\r\n");
    QTRY_COMPARE(c.handler.targets, (QByteArrayList{"/1"}));
    QVERIFY(c.client.received().isEmpty()); // nobody wants the body yet
    c.handler.go.notify();
    QTRY_COMPARE(c.client.received(), "HTTP/1.1 100 Continue\r\n\r\n");
    c.client.send("abcd");
    c.client.send("efgh");
    QTRY_VERIFY(c.client.received().endsWith("8:efgh"));
    QVERIFY(c.client.received().contains("\r\nConnection: close\r\n"));
    QTRY_VERIFY(c.client.isClosed());
}

void StreamedBodiesTest::takesNoMoreThanIsTaken()
{
    constexpr int kSize = 8'000'000;
    Streamed c;
    c.client.send(kHead + QByteArray::number(kSize) + "\r\n\r\n");
    QTRY_COMPARE(c.handler.targets.size(), 1);
    // What a socket may hold beside that grows up to 6 MiB on Linux (tcp_rmem).
    c.client.socket.setSocketOption(QAbstractSocket::SendBufferSizeSocketOption, 64 * 1024);
    c.client.send(QByteArray(kSize, 'x'));
    QVERIFY(!QTest::qWaitFor([&] { return c.client.socket.bytesToWrite() == 0; }, 300));
    c.handler.go.notify();
    QTRY_VERIFY(c.client.received().endsWith("8000000:xxxx"));
}

void StreamedBodiesTest::readsChunks()
{
    Streamed c;
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    QTRY_COMPARE(c.handler.targets.size(), 1);
    c.handler.go.notify();
    c.client.send("2\r\nde\r\n0\r\n\r\n");
    QTRY_VERIFY(c.client.received().endsWith("5:bcde"));
}

void StreamedBodiesTest::aBodyThatCameWithItsHeadIsWhole()
{
    Streamed c;
    c.client.send(kHead + "4\r\n\r\nbody");
    QTRY_VERIFY(c.client.received().endsWith("whole:body"));
    QVERIFY(!c.client.received().contains("Connection: close"));
}

void StreamedBodiesTest::tellsWhatIsTooLarge()
{
    Streamed c({.maxUploadBytes = 10});
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    QTRY_COMPARE(c.handler.targets.size(), 1);
    c.handler.go.notify();
    c.client.send("8\r\nabcdefgh\r\n");
    QTRY_VERIFY(c.client.received().endsWith("request_too_large"));
    QVERIFY(c.client.received().startsWith("HTTP/1.1 413 "));
}

void StreamedBodiesTest::hasALimitOfItsOwn_data()
{
    QTest::addColumn<QByteArray>("length");
    QTest::addColumn<QByteArray>("rest");
    QTest::addColumn<QByteArray>("answer");
    QTest::newRow("over that of other bodies") << QByteArray("8") << QByteArray("abcdefgh") << QByteArray("8:efgh");
    QTest::newRow("announced too large") << QByteArray("21") << QByteArray() << QByteArray("request_too_large");
}

void StreamedBodiesTest::hasALimitOfItsOwn()
{
    QFETCH(const QByteArray, length);
    QFETCH(const QByteArray, rest);
    Streamed c({.maxBodyBytes = 4, .maxUploadBytes = 20});
    c.client.send(kHead + length + "\r\nExpect: 100-continue\r\n\r\n");
    if (!rest.isEmpty()) {
        QTRY_COMPARE(c.handler.targets.size(), 1);
        c.handler.go.notify();
        QTRY_COMPARE(c.client.received(), "HTTP/1.1 100 Continue\r\n\r\n");
        c.client.send(rest);
    }
    QFETCH(const QByteArray, answer);
    QTRY_VERIFY(c.client.received().endsWith(answer));
    QCOMPARE(c.client.received().contains("100 Continue"), !rest.isEmpty());
    QTRY_VERIFY(c.client.isClosed());
}

// What comes in one piece is asked about only if it may be too large.
void StreamedBodiesTest::hasItInOnePieceToo()
{
    const QByteArray request = kHead + "8\r\n\r\nabcdefgh";
    Streamed streamed({.maxBodyBytes = 4, .maxUploadBytes = 20});
    streamed.client.send(request);
    QTRY_VERIFY(streamed.client.received().endsWith("whole:abcdefgh"));
    QCOMPARE(streamed.handler.asked.size(), 1);

    Streamed small({.maxBodyBytes = 20, .maxUploadBytes = 4});
    small.client.send(request);
    QTRY_VERIFY(small.client.received().endsWith("request_too_large"));

    Connected whole({.maxBodyBytes = 4, .maxUploadBytes = 20});
    whole.client.send(request);
    QTRY_VERIFY(whole.client.received().endsWith("request_too_large"));
    QCOMPARE(whole.handler.refusals, (QByteArrayList{"request_too_large"}));
    QVERIFY(whole.handler.targets.isEmpty());
}

void StreamedBodiesTest::aRequestBehindALargeOneIsAskedAboutAnew()
{
    Streamed c({.maxBodyBytes = 4, .maxUploadBytes = 20});
    const QByteArray request = kHead + "8\r\n\r\nabcdefgh";
    c.client.send(request + request);
    QTRY_COMPARE(c.answers(), (QByteArrayList{"whole:abcdefgh", "whole:abcdefgh"}));
    QCOMPARE(c.handler.asked.size(), 2);
}

void StreamedBodiesTest::tellsASilentClient()
{
    Streamed c({.readTimeout = 100ms});
    c.client.send(kHead + "8\r\n\r\nabcd");
    QTRY_COMPARE(c.handler.targets.size(), 1);
    c.handler.go.notify();
    QTRY_VERIFY(c.client.received().endsWith("read_timeout"));
    QVERIFY(c.client.received().startsWith("HTTP/1.1 408 "));
}

void StreamedBodiesTest::tellsAMalformedBody()
{
    Streamed c;
    c.client.send("POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
    QTRY_COMPARE(c.handler.targets.size(), 1);
    c.handler.go.notify();
    c.client.send("nonsense\r\n");
    QTRY_VERIFY(c.client.received().endsWith("malformed_request"));
}

void StreamedBodiesTest::cancelsWhenTheClientLeaves()
{
    Streamed c;
    c.client.send(kHead + "8\r\n\r\nabcd");
    QTRY_COMPARE(c.handler.running, 1);
    c.handler.go.notify();
    c.client.socket.abort();
    QTRY_COMPARE(c.closed.size(), 1);
    QCOMPARE(c.handler.running, 0);
    QCOMPARE(c.handler.ended, 0);
}

void StreamedBodiesTest::answersBeforeTheBodyIsRead()
{
    Streamed c({}, RecordingHandler::answerTarget);
    c.client.send(kHead + "100000\r\n\r\nabcd");
    QTRY_VERIFY(c.client.received().endsWith("/1"));
    c.client.send(QByteArray(99'996, 'x'));
    QTRY_VERIFY(c.client.isClosed());
    QCOMPARE(c.handler.targets.size(), 1);
}

void StreamedBodiesTest::anInspectorEndsTheBody()
{
    IncomingBody body(10);
    QByteArray seen;
    body.inspect([&seen](QByteArrayView bytes, bool) -> Result<void> {
        seen += bytes;
        if (bytes.contains('!'))
            return std::unexpected(Error{.kind = ErrorKind::InvalidRequest, .reason = "no"});
        return {};
    });
    int told = 0;
    body.onMore([&told] { ++told; });
    body.put("ab", false);
    QVERIFY(body.left() == 10);
    char bytes[1];
    QCOMPARE(body.take(bytes, 1), 1);
    QVERIFY(body.left() == 9);
    QCOMPARE(body.taken(), 1);
    body.put("c!", true);
    QCOMPARE(seen, "abc!");
    QCOMPARE(told, 2);
    QVERIFY(body.error().has_value());
    QCOMPARE(body.error()->reason, "no");
    QVERIFY(!body.isEnded());
}

void StreamedBodiesTest::asksForNoBodyThatNobodyWants()
{
    Streamed c({}, RecordingHandler::answerTarget);
    c.client.send(kHead + "8\r\nExpect: 100-continue\r\n\r\n");
    QTRY_VERIFY(c.client.received().endsWith("/1"));
    QVERIFY(c.client.received().startsWith("HTTP/1.1 200 "));
}

void StreamedBodiesTest::losesNothingThatCameWithTheHead_data()
{
    QTest::addColumn<bool>("isPipelined");
    QTest::newRow("a head near its limit") << false;
    QTest::newRow("behind another request") << true;
}

void StreamedBodiesTest::losesNothingThatCameWithTheHead()
{
    QFETCH(const bool, isPipelined);
    const auto answer = [](RecordingHandler &handler, Exchange &exchange) {
        return exchange.request.method == "GET" ? RecordingHandler::answerTarget(handler, exchange)
                                                : answerWithBody(handler, exchange);
    };
    Streamed c({.maxHeaderBytes = 200}, answer);
    const QByteArray body = QByteArray(1020, 'x') + "last";
    c.client.send((isPipelined ? test::kGet : "") + kHead + "1034\r\n\r\n" + body);
    QTRY_COMPARE(c.handler.targets.size(), isPipelined ? 2 : 1);
    c.handler.go.notify();
    c.client.send("0123456789");
    QTRY_VERIFY2(c.client.received().endsWith("1034:6789"), c.client.received().constData());
}

void StreamedBodiesTest::tellsAClientThatSendsTooLittle()
{
    Streamed c({.readTimeout = 300ms, .bodyGrace = 0ms, .leastBodyBytes = 1000});
    c.client.send(kHead + "100000\r\n\r\nabcd");
    QTRY_COMPARE(c.handler.targets.size(), 1);
    c.handler.go.notify();
    QTimer trickle;
    connect(&trickle, &QTimer::timeout, &trickle, [&c] { c.client.send("x"); });
    trickle.start(20ms);
    QTRY_VERIFY(c.client.received().endsWith("read_timeout"));
}

void StreamedBodiesTest::holdsNothingOfTheRequestAfterwards()
{
    Streamed c({}, RecordingHandler::answerTarget);
    const auto place = std::make_shared<int>(1);
    c.handler.place = place;
    c.client.send(kHead + "8\r\n\r\n");
    QTRY_VERIFY(c.client.received().endsWith("/1"));
    QTRY_COMPARE(place.use_count(), 2); // here and in the handler, although the connection still exists
}

void StreamedBodiesTest::aWaitHasItsEnd()
{
    IncomingBody body(10);
    const auto read = test::runTask(body.read(deadlineIn(20ms)), 5s);
    QVERIFY(read.has_value() && !read->has_value());
    QCOMPARE(read->error().reason, "request_timeout");
    QCOMPARE(read->error().kind, ErrorKind::RequestTimeout);
}

void StreamedBodiesTest::aNewListenerIsYetToSettle()
{
    IncomingBody body(10);
    body.settle();
    body.onMore({});
    QVERIFY(test::runTask(body.settled(deadlineIn(20ms)), 5s).value());
    body.onMore([] {});
    QVERIFY(!test::runTask(body.settled(deadlineIn(20ms)), 5s).value());
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::StreamedBodiesTest)
#include "tst_streamed_bodies.moc"
