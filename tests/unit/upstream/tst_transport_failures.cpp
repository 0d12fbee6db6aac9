// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/deaf_server.h"
#include "tests/unit/upstream/raw_upstream.h"
#include "tests/unit/upstream/tls_certificate.h"

#include <QSslKey>
#include <QSslServer>
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
    void reportsAConnectTimeout();
    void reportsATlsHandshakeThatDoesNotEnd();
    void reportsAServerThatSpeaksNoTls();
    void refusesACertificateThatNobodyVouchesFor();
    void trustsTheExtraCertificateFile();
    void reportsAHeaderTimeout();
    void countsTheConnectTimeoutOnlyUntilConnected();
    void reportsAReadTimeout();
    void tellsACutBodyFromACompleteOne_data();
    void tellsACutBodyFromACompleteOne();
    void sendsAPostOnceWhenTheConnectionCloses_data();
    void sendsAPostOnceWhenTheConnectionCloses();
    void sendsAgainOnceOverAKeptConnectionThatCloses();
    void reportsAProxyThatRefuses();
    void neverShowsTheQuery();

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

void TestTransportFailures::reportsAConnectTimeout()
{
    const DeafServer server;
    UpstreamRequest request = post(server.url());
    request.connectTimeout = 100ms;
    const Outcome outcome = call(request, 20s);
    QVERIFY(!outcome.head);
    COMPARE_ERROR(outcome.head.error(), ErrorKind::UpstreamTimeout, "connect_timeout", "connect timeout of 100 ms");
    QVERIFY2(outcome.head.error().message.contains("while connecting"), outcome.head.error().message);
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

namespace {

class TlsUpstream : public QSslServer
{
public:
    TlsUpstream()
    {
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificate(QSslCertificate(kCertificate));
        configuration.setPrivateKey(QSslKey(kCertificateKey, QSsl::Ec));
        setSslConfiguration(configuration);
        if (!listen(QHostAddress::LocalHost))
            qFatal("no port on 127.0.0.1");
        connect(this, &QSslServer::pendingConnectionAvailable, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                if (socket->readAll().endsWith("{}"))
                    socket->write(RawUpstream::ok("secret"));
            });
        });
    }
    QUrl url() const { return QUrl(QStringLiteral("https://127.0.0.1:%1/").arg(serverPort())); }
};

} // namespace

void TestTransportFailures::refusesACertificateThatNobodyVouchesFor()
{
    TlsUpstream server;
    const Outcome outcome = call(post(server.url()));
    QVERIFY(!outcome.head);
    COMPARE_ERROR(outcome.head.error(), ErrorKind::UpstreamTransport, "tls_error", "self-signed");
}

void TestTransportFailures::trustsTheExtraCertificateFile()
{
    TlsUpstream server;
    QTemporaryFile file;
    QVERIFY(file.open());
    file.write(kCertificate);
    file.close();
    m_transport = makeTransport({.proxies = {}, .extraCertificateFile = file.fileName().toUtf8()});
    const Outcome outcome = call(post(server.url()));
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().message);
    QCOMPARE(outcome.body, "secret");
}

void TestTransportFailures::reportsAHeaderTimeout()
{
    const Outcome outcome = call(post(m_upstream->url()), 150ms);
    QVERIFY(!outcome.head);
    COMPARE_ERROR(outcome.head.error(), ErrorKind::UpstreamTimeout, "header_timeout", "while waiting for its answer");
    QCOMPARE(m_upstream->requests.size(), 1);
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

void TestTransportFailures::reportsAReadTimeout()
{
    m_upstream->answer = [](QTcpSocket *socket) {
        socket->write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + RawUpstream::chunk("first"));
    };
    const Outcome outcome = call(post(m_upstream->url()), 20s, 150ms);
    QVERIFY(outcome.head);
    QCOMPARE(outcome.body, "first");
    QVERIFY(outcome.bodyError);
    COMPARE_ERROR(*outcome.bodyError, ErrorKind::UpstreamTimeout, "read_timeout", "in the middle of its answer");
    QTRY_COMPARE(m_upstream->disconnections, 1); // and hangs up
}

void TestTransportFailures::tellsACutBodyFromACompleteOne_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("isReset");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("isComplete");
    QTest::addColumn<bool>("isGet");
    const QByteArray chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const QByteArray ten = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    const QByteArray unknown = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    QTest::newRow("all of a known length") << ten + "0123456789" << false << QByteArray("0123456789") << true << false;
    QTest::newRow("known length, cut") << ten + "01234" << false << QByteArray("01234") << false << false;
    QTest::newRow("known length, nothing of it") << ten << false << QByteArray() << false << false;
    QTest::newRow("known length, reset") << ten + "01234" << true << QByteArray("01234") << false << false;
    QTest::newRow("all chunks") << chunked + "5\r\nhello\r\n0\r\n\r\n" << false << QByteArray("hello") << true << false;
    QTest::newRow("no last chunk") << chunked + "5\r\nhello\r\n" << false << QByteArray("hello") << false << false;
    QTest::newRow("no last chunk, reset") << chunked + "5\r\nhello\r\n"
                                          << true << QByteArray("hello") << false << false;
    QTest::newRow("no chunk at all") << chunked << false << QByteArray() << false << false;
    QTest::newRow("cut inside a chunk") << chunked + "5\r\nhel" << false << QByteArray("hel") << false << false;
    QTest::newRow("cut in a chunk's size")
        << chunked + "5\r\nhello\r\n1" << false << QByteArray("hello") << false << false;
    QTest::newRow("until the connection closes") << unknown + "hello" << false << QByteArray("hello") << true << false;
    QTest::newRow("error status, cut") << QByteArray("HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\n01234") << false
                                       << QByteArray("01234") << false << false;
    QTest::newRow("GET, known length") << ten + "0123456789" << false << QByteArray("0123456789") << true << true;
    QTest::newRow("GET, known length, cut") << ten + "01234" << false << QByteArray("01234") << false << true;
    QTest::newRow("GET, until the connection closes")
        << unknown + "hello" << false << QByteArray("hello") << true << true;
}

void TestTransportFailures::tellsACutBodyFromACompleteOne()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, isReset);
    QFETCH(QByteArray, body);
    QFETCH(bool, isComplete);
    QFETCH(bool, isGet);
    m_upstream->answer = [&](QTcpSocket *socket) {
        socket->write(bytes);
        if (!isReset) {
            socket->disconnectFromHost();
            return;
        }
        // Closing with a linger time of zero sends RST. Only after the client had the bytes, for RST discards them.
        QObject::connect(socket, &QTcpSocket::bytesWritten, socket, [socket] {
            QTimer::singleShot(100ms, socket, [socket] {
                const linger hard{.l_onoff = 1, .l_linger = 0};
                setsockopt(int(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
                socket->abort();
            });
        });
    };
    UpstreamRequest request = post(m_upstream->url(), isGet ? "" : "{}");
    request.method = isGet ? "GET" : "POST";
    const Outcome outcome = call(request);
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().message);
    QCOMPARE(outcome.body, body);
    QVERIFY2(!outcome.bodyError == isComplete, outcome.bodyError ? outcome.bodyError->detail : "reported as complete");
    if (!isComplete)
        COMPARE_ERROR(*outcome.bodyError, ErrorKind::UpstreamTransport, "connection_closed",
                      "before the answer was complete");
}

void TestTransportFailures::sendsAPostOnceWhenTheConnectionCloses_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<qsizetype>("bodySize");
    QTest::newRow("before an answer") << QByteArray() << qsizetype(2);
    QTest::newRow("before an answer to a large body") << QByteArray() << qsizetype(600'000);
    QTest::newRow("in the status line") << QByteArray("HTTP/1.1 20") << qsizetype(2);
    QTest::newRow("in the headers") << QByteArray("HTTP/1.1 200 OK\r\nContent-Le") << qsizetype(2);
    QTest::newRow("after something that is not HTTP") << QByteArray("220 mail ready\r\n\r\n") << qsizetype(2);
}

void TestTransportFailures::sendsAPostOnceWhenTheConnectionCloses()
{
    QFETCH(QByteArray, bytes);
    QFETCH(qsizetype, bodySize);
    m_upstream->answer = [&bytes](QTcpSocket *socket) {
        socket->write(bytes);
        socket->disconnectFromHost();
    };
    const Outcome outcome = call(post(m_upstream->url(), QByteArray(bodySize, 'x')));
    QVERIFY(!outcome.head);
    if (bytes.startsWith("220")) {
        COMPARE_ERROR(outcome.head.error(), ErrorKind::UpstreamTransport, "invalid_response", "is not valid HTTP");
    } else {
        COMPARE_ERROR(outcome.head.error(), ErrorKind::UpstreamTransport, "connection_closed",
                      "before a valid answer came");
    }
    QCOMPARE(m_upstream->requests.size(), 1);
}

void TestTransportFailures::sendsAgainOnceOverAKeptConnectionThatCloses()
{
    // The first connection answers once and then closes on the second request, as a server does whose idle timeout
    // ran out; every further one closes at once.
    m_upstream->answer = [this](QTcpSocket *socket) {
        if (m_upstream->requests.size() == 1)
            socket->write(RawUpstream::ok("{}"));
        else
            socket->disconnectFromHost();
    };
    QVERIFY(call(post(m_upstream->url())).head);
    const Outcome outcome = call(post(m_upstream->url(), "again"));
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().reason, "connection_closed");
    QCOMPARE(m_upstream->requests.size(), 3);
    QVERIFY(m_upstream->requests.value(2).endsWith("\r\n\r\nagain"));
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

void TestTransportFailures::neverShowsTheQuery()
{
    QUrl url = m_upstream->url(QStringLiteral("/v1/models/gemini?key=sesame"));
    m_upstream->answer = [](QTcpSocket *socket) { socket->disconnectFromHost(); };
    const Outcome closed = call(post(url));
    m_upstream->answer = nullptr;
    const Outcome late = call(post(url), 100ms);
    m_upstream->answer = [](QTcpSocket *socket) {
        socket->write("HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\n01");
        socket->disconnectFromHost();
    };
    const Outcome cut = call(post(url));
    QVERIFY(!closed.head && !late.head && cut.bodyError);
    for (const Error &error : {closed.head.error(), late.head.error(), *cut.bodyError}) {
        QVERIFY2(!error.message.contains("sesame") && !error.message.contains("gemini"), error.message);
        QVERIFY2(!error.detail.contains("sesame"), error.detail);
    }
}

QTEST_GUILESS_MAIN(TestTransportFailures)
#include "tst_transport_failures.moc"
