// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/curl_error.h"

#include <QTest>

using namespace lunargate;
using namespace std::chrono_literals;

class TestCurlError : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesTheReason_data();
    void namesTheReason();
    void keepsWhatCurlSaysForTheLog();
};

void TestCurlError::namesTheReason_data()
{
    QTest::addColumn<CurlFailure>("failure");
    QTest::addColumn<CallPhase>("phase");
    QTest::addColumn<QByteArray>("reason");
    QTest::addColumn<QByteArray>("words");
    using enum CallPhase;
    const auto row = [](const char *name, CurlFailure failure, CallPhase phase, const char *reason, const char *words) {
        QTest::newRow(name) << std::move(failure) << phase << QByteArray(reason) << QByteArray(words);
    };
    const auto direct = [](CURLcode code, const char *text = "") { return CurlFailure{.code = code, .text = text}; };
    const auto proxied = [](CURLcode code, long status = 0) {
        return CurlFailure{.code = code, .text = {}, .usesProxy = true, .proxyStatus = status};
    };
    row("unknown name", direct(CURLE_COULDNT_RESOLVE_HOST), Resolving, "dns_error", "no address");
    row("refused", direct(CURLE_COULDNT_CONNECT), Connecting, "connect_error", "refused");
    row("unreachable", direct(CURLE_COULDNT_CONNECT, "Immediate connect fail: Network is unreachable"), Connecting,
        "connect_error", "unreachable");
    row("the system's timeout", direct(CURLE_COULDNT_CONNECT, "Failed to connect: Connection timed out"), Connecting,
        "connect_error", "gave up waiting");
    row("handshake", direct(CURLE_SSL_CONNECT_ERROR, "wrong version number"), Connecting, "tls_error",
        "handshake failed (wrong version number)");
    row("certificate", direct(CURLE_PEER_FAILED_VERIFICATION, "certificate has expired"), Connecting, "tls_error",
        "(certificate has expired)");
    row("reset in the handshake", direct(CURLE_RECV_ERROR), Connecting, "tls_error", "during the TLS handshake");
    row("closed before an answer", direct(CURLE_GOT_NOTHING), Waiting, "connection_closed", "before a valid answer");
    row("end without a head", direct(CURLE_OK), Waiting, "connection_closed", "before a valid answer");
    row("closed while sending", direct(CURLE_SEND_ERROR), Waiting, "connection_closed", "before a valid answer");
    row("cut", direct(CURLE_PARTIAL_FILE), Reading, "connection_closed", "before the answer was complete");
    row("reset in the body", direct(CURLE_RECV_ERROR, "Recv failure: Connection reset by peer"), Reading,
        "connection_closed", "before the answer was complete");
    row("bad chunk", direct(CURLE_RECV_ERROR, "chunk hex-length char not a hex digit: 0x7a"), Reading,
        "invalid_response", "not valid HTTP");
    row("no status line", direct(CURLE_UNSUPPORTED_PROTOCOL), Waiting, "invalid_response", "not valid HTTP");
    row("bad head", direct(CURLE_WEIRD_SERVER_REPLY), Waiting, "invalid_response", "not valid HTTP");
    row("HTTP/2 framing", direct(CURLE_HTTP2), Reading, "invalid_response", "not valid HTTP");
    row("HTTP/2 stream reset", direct(CURLE_HTTP2_STREAM), Reading, "connection_reset", "the connection broke");
    row("something else", direct(CURLE_FAILED_INIT), Resolving, "connect_error", "no connection could be made");
    row("unknown proxy", proxied(CURLE_COULDNT_RESOLVE_PROXY), Resolving, "connect_error", "the proxy is unknown");
    row("proxy refuses", proxied(CURLE_COULDNT_CONNECT), Connecting, "connect_error", "the proxy does not answer");
    row("SOCKS handshake", proxied(CURLE_PROXY), Connecting, "connect_error", "the proxy does not answer");
    row("proxy wants a password", proxied(CURLE_RECV_ERROR, 407), Connecting, "connect_error", "user name");
    row("proxy forbids", proxied(CURLE_COULDNT_CONNECT, 403), Connecting, "connect_error", "status 403");
    row("cut behind a proxy", proxied(CURLE_RECV_ERROR, 200), Reading, "connection_closed", "before the answer");
}

void TestCurlError::namesTheReason()
{
    QFETCH(CurlFailure, failure);
    QFETCH(CallPhase, phase);
    QFETCH(QByteArray, reason);
    QFETCH(QByteArray, words);
    const Error error = curlError({.host = "api.example:8443", .tls = true, .phase = phase, .elapsed = 350ms}, failure);
    QCOMPARE(error.kind, ErrorKind::UpstreamTransport);
    QCOMPARE(error.reason, reason);
    QVERIFY2(error.message.contains(words), error.message);
    QVERIFY2(error.message.startsWith("api.example:8443 could not be used: "), error.message);
    QVERIFY2(error.message.endsWith(", after 350 ms."), error.message);
}

void TestCurlError::keepsWhatCurlSaysForTheLog()
{
    const Error named = curlError({.host = "a"}, {.code = CURLE_RECV_ERROR, .text = "Recv failure: whatever"});
    QCOMPARE(named.detail, "Recv failure: whatever (libcurl error 56)");
    const Error unnamed = curlError({.host = "a"}, {.code = CURLE_COULDNT_CONNECT, .text = {}});
    QVERIFY2(unnamed.detail.endsWith(" (libcurl error 7)") && unnamed.detail.size() > 20, unnamed.detail);
}

QTEST_GUILESS_MAIN(TestCurlError)
#include "tst_curl_error.moc"
