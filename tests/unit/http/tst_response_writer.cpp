// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/http_response_writer.h"
#include "tests/unit/http/connected_client.h"

#include <QRegularExpression>
#include <QTest>

namespace lunargate {

using test::ConnectedClient;

class ResponseWriterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void sendsAWholeAnswer();
    void datesAnswersAsHttpDoes();
    void leavesTheBodyOutForHead();
    void hasNoLengthWithoutContent();
    void streamsInChunks();
    void streamHeadLeavesWithTheFirstPiece();
    void streamHeadLeavesWithoutAPieceToo();
    void needsNoHeadersOnceTheStreamStarted();
    void streamsUntilTheEndOfTheConnectionToHttp10();
    void writesNoEmptyChunk();
    void writesNoBodyOfAStreamForHead();
    void tellsWhetherTheConnectionStays_data();
    void tellsWhetherTheConnectionStays();
    void keepsControlCharactersOutOfFields();
    void givesUnknownStatusesAPhrase();
    void isCongestedUntilTheClientTakesIt();
    void countsBodyBytesWithoutFraming();
    void writesNowhereOnceTheClientLeft();
};

namespace {

// The answer without its Date line.
QByteArray withoutDate(QByteArray answer)
{
    const qsizetype begin = answer.indexOf("Date: ");
    return begin < 0 ? answer : answer.remove(begin, answer.indexOf("\r\n", begin) + 2 - begin);
}

} // namespace

void ResponseWriterTest::sendsAWholeAnswer()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 1, true, false);
    writer.setHeader("X-One", "1");
    writer.setHeader("x-one", "2");
    QCOMPARE(writer.state(), ResponseWriter::State::NotStarted);
    writer.send(200, "text/plain", "hello");
    QCOMPARE(writer.state(), ResponseWriter::State::Finished);
    QCOMPARE(writer.status(), 200);
    const QByteArray expected =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nx-one: 2\r\nContent-Length: 5\r\n\r\nhello";
    QTRY_COMPARE(withoutDate(client.received()), expected);
}

void ResponseWriterTest::datesAnswersAsHttpDoes()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter(peer.get(), 1, true, false).send(200, {}, {});
    QTRY_VERIFY(client.received().endsWith("\r\n\r\n"));
    static const QRegularExpression imfFixdate(
        QStringLiteral("\r\nDate: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d "
                       "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \\d{4} \\d\\d:\\d\\d:\\d\\d GMT\r\n"));
    QVERIFY(imfFixdate.match(QString::fromLatin1(client.received())).hasMatch());
}

void ResponseWriterTest::leavesTheBodyOutForHead()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 1, true, true);
    writer.send(200, "text/plain", "hello");
    QTRY_VERIFY(client.received().endsWith("Content-Length: 5\r\n\r\n"));
    QCOMPARE(writer.bodyBytes(), 0);
}

void ResponseWriterTest::hasNoLengthWithoutContent()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter(peer.get(), 1, true, false).send(204, {}, {});
    QTRY_COMPARE(withoutDate(client.received()), "HTTP/1.1 204 No Content\r\n\r\n");
}

void ResponseWriterTest::streamsInChunks()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 1, true, false);
    writer.startStream(200, "text/event-stream");
    writer.write("data: 1\n\n");
    writer.write(QByteArray(17, 'x'));
    writer.finishStream();
    const QByteArray expected =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        "9\r\ndata: 1\n\n\r\n11\r\nxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n";
    QTRY_COMPARE(withoutDate(client.received()), expected);
}

void ResponseWriterTest::streamHeadLeavesWithTheFirstPiece()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 1, true, false);
    writer.startStream(200, "text/event-stream");
    writer.write("first");
    QTRY_VERIFY(client.received().endsWith("\r\n\r\n5\r\nfirst\r\n")); // without any event of ours in between
}

// An event that began the answer, but that the client's protocol has no words for.
void ResponseWriterTest::streamHeadLeavesWithoutAPieceToo()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 1, true, false);
    writer.startStream(200, "application/x-ndjson");
    writer.write("");
    QTRY_VERIFY(client.received().endsWith("Transfer-Encoding: chunked\r\n\r\n"));
    writer.write("");
    writer.write("a");
    writer.finishStream();
    QTRY_VERIFY(client.received().endsWith("\r\n\r\n1\r\na\r\n0\r\n\r\n"));
}

void ResponseWriterTest::needsNoHeadersOnceTheStreamStarted()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 1, true, false);
    writer.setHeader("X-One", "1");
    writer.releaseHeaders();
    QVERIFY(writer.headers().contains("X-One")); // they have yet to leave
    writer.startStream(200, "text/plain");
    writer.releaseHeaders();
    QVERIFY(writer.headers().isEmpty());
    writer.write("a");
    QTRY_VERIFY(client.received().endsWith("\r\nX-One: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"));
}

void ResponseWriterTest::streamsUntilTheEndOfTheConnectionToHttp10()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 0, true, false);
    writer.startStream(200, "text/plain");
    writer.write("a");
    writer.write("b");
    writer.finishStream();
    QVERIFY(!writer.keepsAlive());
    QTRY_COMPARE(withoutDate(client.received()),
                 "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nab");
}

void ResponseWriterTest::writesNoEmptyChunk()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 1, true, false);
    writer.startStream(200, {});
    writer.write(""); // a chunk of no bytes would end the body
    writer.write("a");
    writer.finishStream();
    QTRY_VERIFY(client.received().endsWith("\r\n\r\n1\r\na\r\n0\r\n\r\n"));
}

void ResponseWriterTest::writesNoBodyOfAStreamForHead()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 1, true, true);
    writer.startStream(200, "text/plain");
    writer.write("a");
    writer.finishStream();
    QTRY_VERIFY(client.received().endsWith("Transfer-Encoding: chunked\r\n\r\n"));
}

void ResponseWriterTest::tellsWhetherTheConnectionStays_data()
{
    QTest::addColumn<int>("minorVersion");
    QTest::addColumn<bool>("keepAlive");
    QTest::addColumn<bool>("closes");
    QTest::addColumn<QByteArray>("field");
    QTest::newRow("1.1 stays") << 1 << true << false << QByteArray();
    QTest::newRow("1.1 client closes") << 1 << false << false << QByteArray("close");
    QTest::newRow("1.1 gateway closes") << 1 << true << true << QByteArray("close");
    QTest::newRow("1.0 stays") << 0 << true << false << QByteArray("keep-alive");
    QTest::newRow("1.0 closes") << 0 << false << false << QByteArray("close");
}

void ResponseWriterTest::tellsWhetherTheConnectionStays()
{
    QFETCH(const int, minorVersion);
    QFETCH(const bool, keepAlive);
    QFETCH(const bool, closes);
    QFETCH(const QByteArray, field);
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), minorVersion, keepAlive, false);
    if (closes)
        writer.closeAfterwards();
    writer.send(200, {}, "x");
    QTRY_VERIFY(client.received().endsWith("\r\n\r\nx"));
    if (field.isEmpty())
        QVERIFY(!client.received().contains("Connection:"));
    else
        QVERIFY(client.received().contains("\r\nConnection: " + field + "\r\n"));
}

void ResponseWriterTest::keepsControlCharactersOutOfFields()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 1, true, false);
    writer.setHeader("X-Evil", QByteArray("a\r\nX-Injected: 1\0b\tc", 20));
    writer.send(200, {}, {});
    QTRY_VERIFY(client.received().endsWith("\r\n\r\n"));
    QVERIFY(client.received().contains("\r\nX-Evil: a  X-Injected: 1 b\tc\r\n"));
}

void ResponseWriterTest::givesUnknownStatusesAPhrase()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter(peer.get(), 1, true, false).send(529, {}, {});
    QTRY_VERIFY(client.received().startsWith("HTTP/1.1 529 Status\r\n"));
}

void ResponseWriterTest::isCongestedUntilTheClientTakesIt()
{
    ConnectedClient client(1024);
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 1, true, false);
    QObject::connect(peer.get(), &QTcpSocket::bytesWritten, &client.socket, [&] { writer.bytesWritten(); });
    writer.startStream(200, {});
    QVERIFY(!writer.isCongested());
    // More than the kernel takes for a client that reads nothing.
    while (!writer.isCongested())
        writer.write(QByteArray(64 * 1024, 'x'));
    QVERIFY(peer->bytesToWrite() < 512 * 1024);
    client.socket.setReadBufferSize(0);
    const auto takesAll = [&] {
        client.received();
        return !writer.isCongested();
    };
    QTRY_VERIFY(takesAll());
}

void ResponseWriterTest::countsBodyBytesWithoutFraming()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 1, true, false);
    writer.startStream(200, {});
    writer.write("abc");
    writer.write("de");
    writer.finishStream();
    QCOMPARE(writer.bodyBytes(), 5);
}

void ResponseWriterTest::writesNowhereOnceTheClientLeft()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    HttpResponseWriter writer(peer.get(), 1, true, false);
    writer.startStream(200, {});
    writer.write("a");
    client.socket.abort();
    QTRY_COMPARE(peer->state(), QAbstractSocket::UnconnectedState);
    writer.write("b"); // would warn on a closed device
    writer.finishStream();
    QCOMPARE(writer.state(), ResponseWriter::State::Finished);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ResponseWriterTest)
#include "tst_response_writer.moc"
