// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/upstream/wire_test.h"

#include <QTest>
#include <QTimer>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

/// How the upstream ends its connection after its bytes.
enum class End {
    Close,     ///< with TLS's goodbye, if there is TLS
    HalfClose, ///< sends no more, and still listens; without a goodbye
    Reset
};

// Once the client has the bytes: RST discards them.
void endLater(QTcpSocket *socket, End end)
{
    if (end == End::Close)
        return socket->disconnectFromHost();
    QTimer::singleShot(100ms, socket, [socket, end] {
        if (end == End::Reset)
            RawUpstream::reset(socket);
        else
            ::shutdown(int(socket->socketDescriptor()), SHUT_WR);
    });
}

} // namespace

/// What every transport does over every wire when a call ends too early, too late or not at all.
class TestTransportConformanceEndings : public WireTest
{
    Q_OBJECT

private Q_SLOTS:
    void reportsAConnectTimeout();
    void reportsAHeaderTimeout_data();
    void reportsAHeaderTimeout();
    void reportsAReadTimeout();
    void tellsACutBodyFromACompleteOne_data();
    void tellsACutBodyFromACompleteOne();
    void believesNoEndWithoutATlsGoodbye();
    void sendsAPostOnceWhenTheConnectionEnds_data();
    void sendsAPostOnceWhenTheConnectionEnds();
    void refusesAHeadThatIsTooLarge_data();
    void refusesAHeadThatIsTooLarge();
    void neverShowsTheQuery();

private:
    Outcome call(UpstreamRequest request, std::chrono::milliseconds headLimit = 10s,
                 std::chrono::milliseconds readLimit = 10s)
    {
        return wholeCall(m_wire->transport(), std::move(request), headLimit, readLimit);
    }
    void answerWith(const QByteArray &bytes, std::optional<End> end = {})
    {
        m_wire->upstream().answer = [bytes, end](QTcpSocket *socket) {
            if (!bytes.isEmpty())
                socket->write(bytes);
            if (end)
                endLater(socket, *end);
        };
    }
    /// Leaves an idle connection.
    bool keepConnection()
    {
        answerWith(RawUpstream::ok("{}"));
        return call(post(m_wire->url())).body == "{}";
    }
    /// The error of a call whose connection broke, as this wire tells it.
    QByteArray brokenWords(const QByteArray &words) const { return m_wire->isHttp2() ? "the connection broke" : words; }
};

void TestTransportConformanceEndings::reportsAConnectTimeout()
{
    UpstreamRequest request = post(m_wire->deafUrl());
    request.connectTimeout = 100ms;
    const Outcome outcome = call(request);
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().reason, "connect_timeout");
    QCOMPARE(outcome.head.error().kind, ErrorKind::UpstreamTimeout);
    QVERIFY2(outcome.head.error().message.contains("connect timeout of 100 ms"), outcome.head.error().message);
}

void TestTransportConformanceEndings::reportsAHeaderTimeout_data()
{
    QTest::addColumn<bool>("isKept");
    QTest::newRow("new connection") << false;
    QTest::newRow("kept connection") << true;
}

void TestTransportConformanceEndings::reportsAHeaderTimeout()
{
    QFETCH(const bool, isKept);
    RawUpstream &upstream = m_wire->upstream();
    QVERIFY(!isKept || keepConnection());
    upstream.answer = nullptr;
    const Outcome outcome = call(post(m_wire->url()), 1s);
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().reason, "header_timeout");
    QCOMPARE(outcome.head.error().kind, ErrorKind::UpstreamTimeout);
    QVERIFY2(outcome.head.error().message.contains("while waiting for its answer"), outcome.head.error().message);
    QCOMPARE(upstream.requests.size(), isKept ? 2 : 1);
    // The provider hears of it, and a late answer cannot meet the next request.
    QTRY_COMPARE(upstream.disconnections, upstream.connections);
}

void TestTransportConformanceEndings::reportsAReadTimeout()
{
    answerWith("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + RawUpstream::chunk("first"));
    const Outcome outcome = call(post(m_wire->url()), 10s, 500ms);
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().detail);
    QCOMPARE(outcome.body, "first");
    QVERIFY(outcome.bodyError);
    QCOMPARE(outcome.bodyError->reason, "read_timeout");
    QCOMPARE(outcome.bodyError->kind, ErrorKind::UpstreamTimeout);
    QVERIFY2(outcome.bodyError->message.contains("in the middle of its answer"), outcome.bodyError->message);
    QTRY_COMPARE(m_wire->upstream().disconnections, 1);
}

void TestTransportConformanceEndings::tellsACutBodyFromACompleteOne_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<End>("end");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("isComplete");
    QTest::addColumn<bool>("isGet");
    const auto row = [](const char *name, const QByteArray &bytes, End end, const char *body, bool isComplete,
                        bool isGet = false) {
        QTest::newRow(name) << bytes << end << QByteArray(body) << isComplete << isGet;
    };
    const QByteArray chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const QByteArray ten = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    const QByteArray unknown = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    row("all of a known length", ten + "0123456789", End::Close, "0123456789", true);
    row("all of a known length, half-closed", ten + "0123456789", End::HalfClose, "0123456789", true);
    row("known length, cut", ten + "01234", End::Close, "01234", false);
    row("known length, half-closed", ten + "01234", End::HalfClose, "01234", false);
    row("known length, nothing of it", ten, End::Close, "", false);
    row("known length, reset", ten + "01234", End::Reset, "01234", false);
    row("all chunks", chunked + "5\r\nhello\r\n0\r\n\r\n", End::Close, "hello", true);
    row("no last chunk", chunked + "5\r\nhello\r\n", End::Close, "hello", false);
    row("no last chunk, half-closed", chunked + "5\r\nhello\r\n", End::HalfClose, "hello", false);
    row("no last chunk, reset", chunked + "5\r\nhello\r\n", End::Reset, "hello", false);
    row("no chunk at all", chunked, End::Close, "", false);
    row("cut inside a chunk", chunked + "5\r\nhel", End::Close, "hel", false);
    row("cut in a chunk's size", chunked + "5\r\nhello\r\n1", End::Close, "hello", false);
    row("until the connection closes", unknown + "hello", End::Close, "hello", true);
    row("until the connection is reset", unknown + "hello", End::Reset, "hello", false);
    row("error status, cut", "HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\n01234", End::Close, "01234", false);
    row("GET, known length", ten + "0123456789", End::Close, "0123456789", true, true);
    row("GET, known length, cut", ten + "01234", End::Close, "01234", false, true);
    row("GET, until the connection closes", unknown + "hello", End::Close, "hello", true, true);
}

void TestTransportConformanceEndings::tellsACutBodyFromACompleteOne()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const End, end);
    QFETCH(const QByteArray, body);
    QFETCH(const bool, isComplete);
    QFETCH(const bool, isGet);
    answerWith(bytes, end);
    UpstreamRequest request = post(m_wire->url(), isGet ? "" : "{}");
    request.method = isGet ? "GET" : "POST";
    const Outcome outcome = call(request);
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().detail);
    QCOMPARE(outcome.body, body);
    QVERIFY2(!outcome.bodyError == isComplete, outcome.bodyError ? outcome.bodyError->detail : "reported as complete");
    if (isComplete)
        return;
    QCOMPARE(outcome.bodyError->reason, m_wire->closedReason());
    const QByteArray words = brokenWords("before the answer was complete");
    QVERIFY2(outcome.bodyError->message.contains(words), outcome.bodyError->message);
}

// Anybody on the way can end a connection; only the other side can say goodbye.
void TestTransportConformanceEndings::believesNoEndWithoutATlsGoodbye()
{
    answerWith("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello", End::HalfClose);
    const Outcome outcome = call(post(m_wire->url()));
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().detail);
    QCOMPARE(outcome.body, "hello");
    const bool isCut = m_wire->hasTls() && !m_wire->isHttp2(); // there it is nginx that takes it for the end
    QCOMPARE(outcome.bodyError.has_value(), isCut);
    if (isCut)
        QCOMPARE(outcome.bodyError->reason, "connection_closed");
}

void TestTransportConformanceEndings::sendsAPostOnceWhenTheConnectionEnds_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<End>("end");
    QTest::addColumn<qsizetype>("bodySize");
    QTest::newRow("before an answer") << QByteArray() << End::Close << qsizetype(2);
    QTest::newRow("before an answer, half-closed") << QByteArray() << End::HalfClose << qsizetype(2);
    QTest::newRow("before an answer, reset") << QByteArray() << End::Reset << qsizetype(2);
    QTest::newRow("before an answer to a large body") << QByteArray() << End::Close << qsizetype(600'000);
    QTest::newRow("in the status line") << QByteArray("HTTP/1.1 20") << End::Close << qsizetype(2);
    QTest::newRow("in the headers") << QByteArray("HTTP/1.1 200 OK\r\nContent-Le") << End::Close << qsizetype(2);
}

void TestTransportConformanceEndings::sendsAPostOnceWhenTheConnectionEnds()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const End, end);
    QFETCH(const qsizetype, bodySize);
    answerWith(bytes, end);
    const Outcome outcome = call(post(m_wire->url(), QByteArray(bodySize, 'x')));
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().kind, ErrorKind::UpstreamTransport);
    QCOMPARE(outcome.head.error().reason, m_wire->closedReason());
    const QByteArray words = brokenWords("before a valid answer came");
    QVERIFY2(outcome.head.error().message.contains(words), outcome.head.error().message);
    QCOMPARE(m_wire->upstream().requests.size(), 1);
}

void TestTransportConformanceEndings::refusesAHeadThatIsTooLarge_data()
{
    QTest::addColumn<QByteArray>("lines");
    QTest::newRow("many lines") << ("X-A: " + QByteArray(1000, 'x') + "\r\n").repeated(70);
    QTest::newRow("one line") << "X-A: " + QByteArray(70'000, 'x') + "\r\n";
}

void TestTransportConformanceEndings::refusesAHeadThatIsTooLarge()
{
    QFETCH(const QByteArray, lines);
    answerWith("HTTP/1.1 200 OK\r\n" + lines + "Content-Length: 0\r\n\r\n");
    const Outcome outcome = call(post(m_wire->url()));
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().reason, "invalid_response");
    QVERIFY2(outcome.head.error().message.contains("larger than 64 KiB"), outcome.head.error().message);
}

void TestTransportConformanceEndings::neverShowsTheQuery()
{
    const QUrl url = m_wire->url(QStringLiteral("/v1/models/gemini?key=sesame"));
    answerWith({}, End::Close);
    const Outcome closed = call(post(url));
    m_wire->upstream().answer = nullptr;
    const Outcome late = call(post(url), 100ms);
    answerWith("HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\n01", End::Close);
    const Outcome cut = call(post(url));
    QVERIFY(!closed.head && !late.head && cut.bodyError);
    for (const Error &error : {closed.head.error(), late.head.error(), *cut.bodyError}) {
        QVERIFY2(!error.message.contains("sesame") && !error.message.contains("gemini"), error.message);
        QVERIFY2(!error.detail.contains("sesame"), error.detail);
    }
}

QTEST_GUILESS_MAIN(TestTransportConformanceEndings)
#include "tst_transport_conformance_endings.moc"
