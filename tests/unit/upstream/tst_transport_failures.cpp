// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/raw_upstream.h"
#include "tests/unit/upstream/tls_certificate.h"

#include <QTemporaryFile>
#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

class TestTransportFailures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_upstream = std::make_unique<RawUpstream>();
        m_transport = makeTransport();
    }
    void cleanup()
    {
        m_transport.reset();
        m_upstream.reset();
    }

    void reportsARefusedConnection();
    void reportsATlsHandshakeThatDoesNotEnd();
    void reportsAServerThatSpeaksNoTls();
    void refusesACertificateThatIsNotTrue_data();
    void refusesACertificateThatIsNotTrue();
    void countsTheConnectTimeoutOnlyUntilConnected();
    void reportsAProxyThatRefuses();

private:
    Outcome call(UpstreamRequest request, std::chrono::milliseconds headLimit = {},
                 std::chrono::milliseconds readLimit = {})
    {
        return wholeCall(m_transport.get(), std::move(request), headLimit, readLimit);
    }
    static quint16 closedPort()
    {
        QTcpServer server;
        return server.listen(QHostAddress::LocalHost) ? server.serverPort() : quint16(0);
    }

    std::unique_ptr<RawUpstream> m_upstream;
    std::unique_ptr<Transport> m_transport;
};

#define COMPARE_ERROR(error, expectedKind, expectedReason, words)                                                      \
    do {                                                                                                               \
        QCOMPARE((error).reason, expectedReason);                                                                      \
        QCOMPARE((error).kind, expectedKind);                                                                          \
        QVERIFY2((error).message.contains(words), (error).message);                                                    \
    } while (false)

void TestTransportFailures::reportsARefusedConnection()
{
    const quint16 port = closedPort();
    const Outcome outcome = call(post(QUrl(QStringLiteral("http://127.0.0.1:%1/").arg(port))));
    QVERIFY(!outcome.head);
    COMPARE_ERROR(outcome.head.error(), ErrorKind::UpstreamTransport, "connect_error", "refused");
    QVERIFY(outcome.head.error().message.startsWith("127.0.0.1:" + QByteArray::number(port)));
    QVERIFY(!outcome.head.error().detail.isEmpty());
}

void TestTransportFailures::reportsATlsHandshakeThatDoesNotEnd()
{
    QUrl url = m_upstream->url();
    url.setScheme(QStringLiteral("https"));
    UpstreamRequest request = post(url);
    request.connectTimeout = 200ms;
    m_upstream->onReadyRead = [](QTcpSocket *socket) { socket->readAll(); };
    const Outcome outcome = call(request, 20s);
    QVERIFY(!outcome.head);
    COMPARE_ERROR(outcome.head.error(), ErrorKind::UpstreamTimeout, "connect_timeout", "while connecting");
}

void TestTransportFailures::reportsAServerThatSpeaksNoTls()
{
    QUrl url = m_upstream->url();
    url.setScheme(QStringLiteral("https"));
    m_upstream->onReadyRead = [](QTcpSocket *socket) {
        socket->readAll();
        socket->write("HTTP/1.1 400 Bad Request\r\n\r\n");
        socket->disconnectFromHost();
    };
    const Outcome outcome = call(post(url));
    QVERIFY(!outcome.head);
    COMPARE_ERROR(outcome.head.error(), ErrorKind::UpstreamTransport, "tls_error", "TLS");
}

void TestTransportFailures::refusesACertificateThatIsNotTrue_data()
{
    QTest::addColumn<QByteArray>("certificate");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<bool>("isTrusted");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("nobody vouches for it") << kCertificate << kCertificateKey << false << QByteArray("self-signed");
    QTest::newRow("another host's") << kOtherHostCertificate << kOtherHostCertificateKey << true
                                    << QByteArray("no alternative certificate subject name");
    QTest::newRow("expired") << kExpiredCertificate << kExpiredCertificateKey << true << QByteArray("expired");
}

void TestTransportFailures::refusesACertificateThatIsNotTrue()
{
    QFETCH(const QByteArray, certificate);
    QFETCH(const QByteArray, key);
    QFETCH(const bool, isTrusted);
    QFETCH(const QByteArray, words);
    RawUpstream server(certificate, key);
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write(certificate);
    file.close();
    m_transport = makeTransport({.proxies = {}, .extraCertificateFile = isTrusted ? file.fileName().toUtf8() : ""});
    const Outcome outcome = call(post(server.url()));
    QVERIFY(!outcome.head);
    COMPARE_ERROR(outcome.head.error(), ErrorKind::UpstreamTransport, "tls_error", words);
    QVERIFY(server.requests.isEmpty());
}

void TestTransportFailures::countsTheConnectTimeoutOnlyUntilConnected()
{
    UpstreamRequest request = post(m_upstream->url());
    request.connectTimeout = 200ms;
    QTimer answerTimer;
    answerTimer.setSingleShot(true);
    m_upstream->answer = [&answerTimer](QTcpSocket *socket) {
        QObject::connect(&answerTimer, &QTimer::timeout, socket, [socket] { socket->write(RawUpstream::ok("late")); });
        answerTimer.start(400ms);
    };
    const Outcome outcome = call(request, 20s);
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().message);
    QCOMPARE(outcome.body, "late");
}

void TestTransportFailures::reportsAProxyThatRefuses()
{
    const QByteArray proxy = "http://user:sesame@127.0.0.1:" + QByteArray::number(closedPort());
    m_transport = makeTransport({.proxies = ProxyEnvironment(proxy, proxy, {}), .extraCertificateFile = {}});
    for (const QString &url : {QStringLiteral("http://api.example/"), QStringLiteral("https://api.example/")}) {
        const Outcome outcome = call(post(QUrl(url)));
        QVERIFY(!outcome.head);
        COMPARE_ERROR(outcome.head.error(), ErrorKind::UpstreamTransport, "connect_error", "proxy");
        QVERIFY(!outcome.head.error().message.contains("sesame"));
        QVERIFY(!outcome.head.error().detail.contains("sesame"));
    }
}

QTEST_GUILESS_MAIN(TestTransportFailures)
#include "tst_transport_failures.moc"
