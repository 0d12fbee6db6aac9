// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/proxy_environment.h"

#include <QTest>

using namespace lunargate;

class TestProxyEnvironment : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }
    void choosesByScheme();
    void parsesProxies_data();
    void parsesProxies();
    void refusesWhatIsNoProxy_data();
    void refusesWhatIsNoProxy();
    void makesExceptions_data();
    void makesExceptions();
    void readsTheProcessEnvironment();
};

void TestProxyEnvironment::choosesByScheme()
{
    const ProxyEnvironment environment("http://plain:1", "http://secure:2", {});
    QCOMPARE(environment.proxyFor(QUrl(QStringLiteral("http://x.example/")))->hostName(), QStringLiteral("plain"));
    QCOMPARE(environment.proxyFor(QUrl(QStringLiteral("https://x.example/")))->hostName(), QStringLiteral("secure"));
    const ProxyEnvironment onlyPlain("http://plain:1", {}, {});
    QCOMPARE(onlyPlain.proxyFor(QUrl(QStringLiteral("https://x.example/")))->type(), QNetworkProxy::NoProxy);
    QCOMPARE(ProxyEnvironment().proxyFor(QUrl(QStringLiteral("http://x.example/")))->type(), QNetworkProxy::NoProxy);
}

void TestProxyEnvironment::parsesProxies_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QNetworkProxy>("proxy");
    const auto http = [](const char *host, quint16 port, const char *user = "", const char *password = "") {
        return QNetworkProxy(QNetworkProxy::HttpProxy, QString::fromLatin1(host), port, QString::fromLatin1(user),
                             QString::fromLatin1(password));
    };
    QTest::newRow("URL") << QByteArray("http://proxy.example:3128") << http("proxy.example", 3128);
    QTest::newRow("slash at the end") << QByteArray("http://proxy.example:3128/") << http("proxy.example", 3128);
    QTest::newRow("no port") << QByteArray("http://proxy.example") << http("proxy.example", 80);
    QTest::newRow("no scheme") << QByteArray("proxy.example:3128") << http("proxy.example", 3128);
    QTest::newRow("address") << QByteArray("10.0.0.1:8080") << http("10.0.0.1", 8080);
    QTest::newRow("credentials") << QByteArray("http://me:p%40ss@proxy.example:1")
                                 << http("proxy.example", 1, "me", "p@ss");
    QTest::newRow("SOCKS") << QByteArray("socks5://s.example")
                           << QNetworkProxy(QNetworkProxy::Socks5Proxy, QStringLiteral("s.example"), 1080);
    QTest::newRow("SOCKS with names resolved there")
        << QByteArray("socks5h://s.example:9050")
        << QNetworkProxy(QNetworkProxy::Socks5Proxy, QStringLiteral("s.example"), 9050);
}

void TestProxyEnvironment::parsesProxies()
{
    QFETCH(QByteArray, value);
    QFETCH(QNetworkProxy, proxy);
    const auto parsed = ProxyEnvironment(value, {}, {}).proxyFor(QUrl(QStringLiteral("http://x.example/")));
    QVERIFY(parsed);
    QCOMPARE(*parsed, proxy);
}

void TestProxyEnvironment::refusesWhatIsNoProxy_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::newRow("TLS to the proxy") << QByteArray("https://proxy.example:sesame");
    QTest::newRow("other scheme") << QByteArray("ftp://sesame@proxy.example");
    QTest::newRow("no host") << QByteArray("http://");
    QTest::newRow("bad port") << QByteArray("http://u:sesame@proxy.example:99999");
}

void TestProxyEnvironment::refusesWhatIsNoProxy()
{
    QFETCH(QByteArray, value);
    const auto parsed = ProxyEnvironment({}, value, {}).proxyFor(QUrl(QStringLiteral("https://x.example/")));
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().reason, "connect_error");
    QVERIFY2(parsed.error().message.contains("HTTPS_PROXY"), parsed.error().message);
    QVERIFY(!parsed.error().message.contains("sesame"));
}

void TestProxyEnvironment::makesExceptions_data()
{
    QTest::addColumn<QByteArray>("noProxy");
    QTest::addColumn<QString>("url");
    QTest::addColumn<bool>("isDirect");
    const auto row = [](const char *name, const char *noProxy, const char *url, bool isDirect) {
        QTest::newRow(name) << QByteArray(noProxy) << QString::fromLatin1(url) << isDirect;
    };
    row("none", "", "http://example.com/", false);
    row("localhost always", "", "http://localhost:11434/", true);
    row("LocalHost. always", "", "http://LocalHost./", true);
    row("loopback always", "", "http://127.8.9.1/", true);
    row("IPv6 loopback always", "", "http://[::1]:8080/", true);
    row("everything", "*", "http://example.com/", true);
    row("name", "example.com", "http://example.com/", true);
    row("name in other case", "Example.COM", "http://eXample.com/", true);
    row("name, absolute", "example.com", "http://example.com./", true);
    row("name covers subdomains", "example.com", "http://api.example.com/", true);
    row("name does not cover its ending", "example.com", "http://badexample.com/", false);
    row("leading dot covers subdomains", ".example.com", "http://api.example.com/", true);
    row("leading dot does not cover the name", ".example.com", "http://example.com/", false);
    row("star and dot", "*.example.com", "http://a.b.example.com/", true);
    row("star and dot does not cover the name", "*.example.com", "http://example.com/", false);
    row("second of a list", "a.example, example.com ,b.example", "http://example.com/", true);
    row("not in the list", "a.example,,b.example", "http://example.com/", false);
    row("port that fits", "example.com:8080", "http://example.com:8080/", true);
    row("other port", "example.com:8080", "http://example.com/", false);
    row("default port", "example.com:443", "https://example.com/", true);
    row("bad port", "example.com:http", "http://example.com/", false);
    row("address", "10.1.2.3", "http://10.1.2.3/", true);
    row("other address", "10.1.2.3", "http://10.1.2.30/", false);
    row("address and port", "10.1.2.3:81", "http://10.1.2.3:81/", true);
    row("CIDR", "10.0.0.0/8", "http://10.200.3.4/", true);
    row("outside the CIDR", "10.0.0.0/8", "http://11.0.0.1/", false);
    row("CIDR does not match names", "0.0.0.0/0", "http://example.com/", false);
    row("bad CIDR", "10.0.0.0/99", "http://10.0.0.1/", false);
    row("IPv6", "fd00::1", "http://[fd00::1]/", true);
    row("IPv6 with port", "[fd00::1]:81", "http://[fd00::1]:81/", true);
    row("IPv6 with other port", "[fd00::1]:81", "http://[fd00::1]/", false);
    row("IPv6 CIDR", "fd00::/8", "http://[fd12::9]/", true);
}

void TestProxyEnvironment::makesExceptions()
{
    QFETCH(QByteArray, noProxy);
    QFETCH(QString, url);
    QFETCH(bool, isDirect);
    const auto proxy = ProxyEnvironment("http://p.example", "http://p.example", noProxy).proxyFor(QUrl(url));
    QVERIFY(proxy);
    QCOMPARE(proxy->type() == QNetworkProxy::NoProxy, isDirect);
}

void TestProxyEnvironment::readsTheProcessEnvironment()
{
    for (const char *name : {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"})
        qunsetenv(name);
    qputenv("http_proxy", "http://lower.example");
    const QUrl url(QStringLiteral("http://x.example/"));
    QCOMPARE(ProxyEnvironment::fromProcess().proxyFor(url)->hostName(), QStringLiteral("lower.example"));
    qputenv("HTTP_PROXY", "http://upper.example");
    QCOMPARE(ProxyEnvironment::fromProcess().proxyFor(url)->hostName(), QStringLiteral("upper.example"));
    qputenv("no_proxy", "x.example");
    QCOMPARE(ProxyEnvironment::fromProcess().proxyFor(url)->type(), QNetworkProxy::NoProxy);
}

QTEST_GUILESS_MAIN(TestProxyEnvironment)
#include "tst_proxy_environment.moc"
