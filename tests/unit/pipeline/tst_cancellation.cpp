// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using namespace std::chrono_literals;
using test::contentChunk;
using test::GatewayInMemory;
using test::Script;

/// A client that leaves takes its request with it: at once, wherever it waits, and counted once.
class CancellationTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void abortsTheCallInEveryPhase_data();
    void abortsTheCallInEveryPhase();
    void endsTheWaitBetweenRetries();
    void abortsAStreamThatWaitsForTheClient();
    void countsNothingTwiceAfterTheAnswer();
    void endsWithTheConnectionObject();
};

namespace {

double allRequests(const GatewayInMemory &gateway)
{
    return gateway.metrics().sum("ai_router_requests_total");
}

} // namespace

void CancellationTest::abortsTheCallInEveryPhase_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<bool>("stream");
    QTest::addColumn<bool>("hasBegun"); // the client has got a part
    QTest::newRow("waiting for the head") << Script::silent() << false << false;
    QTest::newRow("waiting for the body") << std::move(Script().wait()) << false << false;
    QTest::newRow("in the body") << std::move(Script().bytes("{").wait()) << false << false;
    QTest::newRow("waiting for the error's body") << std::move(Script(500).wait()) << false << false;
    QTest::newRow("stream: waiting for the head") << Script::silent() << true << false;
    QTest::newRow("stream: waiting for the first token")
        << std::move(Script().data(test::kRoleChunk).wait()) << true << false;
    QTest::newRow("stream: in the middle") << std::move(Script().data(contentChunk("a")).wait()) << true << true;
}

void CancellationTest::abortsTheCallInEveryPhase()
{
    QFETCH(const Script, script);
    QFETCH(const bool, stream);
    QFETCH(const bool, hasBegun);
    GatewayInMemory gateway({script});
    if (stream)
        gateway.postStream();
    else
        gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 1);
    QCOMPARE(gateway.metrics().value("ai_router_active_requests"), 1);
    if (hasBegun)
        QTRY_VERIFY(gateway.body().contains("\"a\""));
    gateway.client.socket.abort();
    QTRY_COMPARE(gateway.transport->alive, 0);
    QCOMPARE(gateway.requests(499), 1);
    QCOMPARE(allRequests(gateway), 1);
    QCOMPARE(gateway.attempts("one", "cancelled"), 1);
    QCOMPARE(gateway.metrics().sum("lunargate_attempts_total"), 1);
    QCOMPARE(gateway.metrics().sum("ai_router_provider_errors_total"), 0);
    QCOMPARE(gateway.metrics().value("ai_router_active_requests"), 0);
    QCOMPARE(gateway.transport->requests.size(), 1); // nothing is tried for nobody
}

void CancellationTest::endsTheWaitBetweenRetries()
{
    Config config = test::twoProviders();
    config.retry.initialDelay = config.retry.maxDelay = 1h;
    GatewayInMemory gateway({std::move(Script(503).bytes("{}"))}, config);
    test::expectFailedAttempts(1);
    gateway.post();
    QTRY_COMPARE(gateway.attempts("one", "server_error"), 1);
    QVERIFY(TimerQueue::current().size() > 0);
    gateway.client.socket.abort();
    QTRY_COMPARE(gateway.requests(499), 1);
    QCOMPARE(TimerQueue::current().size(), 0);
    QCOMPARE(gateway.transport->requests.size(), 1);
}

void CancellationTest::abortsAStreamThatWaitsForTheClient()
{
    Script script;
    for (int i = 0; i < 1000; ++i)
        script.data(contentChunk(QByteArray(64 * 1024, 'x')));
    GatewayInMemory gateway({script}, test::twoProviders(), 1024);
    gateway.postStream();
    QTRY_VERIFY(gateway.transport->reads > 0);
    gateway.client.socket.abort();
    QTRY_COMPARE(gateway.transport->alive, 0);
    QCOMPARE(gateway.requests(499), 1);
    QCOMPARE(allRequests(gateway), 1);
}

void CancellationTest::countsNothingTwiceAfterTheAnswer()
{
    // The answer is whole; only the end of the provider's message is still awaited.
    GatewayInMemory gateway({std::move(Script().data(contentChunk("a")).data("[DONE]").wait())});
    gateway.postStream();
    QTRY_VERIFY(gateway.isAnswered());
    gateway.client.socket.abort();
    QTRY_COMPARE(gateway.transport->alive, 0);
    QTRY_COMPARE(gateway.requests(200), 1);
    QCOMPARE(allRequests(gateway), 1);
}

void CancellationTest::endsWithTheConnectionObject()
{
    GatewayInMemory gateway({std::move(Script().data(contentChunk("a")).wait())});
    gateway.postStream();
    QTRY_VERIFY(gateway.body().contains("\"a\""));
    gateway.connection.reset();
    QCOMPARE(gateway.transport->alive, 0);
    QCOMPARE(gateway.requests(499), 1);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::CancellationTest)
#include "tst_cancellation.moc"
