// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/direct_transport.h"
#include "gateway/upstream/failed_call.h"
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/raw_upstream.h"

#include <QTest>
#include <QTimer>

#include <sys/socket.h>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

/// Notes what it is given, and does nothing.
class NotingTransport : public Transport
{
public:
    explicit NotingTransport(int &calls) : m_calls(calls) {}

    std::unique_ptr<UpstreamCall> send(UpstreamRequest) override
    {
        ++m_calls;
        return std::make_unique<FailedCall>(Error{.reason = "not_mine", .message = "noted"});
    }
    void keepWarm(const std::vector<WarmTarget> &targets) override { m_calls += static_cast<int>(targets.size()); }

private:
    int &m_calls;
};

} // namespace

/// What DirectTransport does beside what all transports do (tst_transport*.cpp, built for it too).
class DirectTransportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_calls = 0;
        m_upstream = std::make_unique<RawUpstream>();
        makeTransport({});
    }
    void cleanup()
    {
        m_transport.reset();
        m_upstream.reset();
    }

    void leavesToOthersWhatIsNotForIt_data()
    {
        QTest::addColumn<QUrl>("url");
        QTest::newRow("TLS") << QUrl(QStringLiteral("https://127.0.0.1:9/"));
        QTest::newRow("a name") << QUrl(QStringLiteral("http://models.example:9/"));
        QTest::newRow("a name like an address") << QUrl(QStringLiteral("http://127.0.0.1.example/"));
        QTest::newRow("no host") << QUrl(QStringLiteral("http:///v1"));
        QTest::newRow("a file") << QUrl(QStringLiteral("file:///etc/hostname"));
        QTest::newRow("nothing") << QUrl();
    }

    void leavesToOthersWhatIsNotForIt()
    {
        QFETCH(const QUrl, url);
        QCOMPARE(call(post(url)).head.error().reason, "not_mine");
        QCOMPARE(m_calls, 1);
    }

    void keepsNothingWarmOfItsOwn()
    {
        m_transport->keepWarm({{.url = m_upstream->url(), .connections = 2},
                               {.url = QUrl(QStringLiteral("https://127.0.0.1:9/")), .connections = 1},
                               {.url = QUrl(QStringLiteral("http://models.example:9/")), .connections = 1}});
        QCOMPARE(m_calls, 2); // the first is its own
        QCOMPARE(m_upstream->connections, 0);
    }

    void tellsHowItGotThere()
    {
        answerWith(RawUpstream::ok("{}"));
        for (const bool isReused : {false, true}) {
            const std::unique_ptr<UpstreamCall> each = m_transport->send(post(m_upstream->url()));
            const auto head = runTask(each->head(deadlineIn(10s)));
            QVERIFY(head && *head);
            const std::optional<PhaseTimes> times = each->phaseTimes();
            QVERIFY(times);
            QCOMPARE(times->isReused, isReused);
            QCOMPARE(times->connect.has_value(), !isReused);
            QVERIFY(times->firstByte);
            while (true) { // to the end: the connection is kept
                const auto bytes = runTask(each->read(deadlineIn(10s)));
                QVERIFY(bytes && *bytes);
                if ((*bytes)->isEmpty())
                    break;
            }
        }
    }

    void leavesProxiesToOthers()
    {
        // Loopback addresses never go through a proxy.
        makeTransport(ProxyEnvironment("http://127.0.0.1:9", {}, {}));
        QCOMPARE(call(post(QUrl(QStringLiteral("http://192.0.2.1:9/")))).head.error().reason, "not_mine");
        answerWith(RawUpstream::ok("{}"));
        QCOMPARE(call(post(m_upstream->url())).body, "{}");
        QCOMPARE(m_calls, 1);
    }

    void leavesBodiesThatStillComeToOthers()
    {
        UpstreamRequest request = post(m_upstream->url());
        request.rest = std::make_shared<IncomingBody>(4);
        QCOMPARE(call(std::move(request)).head.error().reason, "not_mine");
    }

    void leavesAHeaderThatWouldSplitTheRequestToOthers()
    {
        UpstreamRequest request = post(m_upstream->url());
        request.headers.add("X-A", "1\r\nX-B: 2");
        QCOMPARE(call(std::move(request)).head.error().reason, "not_mine");
        QCOMPARE(m_upstream->connections, 0);
    }

    void writesTheRequest_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("length");
        QTest::newRow("POST") << QByteArray("POST") << QStringLiteral("/v1/chat?a=b%20c#d") << QByteArray("{}")
                              << QByteArray("POST /v1/chat?a=b%20c HTTP/1.1\r\n") << QByteArray("2");
        QTest::newRow("an empty body") << QByteArray("POST") << QStringLiteral("/x") << QByteArray()
                                       << QByteArray("POST /x HTTP/1.1\r\n") << QByteArray("0");
        QTest::newRow("GET") << QByteArray("GET") << QStringLiteral("/models") << QByteArray()
                             << QByteArray("GET /models HTTP/1.1\r\n") << QByteArray();
        QTest::newRow("no path") << QByteArray("DELETE") << QString() << QByteArray()
                                 << QByteArray("DELETE / HTTP/1.1\r\n") << QByteArray("0");
        QTest::newRow("dots stay") << QByteArray("GET") << QStringLiteral("/a/../b") << QByteArray()
                                   << QByteArray("GET /a/../b HTTP/1.1\r\n") << QByteArray();
    }

    void writesTheRequest()
    {
        QFETCH(const QByteArray, method);
        QFETCH(const QString, path);
        QFETCH(const QByteArray, body);
        QFETCH(const QByteArray, line);
        QFETCH(const QByteArray, length);
        answerWith(RawUpstream::ok("{}"));
        UpstreamRequest request = post(m_upstream->url(path), body);
        request.method = method;
        request.headers.add("Content-Length", "99"); // nobody but the transport says that
        QVERIFY(call(std::move(request)).head);
        const QByteArray sent = m_upstream->requests.value(0);
        QVERIFY2(sent.startsWith(line), sent.constData());
        QVERIFY(sent.contains("\r\nHost: 127.0.0.1:" + QByteArray::number(m_upstream->serverPort()) + "\r\n"));
        QCOMPARE(sent.contains("Content-Length"), !length.isEmpty());
        if (!length.isEmpty())
            QVERIFY2(sent.contains("\r\nContent-Length: " + length + "\r\n"), sent.constData());
        QVERIFY(sent.endsWith("\r\n\r\n" + body));
    }

    void localhostIsThisMachineInBothFamilies()
    {
        for (const QHostAddress &address :
             {QHostAddress(QHostAddress::LocalHost), QHostAddress(QHostAddress::LocalHostIPv6)}) {
            QTcpServer server;
            if (!server.listen(address))
                QSKIP("this machine has no IPv6 loopback address");
            connect(&server, &QTcpServer::newConnection, &server, [&server] {
                QTcpSocket *socket = server.nextPendingConnection();
                connect(socket, &QTcpSocket::readyRead, socket, [socket] { socket->write(RawUpstream::ok("{}")); });
            });
            const Outcome outcome = call(post(QUrl(QStringLiteral("http://LocalHost:%1/").arg(server.serverPort()))));
            QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().message.constData());
            QCOMPARE(outcome.body, "{}");
        }
        QCOMPARE(m_calls, 0);
    }

    // A server that says something that nobody asked for, as some do before they close (408).
    void whatComesUnaskedIsNoAnswerToTheNextRequest()
    {
        answerWith(RawUpstream::ok("one"));
        QCOMPARE(call(post(m_upstream->url())).body, "one");
        m_upstream->sockets.first()->write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
        m_upstream->sockets.first()->flush(); // there before anybody's event loop sees it
        answerWith(RawUpstream::ok("two"));
        const Outcome outcome = call(post(m_upstream->url()));
        QCOMPARE(outcome.head.value().status, 200);
        QCOMPARE(outcome.body, "two");
        QCOMPARE(m_upstream->connections, 2);
    }

    void bytesBehindAnAnswerEndTheConnection()
    {
        answerWith(RawUpstream::ok("one") + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged");
        QCOMPARE(call(post(m_upstream->url())).body, "one");
        answerWith(RawUpstream::ok("two"));
        QCOMPARE(call(post(m_upstream->url())).body, "two");
        QCOMPARE(m_upstream->connections, 2);
    }

    void anAnswerBeforeTheRequestWasSentIsTaken()
    {
        m_upstream->onReadyRead = [](QTcpSocket *socket) {
            if (socket->property("answered").toBool())
                return; // and reads nothing more
            socket->setReadBufferSize(1024);
            socket->setProperty("answered", true);
            socket->write("HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge");
        };
        const Outcome outcome = call(post(m_upstream->url(), QByteArray(32 * 1024 * 1024, 'x')));
        QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().message.constData());
        QCOMPARE(outcome.head->status, 413);
        QCOMPARE(outcome.body, "large");
        m_upstream->onReadyRead = [](QTcpSocket *socket) { socket->readAll(); };
        m_upstream->sockets.first()->setReadBufferSize(0); // a socket that reads nothing sees no end
        QTRY_COMPARE(m_upstream->disconnections, 1);       // the rest of the request must not meet the next answer
    }

    // What was reset is not whole, though it has no length: the send had the reset, and the end looks like an end.
    void aResetWhileTheRequestIsSentCutsTheAnswer()
    {
        m_upstream->onReadyRead = [](QTcpSocket *socket) {
            if (socket->property("answered").toBool())
                return;
            socket->setReadBufferSize(1024);
            socket->setProperty("answered", true);
            socket->write("HTTP/1.1 200 OK\r\n\r\npart");
            QTimer::singleShot(100ms, socket, [socket] { // the bytes must be there: a reset discards what waits
                const linger hard{.l_onoff = 1, .l_linger = 0};
                setsockopt(int(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
                socket->abort();
            });
        };
        const Outcome outcome = call(post(m_upstream->url(), QByteArray(32 * 1024 * 1024, 'x')));
        QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().message.constData());
        QVERIFY(outcome.bodyError);
    }

    void aRefusedLocalhostIsToldAsRefused()
    {
        const quint16 port = m_upstream->serverPort();
        m_upstream->close();
        const Outcome outcome = call(post(QUrl(QStringLiteral("http://localhost:%1/").arg(port))));
        QVERIFY(!outcome.head);
        QVERIFY2(outcome.head.error().message.contains("refused"), outcome.head.error().message.constData());
    }

    // Of head and body nothing is held while a stream goes on.
    void whatWasSentIsLetGo()
    {
        const QByteArray body(100'000, 'x');
        m_upstream->answer = [](QTcpSocket *socket) {
            socket->write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        };
        const std::unique_ptr<UpstreamCall> running = m_transport->send(post(m_upstream->url(), body));
        QVERIFY(!body.isDetached());
        QVERIFY(runTask(running->head(deadlineIn(10s))).value());
        QVERIFY(body.isDetached());
    }

    void aConnectionThatTheServerClosesIsForgotten()
    {
        answerWith(RawUpstream::ok("{}"));
        for (int i = 0; i < 3; ++i) {
            QVERIFY(call(post(m_upstream->url())).head);
            m_upstream->sockets.last()->disconnectFromHost();
            QTRY_COMPARE(m_upstream->disconnections, i + 1);
        }
        QCOMPARE(m_upstream->requests.size(), 3);
        QCOMPARE(m_upstream->connections, 3);
    }

    void theTransportClosesItsConnections()
    {
        answerWith(RawUpstream::ok("{}"));
        QVERIFY(call(post(m_upstream->url())).head);
        m_transport.reset();
        QTRY_COMPARE(m_upstream->disconnections, 1);
    }

private:
    void makeTransport(ProxyEnvironment proxies)
    {
        m_transport = std::make_unique<DirectTransport>(std::make_unique<NotingTransport>(m_calls), std::move(proxies));
    }
    Outcome call(UpstreamRequest request) { return wholeCall(m_transport.get(), std::move(request), 10s, 10s); }
    void answerWith(const QByteArray &bytes)
    {
        m_upstream->answer = [bytes](QTcpSocket *socket) { socket->write(bytes); };
    }

    int m_calls = 0; // that others were given
    std::unique_ptr<RawUpstream> m_upstream;
    std::unique_ptr<Transport> m_transport;
};

QTEST_GUILESS_MAIN(DirectTransportTest)
#include "tst_direct_transport.moc"
