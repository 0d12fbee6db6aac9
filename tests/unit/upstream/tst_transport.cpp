// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/version.h"
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/raw_upstream.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

class TestTransport : public QObject
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

    void sendsTheRequestAndReturnsHeadAndBody();
    void sendsHeadersAsGivenAndNoneOfItsOwn();
    void sendsRepeatedRequestHeaders();
    void keepsRepeatedResponseHeaders();
    void passesBytesOfHeaderValuesThrough();
    void sendsAGetWithoutBody();
    void deliversTheBodyOfAnErrorStatus_data();
    void deliversTheBodyOfAnErrorStatus();
    void handsUpARedirect();
    void doesNotDecompress();
    void keepsNoCookies();
    void deliversChunksAsTheyCome();
    void reusesAnIdleConnection_data();
    void reusesAnIdleConnection();
    void uploadsALargeBodyWhole();
    void runsManyCallsAtOnce();
    void refusesWhatIsNotHttp_data();
    void refusesWhatIsNotHttp();
    void refusesAHeaderThatWouldSplitTheRequest();
    void printsRoundTripTimes();

private:
    Outcome call(UpstreamRequest request) { return wholeCall(m_transport.get(), std::move(request)); }
    void answerWith(const QByteArray &bytes)
    {
        m_upstream->answer = [bytes](QTcpSocket *socket) { socket->write(bytes); };
    }

    std::unique_ptr<RawUpstream> m_upstream;
    std::unique_ptr<Transport> m_transport;
};

void TestTransport::sendsTheRequestAndReturnsHeadAndBody()
{
    answerWith("HTTP/1.1 201 Created\r\nContent-Length: 5\r\nX-Request-Id: abc\r\n\r\nhello");
    const Outcome outcome = call(post(m_upstream->url(QStringLiteral("/v1/chat?key=a%20b")), "{\"a\":1}"));
    QVERIFY(outcome.head);
    QCOMPARE(outcome.head->status, 201);
    QCOMPARE(outcome.head->headers.value("x-request-id"), "abc");
    QCOMPARE(outcome.body, "hello");
    QVERIFY(!outcome.bodyError);
    const QByteArray request = m_upstream->requests.value(0);
    QVERIFY2(request.startsWith("POST /v1/chat?key=a%20b HTTP/1.1\r\n"), request);
    QVERIFY2(request.endsWith("\r\n\r\n{\"a\":1}"), request);
}

void TestTransport::sendsHeadersAsGivenAndNoneOfItsOwn()
{
    answerWith(RawUpstream::ok("{}"));
    UpstreamRequest request = post(m_upstream->url());
    request.headers.add("Authorization", "Bearer sk-1");
    QVERIFY(call(request).head);
    request.headers.add("User-Agent", "mine/2");
    QVERIFY(call(request).head);

    const QByteArray sent = m_upstream->requests.value(0).toLower();
    QSet<QByteArray> names;
    for (const QByteArray &line : sent.first(sent.indexOf("\r\n\r\n")).split('\n').sliced(1))
        names.insert(line.first(line.indexOf(':')));
    const QSet<QByteArray> expected{"host",          "content-type",    "content-length",
                                    "authorization", "accept-encoding", "user-agent"};
    QCOMPARE(names, expected);
    QVERIFY2(sent.contains("\r\nauthorization: bearer sk-1\r\n"), sent);
    QVERIFY2(sent.contains("\r\naccept-encoding: identity\r\n"), sent);
    QVERIFY2(sent.contains(QByteArray("\r\nuser-agent: lunargate/") + version() + "\r\n"), sent);
    QVERIFY2(m_upstream->requests.value(1).toLower().contains("\r\nuser-agent: mine/2\r\n"),
             m_upstream->requests.value(1));
}

void TestTransport::sendsRepeatedRequestHeaders()
{
    answerWith(RawUpstream::ok("{}"));
    UpstreamRequest request = post(m_upstream->url());
    request.headers.add("anthropic-beta", "a");
    request.headers.add("anthropic-beta", "b");
    QVERIFY(call(request).head);
    const QByteArray sent = m_upstream->requests.value(0);
    QVERIFY2(sent.contains("\r\nanthropic-beta: a\r\nanthropic-beta: b\r\n"), sent);
}

void TestTransport::keepsRepeatedResponseHeaders()
{
    answerWith("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: 1\r\nX-A: 2\r\n\r\n");
    const Outcome outcome = call(post(m_upstream->url()));
    QVERIFY(outcome.head);
    QCOMPARE(outcome.head->headers.count("x-a"), 2);
    QCOMPARE(outcome.body, "");
}

void TestTransport::passesBytesOfHeaderValuesThrough()
{
    answerWith("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Title: \xC5\xBDlut\xC3\xBD\r\n\r\n");
    UpstreamRequest request = post(m_upstream->url());
    request.headers.add("X-Title", "\xC5\xBDlut\xC3\xBD");
    const Outcome outcome = call(request);
    QVERIFY(outcome.head);
    QCOMPARE(outcome.head->headers.value("x-title"), "\xC5\xBDlut\xC3\xBD");
    QVERIFY(m_upstream->requests.value(0).replace("X-Title", "x-title").contains("x-title: \xC5\xBDlut\xC3\xBD\r\n"));
}

void TestTransport::sendsAGetWithoutBody()
{
    answerWith(RawUpstream::ok("[]"));
    const Outcome outcome =
        call({.method = "GET", .url = m_upstream->url(QStringLiteral("/v1/models")), .headers = {}, .body = {}});
    QVERIFY(outcome.head);
    QCOMPARE(outcome.body, "[]");
    const QByteArray request = m_upstream->requests.value(0).toLower();
    QVERIFY2(request.startsWith("get /v1/models http/1.1\r\n"), request);
    QVERIFY2(!request.contains("content-"), request);
}

void TestTransport::deliversTheBodyOfAnErrorStatus_data()
{
    QTest::addColumn<QByteArray>("statusLine");
    QTest::addColumn<QByteArray>("header");
    QTest::newRow("400") << QByteArray("400 Bad Request") << QByteArray();
    QTest::newRow("401 with a Bearer challenge")
        << QByteArray("401 Unauthorized") << QByteArray("WWW-Authenticate: Bearer\r\n");
    QTest::newRow("401 with a Basic challenge")
        << QByteArray("401 Unauthorized") << QByteArray("WWW-Authenticate: Basic realm=\"x\"\r\n");
    QTest::newRow("401 with a Negotiate challenge")
        << QByteArray("401 Unauthorized") << QByteArray("WWW-Authenticate: Negotiate\r\n");
    QTest::newRow("401 without a challenge") << QByteArray("401 Unauthorized") << QByteArray();
    QTest::newRow("403") << QByteArray("403 Forbidden") << QByteArray();
    QTest::newRow("404") << QByteArray("404 Not Found") << QByteArray();
    QTest::newRow("405") << QByteArray("405 Method Not Allowed") << QByteArray();
    QTest::newRow("407") << QByteArray("407 Proxy Authentication Required") << QByteArray();
    QTest::newRow("409") << QByteArray("409 Conflict") << QByteArray();
    QTest::newRow("418") << QByteArray("418 I'm a teapot") << QByteArray();
    QTest::newRow("429") << QByteArray("429 Too Many Requests") << QByteArray("Retry-After: 3\r\n");
    QTest::newRow("500") << QByteArray("500 Internal Server Error") << QByteArray();
    QTest::newRow("503") << QByteArray("503 Service Unavailable") << QByteArray();
    QTest::newRow("529") << QByteArray("529 Overloaded") << QByteArray();
    QTest::newRow("599") << QByteArray("599 Nobody Knows") << QByteArray();
}

void TestTransport::deliversTheBodyOfAnErrorStatus()
{
    QFETCH(QByteArray, statusLine);
    QFETCH(QByteArray, header);
    const QByteArray body = QByteArray("{\"error\":\"") + QByteArray(40'000, 'x') + "\"}";
    answerWith("HTTP/1.1 " + statusLine + "\r\n" + header + "Content-Length: " + QByteArray::number(body.size()) +
               "\r\n\r\n" + body);
    const Outcome outcome = call(post(m_upstream->url()));
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().message);
    QCOMPARE(outcome.head->status, statusLine.first(3).toInt());
    QVERIFY2(!outcome.bodyError, outcome.bodyError ? outcome.bodyError->message : "");
    QCOMPARE(outcome.body.size(), body.size());
    QCOMPARE(outcome.body, body);
    QCOMPARE(m_upstream->requests.size(), 1);
}

void TestTransport::handsUpARedirect()
{
    answerWith("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n\r\nno");
    const Outcome outcome = call(post(m_upstream->url()));
    QVERIFY(outcome.head);
    QCOMPARE(outcome.head->status, 302);
    QCOMPARE(outcome.head->headers.value("location"), "/elsewhere");
    QCOMPARE(outcome.body, "no");
    QCOMPARE(m_upstream->requests.size(), 1);
}

void TestTransport::doesNotDecompress()
{
    const QByteArray notReallyGzip = "\x1f\x8b\x08 whatever";
    answerWith("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
               QByteArray::number(notReallyGzip.size()) + "\r\n\r\n" + notReallyGzip);
    const Outcome outcome = call(post(m_upstream->url()));
    QVERIFY(outcome.head);
    QCOMPARE(outcome.head->headers.value("content-encoding"), "gzip");
    QCOMPARE(outcome.body, notReallyGzip);
    QVERIFY(!outcome.bodyError);
}

void TestTransport::keepsNoCookies()
{
    answerWith("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
    QVERIFY(call(post(m_upstream->url())).head);
    QVERIFY(call(post(m_upstream->url())).head);
    QCOMPARE(m_upstream->requests.size(), 2);
    QVERIFY(!m_upstream->requests.value(1).toLower().contains("cookie"));
}

void TestTransport::deliversChunksAsTheyCome()
{
    // The second chunk is written only after the first was read: a transport that gathers would hang here.
    QTcpSocket *connection = nullptr;
    m_upstream->answer = [&connection](QTcpSocket *socket) {
        connection = socket;
        socket->write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + RawUpstream::chunk("data: 1\n\n"));
    };
    const std::unique_ptr<UpstreamCall> call = m_transport->send(post(m_upstream->url()));
    const auto head = runTask(call->head(deadlineIn(10s)));
    QVERIFY(head && *head);
    const auto first = runTask(call->read(deadlineIn(10s)));
    QVERIFY(first && *first);
    QCOMPARE(**first, "data: 1\n\n");
    connection->write(RawUpstream::chunk("data: 2\n\n"));
    const auto second = runTask(call->read(deadlineIn(10s)));
    QVERIFY(second && *second);
    QCOMPARE(**second, "data: 2\n\n");
    connection->write("0\r\n\r\n");
    const auto end = runTask(call->read(deadlineIn(10s)));
    QVERIFY(end && *end);
    QCOMPARE(**end, "");
}

void TestTransport::reusesAnIdleConnection_data()
{
    QTest::addColumn<QByteArray>("answer");
    const QByteArray chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    QTest::newRow("short") << RawUpstream::ok("{}");
    QTest::newRow("long") << RawUpstream::ok(QByteArray(200'000, 'x'));
    QTest::newRow("chunks") << chunked + RawUpstream::chunk("hello") + "0\r\n\r\n";
    QTest::newRow("many chunks") << chunked + RawUpstream::chunk(QByteArray(5'000, 'x')).repeated(50) + "0\r\n\r\n";
}

void TestTransport::reusesAnIdleConnection()
{
    QFETCH(QByteArray, answer);
    answerWith(answer);
    for (int i = 0; i < 100; ++i) {
        const Outcome outcome = call(post(m_upstream->url()));
        QVERIFY(outcome.head && !outcome.bodyError);
    }
    QCOMPARE(m_upstream->requests.size(), 100);
    QCOMPARE(m_upstream->connections, 1);
}

void TestTransport::uploadsALargeBodyWhole()
{
    answerWith(RawUpstream::ok("{}"));
    QByteArray body(3 * 1024 * 1024 + 17, Qt::Uninitialized);
    for (qsizetype i = 0; i < body.size(); ++i)
        body[i] = static_cast<char>(i * 7 + i / 251);
    QVERIFY(call(post(m_upstream->url(), body)).head);
    const QByteArray request = m_upstream->requests.value(0);
    QVERIFY(request.sliced(request.indexOf("\r\n\r\n") + 4) == body);
}

namespace {

Task<> countSuccess(Task<Outcome> task, int *successes)
{
    const Outcome outcome = co_await std::move(task);
    if (outcome.head && !outcome.bodyError && outcome.body == "{}")
        ++*successes;
}

} // namespace

void TestTransport::runsManyCallsAtOnce()
{
    // Every request is answered only after the last one arrived, so all of them are under way together.
    constexpr int calls = 300; // more than one manager takes
    m_upstream->setListenBacklogSize(calls);
    m_upstream->answer = [this](QTcpSocket *) {
        if (m_upstream->requests.size() < calls)
            return;
        for (const QPointer<QTcpSocket> &socket : m_upstream->sockets)
            socket->write(RawUpstream::ok("{}"));
    };
    int successes = 0;
    std::vector<std::unique_ptr<TaskRunner>> runners;
    for (int i = 0; i < calls; ++i) {
        runners.push_back(std::make_unique<TaskRunner>());
        runners.back()->start(countSuccess(exchange(m_transport.get(), post(m_upstream->url())), &successes), nullptr);
    }
    QTRY_COMPARE_WITH_TIMEOUT(successes, calls, 30'000);
    QCOMPARE(m_upstream->connections, calls);
}

void TestTransport::refusesWhatIsNotHttp_data()
{
    QTest::addColumn<QUrl>("url");
    QTest::newRow("a file") << QUrl(QStringLiteral("file:///etc/hostname"));
    QTest::newRow("data") << QUrl(QStringLiteral("data:,hello"));
    QTest::newRow("a local socket") << QUrl(QStringLiteral("unix+http://x/y"));
    QTest::newRow("no scheme") << QUrl(QStringLiteral("api.example.com/v1"));
    QTest::newRow("no host") << QUrl(QStringLiteral("http:///v1"));
    QTest::newRow("empty") << QUrl();
}

void TestTransport::refusesWhatIsNotHttp()
{
    QFETCH(QUrl, url);
    const Outcome outcome = call(post(url));
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().reason, "invalid_url");
}

void TestTransport::refusesAHeaderThatWouldSplitTheRequest()
{
    for (const HeaderList::Field &field :
         {HeaderList::Field{"X-A", "1\r\nX-B: 2"}, {"X-A\r\nX-B", "1"}, {"", "1"}, {"X A", "1"}}) {
        UpstreamRequest request = post(m_upstream->url());
        request.headers.add(field.name, field.value);
        const Outcome outcome = call(request);
        QVERIFY(!outcome.head);
        QCOMPARE(outcome.head.error().reason, "invalid_header");
    }
    QCOMPARE(m_upstream->connections, 0);
}

void TestTransport::printsRoundTripTimes()
{
    answerWith(RawUpstream::ok("{}"));
    for (const int size : {2, 512 * 1024}) {
        const QByteArray body(size, 'x');
        QVERIFY(call(post(m_upstream->url(), body)).head); // opens the connection
        constexpr int rounds = 200;
        QElapsedTimer timer;
        timer.start();
        for (int i = 0; i < rounds; ++i)
            QVERIFY(call(post(m_upstream->url(), body)).head);
        qInfo("%d bytes of body: %.0f us a round trip (upstream in the same thread)", size,
              static_cast<double>(timer.nsecsElapsed()) / 1000.0 / rounds);
    }
}

QTEST_GUILESS_MAIN(TestTransport)
#include "tst_transport.moc"
