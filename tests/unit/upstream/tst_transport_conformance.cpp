// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/upstream/wire_test.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

/// What every transport does over every wire: what is sent, and what comes of whole answers.
class TestTransportConformance : public WireTest
{
    Q_OBJECT

private Q_SLOTS:
    void sendsTheRequestAndReturnsHeadAndBody();
    void sendsAGetWithoutBody();
    void deliversEveryStatus_data();
    void deliversEveryStatus();
    void handsUpWhatItDoesNotActOn_data();
    void handsUpWhatItDoesNotActOn();
    void deliversPiecesAsTheyCome();
    void reusesAnIdleConnection_data();
    void reusesAnIdleConnection();
    void uploadsALargeBodyWhole();
    void runsManyCallsAtOnce();
    void trustsNobodyWhomItDoesNotKnow();

private:
    Outcome call(UpstreamRequest request) { return wholeCall(m_wire->transport(), std::move(request), 10s, 10s); }
    void answerWith(const QByteArray &bytes)
    {
        m_wire->upstream().answer = [bytes](QTcpSocket *socket) { socket->write(bytes); };
    }
};

void TestTransportConformance::sendsTheRequestAndReturnsHeadAndBody()
{
    answerWith("HTTP/1.1 201 Created\r\nContent-Length: 5\r\nX-Request-Id: abc\r\nX-A: 1\r\nX-A: 2\r\nX-Empty:\r\n"
               "X-Title: \xC5\xBDlut\xC3\xBD\r\n\r\nhello");
    UpstreamRequest request = post(m_wire->url(QStringLiteral("/v1/chat?key=a%20b")), "{\"a\":1}");
    request.headers.add("anthropic-beta", "a");
    request.headers.add("anthropic-beta", "b");
    request.headers.add("X-Title", "\xC5\xBDlut\xC3\xBD");
    const Outcome outcome = call(request);
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().detail);
    QCOMPARE(outcome.head->status, 201);
    QCOMPARE(outcome.head->headers.value("x-request-id"), "abc");
    QCOMPARE(outcome.head->headers.count("x-a"), 2);
    QCOMPARE(outcome.head->headers.value("x-empty"), "");
    QCOMPARE(outcome.head->headers.value("x-title"), "\xC5\xBDlut\xC3\xBD");
    QCOMPARE(outcome.body, "hello");
    QVERIFY(!outcome.bodyError);

    const QByteArray sent = m_wire->upstream().requests.value(0);
    QVERIFY2(sent.startsWith("POST " + m_wire->target("/v1/chat?key=a%20b") + " HTTP/1.1\r\n"), sent);
    QVERIFY2(sent.contains("\r\nanthropic-beta: a\r\nanthropic-beta: b\r\n"), sent);
    QVERIFY2(sent.toLower().contains("\r\nx-title: \xC5\xBDlut\xC3\xBD\r\n"), sent);
    QVERIFY2(sent.toLower().contains("\r\naccept-encoding: identity\r\n"), sent);
    QVERIFY2(sent.endsWith("\r\n\r\n{\"a\":1}"), sent);
}

void TestTransportConformance::sendsAGetWithoutBody()
{
    answerWith(RawUpstream::ok("[]"));
    const Outcome outcome =
        call({.method = "GET", .url = m_wire->url(QStringLiteral("/v1/models")), .headers = {}, .body = {}});
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().detail);
    QCOMPARE(outcome.body, "[]");
    const QByteArray sent = m_wire->upstream().requests.value(0);
    QVERIFY2(sent.startsWith("GET " + m_wire->target("/v1/models") + " HTTP/1.1\r\n"), sent);
    QVERIFY2(!sent.toLower().contains("\r\ncontent-"), sent);
}

void TestTransportConformance::deliversEveryStatus_data()
{
    QTest::addColumn<QByteArray>("statusLine");
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<bool>("hasBody");
    const auto row = [](const char *name, const char *statusLine, const char *header = "", bool hasBody = true) {
        QTest::newRow(name) << QByteArray(statusLine) << QByteArray(header) << hasBody;
    };
    row("200", "200 OK");
    row("202", "202 Accepted");
    row("204", "204 No Content", "", false);
    row("304", "304 Not Modified", "ETag: \"a\"\r\n", false);
    row("400", "400 Bad Request");
    row("401 with a Bearer challenge", "401 Unauthorized", "WWW-Authenticate: Bearer\r\n");
    row("401 with a Basic challenge", "401 Unauthorized", "WWW-Authenticate: Basic realm=\"x\"\r\n");
    row("401 with a Negotiate challenge", "401 Unauthorized", "WWW-Authenticate: Negotiate\r\n");
    row("401 without a challenge", "401 Unauthorized");
    row("403", "403 Forbidden");
    row("404", "404 Not Found");
    row("405", "405 Method Not Allowed");
    row("407", "407 Proxy Authentication Required");
    row("409", "409 Conflict");
    row("418", "418 I'm a teapot");
    row("429", "429 Too Many Requests", "Retry-After: 3\r\n");
    row("500", "500 Internal Server Error");
    row("502", "502 Bad Gateway");
    row("503", "503 Service Unavailable");
    row("504", "504 Gateway Timeout");
    row("529", "529 Overloaded");
    row("599", "599 Nobody Knows");
}

void TestTransportConformance::deliversEveryStatus()
{
    QFETCH(const QByteArray, statusLine);
    QFETCH(const QByteArray, header);
    QFETCH(const bool, hasBody);
    const QByteArray body = hasBody ? QByteArray(40'000, 'x') : QByteArray();
    const QByteArray length = hasBody ? "Content-Length: " + QByteArray::number(body.size()) + "\r\n" : QByteArray();
    answerWith("HTTP/1.1 " + statusLine + "\r\n" + header + length + "\r\n" + body);
    const Outcome outcome = call(post(m_wire->url()));
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().detail);
    QCOMPARE(outcome.head->status, statusLine.first(3).toInt());
    QVERIFY2(!outcome.bodyError, outcome.bodyError ? outcome.bodyError->detail : "");
    QCOMPARE(outcome.body.size(), body.size());
    QCOMPARE(outcome.body, body);
    QCOMPARE(m_wire->upstream().requests.size(), 1);
}

void TestTransportConformance::handsUpWhatItDoesNotActOn_data()
{
    QTest::addColumn<QByteArray>("status");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *title, const char *status, const char *name, const char *value, const char *body) {
        QTest::newRow(title) << QByteArray(status) << QByteArray(name) << QByteArray(value) << QByteArray(body);
    };
    row("a redirect", "302 Found", "Location", "/elsewhere", "no");
    row("a permanent redirect", "308 Permanent Redirect", "Location", "http://other.example/", "");
    row("compressed bytes", "200 OK", "Content-Encoding", "gzip", "\x1f\x8b\x08 not really");
    row("a cookie", "200 OK", "Set-Cookie", "a=b", "{}");
}

void TestTransportConformance::handsUpWhatItDoesNotActOn()
{
    QFETCH(const QByteArray, status);
    QFETCH(const QByteArray, name);
    QFETCH(const QByteArray, value);
    QFETCH(const QByteArray, body);
    answerWith("HTTP/1.1 " + status + "\r\n" + name + ": " + value +
               "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
    for (int i = 1; i <= 2; ++i) {
        const Outcome outcome = call(post(m_wire->url()));
        QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().detail);
        QCOMPARE(outcome.head->status, status.first(3).toInt());
        QCOMPARE(outcome.head->headers.value(name), value);
        QCOMPARE(outcome.body, body);
        QVERIFY(!outcome.bodyError);
        QCOMPARE(m_wire->upstream().requests.size(), i);
    }
    QVERIFY(!m_wire->upstream().requests.value(1).toLower().contains("cookie"));
}

void TestTransportConformance::deliversPiecesAsTheyCome()
{
    // The second piece is written only after the first was read: a transport that gathers would hang here.
    QTcpSocket *connection = nullptr;
    m_wire->upstream().answer = [&connection](QTcpSocket *socket) {
        connection = socket;
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
                      RawUpstream::chunk("data: 1\n\n"));
    };
    const std::unique_ptr<UpstreamCall> call = m_wire->transport()->send(post(m_wire->url()));
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

void TestTransportConformance::reusesAnIdleConnection_data()
{
    QTest::addColumn<QByteArray>("answer");
    const QByteArray chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    QTest::newRow("short") << RawUpstream::ok("{}");
    QTest::newRow("long") << RawUpstream::ok(QByteArray(200'000, 'x'));
    QTest::newRow("chunks") << chunked + RawUpstream::chunk("hello") + "0\r\n\r\n";
    QTest::newRow("many chunks") << chunked + RawUpstream::chunk(QByteArray(5'000, 'x')).repeated(50) + "0\r\n\r\n";
    QTest::newRow("an error") << QByteArray("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 4\r\n\r\nslow");
}

void TestTransportConformance::reusesAnIdleConnection()
{
    QFETCH(const QByteArray, answer);
    answerWith(answer);
    QList<Outcome> outcomes;
    for (int i = 0; i < 30; ++i) {
        outcomes.append(call(post(m_wire->url())));
        QVERIFY(outcomes.last().head && !outcomes.last().bodyError);
    }
    QCOMPARE(m_wire->upstream().requests.size(), 30);
    QCOMPARE(m_wire->connectionsOf(outcomes), 1);
}

void TestTransportConformance::uploadsALargeBodyWhole()
{
    answerWith(RawUpstream::ok("{}"));
    QByteArray body(3 * 1024 * 1024 + 17, Qt::Uninitialized);
    for (qsizetype i = 0; i < body.size(); ++i)
        body[i] = static_cast<char>(i * 7 + i / 251);
    const Outcome outcome = call(post(m_wire->url(), body));
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().detail);
    const QByteArray request = m_wire->upstream().requests.value(0);
    QVERIFY(request.sliced(request.indexOf("\r\n\r\n") + 4) == body);
}

namespace {

Task<> collect(Task<Outcome> task, QList<Outcome> *outcomes)
{
    outcomes->append(co_await std::move(task));
}

} // namespace

void TestTransportConformance::runsManyCallsAtOnce()
{
    // Every request is answered only after the last one arrived, so all of them are under way together.
    constexpr int calls = 40; // a listening socket's queue holds 50
    RawUpstream &upstream = m_wire->upstream();
    answerWith(RawUpstream::ok("{}"));
    QVERIFY(call(post(m_wire->url())).head); // HTTP/2: now there is a connection that all can share
    upstream.answer = [&upstream](QTcpSocket *) {
        if (upstream.requests.size() < calls + 1)
            return;
        for (const QPointer<QTcpSocket> &socket : upstream.sockets) {
            if (socket->state() == QAbstractSocket::ConnectedState)
                socket->write(RawUpstream::ok("{}"));
        }
    };
    QList<Outcome> outcomes;
    std::vector<std::unique_ptr<TaskRunner>> runners;
    for (int i = 0; i < calls; ++i) {
        runners.push_back(std::make_unique<TaskRunner>());
        runners.back()->start(collect(exchange(m_wire->transport(), post(m_wire->url()), 20s, 20s), &outcomes),
                              nullptr);
    }
    QTRY_COMPARE_WITH_TIMEOUT(outcomes.size(), calls, 30'000);
    for (const Outcome &outcome : outcomes)
        QCOMPARE(outcome.body, "{}");
    QCOMPARE(m_wire->connectionsOf(outcomes), m_wire->isHttp2() ? 1 : calls);
}

void TestTransportConformance::trustsNobodyWhomItDoesNotKnow()
{
    answerWith(RawUpstream::ok("{}"));
    const std::unique_ptr<Transport> transport = m_wire->makeDistrustful();
    const Outcome outcome = wholeCall(transport.get(), post(m_wire->url()), 10s, 10s);
    QCOMPARE(outcome.head.has_value(), !m_wire->hasTls());
    QCOMPARE(m_wire->upstream().requests.size(), m_wire->hasTls() ? 0 : 1);
    if (m_wire->hasTls())
        QCOMPARE(outcome.head.error().reason, "tls_error");
}

QTEST_GUILESS_MAIN(TestTransportConformance)
#include "tst_transport_conformance.moc"
