// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/permit_testing.h"

namespace lunargate {

using test::contentChunk;
using test::expectChange;
using test::expectFailedAttempts;
using test::expectOpening;
using test::GatewayInMemory;
using test::limited;
using test::queue;
using test::refusals;
using test::Script;
using test::state;
using test::status;
using test::whole;

/// Calls above a provider's limit wait for a slot, go elsewhere or are refused.
class TargetQueuesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void queuesCallsAboveTheLimit();
    void passesOnASlotWhenTheClientLeaves();
    void keepsTheSlotUntilTheStreamEnds();
    void givesTheSlotBackBetweenAttempts();
    void fallsBackWhenTheQueueIsFull();
    void refusesWhenTheQueueIsFullAndNothingIsLeft();
    void doesNotSendWhatWaitedForAProviderThatIsDown();
    void keepsCircuitsAndQueuesOverAReload();
};

void TargetQueuesTest::queuesCallsAboveTheLimit()
{
    GatewayInMemory gateway({Script::silent(whole()), whole()}, limited(1));
    const std::unique_ptr<GatewayInMemory::Client> second = gateway.connectClient();
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 1);
    second->post();
    QTRY_COMPARE(queue(gateway).waiting, 1);
    QCOMPARE(gateway.transport->requests.size(), 1U);
    QCOMPARE(gateway.metrics().value("lunargate_provider_running_calls{provider=\"one\"}"), 1);
    QCOMPARE(gateway.metrics().value("lunargate_provider_waiting_calls{provider=\"one\"}"), 1);
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.isAnswered());
    QTRY_VERIFY(second->client.received().contains("HTTP/1.1 200"));
    QCOMPARE(queue(gateway).running, 0);
}

void TargetQueuesTest::passesOnASlotWhenTheClientLeaves()
{
    GatewayInMemory gateway({Script::silent(), whole()}, limited(1));
    const std::unique_ptr<GatewayInMemory::Client> second = gateway.connectClient();
    const std::unique_ptr<GatewayInMemory::Client> third = gateway.connectClient();
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 1);
    second->post();
    QTRY_COMPARE(queue(gateway).waiting, 1);
    third->post();
    QTRY_COMPARE(queue(gateway).waiting, 2);
    second->client.socket.abort(); // leaves the queue
    QTRY_COMPARE(queue(gateway).waiting, 1);
    gateway.client.socket.abort(); // leaves the provider
    QTRY_VERIFY(third->client.received().contains("HTTP/1.1 200"));
    QCOMPARE(queue(gateway).running, 0);
}

void TargetQueuesTest::keepsTheSlotUntilTheStreamEnds()
{
    const Script stream = std::move(Script().data(contentChunk("a")).wait().data(contentChunk("b")).data("[DONE]"));
    GatewayInMemory gateway({stream}, limited(1));
    gateway.postStream();
    QTRY_VERIFY(gateway.body().contains("\"a\""));
    QCOMPARE(queue(gateway).running, 1);
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.isAnswered());
    QTRY_COMPARE(queue(gateway).running, 0);
}

void TargetQueuesTest::givesTheSlotBackBetweenAttempts()
{
    Config config = limited(1);
    config.retry.enabled = true;
    config.retry.initialDelay = config.retry.maxDelay = 1h;
    GatewayInMemory gateway({status(500), whole()}, config);
    const std::unique_ptr<GatewayInMemory::Client> second = gateway.connectClient();
    expectFailedAttempts(1);
    gateway.post();
    QTRY_COMPARE(gateway.attempts("one", "server_error"), 1); // and now it waits for an hour
    second->post();
    QTRY_VERIFY(second->client.received().contains("HTTP/1.1 200"));
}

void TargetQueuesTest::fallsBackWhenTheQueueIsFull()
{
    Config config = limited(1, 0);
    config.routing.routes.front().fallback.push_back({.provider = "two", .model = "m2"});
    GatewayInMemory gateway({Script::silent(), whole()}, config);
    const std::unique_ptr<GatewayInMemory::Client> second = gateway.connectClient();
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 1);
    second->post();
    QTRY_VERIFY(second->client.received().contains("HTTP/1.1 200"));
    QVERIFY(second->client.received().contains("X-LunarGate-Provider: two"));
    QCOMPARE(refusals(gateway, "provider_queue_full"), 1);
}

void TargetQueuesTest::refusesWhenTheQueueIsFullAndNothingIsLeft()
{
    GatewayInMemory gateway({Script::silent()}, limited(1, 1, 500ms));
    const std::unique_ptr<GatewayInMemory::Client> second = gateway.connectClient();
    const std::unique_ptr<GatewayInMemory::Client> third = gateway.connectClient();
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 1);
    second->post();
    QTRY_COMPARE(queue(gateway).waiting, 1);
    third->post();
    QTRY_VERIFY(third->client.received().contains("\"provider_queue_full\""));
    QVERIFY(third->client.received().startsWith("HTTP/1.1 503"));
    QVERIFY(third->client.received().contains("Retry-After: 1\r\n"));
    QTRY_VERIFY(second->client.received().contains("\"provider_queue_timeout\""));
    QCOMPARE(gateway.transport->requests.size(), 1U);
    QCOMPARE(state(gateway), 0); // our own refusals are nobody's fault
    QCOMPARE(gateway.services().breakers->views(Clock::now()).front().counts.calls, 0);
}

void TargetQueuesTest::doesNotSendWhatWaitedForAProviderThatIsDown()
{
    Config config = limited(1);
    config.circuitBreaker.failureThreshold = 1;
    GatewayInMemory gateway({Script::silent(status(500)), whole()}, config);
    const std::unique_ptr<GatewayInMemory::Client> second = gateway.connectClient();
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 1);
    second->post();
    QTRY_COMPARE(queue(gateway).waiting, 1);
    expectFailedAttempts(1);
    expectOpening();
    gateway.transport->letGo();
    QTRY_VERIFY(second->client.received().contains("\"circuit_open\""));
    QCOMPARE(gateway.transport->requests.size(), 1U);
    QCOMPARE(queue(gateway).running, 0);
}

void TargetQueuesTest::keepsCircuitsAndQueuesOverAReload()
{
    const Config config = limited(1);
    GatewayInMemory gateway({Script::silent(), whole()}, config);
    const std::unique_ptr<GatewayInMemory::Client> second = gateway.connectClient();
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 1);
    second->post();
    QTRY_COMPARE(queue(gateway).waiting, 1);
    Config next = config;
    next.providers.front().concurrency.limit = 2;
    next.caching.ttl = 5min;
    gateway.services().apply(config, next);
    QTRY_VERIFY(second->client.received().contains("HTTP/1.1 200"));
    QCOMPARE(queue(gateway).running, 1);

    expectOpening();
    gateway.services().breakers->forceOpen("one", Clock::now());
    gateway.services().apply(next, config);
    QCOMPARE(state(gateway), 2);
    next.circuitBreaker.openFor = 1min;
    expectChange("closed");
    gateway.services().apply(config, next);
    QCOMPARE(state(gateway), 0);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::TargetQueuesTest)
#include "tst_target_queues.moc"
