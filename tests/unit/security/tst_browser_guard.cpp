// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/security/browser_guard.h"

#include <QTest>

namespace lunargate {

class BrowserGuardTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void loopbackGatewaysServeOnlyKnownHosts_data();
    void loopbackGatewaysServeOnlyKnownHosts();
    void otherGatewaysServeEveryHost();
    void keepsForeignWebPagesOut_data();
    void keepsForeignWebPagesOut();
    void givesAccessToConfiguredOrigins_data();
    void givesAccessToConfiguredOrigins();
    void protectsAdministrationWithoutAKey_data();
    void protectsAdministrationWithoutAKey();
};

namespace {

HttpRequest request(const QByteArray &host, const QByteArray &origin = {})
{
    HttpRequest result;
    if (!host.isNull())
        result.headers.add("Host", host);
    if (!origin.isEmpty())
        result.headers.add("Origin", origin);
    return result;
}

} // namespace

void BrowserGuardTest::loopbackGatewaysServeOnlyKnownHosts_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<bool>("isServed");
    const auto row = [](QByteArray host, bool isServed) {
        QTest::newRow(host.isEmpty() ? "empty" : host.constData()) << host << isServed;
    };
    row("localhost", true);
    row("localhost:8080", true);
    row("LOCALHOST.", true);
    row("app.localhost:1", true);
    row("127.0.0.1:8080", true);
    row("127.0.0.2", true);
    row("[::1]:8080", true);
    row("[::1]", true);
    row("gateway.lan", true);
    row("Gateway.LAN:9", true);
    row("", true); // HTTP/1.0, and no browser
    row("evil.example", false);
    row("evil.example:8080", false);
    row("localhost.evil.example", false);
    row("evil-localhost", false);
    row("127.0.0.1.evil.example", false);
    row("127.0.0.1@evil.example", false);
    row("evil.example:80@localhost", false);
    row("localhost:80:evil.example", false);
    row("0.0.0.0", false);
    row("192.168.1.5:8080", false);
    row("[fe80::1]", false);
    row("[::", false);
    row("[", false);
    row("[]", false);
    row(":8080", false);
    row("gateway.lan.evil", false);
}

void BrowserGuardTest::loopbackGatewaysServeOnlyKnownHosts()
{
    QFETCH(const QByteArray, host);
    QFETCH(const bool, isServed);
    ServerConfig config;
    config.allowedHosts = {"gateway.lan:8080"};
    const Result<void> result = BrowserGuard(config).check(request(host), true);
    QCOMPARE(result.has_value(), isServed);
    if (!isServed) {
        QCOMPARE(result.error().kind, ErrorKind::Forbidden);
        QCOMPARE(result.error().reason, "host_not_allowed");
        QVERIFY(result.error().message.contains("server.allowed_hosts"));
    }
}

void BrowserGuardTest::otherGatewaysServeEveryHost()
{
    const BrowserGuard guard({});
    QVERIFY(guard.check(request("gateway.example"), false));
    QVERIFY(guard.check(request("192.168.1.5:8080"), false));
}

void BrowserGuardTest::keepsForeignWebPagesOut_data()
{
    QTest::addColumn<QByteArray>("origin");
    QTest::addColumn<bool>("mayCall");
    QTest::newRow("no browser") << QByteArray() << true;
    QTest::newRow("its own page") << QByteArray("http://localhost:8080") << true;
    QTest::newRow("its own page behind TLS") << QByteArray("https://localhost:8080") << true;
    QTest::newRow("another port") << QByteArray("http://localhost:3000") << false;
    QTest::newRow("another name of this machine") << QByteArray("http://127.0.0.1:8080") << false;
    QTest::newRow("a web page") << QByteArray("https://evil.example") << false;
    QTest::newRow("a page that begins alike") << QByteArray("http://localhost:8080.evil.example") << false;
    QTest::newRow("a sandboxed page or a file") << QByteArray("null") << false;
    QTest::newRow("configured") << QByteArray("https://chat.example") << true;
    QTest::newRow("configured, other scheme") << QByteArray("http://chat.example") << false;
    QTest::newRow("a desktop program") << QByteArray("tauri://localhost") << true;
    QTest::newRow("an extension") << QByteArray("chrome-extension://abc") << true;
}

void BrowserGuardTest::keepsForeignWebPagesOut()
{
    QFETCH(const QByteArray, origin);
    QFETCH(const bool, mayCall);
    ServerConfig config;
    config.corsOrigins = {"https://chat.example"};
    const Result<void> result = BrowserGuard(config).check(request("localhost:8080", origin), true);
    QCOMPARE(result.has_value(), mayCall);
    if (!mayCall) {
        QCOMPARE(result.error().kind, ErrorKind::Forbidden);
        QCOMPARE(result.error().reason, "origin_not_allowed");
        QVERIFY(result.error().message.contains("server.cors_origins"));
    }
}

void BrowserGuardTest::givesAccessToConfiguredOrigins_data()
{
    QTest::addColumn<QList<QByteArray>>("origins");
    QTest::addColumn<QByteArray>("origin");
    QTest::addColumn<QByteArray>("allowed");
    using Origins = QList<QByteArray>;
    QTest::newRow("none configured") << Origins{} << QByteArray("https://a.example") << QByteArray();
    QTest::newRow("configured") << Origins{"https://b.example", "https://a.example"} << QByteArray("https://a.example")
                                << QByteArray("https://a.example");
    QTest::newRow("another") << Origins{"https://b.example"} << QByteArray("https://a.example") << QByteArray();
    QTest::newRow("any") << Origins{"*"} << QByteArray("https://a.example") << QByteArray("https://a.example");
    QTest::newRow("any, but no origin") << Origins{"*"} << QByteArray() << QByteArray();
}

void BrowserGuardTest::givesAccessToConfiguredOrigins()
{
    QFETCH(const QList<QByteArray>, origins);
    QFETCH(const QByteArray, origin);
    QFETCH(const QByteArray, allowed);
    ServerConfig config;
    config.corsOrigins = {origins.begin(), origins.end()};
    QCOMPARE(BrowserGuard(config).allowedOrigin(request("localhost", origin)), allowed);
}

void BrowserGuardTest::protectsAdministrationWithoutAKey_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<HeaderList>("headers");
    QTest::addColumn<QByteArray>("reason"); // empty: it passes
    const auto row = [](const char *name, QByteArray method, HeaderList headers, const char *reason = "") {
        QTest::newRow(name) << std::move(method) << std::move(headers) << QByteArray(reason);
    };
    const char *const json = "admin_json_required";
    row("looking", "GET", {{"Host", "localhost:1"}});
    row("looking, from an own page", "GET", {{"Host", "localhost:1"}, {"Origin", "http://localhost:1"}});
    row("rebound name", "GET", {{"Host", "evil.test:1"}}, "host_not_allowed");
    row("rebound name and its origin", "POST",
        {{"Host", "evil.test:1"}, {"Origin", "http://evil.test:1"}, {"Content-Type", "application/json"}},
        "host_not_allowed");
    row("an allowed name", "GET", {{"Host", "gateway.lan"}});
    row("no name", "GET", {});
    row("a page", "POST",
        {{"Host", "localhost"}, {"Origin", "https://evil.test"}, {"Content-Type", "application/json"}},
        "origin_not_allowed");
    row("a page that may use models", "POST",
        {{"Host", "localhost"}, {"Origin", "https://chat.test"}, {"Content-Type", "application/json"}},
        "origin_not_allowed");
    row("a page without an origin", "POST", {{"Host", "localhost"}, {"Origin", "null"}}, "origin_not_allowed");
    row("a program", "POST", {{"Host", "localhost"}, {"User-Agent", "curl/8.14.1"}});
    const HeaderList browser = {{"Host", "localhost"}, {"User-Agent", "Mozilla/5.0 (X11)"}};
    const auto with = [&](const char *name, const char *value) {
        HeaderList headers = browser;
        headers.add(name, value);
        return headers;
    };
    row("JSON", "POST", with("Content-Type", "application/json; charset=utf-8"));
    row("JSON, in capitals", "POST", with("content-type", "Application/JSON"));
    row("a header of ours", "POST", with("X-LunarGate-Admin", "1"));
    row("a header of scripts", "DELETE", with("X-Requested-With", "x"));
    row("a form", "POST", with("Content-Type", "application/x-www-form-urlencoded"), json);
    row("plain text", "POST", with("Content-Type", "text/plain;application/json"), json);
    row("nothing said", "POST", browser, json);
    row("a browser in disguise", "POST", {{"Host", "localhost"}, {"Sec-Fetch-Site", "cross-site"}}, json);
}

void BrowserGuardTest::protectsAdministrationWithoutAKey()
{
    QFETCH(const QByteArray, method);
    QFETCH(const HeaderList, headers);
    QFETCH(const QByteArray, reason);
    ServerConfig config;
    config.allowedHosts = {"gateway.lan"};
    config.corsOrigins = {"https://chat.test"};
    HttpRequest sent;
    sent.method = method;
    sent.headers = headers;
    // Also where other machines reach the gateway, and its Host is not looked at otherwise.
    const Result<void> allowed = BrowserGuard(config).checkAdmin(sent);
    QCOMPARE(allowed ? QByteArray() : allowed.error().reason, reason);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::BrowserGuardTest)
#include "tst_browser_guard.moc"
