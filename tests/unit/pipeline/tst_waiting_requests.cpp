// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/async/run_task.h"
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using test::expectFailedAttempts;
using test::GatewayInMemory;
using test::Script;

/// Requests that wait, for their next attempt or in a provider's queue: what comes of them when things change
/// meanwhile.
class WaitingRequestsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellWhatTheProviderSaidWhenTheirRetryIsRefused();
    void countTheFailureWhenTheirRetryFindsTheQueueFull();
    void countTheFailureWhenTheirClientLeaves();
    void countTheFailureWhenAnotherTargetAnswers();
    void countNothingOnceTheNextAttemptRuns();
    void areNotSentToAProviderThatCoolsDown();
    void mayRetryWhereTheyGotThePauseThemselves();
    void getTheirSlotAfterTheCircuitWasTold();
    void areCountedByTheStrategies();
    void areTimedOnlyFromTheirStart();
    void keepTheDeadlineOfTheRequest();
    void keepTheDeadlineThoughAnAttemptFailedBefore();
};

namespace {

constexpr milliseconds kRest{300};

Config oneProvider(ConcurrencyConfig concurrency = {})
{
    Config config = test::twoProviders();
    config.routing.routes.front().fallback.clear();
    config.providers.front().concurrency = concurrency;
    config.retry.jitterFactor = 0;
    return config;
}

Config withRest(milliseconds rest, ConcurrencyConfig concurrency = {})
{
    Config config = oneProvider(concurrency);
    config.retry.initialDelay = config.retry.maxDelay = rest;
    return config;
}

Script whole()
{
    return std::move(Script().bytes(test::kWholeAnswer));
}

Script status(int code, HeaderList headers = {})
{
    return std::move(Script(code, std::move(headers)).bytes(R"({"error":{"message":"m","type":"t"}})"));
}

CircuitView circuitOfOne(GatewayInMemory &gateway)
{
    return gateway.services().breakers->views(Clock::now()).front();
}

int waiting(GatewayInMemory &gateway)
{
    return gateway.services().slots->views().front().waiting;
}

void expectOpening()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^circuit breaker state change .*to=open ")));
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^no target of the route")));
}

} // namespace

void WaitingRequestsTest::tellWhatTheProviderSaidWhenTheirRetryIsRefused()
{
    Config config = withRest(kRest);
    config.circuitBreaker.lastTarget = LastTargetPolicy::LeastBad; // it was asked already
    GatewayInMemory gateway({status(500, {{"x-ratelimit-remaining-tokens", "7"}}), whole()}, config);
    expectFailedAttempts(1);
    gateway.post();
    QTRY_COMPARE(gateway.attempts("one", "server_error"), 1);
    expectOpening();
    gateway.services().breakers->forceOpen("one", Clock::now());
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 500);
    QCOMPARE(gateway.header("X-LunarGate-Error-Source"), "upstream");
    QCOMPARE(gateway.header("x-ratelimit-remaining-tokens"), "7");
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "1");
    QCOMPARE(gateway.transport->requests.size(), 1U);
}

void WaitingRequestsTest::countTheFailureWhenTheirRetryFindsTheQueueFull()
{
    GatewayInMemory gateway({status(500), Script::silent()}, withRest(kRest, {.limit = 1, .queueSize = 0}));
    const std::unique_ptr<GatewayInMemory::Client> second = gateway.connectClient();
    expectFailedAttempts(1);
    gateway.post();
    QTRY_COMPARE(gateway.attempts("one", "server_error"), 1);
    second->post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.transport->alive, 1);
    QCOMPARE(gateway.status(), 500);
    QCOMPARE(circuitOfOne(gateway).counts, (RollingCounts::Totals{.calls = 1, .failures = 1}));
}

void WaitingRequestsTest::countTheFailureWhenTheirClientLeaves()
{
    GatewayInMemory gateway({status(500)}, withRest(1h));
    expectFailedAttempts(1);
    gateway.post();
    QTRY_COMPARE(gateway.attempts("one", "server_error"), 1);
    gateway.client.socket.abort();
    QTRY_COMPARE(circuitOfOne(gateway).counts, (RollingCounts::Totals{.calls = 1, .failures = 1}));
}

void WaitingRequestsTest::countTheFailureWhenAnotherTargetAnswers()
{
    Config config = test::twoProviders();
    config.retry.initialDelay = config.retry.maxDelay = 1h;
    config.routing.routes.front().hedgeAfter = 20ms;
    GatewayInMemory gateway({status(500), whole()}, config);
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.header("X-LunarGate-Hedged"), "true");
    QCOMPARE(circuitOfOne(gateway).counts, (RollingCounts::Totals{.calls = 1, .failures = 1}));
}

void WaitingRequestsTest::countNothingOnceTheNextAttemptRuns()
{
    GatewayInMemory gateway({status(500), Script::silent()}, withRest(1ms));
    expectFailedAttempts(1);
    gateway.post();
    QTRY_COMPARE(gateway.transport->requests.size(), 2U);
    gateway.client.socket.abort();
    QTRY_COMPARE(gateway.transport->alive, 0);
    QCOMPARE(circuitOfOne(gateway).runningRequests, 0);
    QCOMPARE(circuitOfOne(gateway).counts.calls, 0);
}

void WaitingRequestsTest::areNotSentToAProviderThatCoolsDown()
{
    Config config = oneProvider({.limit = 1, .queueSize = 10});
    config.retry.enabled = false;
    GatewayInMemory gateway({Script::silent(status(429, {{"Retry-After", "60"}})), whole()}, config);
    const std::unique_ptr<GatewayInMemory::Client> second = gateway.connectClient();
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 1);
    second->post();
    QTRY_COMPARE(waiting(gateway), 1);
    expectFailedAttempts(1);
    gateway.transport->letGo();
    QTRY_VERIFY(second->client.received().contains("\"provider_cooling_down\""));
    QCOMPARE(gateway.transport->requests.size(), 1U);
    QCOMPARE(gateway.metrics().value(R"(lunargate_refused_calls_total{provider="one",reason="provider_cooling_down"})"),
             1);
}

void WaitingRequestsTest::mayRetryWhereTheyGotThePauseThemselves()
{
    // It asked for longer than anybody waits.
    GatewayInMemory gateway({status(429, {{"Retry-After", "60"}}), whole()},
                            withRest(1ms, {.limit = 1, .queueSize = 10}));
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
}

void WaitingRequestsTest::getTheirSlotAfterTheCircuitWasTold()
{
    Config config = oneProvider({.limit = 1, .queueSize = 10});
    config.retry.enabled = false;
    config.circuitBreaker.failureThreshold = 1;
    GatewayInMemory gateway({status(500)}, config);
    // Waiters in other threads run as soon as they have the slot.
    static const ConcurrencySlots *slots = nullptr;
    static int runningAtOpening = -1;
    slots = gateway.services().slots.get();
    const auto previous = qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &text) {
        if (text.startsWith(QStringLiteral("circuit breaker state change")))
            runningAtOpening = slots->views().front().running;
    });
    gateway.post();
    const bool isAnswered = QTest::qWaitFor([&] { return gateway.isAnswered(); });
    qInstallMessageHandler(previous);
    QVERIFY(isAnswered);
    QCOMPARE(runningAtOpening, 1);
    QCOMPARE(slots->views().front().running, 0);
}

void WaitingRequestsTest::areCountedByTheStrategies()
{
    Config config = oneProvider({.limit = 1, .queueSize = 1});
    config.routing.defaultStrategy = Strategy::LeastPending;
    config.routing.routes.front().targets.push_back({.provider = "two", .model = "m1"});
    GatewayInMemory gateway(std::deque<Script>(8, Script::silent()), config);
    std::vector<std::unique_ptr<GatewayInMemory::Client>> clients;
    for (int i = 0; i < 8; ++i) {
        clients.push_back(gateway.connectClient());
        clients.back()->post();
        // One of them waits.
        QTRY_COMPARE(gateway.transport->alive + waiting(gateway), i + 1);
    }
    for (const auto &client : clients)
        QCOMPARE(client->client.received(), "");
    QCOMPARE(waiting(gateway), 1);
    QCOMPARE(gateway.services().loads->of("one", "m1")->pending(), 2);
    QCOMPARE(gateway.services().loads->of("two", "m1")->pending(), 6);
}

void WaitingRequestsTest::areTimedOnlyFromTheirStart()
{
    Config config = oneProvider({.limit = 1, .queueSize = 10});
    config.routing.defaultStrategy = Strategy::Latency;
    GatewayInMemory gateway({whole()}, config);
    const auto load = gateway.services().loads->of("one", "m1");
    std::optional<Result<ConcurrencySlots::Slot>> slot = test::runTask(gateway.services().slots->acquire("one"));
    QVERIFY(slot && *slot);
    const std::unique_ptr<GatewayInMemory::Client> second = gateway.connectClient();
    second->post();
    QTRY_COMPARE(waiting(gateway), 1);
    QCOMPARE(load->pending(), 1);
    QTest::qWait(int(kRest.count()));
    second->client.socket.abort(); // one that was never sent tells nothing
    QTRY_COMPARE(load->pending(), 0);
    QVERIFY(!load->latency());
    gateway.post();
    QTRY_COMPARE(waiting(gateway), 1);
    QTest::qWait(int(kRest.count()));
    (*slot)->release();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE_LT(load->latency().value(), double(kRest.count()));
}

void WaitingRequestsTest::keepTheDeadlineOfTheRequest()
{
    Config config = oneProvider({.limit = 1, .queueSize = 10});
    config.routing.requestTimeout = 60ms;
    GatewayInMemory gateway({}, config);
    const auto slot = test::runTask(gateway.services().slots->acquire("one"));
    QVERIFY(slot && *slot);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 504);
    QCOMPARE(gateway.error("code"), "request_timeout");
    QCOMPARE(gateway.error("message"), "the request was not answered in time: all attempts together may take 60 ms "
                                       "(routing.request_timeout); the last one was at provider 'one'");
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "0");
    QCOMPARE(
        gateway.metrics().value(R"(lunargate_refused_calls_total{provider="one",reason="provider_queue_timeout"})"), 0);
}

void WaitingRequestsTest::keepTheDeadlineThoughAnAttemptFailedBefore()
{
    Config config = withRest(100ms, {.limit = 1, .queueSize = 10});
    config.routing.requestTimeout = 500ms;
    GatewayInMemory gateway({status(500)}, config);
    expectFailedAttempts(1);
    gateway.post();
    QTRY_COMPARE(gateway.attempts("one", "server_error"), 1);
    const auto slot = test::runTask(gateway.services().slots->acquire("one"));
    QVERIFY(slot && *slot);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 500); // as of a wait that was not begun
    QCOMPARE(circuitOfOne(gateway).counts.failures, 1);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::WaitingRequestsTest)
#include "tst_waiting_requests.moc"
