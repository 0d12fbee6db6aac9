// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/limits/client_address.h"

#include <QTest>

using namespace lunargate;

class ClientAddressTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void believesTrustedProxiesOnly_data();
    void believesTrustedProxiesOnly();
    void readsTrailsOverSeveralFields();
    void ignoresARealIpThatCameTwice();
    void oneClientIsOneNetwork_data();
    void oneClientIsOneNetwork();
};

void ClientAddressTest::believesTrustedProxiesOnly_data()
{
    QTest::addColumn<QByteArray>("peer");
    QTest::addColumn<QByteArray>("forwardedFor"); // empty: there is no such header
    QTest::addColumn<QByteArray>("realIp");
    QTest::addColumn<QByteArray>("address");
    const auto row = [](const char *name, QByteArray peer, QByteArray forwardedFor, QByteArray realIp,
                        QByteArray address) {
        QTest::newRow(name) << std::move(peer) << std::move(forwardedFor) << std::move(realIp) << std::move(address);
    };
    row("nobody between", "198.51.100.7", {}, {}, "198.51.100.7");
    row("a client that forges", "198.51.100.7", "203.0.113.9", "203.0.113.8", "198.51.100.7");
    row("behind a proxy", "10.0.0.1", "203.0.113.9", {}, "203.0.113.9");
    row("behind two", "10.0.0.1", "203.0.113.9, 10.0.0.2", {}, "203.0.113.9");
    row("forged in front of a proxy", "10.0.0.1", "1.1.1.1, 203.0.113.9", {}, "203.0.113.9");
    row("forged as a proxy of ours", "10.0.0.1", "10.0.0.9, 203.0.113.9", {}, "203.0.113.9");
    row("forged in front of two", "10.0.0.1", "1.1.1.1,203.0.113.9 ,10.0.0.2", {}, "203.0.113.9");
    row("proxies all the way", "10.0.0.1", "10.0.0.3, 10.0.0.2", {}, "10.0.0.3");
    row("a proxy that says nothing", "10.0.0.1", {}, {}, "10.0.0.1");
    row("an unnamed hop", "10.0.0.1", "203.0.113.9, unknown", {}, "10.0.0.1");
    row("an unnamed hop behind a proxy", "10.0.0.1", "unknown, 10.0.0.2", {}, "10.0.0.2");
    row("garbage", "10.0.0.1", "\"<script>", {}, "10.0.0.1");
    row("empty hops", "10.0.0.1", ", 203.0.113.9, ,", {}, "203.0.113.9");
    row("only commas", "10.0.0.1", ",,", {}, "10.0.0.1");
    row("with a port", "10.0.0.1", "203.0.113.9:51234", {}, "203.0.113.9");
    row("IPv6", "10.0.0.1", "2001:db8::5", {}, "2001:db8::5");
    row("IPv6 in brackets", "10.0.0.1", "[2001:db8::5]", {}, "2001:db8::5");
    row("IPv6 with a port", "10.0.0.1", "[2001:DB8:0::5]:443", {}, "2001:db8::5");
    row("a bracket too few", "10.0.0.1", "[2001:db8::5", {}, "10.0.0.1");
    row("IPv4 inside IPv6", "10.0.0.1", "::ffff:203.0.113.9", {}, "203.0.113.9");
    row("a proxy inside IPv6", "::ffff:10.0.0.1", "203.0.113.9", {}, "203.0.113.9");
    row("a peer inside IPv6", "::ffff:198.51.100.7", "203.0.113.9", {}, "198.51.100.7");
    row("a proxy by its address", "2001:db8:ffff::1", "203.0.113.9", {}, "203.0.113.9");
    row("its neighbour", "2001:db8:ffff::2", "203.0.113.9", {}, "2001:db8:ffff::2");
    row("real ip", "10.0.0.1", {}, "203.0.113.8", "203.0.113.8");
    row("real ip beside the trail", "10.0.0.1", "203.0.113.9", "1.1.1.1", "203.0.113.9");
    row("real ip of garbage", "10.0.0.1", {}, "me", "10.0.0.1");
    row("loopback", "127.0.0.1", "203.0.113.9", {}, "127.0.0.1");
    row("loopback of IPv6", "::1", {}, {}, "::1");
    row("a link", "fe80::1%eth0", {}, {}, "fe80::1");
}

void ClientAddressTest::believesTrustedProxiesOnly()
{
    QFETCH(const QByteArray, peer);
    QFETCH(const QByteArray, forwardedFor);
    QFETCH(const QByteArray, realIp);
    HeaderList headers{{"Host", "localhost"}, {"Forwarded", "for=1.2.3.4"}, {"True-Client-IP", "1.2.3.4"}};
    if (!forwardedFor.isEmpty())
        headers.add("x-forwarded-for", forwardedFor);
    if (!realIp.isEmpty())
        headers.add("x-real-ip", realIp);
    const TrustedProxies proxies({"10.0.0.0/8", "2001:db8:ffff::1"});
    const QHostAddress address(QString::fromLatin1(peer));
    QTEST(clientAddress(address, headers, proxies), "address");
    // Without proxies nothing but the connection counts.
    QCOMPARE(clientAddress(address, headers, {}), clientAddress(address, {}, {}));
}

void ClientAddressTest::readsTrailsOverSeveralFields()
{
    const TrustedProxies proxies({"10.0.0.0/8"});
    const HeaderList headers{
        {"X-Forwarded-For", "1.1.1.1, 203.0.113.9"}, {"Accept", "*/*"}, {"X-Forwarded-For", "10.0.0.3, 10.0.0.2"}};
    QCOMPARE(clientAddress(QHostAddress(QStringLiteral("10.0.0.1")), headers, proxies), "203.0.113.9");
}

void ClientAddressTest::ignoresARealIpThatCameTwice()
{
    const TrustedProxies proxies({"10.0.0.0/8"});
    const HeaderList headers{{"X-Real-IP", "1.1.1.1"}, {"X-Real-IP", "203.0.113.9"}};
    QCOMPARE(clientAddress(QHostAddress(QStringLiteral("10.0.0.1")), headers, proxies), "10.0.0.1");
}

void ClientAddressTest::oneClientIsOneNetwork_data()
{
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<QByteArray>("network");
    const auto row = [](const char *name, const char *address, const char *network) {
        QTest::newRow(name) << QByteArray(address) << QByteArray(network);
    };
    row("IPv4", "203.0.113.9", "203.0.113.9");
    row("IPv6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64");
    row("IPv6, another of its addresses", "2001:db8:1:2::", "2001:db8:1:2::/64");
    row("IPv6, the neighbour", "2001:db8:1:3::1", "2001:db8:1:3::/64");
    row("loopback", "::1", "::1");
    row("nothing", "", "");
    row("no address", "a:b", "a:b");
}

void ClientAddressTest::oneClientIsOneNetwork()
{
    QFETCH(const QByteArray, address);
    QTEST(networkOf(address), "network");
}

QTEST_APPLESS_MAIN(ClientAddressTest)
#include "tst_client_address.moc"
