// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/http/websocket_handshake.h"

#include <QTest>

namespace lunargate {

namespace {

// The example of RFC 6455 section 1.3.
HttpRequest handshake()
{
    HttpRequest request;
    request.method = "GET";
    request.target = "/v1/responses";
    request.headers = {{"Host", "localhost"},
                       {"Upgrade", "websocket"},
                       {"Connection", "Upgrade"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                       {"Sec-WebSocket-Version", "13"}};
    return request;
}

} // namespace

class WebSocketHandshakeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void acceptsTheExampleOfTheStandard()
    {
        const Result<QByteArray> accepted = acceptWebSocket(handshake());
        QVERIFY(accepted);
        QCOMPARE(*accepted, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    void readsHeadersAsHttpDoes()
    {
        HttpRequest request = handshake();
        request.headers.set("Connection", "keep-alive, UPGRADE");
        request.headers.set("Upgrade", "h2c , WebSocket");
        QVERIFY(acceptWebSocket(request));
    }

    void refusesEverythingElse_data()
    {
        QTest::addColumn<QByteArray>("header");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<int>("status");
        const auto row = [](const char *name, const char *header, const char *value, int status) {
            QTest::newRow(name) << QByteArray(header) << QByteArray(value) << status;
        };
        row("another protocol", "Upgrade", "h2c", 426);
        row("no upgrade", "Connection", "keep-alive", 426);
        row("part of a token", "Connection", "upgraded", 426);
        row("another version", "Sec-WebSocket-Version", "8", 426);
        row("no version", "Sec-WebSocket-Version", "", 426);
        row("no key", "Sec-WebSocket-Key", "", 400);
        row("short key", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j", 400);
        row("key that is no base64", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=!", 400);
    }

    void refusesEverythingElse()
    {
        QFETCH(const QByteArray, header);
        QFETCH(const QByteArray, value);
        QFETCH(const int, status);
        HttpRequest request = handshake();
        request.headers.set(header, value);
        const Result<QByteArray> accepted = acceptWebSocket(request);
        QVERIFY(!accepted);
        QCOMPARE(httpStatus(accepted.error()), status);
    }

    void refusesWhatIsNoPlainGet()
    {
        HttpRequest request = handshake();
        request.method = "HEAD";
        QVERIFY(!acceptWebSocket(request));
        request = handshake();
        request.minorVersion = 0;
        QVERIFY(!acceptWebSocket(request));
        request = handshake();
        request.body = "{}";
        QVERIFY(!acceptWebSocket(request));
        request = handshake();
        request.headers.add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        QVERIFY(!acceptWebSocket(request));
    }
};

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::WebSocketHandshakeTest)
#include "tst_websocket_handshake.moc"
