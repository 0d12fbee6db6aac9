// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/async/task_runner.h"
#include "gateway/upstream/curl_transport.h"
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/raw_upstream.h"

#include <QTest>

#include <algorithm>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

Task<> endOf(Task<Outcome> task, int *ended)
{
    co_await std::move(task);
    ++*ended;
}

} // namespace

/// How HTTP/1.1 is read, and what libcurl does by itself; see tst_transport_conformance*.cpp for what every transport
/// does over every wire.
class TestCurlTransport : public QObject
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

    void sendsBodiesOfAnySizeWithoutAStall_data();
    void sendsBodiesOfAnySizeWithoutAStall();
    void holdsNoBodyOnceItIsAnswered();
    void reusesAConnectionAfterAnErrorStatus();
    void sendsARequestOnceMoreAtMost();
    void skipsInformationalHeadsAndTrailers();
    void joinsFoldedHeaderLines();
    void sendsAnEmptyHeader();
    void refusesAnAnswerThatMakesNoSense_data();
    void refusesAnAnswerThatMakesNoSense();
    void countsInformationalHeadsToo();
    void abortsInEveryPhase_data();
    void abortsInEveryPhase();
    void letsAResumedCoroutineEndOtherCalls();
    void letsAResumedCoroutineStartTheNextCall();
    void goesThroughAProxy();
    void reportsAProxyThatRefusesTheTunnel_data();
    void reportsAProxyThatRefusesTheTunnel();
    void readsNoProxyFromTheEnvironmentByItself();

private:
    Outcome call(UpstreamRequest request, std::chrono::milliseconds headLimit = 10s)
    {
        return wholeCall(m_transport.get(), std::move(request), headLimit, 10s);
    }
    /// Has so many idle connections to the upstream.
    void keepConnections(int count)
    {
        m_upstream->answer = [this, count](QTcpSocket *) {
            for (const QPointer<QTcpSocket> &socket : m_upstream->sockets) {
                if (m_upstream->requests.size() == count)
                    socket->write(RawUpstream::ok("{}"));
            }
        };
        std::vector<std::unique_ptr<TaskRunner>> runners;
        int ended = 0;
        for (int i = 0; i < count; ++i) {
            runners.push_back(std::make_unique<TaskRunner>());
            runners.back()->start(endOf(exchange(m_transport.get(), post(m_upstream->url())), &ended), nullptr);
        }
        QTRY_COMPARE(ended, count);
        QCOMPARE(m_upstream->connections, count);
        m_upstream->requests.clear();
    }
    /// From now on every request is read, and its connection closed without an answer.
    void closeAfterReading()
    {
        m_upstream->answer = [](QTcpSocket *socket) { socket->disconnectFromHost(); };
    }
    void answerWith(const QByteArray &bytes)
    {
        m_upstream->answer = [bytes](QTcpSocket *socket) { socket->write(bytes); };
    }

    std::unique_ptr<RawUpstream> m_upstream;
    std::unique_ptr<Transport> m_transport;
};

void TestCurlTransport::sendsBodiesOfAnySizeWithoutAStall_data()
{
    QTest::addColumn<int>("size");
    QTest::newRow("2 bytes") << 2;
    QTest::newRow("17 KiB") << 17 * 1024;
    QTest::newRow("64 KiB") << 64 * 1024;
    QTest::newRow("512 KiB") << 512 * 1024;
}

// Small writes with Nagle's algorithm on wait 40 ms for the other side's delayed acknowledgement.
void TestCurlTransport::sendsBodiesOfAnySizeWithoutAStall()
{
    QFETCH(int, size);
    answerWith(RawUpstream::ok("{}"));
    std::vector<qint64> took;
    for (int i = 0; i < 20; ++i) {
        QElapsedTimer timer;
        timer.start();
        const Outcome outcome = call(post(m_upstream->url(), QByteArray(size, 'x')));
        took.push_back(timer.elapsed());
        QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().message);
        QCOMPARE(outcome.body, "{}");
    }
    QCOMPARE(m_upstream->connections, 1);
    std::ranges::sort(took);
    QVERIFY2(took[10] < 20, QByteArray::number(took[10]) + " ms");
}

// Streams last for minutes, and the requests of agents are large.
void TestCurlTransport::holdsNoBodyOnceItIsAnswered()
{
    answerWith("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + RawUpstream::chunk("first"));
    const QByteArray body(300 * 1024, 'x');
    const std::unique_ptr<UpstreamCall> call = m_transport->send(post(m_upstream->url(), body));
    QVERIFY(!body.isDetached());
    const auto head = runTask(call->head(deadlineIn(10s)), 10s);
    QVERIFY(head && *head);
    QVERIFY(body.isDetached());
    const auto piece = runTask(call->read(deadlineIn(10s)), 10s);
    QVERIFY(piece && *piece);
    QCOMPARE(**piece, "first");
    QVERIFY(m_upstream->requests.value(0).endsWith(body));
}

void TestCurlTransport::reusesAConnectionAfterAnErrorStatus()
{
    answerWith("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 4\r\n\r\nslow");
    for (int i = 0; i < 3; ++i)
        QCOMPARE(call(post(m_upstream->url())).body, "slow");
    QCOMPARE(m_upstream->connections, 1);
}

// By itself libcurl would try each of the kept connections, and a new one.
void TestCurlTransport::sendsARequestOnceMoreAtMost()
{
    keepConnections(4);
    closeAfterReading();
    const Outcome outcome = call(post(m_upstream->url()));
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().kind, ErrorKind::UpstreamTransport);
    QCOMPARE(outcome.head.error().reason, "connection_closed");
    QCOMPARE(m_upstream->requests.size(), 2);
}

void TestCurlTransport::skipsInformationalHeadsAndTrailers()
{
    answerWith("HTTP/1.1 100 Continue\r\nX-A: no\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: no\r\n\r\n"
               "HTTP/1.1 200 OK\r\nX-A: yes\r\nTransfer-Encoding: chunked\r\nTrailer: X-B\r\n\r\n"
               "2\r\nhi\r\n0\r\nX-B: trailer\r\n\r\n");
    const Outcome outcome = call(post(m_upstream->url()));
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().message);
    QCOMPARE(outcome.head->status, 200);
    QCOMPARE(outcome.head->headers.count("X-A"), 1);
    QCOMPARE(outcome.head->headers.value("X-A"), "yes");
    QVERIFY(!outcome.head->headers.contains("Link"));
    QVERIFY(!outcome.head->headers.contains("X-B"));
    QCOMPARE(outcome.body, "hi");
    QVERIFY(!outcome.bodyError);
}

void TestCurlTransport::joinsFoldedHeaderLines()
{
    answerWith("HTTP/1.1 200 OK\r\nX-A: one\r\n  two\r\nX-B:\r\nContent-Length: 0\r\n\r\n");
    const Outcome outcome = call(post(m_upstream->url()));
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().message);
    QCOMPARE(outcome.head->headers.value("X-A"), "one two");
    QCOMPARE(outcome.head->headers.value("X-B"), "");
}

void TestCurlTransport::sendsAnEmptyHeader()
{
    answerWith(RawUpstream::ok("{}"));
    UpstreamRequest request = post(m_upstream->url());
    request.headers.add("X-Empty", "");
    QVERIFY(call(request).head);
    QVERIFY2(m_upstream->requests.value(0).contains("\r\nX-Empty:\r\n"), m_upstream->requests.value(0));
}

void TestCurlTransport::refusesAnAnswerThatMakesNoSense_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("hasHead");
    const QByteArray chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    QTest::newRow("chunk size that is no number") << chunked + "zz\r\nhello\r\n" << true;
    QTest::newRow("chunk size beyond all numbers") << chunked + "fffffffffffffffffffff\r\nhello\r\n" << true;
    QTest::newRow("chunk longer than its size") << chunked + "2\r\nhello\r\n0\r\n\r\n" << true;
    QTest::newRow("no HTTP") << QByteArray("220 mail ready\r\n\r\n") << false;
    QTest::newRow("no status") << QByteArray("HTTP/1.1 OK\r\n\r\n") << false;
    QTest::newRow("content length that is no number")
        << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n") << false;
    QTest::newRow("header without a colon") << QByteArray("HTTP/1.1 200 OK\r\nhello\r\n\r\n") << false;
}

void TestCurlTransport::refusesAnAnswerThatMakesNoSense()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, hasHead);
    answerWith(bytes);
    const Outcome outcome = call(post(m_upstream->url()));
    QCOMPARE(outcome.head.has_value(), hasHead);
    QVERIFY(!hasHead || outcome.bodyError);
    const Error &error = hasHead ? *outcome.bodyError : outcome.head.error();
    QVERIFY2(error.reason == "invalid_response", error.reason + ": " + error.detail);
    QVERIFY2(error.message.contains("not valid HTTP"), error.message);
    QTRY_COMPARE(m_upstream->disconnections, 1);
}

void TestCurlTransport::countsInformationalHeadsToo()
{
    answerWith(("HTTP/1.1 103 Early Hints\r\nX-A: " + QByteArray(1000, 'x') + "\r\n\r\n").repeated(70));
    const Outcome outcome = call(post(m_upstream->url()));
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().reason, "invalid_response");
    QVERIFY2(outcome.head.error().message.contains("larger than 64 KiB"), outcome.head.error().message);
}

void TestCurlTransport::abortsInEveryPhase_data()
{
    QTest::addColumn<QByteArray>("phase");
    for (const char *phase : {"resolving", "held back", "complete"})
        QTest::newRow(phase) << QByteArray(phase);
}

// The other phases: tst_transport_conformance_cancellation.cpp.
void TestCurlTransport::abortsInEveryPhase()
{
    QFETCH(QByteArray, phase);
    m_upstream->answer = [&](QTcpSocket *socket) {
        socket->write(phase == "complete" ? RawUpstream::ok("{}")
                                          : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                                RawUpstream::chunk(QByteArray(8'000'000, 'x')));
    };
    QUrl url = m_upstream->url();
    if (phase == "resolving")
        url.setHost(QStringLiteral("localhost"));
    std::unique_ptr<UpstreamCall> aborted = m_transport->send(post(url));
    if (phase != "resolving") {
        const auto head = runTask(aborted->head(deadlineIn(10s)));
        QVERIFY(head && *head);
        const auto piece = runTask(aborted->read(deadlineIn(10s)));
        QVERIFY(piece && *piece && !(*piece)->isEmpty());
    }
    if (phase == "held back") // what nobody reads stays in the upstream's hands
        QTRY_VERIFY(m_upstream->sockets.first()->bytesToWrite() > 0);
    aborted.reset();
    if (phase == "held back")
        QTRY_COMPARE(m_upstream->disconnections, 1);

    answerWith(RawUpstream::ok("next"));
    QCOMPARE(call(post(m_upstream->url())).body, "next");
}

namespace {

// Ends `other` and itself while curl's news of both are being handed out.
Task<bool> endBoth(std::unique_ptr<UpstreamCall> own, std::unique_ptr<UpstreamCall> *other)
{
    const Result<UpstreamHead> head = co_await own->head(deadlineIn(10s));
    other->reset();
    own.reset();
    co_return head.has_value();
}

Task<int> oneAfterTheOther(Transport *transport, QUrl url, int count)
{
    int successes = 0;
    for (int i = 0; i < count; ++i) {
        const Outcome outcome = co_await exchange(transport, post(url), 10s, 10s);
        successes += outcome.body == "{}" ? 1 : 0;
    }
    co_return successes;
}

} // namespace

void TestCurlTransport::letsAResumedCoroutineEndOtherCalls()
{
    QUrl nobody = m_upstream->url();
    m_upstream->close(); // a refused connection is known when send() returns, and waits to be told
    std::unique_ptr<UpstreamCall> other = m_transport->send(post(nobody));
    const auto refused = runTask(endBoth(m_transport->send(post(nobody)), &other));
    QVERIFY(refused && !*refused);
    QVERIFY(!other);

    m_upstream = std::make_unique<RawUpstream>();
    m_upstream->answer = [this](QTcpSocket *) {
        if (m_upstream->requests.size() == 2) {
            for (const QPointer<QTcpSocket> &socket : m_upstream->sockets)
                socket->write(RawUpstream::ok("{}"));
        }
    };
    other = m_transport->send(post(m_upstream->url()));
    const auto answered = runTask(endBoth(m_transport->send(post(m_upstream->url())), &other));
    QVERIFY(answered && *answered);
    QVERIFY(!other);
}

void TestCurlTransport::letsAResumedCoroutineStartTheNextCall()
{
    answerWith(RawUpstream::ok("{}"));
    const auto successes = runTask(oneAfterTheOther(m_transport.get(), m_upstream->url(), 50));
    QCOMPARE(successes, 50);
    QCOMPARE(m_upstream->connections, 1);
}

void TestCurlTransport::goesThroughAProxy()
{
    const QByteArray proxy = "http://user:sesame@127.0.0.1:" + QByteArray::number(m_upstream->serverPort());
    m_transport = makeTransport({.proxies = ProxyEnvironment(proxy, proxy, {}), .extraCertificateFile = {}});
    answerWith(RawUpstream::ok("{}"));
    QVERIFY(call(post(QUrl(QStringLiteral("http://api.example/v1?a=b")))).head);
    const QByteArray request = m_upstream->requests.value(0);
    QVERIFY2(request.startsWith("POST http://api.example/v1?a=b HTTP/1.1\r\n"), request);
    QVERIFY2(request.contains("Proxy-Authorization: Basic " + QByteArray("user:sesame").toBase64()), request);
}

void TestCurlTransport::reportsAProxyThatRefusesTheTunnel_data()
{
    QTest::addColumn<QByteArray>("statusLine");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("wants a password") << QByteArray("407 Who Are You") << QByteArray("a user name and password");
    QTest::newRow("forbids") << QByteArray("403 Forbidden") << QByteArray("status 403");
    QTest::newRow("hangs up") << QByteArray() << QByteArray("the proxy does not answer");
}

void TestCurlTransport::reportsAProxyThatRefusesTheTunnel()
{
    QFETCH(QByteArray, statusLine);
    QFETCH(QByteArray, words);
    const QByteArray proxy = "http://127.0.0.1:" + QByteArray::number(m_upstream->serverPort());
    m_transport = makeTransport({.proxies = ProxyEnvironment(proxy, proxy, {}), .extraCertificateFile = {}});
    m_upstream->answer = [&statusLine](QTcpSocket *socket) {
        if (!statusLine.isEmpty())
            socket->write("HTTP/1.1 " + statusLine + "\r\nContent-Length: 0\r\n\r\n");
        socket->disconnectFromHost();
    };
    const Outcome outcome = call(post(QUrl(QStringLiteral("https://api.example/v1"))));
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().reason, "connect_error");
    QVERIFY2(outcome.head.error().message.contains(words), outcome.head.error().message + outcome.head.error().detail);
    QVERIFY2(m_upstream->requests.value(0).startsWith("CONNECT api.example:443 "), m_upstream->requests.value(0));
}

void TestCurlTransport::readsNoProxyFromTheEnvironmentByItself()
{
    RawUpstream proxy;
    const QByteArray address = "http://127.0.0.1:" + QByteArray::number(proxy.serverPort());
    for (const char *name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
        qputenv(name, address);
    answerWith(RawUpstream::ok("{}"));
    QVERIFY(call(post(m_upstream->url())).head);
    for (const char *name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"})
        qunsetenv(name);
    QCOMPARE(proxy.connections, 0);

    // And no exception from it either: only ProxyEnvironment decides.
    proxy.answer = [](QTcpSocket *socket) { socket->write(RawUpstream::ok("{}")); };
    m_transport = makeTransport({.proxies = ProxyEnvironment(address, address, {}), .extraCertificateFile = {}});
    qputenv("no_proxy", "*");
    QVERIFY(call(post(QUrl(QStringLiteral("http://api.example/")))).head);
    qunsetenv("no_proxy");
    QCOMPARE(proxy.connections, 1);
}

QTEST_GUILESS_MAIN(TestCurlTransport)
#include "tst_curl_transport.moc"
