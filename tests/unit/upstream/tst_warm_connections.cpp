// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/upstream/curl_transport.h"
#include "tests/support/wait.h"
#include "tests/unit/upstream/call_helpers.h"
#include "tests/unit/upstream/deaf_server.h"
#include "tests/unit/upstream/nginx.h"
#include "tests/unit/upstream/raw_upstream.h"

#include <QTest>

#include <algorithm>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

// What is bounded by the seconds of a real configuration takes milliseconds here.
constexpr WarmConnections::Times kQuick{.interval = 20ms, .useCounts = 10min};

UpstreamRequest stream(const QUrl &url)
{
    UpstreamRequest request = post(url);
    request.isStream = true;
    return request;
}

} // namespace

class TestWarmConnections : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        QTest::failOnWarning();
        m_upstream = std::make_unique<RawUpstream>();
        m_upstream->answer = [this](QTcpSocket *socket) {
            const bool isHead = m_upstream->requests.last().startsWith("HEAD ");
            socket->write(isHead ? QByteArray("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n")
                                 : RawUpstream::ok("{}"));
        };
        makeTransport({});
    }
    void cleanup()
    {
        m_transport.reset();
        m_upstream.reset();
    }

    void theFirstCallTakesOneThatIsThere_data();
    void theFirstCallTakesOneThatIsThere();
    void tellsNothingOfItsOwner();
    void opensAsManyAsAreWanted();
    void opensTheRestWhereMoreAreWanted();
    void opensNothingWhereNothingIsWanted();
    void opensNothingMoreForWhatIsKnown();
    void renewsThemWhileTheyAreUsed();
    void renewsNothingThatNobodyUses_data();
    void renewsNothingThatNobodyUses();
    void aServerThatDoesNotListenDoesNoHarm();
    void aServerThatHangsUpDoesNoHarm();
    void aServerThatDoesNotAnswerDoesNoHarm();
    void speaksTls();

private:
    void makeTransport(WarmConnections::Times times, QByteArray certificates = {})
    {
        m_transport = std::make_unique<CurlTransport>(
            CurlTransport::Options{.proxies = {}, .extraCertificateFile = std::move(certificates), .warmTimes = times});
    }
    void keepWarm(int connections) { m_transport->keepWarm({{.url = m_upstream->url(), .connections = connections}}); }
    /// So many came in all, and nothing is under way.
    bool waitForConnections(int count)
    {
        return waitUntil([this, count] { return m_upstream->connections == count && !warm().isOpening(); });
    }
    bool waitForLooks(int more)
    {
        const int count = warm().looks() + more;
        return waitUntil([this, count] { return warm().looks() >= count && !warm().isOpening(); });
    }
    const WarmConnections &warm() const { return m_transport->warmConnections(); }
    qsizetype calls() const
    {
        return std::ranges::count_if(m_upstream->requests,
                                     [](const QByteArray &request) { return request.startsWith("POST "); });
    }
    Outcome call(UpstreamRequest request) { return wholeCall(m_transport.get(), std::move(request), 10s, 10s); }

    std::unique_ptr<RawUpstream> m_upstream;
    std::unique_ptr<CurlTransport> m_transport;
};

void TestWarmConnections::theFirstCallTakesOneThatIsThere_data()
{
    QTest::addColumn<bool>("isStream");
    QTest::newRow("stream") << true;
    QTest::newRow("whole answer") << false;
}

void TestWarmConnections::theFirstCallTakesOneThatIsThere()
{
    QFETCH(const bool, isStream);
    keepWarm(1);
    QVERIFY(waitForConnections(1));
    QCOMPARE(calls(), 0);
    UpstreamRequest request = post(m_upstream->url());
    request.isStream = isStream;
    const Outcome outcome = call(std::move(request));
    QVERIFY(outcome.head);
    QCOMPARE(outcome.body, "{}");
    QCOMPARE(m_upstream->connections, 1);
    QCOMPARE(calls(), 1);
}

void TestWarmConnections::tellsNothingOfItsOwner()
{
    m_transport->keepWarm({{.url = m_upstream->url(QStringLiteral("/v1/secret?key=sk-canary")), .connections = 1}});
    QVERIFY(waitForConnections(1));
    QCOMPARE(m_upstream->requests.size(), 1);
    const QByteArray request = m_upstream->requests.first();
    QVERIFY(request.startsWith("HEAD / HTTP/1.1\r\n"));
    QVERIFY(!request.contains("canary"));
    QVERIFY(!request.toLower().contains("authorization"));
}

void TestWarmConnections::opensAsManyAsAreWanted()
{
    keepWarm(3);
    QVERIFY(waitForConnections(3));
    QCOMPARE(m_upstream->disconnections, 0);
}

void TestWarmConnections::opensTheRestWhereMoreAreWanted()
{
    keepWarm(1);
    QVERIFY(waitForConnections(1));
    keepWarm(3);
    QVERIFY(waitForConnections(3));
}

void TestWarmConnections::opensNothingWhereNothingIsWanted()
{
    makeTransport(kQuick);
    keepWarm(0);
    m_transport->keepWarm({{.url = QUrl(), .connections = 4}});
    QVERIFY(!warm().isOpening());
    QVERIFY(call(stream(m_upstream->url())).head);
    QVERIFY(!warm().isOpening());
    QTest::qWait(100); // five times as long as until the first look
    QCOMPARE(warm().looks(), 0);
    QCOMPARE(m_upstream->connections, 1); // the call's own
}

void TestWarmConnections::opensNothingMoreForWhatIsKnown()
{
    keepWarm(2);
    QVERIFY(waitForConnections(2));
    keepWarm(2);
    QVERIFY(!warm().isOpening());
    keepWarm(1);
    QVERIFY(!warm().isOpening());
}

void TestWarmConnections::renewsThemWhileTheyAreUsed()
{
    makeTransport(kQuick);
    keepWarm(2);
    QVERIFY(waitForConnections(2));
    QVERIFY(call(stream(m_upstream->url())).head);
    QVERIFY(waitForLooks(2)); // some are left
    QCOMPARE(m_upstream->connections, 2);
    for (const QPointer<QTcpSocket> &socket : m_upstream->sockets)
        socket->disconnectFromHost();
    QVERIFY(waitForConnections(4));
    QVERIFY(waitForLooks(2));
    QCOMPARE(m_upstream->connections, 4);
    QCOMPARE(calls(), 1);
}

void TestWarmConnections::renewsNothingThatNobodyUses_data()
{
    QTest::addColumn<bool>("isUsed");
    QTest::newRow("never used") << false;
    QTest::newRow("used too long ago") << true;
}

void TestWarmConnections::renewsNothingThatNobodyUses()
{
    QFETCH(const bool, isUsed);
    makeTransport({.interval = 20ms, .useCounts = 0ms});
    keepWarm(1);
    QVERIFY(waitForConnections(1));
    if (isUsed)
        QVERIFY(call(stream(m_upstream->url())).head);
    m_upstream->sockets.first()->disconnectFromHost();
    QTest::qWait(100); // five times as long as until the first look
    QCOMPARE(warm().looks(), 0);
    QCOMPARE(m_upstream->connections, 1);
}

void TestWarmConnections::aServerThatDoesNotListenDoesNoHarm()
{
    makeTransport(kQuick);
    const QUrl gone = m_upstream->url();
    m_upstream->close();
    m_transport->keepWarm({{.url = gone, .connections = 2}});
    QVERIFY(waitUntil([this] { return !warm().isOpening(); }));
    const Outcome failed = call(stream(gone));
    QVERIFY(!failed.head);
    QCOMPARE(failed.head.error().reason, "connect_error");
    QVERIFY(waitForLooks(2)); // they fail
    RawUpstream other;
    other.answer = [](QTcpSocket *socket) { socket->write(RawUpstream::ok("{}")); };
    QVERIFY(call(stream(other.url())).head);
}

void TestWarmConnections::aServerThatHangsUpDoesNoHarm()
{
    m_upstream->answer = [this](QTcpSocket *socket) {
        if (m_upstream->requests.last().startsWith("HEAD "))
            socket->disconnectFromHost();
        else
            socket->write(RawUpstream::ok("{}"));
    };
    keepWarm(2);
    QVERIFY(waitUntil([this] { return m_upstream->requests.size() >= 2 && !warm().isOpening(); }));
    QVERIFY(call(stream(m_upstream->url())).head);
    QCOMPARE(calls(), 1);
}

void TestWarmConnections::aServerThatDoesNotAnswerDoesNoHarm()
{
    makeTransport(kQuick);
    const DeafServer deaf;
    m_transport->keepWarm({{.url = deaf.url(), .connections = 4}});
    QVERIFY(warm().isOpening());
    QVERIFY(call(stream(m_upstream->url())).head);
    m_transport->keepWarm({});
    QVERIFY(call(stream(m_upstream->url())).head);
    m_transport.reset(); // while they connect
}

void TestWarmConnections::speaksTls()
{
    QVERIFY2(!Nginx::program().isEmpty(), "nginx is not installed; ./dev setup installs it");
    Nginx server(1);
    QVERIFY(server.start());
    makeTransport({}, server.certificateFile());
    m_transport->keepWarm({{.url = server.url(QString()), .connections = 1}});
    QVERIFY(waitUntil([this] { return !warm().isOpening(); }));
    const std::unique_ptr<UpstreamCall> held = m_transport->send(stream(server.url(QStringLiteral("/ok"))));
    const auto head = runTask(held->head(deadlineIn(10s)));
    QVERIFY(head && *head);
    const std::optional<PhaseTimes> times = held->phaseTimes();
    QVERIFY(times);
    QVERIFY(times->isReused);
    QVERIFY(!times->tls);
}

QTEST_GUILESS_MAIN(TestWarmConnections)
#include "tst_warm_connections.moc"
