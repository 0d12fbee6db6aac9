// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/socket_memory.h"
#include "tests/unit/http/connection_fixture.h"
#include "tests/unit/http/heap.h"

namespace lunargate {

using test::allocatedBytes;
using test::Connected;
using test::ConnectedClient;
using test::kGet;

/// Connections that wait for something take little memory, and nothing of what is read and written is lost for it.
class SocketMemoryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void takesNoMoreMemoryThanARequestNeeds();
    void takesLargeRequestsWhole();
    void takesNothingOfASocketThatIsClosed();
    void writesWithoutTheSocketsBlock();
    void writesBehindWhatWaits();
    void keepsWhatIsNotTakenAtOnce();
    void noticesThatTheClientLeft();
    void releasesBothBlocks();
    void goesOnWithReleasedBlocks();
    void keepsBlocksWithSomethingInThem();
    void idleConnectionsKeepNoBlocks();
};

namespace {

// No two neighbouring pieces are alike.
QByteArray countedBytes(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (qsizetype index = 0; index < size; ++index)
        bytes[index] = static_cast<char>((index + (index >> 8)) & 0x7f);
    return bytes;
}

} // namespace

void SocketMemoryTest::takesNoMoreMemoryThanARequestNeeds()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    QVERIFY(takeReceived(*peer).isEmpty());
    client.send("GET / HTTP/1.1\r\n\r\n");
    QTRY_COMPARE(peer->bytesAvailable(), 18);
    const QByteArray bytes = takeReceived(*peer);
    QCOMPARE(bytes, "GET / HTTP/1.1\r\n\r\n");
    QVERIFY(bytes.capacity() < 1024);
    QCOMPARE(peer->bytesAvailable(), 0);
}

void SocketMemoryTest::takesLargeRequestsWhole()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    const QByteArray sent = countedBytes(100'000);
    client.send(sent);
    QTRY_COMPARE(peer->bytesAvailable(), sent.size());
    QCOMPARE(takeReceived(*peer), sent);
}

void SocketMemoryTest::takesNothingOfASocketThatIsClosed()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    peer->abort();
    QVERIFY(takeReceived(*peer).isEmpty()); // would warn if it were read
    releaseBlocks(*peer);
    QVERIFY(!peer->isOpen());
}

void SocketMemoryTest::writesWithoutTheSocketsBlock()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    const QSignalSpy written(peer.get(), &QTcpSocket::bytesWritten); // tells what left by way of the block
    writeNow(*peer, "first");
    writeNow(*peer, " second");
    QTRY_COMPARE(client.received(), "first second");
    QCOMPARE(written.size(), 0);
}

void SocketMemoryTest::writesBehindWhatWaits()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    peer->write("first");
    writeNow(*peer, " second");
    QTRY_COMPARE(client.received(), "first second");
}

void SocketMemoryTest::keepsWhatIsNotTakenAtOnce()
{
    ConnectedClient client(1024);
    const auto peer = client.takePeer();
    const QByteArray sent =
        countedBytes(32 * 1024 * 1024); // more than the kernel takes for a client that reads nothing
    writeNow(*peer, sent);
    QVERIFY(peer->bytesToWrite() > 0);
    QVERIFY(peer->bytesToWrite() < sent.size());
    writeNow(*peer, "end");
    client.socket.setReadBufferSize(0);
    QTRY_COMPARE(client.received().size(), sent.size() + 3);
    QVERIFY(client.received() == sent + "end");
    QCOMPARE(peer->bytesToWrite(), 0);
}

void SocketMemoryTest::noticesThatTheClientLeft()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    client.sendAndReset("x");
    QTRY_VERIFY(client.isClosed());
    // Without the event loop: the failed write itself closes the socket.
    for (int count = 0; count < 1000 && peer->state() == QAbstractSocket::ConnectedState; ++count)
        writeNow(*peer, "nobody takes this");
    QCOMPARE(peer->state(), QAbstractSocket::UnconnectedState);
    writeNow(*peer, "nor this");
    QCOMPARE(peer->bytesToWrite(), 0);
}

void SocketMemoryTest::releasesBothBlocks()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    client.send("x");
    QTRY_COMPARE(peer->bytesAvailable(), 1);
    QCOMPARE(peer->readAll(), "x");
    peer->write("y");
    QVERIFY(peer->flush());
    const size_t before = allocatedBytes();
    if (before == 0)
        QSKIP("this allocator does not tell what is allocated");
    releaseBlocks(*peer);
    QVERIFY(before - allocatedBytes() >= 40 * 1024);
}

void SocketMemoryTest::goesOnWithReleasedBlocks()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    for (int round = 1; round <= 3; ++round) {
        client.send("question");
        QTRY_COMPARE(peer->bytesAvailable(), 8);
        QCOMPARE(takeReceived(*peer), "question");
        releaseBlocks(*peer);
        QCOMPARE(peer->openMode(), QIODevice::ReadWrite);
        peer->write("answer"); // by way of the block
        QTRY_COMPARE(client.received(), QByteArray("answer").repeated(round));
    }
    releaseBlocks(*peer);
    client.socket.disconnectFromHost();
    QTRY_COMPARE(peer->state(), QAbstractSocket::UnconnectedState); // it still notices
}

void SocketMemoryTest::keepsBlocksWithSomethingInThem()
{
    ConnectedClient client;
    const auto peer = client.takePeer();
    client.send("question");
    QTRY_COMPARE(peer->bytesAvailable(), 8);
    releaseBlocks(*peer);
    QCOMPARE(peer->readAll(), "question");
    peer->write("answer");
    releaseBlocks(*peer);
    QTRY_COMPARE(client.received(), "answer");
}

void SocketMemoryTest::idleConnectionsKeepNoBlocks()
{
    {
        Connected first; // what is made once
        first.client.send(kGet);
        QTRY_COMPARE(first.answers(), QByteArrayList{"/1"});
    }
    Connected c;
    const size_t before = allocatedBytes();
    if (before == 0)
        QSKIP("this allocator does not tell what is allocated");
    c.client.send(kGet);
    QTRY_COMPARE(c.answers(), QByteArrayList{"/1"});
    c.client.forget(); // what the client keeps is not meant
    releaseBlocks(c.client.socket);
    QVERIFY(!c.connection->isBusy());
    QVERIFY2(allocatedBytes() < before + 8 * 1024,
             qPrintable(QStringLiteral("%1 bytes more").arg(qint64(allocatedBytes()) - qint64(before))));
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::SocketMemoryTest)
#include "tst_socket_memory.moc"
