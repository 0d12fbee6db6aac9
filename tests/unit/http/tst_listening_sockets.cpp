// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/listening_sockets.h"

#include <QTcpSocket>
#include <QTest>

#include <unistd.h>

namespace lunargate {

class ListeningSocketsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void bindsTheLoopbackAddressesByDefault_data();
    void bindsTheLoopbackAddressesByDefault();
    void bindsOneAddress_data();
    void bindsOneAddress();
    void saysWhatToDoAboutATakenPort();
    void saysWhatToDoAboutAForeignAddress();
    void saysWhatToDoAboutAnUnknownName();
    void acceptsFromDuplicatesAfterItClosed();
    void freesThePortWhenAllIsClosed();
};

void ListeningSocketsTest::bindsTheLoopbackAddressesByDefault_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("localhost") << QByteArray("localhost");
    QTest::newRow("capitals") << QByteArray("LocalHost");
}

void ListeningSocketsTest::bindsTheLoopbackAddressesByDefault()
{
    QFETCH(const QByteArray, host);
    const Result<ListeningSockets> sockets = ListeningSockets::bind(host, 0);
    QVERIFY(sockets);
    QVERIFY(sockets->port() > 0);
    QVERIFY(sockets->isLoopbackOnly());
    QVERIFY(!sockets->addresses().empty()); // one on a machine without IPv6
    QCOMPARE(sockets->addresses().front(), QHostAddress(QHostAddress::LocalHost));
    for (const QHostAddress &address : sockets->addresses()) {
        QTcpSocket client;
        client.connectToHost(address, sockets->port());
        QVERIFY(client.waitForConnected(10'000));
    }
}

void ListeningSocketsTest::bindsOneAddress_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::newRow("IPv4") << QByteArray("127.0.0.1");
    QTest::newRow("another loopback address") << QByteArray("127.0.0.2");
}

void ListeningSocketsTest::bindsOneAddress()
{
    QFETCH(const QByteArray, host);
    const Result<ListeningSockets> sockets = ListeningSockets::bind(host, 0);
    QVERIFY(sockets);
    QCOMPARE(sockets->addresses(), std::vector{QHostAddress(QString::fromLatin1(host))});
    QVERIFY(sockets->isLoopbackOnly());
}

void ListeningSocketsTest::saysWhatToDoAboutATakenPort()
{
    const Result<ListeningSockets> first = ListeningSockets::bind("127.0.0.1", 0);
    QVERIFY(first);
    const Result<ListeningSockets> second = ListeningSockets::bind("127.0.0.1", first->port());
    QVERIFY(!second);
    QCOMPARE(second.error().reason, "cannot_listen");
    QVERIFY(second.error().message.contains("port " + QByteArray::number(first->port()) + " is already in use"));
    QVERIFY(second.error().message.contains("server.port or --port"));
    QVERIFY(!ListeningSockets::bind("localhost", first->port()));
}

void ListeningSocketsTest::saysWhatToDoAboutAForeignAddress()
{
    const Result<ListeningSockets> sockets = ListeningSockets::bind("192.0.2.1", 0); // RFC 5737: nobody's
    QVERIFY(!sockets);
    QVERIFY(sockets.error().message.contains("change server.host or --host"));
}

void ListeningSocketsTest::saysWhatToDoAboutAnUnknownName()
{
    const Result<ListeningSockets> sockets = ListeningSockets::bind("no such name", 0);
    QVERIFY(!sockets);
    QCOMPARE(sockets.error().reason, "unknown_host");
    QVERIFY(sockets.error().message.contains("server.host: 'no such name'"));
}

void ListeningSocketsTest::acceptsFromDuplicatesAfterItClosed()
{
    Result<ListeningSockets> sockets = ListeningSockets::bind("127.0.0.1", 0);
    QVERIFY(sockets);
    const std::vector<qintptr> duplicates = sockets->duplicates();
    QCOMPARE(duplicates.size(), 1);
    sockets->close();
    QTcpServer server;
    QVERIFY(server.setSocketDescriptor(duplicates.front()));
    QVERIFY(sockets->port() > 0); // still told
    QCOMPARE(sockets->addresses().size(), 1);
    QTcpSocket client;
    client.connectToHost(sockets->addresses().front(), sockets->port());
    QVERIFY(client.waitForConnected(10'000));
    QTRY_VERIFY(server.hasPendingConnections());
}

void ListeningSocketsTest::freesThePortWhenAllIsClosed()
{
    Result<ListeningSockets> sockets = ListeningSockets::bind("127.0.0.1", 0);
    QVERIFY(sockets);
    const std::vector<qintptr> duplicates = sockets->duplicates();
    sockets->close();
    QTcpSocket client;
    ::close(static_cast<int>(duplicates.front()));
    client.connectToHost(sockets->addresses().front(), sockets->port());
    QVERIFY(!client.waitForConnected(10'000));
    QCOMPARE(client.error(), QAbstractSocket::ConnectionRefusedError);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::ListeningSocketsTest)
#include "tst_listening_sockets.moc"
