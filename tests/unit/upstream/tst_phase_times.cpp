// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/nginx.h"
#include "tests/unit/upstream/raw_upstream.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

class TestPhaseTimes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_upstream = std::make_unique<RawUpstream>();
        m_upstream->answer = [](QTcpSocket *socket) { socket->write(RawUpstream::ok("{}")); };
        m_transport = makeTransport();
    }
    void cleanup()
    {
        m_transport.reset();
        m_upstream.reset();
    }

    void tellsWhatAConnectionTook();
    void tellsOfAKeptConnection();
    void tellsOfAKeptConnectionThatGotNoAnswer();
    void tellsWhatTlsTook();
    void tellsHowFarARefusedCallGot();
    void tellsHowFarACallGotThatTookTooLong();

private:
    /// Of a call whose head is here, or that has failed.
    std::optional<PhaseTimes> timesOf(UpstreamRequest request, std::chrono::milliseconds headLimit = 10s)
    {
        const std::unique_ptr<UpstreamCall> call = m_transport->send(std::move(request));
        m_head = runTask(call->head(deadlineIn(headLimit)));
        const std::optional<PhaseTimes> times = call->phaseTimes();
        while (m_head && *m_head) { // to the end: the connection is kept
            const auto bytes = runTask(call->read(deadlineIn(10s)));
            if (!bytes || !*bytes || (*bytes)->isEmpty())
                break;
        }
        return times;
    }

    std::unique_ptr<RawUpstream> m_upstream;
    std::unique_ptr<Transport> m_transport;
    std::optional<Result<UpstreamHead>> m_head;
};

void TestPhaseTimes::tellsWhatAConnectionTook()
{
    const std::optional<PhaseTimes> times = timesOf(post(m_upstream->url()));
    QVERIFY(m_head && *m_head);
    QVERIFY(times);
    QVERIFY(!times->isReused);
    QVERIFY(times->dns && times->connect && times->firstByte);
    QVERIFY(!times->tls);
    QVERIFY(*times->firstByte >= *times->dns + *times->connect);
}

void TestPhaseTimes::tellsOfAKeptConnection()
{
    QVERIFY(timesOf(post(m_upstream->url())));
    const std::optional<PhaseTimes> times = timesOf(post(m_upstream->url()));
    QCOMPARE(m_upstream->connections, 1);
    QVERIFY(times);
    QVERIFY(times->isReused);
    QVERIFY(!times->dns && !times->connect && !times->tls);
    QVERIFY(times->firstByte);
}

void TestPhaseTimes::tellsOfAKeptConnectionThatGotNoAnswer()
{
    QVERIFY(timesOf(post(m_upstream->url())));
    m_upstream->answer = {};
    const std::optional<PhaseTimes> times = timesOf(post(m_upstream->url()), 300ms);
    QVERIFY(m_head && !*m_head);
    QCOMPARE(m_upstream->connections, 1);
    QVERIFY(times && times->isReused);
    QVERIFY(!times->dns && !times->connect && !times->tls && !times->firstByte);
}

void TestPhaseTimes::tellsWhatTlsTook()
{
    QVERIFY2(!Nginx::program().isEmpty(), "nginx is not installed; ./dev setup installs it");
    Nginx server(1);
    QVERIFY(server.start());
    m_transport = makeTransport({.proxies = {}, .extraCertificateFile = server.certificateFile()});
    const std::optional<PhaseTimes> times = timesOf(post(server.url(QStringLiteral("/ok"))));
    QVERIFY(m_head && *m_head);
    QVERIFY(times);
    QVERIFY(!times->isReused);
    QVERIFY(times->tls && *times->tls > 0us);
    QVERIFY(*times->firstByte >= *times->dns + *times->connect + *times->tls);
    m_transport.reset(); // before its server
}

void TestPhaseTimes::tellsHowFarARefusedCallGot()
{
    const QUrl gone = m_upstream->url();
    m_upstream->close();
    const std::optional<PhaseTimes> times = timesOf(post(gone));
    QVERIFY(m_head && !*m_head);
    QVERIFY(times);
    QVERIFY(!times->isReused);
    QVERIFY(!times->connect && !times->firstByte);
}

void TestPhaseTimes::tellsHowFarACallGotThatTookTooLong()
{
    m_upstream->answer = {};
    const std::optional<PhaseTimes> times = timesOf(post(m_upstream->url()), 300ms);
    QVERIFY(m_head && !*m_head);
    QVERIFY(times);
    QVERIFY(times->connect);
    QVERIFY(!times->firstByte);
}

QTEST_GUILESS_MAIN(TestPhaseTimes)
#include "tst_phase_times.moc"
