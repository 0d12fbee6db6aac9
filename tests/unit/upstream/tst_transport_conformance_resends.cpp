// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/upstream/wire_test.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

/// What every transport does over every wire with a kept connection that turns out to be dead: one more try, and only
/// if nothing was answered.
class TestTransportConformanceResends : public WireTest
{
    Q_OBJECT

private Q_SLOTS:
    void aKeptConnectionThatClosedMeanwhileIsNoFailure();
    void sendsAgainOnceOverAKeptConnectionThatCloses();
    void sendsNothingAgainThatWasAnswered_data();
    void sendsNothingAgainThatWasAnswered();
    void sendsNothingTwiceThatMayNotBe_data();
    void sendsNothingTwiceThatMayNotBe();

private:
    Outcome call(UpstreamRequest request) { return wholeCall(m_wire->transport(), std::move(request), 10s, 10s); }
    /// Leaves an idle connection.
    bool keepConnection()
    {
        m_wire->upstream().answer = [](QTcpSocket *socket) { socket->write(RawUpstream::ok("{}")); };
        return call(post(m_wire->url())).body == "{}";
    }
    /// From now on every request is read, and its connection closed after these bytes.
    void closeAfter(const QByteArray &bytes = {})
    {
        m_wire->upstream().answer = [bytes](QTcpSocket *socket) {
            if (!bytes.isEmpty())
                socket->write(bytes);
            socket->disconnectFromHost();
        };
    }
};

void TestTransportConformanceResends::aKeptConnectionThatClosedMeanwhileIsNoFailure()
{
    RawUpstream &upstream = m_wire->upstream();
    QVERIFY(keepConnection());
    upstream.sockets.first()->disconnectFromHost();
    QTRY_COMPARE(upstream.disconnections, 1);
    const Outcome outcome = call(post(m_wire->url()));
    QVERIFY2(outcome.head, outcome.head ? "" : outcome.head.error().message);
    QCOMPARE(upstream.requests.size(), 2);
    QCOMPARE(upstream.connections, 2);
}

void TestTransportConformanceResends::sendsAgainOnceOverAKeptConnectionThatCloses()
{
    // As a server does whose idle timeout ran out; every further connection closes at once. Over HTTP/2 only the stream
    // ends: there is no doubt that the request came, and it is not sent again.
    RawUpstream &upstream = m_wire->upstream();
    QVERIFY(keepConnection());
    closeAfter();
    const Outcome outcome = call(post(m_wire->url(), "again"));
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().reason, m_wire->closedReason());
    QCOMPARE(upstream.requests.size(), m_wire->isHttp2() ? 2 : 3);
    QVERIFY(upstream.requests.last().endsWith("\r\n\r\nagain"));
}

void TestTransportConformanceResends::sendsNothingAgainThatWasAnswered_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("hasHead");
    // A part of the first line is nothing to curl.
    QTest::newRow("in the headers") << QByteArray("HTTP/1.1 200 OK\r\nContent-Le") << false;
    QTest::newRow("before the body") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n") << true;
    QTest::newRow("in the body") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234") << true;
}

void TestTransportConformanceResends::sendsNothingAgainThatWasAnswered()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const bool, hasHead);
    QVERIFY(keepConnection());
    closeAfter(bytes);
    const Outcome outcome = call(post(m_wire->url()));
    QCOMPARE(outcome.head.has_value(), hasHead);
    QCOMPARE(outcome.bodyError.has_value(), hasHead);
    QCOMPARE(m_wire->upstream().requests.size(), 2);
}

void TestTransportConformanceResends::sendsNothingTwiceThatMayNotBe_data()
{
    QTest::addColumn<bool>("isStream");
    QTest::addColumn<bool>("isUpload");
    QTest::newRow("whole answer") << false << false;
    QTest::newRow("stream") << true << false;
    QTest::newRow("a body that is sent while it comes") << true << true;
}

// The provider may have done what it was asked for.
void TestTransportConformanceResends::sendsNothingTwiceThatMayNotBe()
{
    QFETCH(const bool, isStream);
    QFETCH(const bool, isUpload);
    RawUpstream &upstream = m_wire->upstream();
    QVERIFY(keepConnection());
    UpstreamRequest request = post(m_wire->url());
    request.mayResend = isUpload; // such a body cannot be had again, whatever this says
    if (isUpload) {
        request.rest = std::make_shared<IncomingBody>(4);
        request.rest->put("rest", true);
    }
    request.isStream = isStream;
    closeAfter();
    const Outcome outcome = call(request);
    QVERIFY(!outcome.head);
    QCOMPARE(outcome.head.error().reason, isStream ? QByteArray("connection_closed") : m_wire->closedReason());
    QCOMPARE(upstream.requests.size(), 2);
    // A dead connection that was kept cannot be the reason: it is not used.
    QCOMPARE(upstream.connections, 2);
}

QTEST_GUILESS_MAIN(TestTransportConformanceResends)
#include "tst_transport_conformance_resends.moc"
