// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using test::contentChunk;
using test::expectFailedAttempts;
using test::GatewayInMemory;
using test::Script;
using test::transportError;

/// Circuits and slots, from a client's request to its answer, with providers that are scripts.
class TargetPermitTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void opensAfterFiveFailuresAndClosesAfterThreeSuccesses();
    void countsAllAttemptsAtATargetAsOne();
    void goesStraightToTheNextTarget();
    void leavesTheFallbacksGaugeAtZero();
    void leavesTheCircuitClosedAfterTheClientsMistakes();
    void countsWhatTheProviderIsToBlameFor_data();
    void countsWhatTheProviderIsToBlameFor();
    void countsAStreamThatBreaks();
    void forgetsAProbeWhoseClientLeft();
    void coolsDownAfter429();
    void tellsWhatAProviderSaidRatherThanItsOwnRefusal();
    void asksTheLeastBadTarget();
    void asksTheLeastBadTargetOnlyOnce();
    void queuesCallsAboveTheLimit();
    void passesOnASlotWhenTheClientLeaves();
    void keepsTheSlotUntilTheStreamEnds();
    void givesTheSlotBackBetweenAttempts();
    void fallsBackWhenTheQueueIsFull();
    void refusesWhenTheQueueIsFullAndNothingIsLeft();
    void doesNotSendWhatWaitedForAProviderThatIsDown();
    void keepsCircuitsAndQueuesOverAReload();
    void tellsAndTakesOrders();
    void refusesOrdersThatItCannotCarryOut_data();
    void refusesOrdersThatItCannotCarryOut();
};

namespace {

constexpr auto kShortRest = std::chrono::milliseconds(300);

Config oneProvider(milliseconds openFor = 30s)
{
    Config config = test::twoProviders();
    config.routing.routes.front().fallback.clear();
    config.retry.enabled = false;
    config.circuitBreaker.openFor = openFor;
    return config;
}

Config withFallback()
{
    Config config = test::twoProviders();
    config.retry.enabled = false;
    return config;
}

Script whole()
{
    return std::move(Script().bytes(test::kWholeAnswer));
}

Script status(int code, HeaderList headers = {}, QByteArray body = R"({"error":{"message":"m","type":"t"}})")
{
    return std::move(Script(code, std::move(headers)).bytes(std::move(body)));
}

std::deque<Script> times(int count, const Script &script)
{
    return std::deque<Script>(size_t(count), script);
}

std::deque<Script> operator+(std::deque<Script> first, const std::deque<Script> &second)
{
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

void expectChange(const char *to)
{
    QTest::ignoreMessage(
        QtWarningMsg,
        QRegularExpression(QStringLiteral("^circuit breaker state change .*to=%1 ").arg(QLatin1String(to))));
}

void expectCutRoute()
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^no target of the route")));
}

void expectOpening()
{
    expectChange("open");
    expectCutRoute();
}

// One request on a connection that stays; returns the status.
int ask(GatewayInMemory &gateway)
{
    gateway.forgetAnswer();
    gateway.post();
    if (!QTest::qWaitFor([&] { return gateway.isAnswered(); }))
        return -1;
    return gateway.status();
}

double state(const GatewayInMemory &gateway, const QByteArray &provider = "one")
{
    return gateway.metrics().value("ai_router_circuit_breaker_state{provider=\"" + provider + "\"}");
}

double refusals(const GatewayInMemory &gateway, const QByteArray &reason)
{
    return gateway.metrics().value("lunargate_refused_calls_total{provider=\"one\",reason=\"" + reason + "\"}");
}

} // namespace

void TargetPermitTest::opensAfterFiveFailuresAndClosesAfterThreeSuccesses()
{
    GatewayInMemory gateway(times(5, status(500)) + times(4, whole()), oneProvider(kShortRest));
    expectFailedAttempts(5);
    expectOpening();
    for (int i = 0; i < 5; ++i)
        QCOMPARE(ask(gateway), 500);
    QCOMPARE(state(gateway), 2);

    QCOMPARE(ask(gateway), 503);
    QCOMPARE(gateway.error("code"), "circuit_open");
    QVERIFY(gateway.error("message").startsWith("provider 'one' gets no calls for another 1 s"));
    QCOMPARE(gateway.header("Retry-After"), "1");
    QCOMPARE(gateway.header("X-LunarGate-Error-Source"), "gateway");
    QCOMPARE(gateway.transport->requests.size(), 5U);
    QCOMPARE(refusals(gateway, "circuit_open"), 1);

    QTRY_COMPARE(state(gateway), 1); // by the clock alone
    expectChange("half-open");
    QCOMPARE(ask(gateway), 200);
    QCOMPARE(ask(gateway), 200);
    QCOMPARE(state(gateway), 1);
    expectChange("closed");
    QCOMPARE(ask(gateway), 200);
    QCOMPARE(state(gateway), 0);
    const QByteArray transitions = "lunargate_circuit_transitions_total{provider=\"one\",to=\"";
    for (const char *to : {"open", "half-open", "closed"})
        QCOMPARE(gateway.metrics().value(transitions + to + "\"}"), 1);
}

void TargetPermitTest::countsAllAttemptsAtATargetAsOne()
{
    Config config = oneProvider();
    config.retry.enabled = true;
    config.circuitBreaker.failureThreshold = 2;
    GatewayInMemory gateway(times(6, status(500)), config);
    expectFailedAttempts(6);
    QCOMPARE(ask(gateway), 500);
    QCOMPARE(gateway.transport->requests.size(), 3U);
    QCOMPARE(state(gateway), 0);
    expectOpening();
    QCOMPARE(ask(gateway), 500);
    QCOMPARE(state(gateway), 2);
}

void TargetPermitTest::goesStraightToTheNextTarget()
{
    std::deque<Script> scripts;
    for (int i = 0; i < 5; ++i) {
        scripts.push_back(status(500));
        scripts.push_back(whole());
    }
    scripts.push_back(whole());
    GatewayInMemory gateway(scripts, withFallback());
    expectFailedAttempts(5);
    expectChange("open");
    for (int i = 0; i < 6; ++i)
        QCOMPARE(ask(gateway), 200);
    QCOMPARE(gateway.transport->requests.size(), 11U);
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "two");
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "1");
    QCOMPARE(gateway.header("X-LunarGate-Fallback-Used"), "true");
    QCOMPARE(gateway.attempts("one", "server_error"), 5); // the refusal was none
}

// T9: one call to the primary, then one to the fallback, whose circuit is closed.
void TargetPermitTest::leavesTheFallbacksGaugeAtZero()
{
    GatewayInMemory gateway({status(503), whole()});
    QCOMPARE(state(gateway, "two"), 0); // before any call
    expectFailedAttempts(1);
    gateway.post(R"({"model":"m1","messages":[]})", "X-LunarGate-No-Retry: true\r\n");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.transport->requests.size(), 2U);
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "two");
    QCOMPARE(state(gateway, "two"), 0);
}

// T91, with tool arguments that no provider's protocol can take.
void TargetPermitTest::leavesTheCircuitClosedAfterTheClientsMistakes()
{
    Config config = oneProvider();
    config.providers.front().type = "anthropic";
    config.providers.front().protocol = Protocol::Anthropic;
    config.circuitBreaker.failureThreshold = 1;
    GatewayInMemory gateway({}, config);
    for (int i = 0; i < 10; ++i) {
        gateway.forgetAnswer();
        gateway.post(R"({"model":"m1","messages":[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[)"
                     R"({"id":"c","type":"function","function":{"name":"f","arguments":"{not json"}}]},)"
                     R"({"role":"tool","tool_call_id":"c","content":"x"}]})");
        QTRY_VERIFY(gateway.isAnswered());
        QCOMPARE(gateway.status(), 400);
    }
    QCOMPARE(gateway.transport->requests.size(), 0U);
    QCOMPARE(state(gateway), 0);
}

void TargetPermitTest::countsWhatTheProviderIsToBlameFor_data()
{
    QTest::addColumn<Script>("answer");
    QTest::addColumn<bool>("opens");
    QTest::newRow("500") << status(500) << true;
    QTest::newRow("connection broke") << Script::failing(transportError()) << true;
    QTest::newRow("no JSON") << std::move(Script().bytes("<html>")) << true;
    QTest::newRow("too slow") << Script::silent() << true;
    QTest::newRow("400") << status(400) << false;
    QTest::newRow("401") << status(401) << false;
    QTest::newRow("404") << status(404) << false;
    QTest::newRow("429") << status(429) << false;
}

void TargetPermitTest::countsWhatTheProviderIsToBlameFor()
{
    QFETCH(const Script, answer);
    QFETCH(const bool, opens);
    Config config = oneProvider();
    config.circuitBreaker.failureThreshold = 2;
    config.providers.front().timeout = 20ms;
    GatewayInMemory gateway(times(2, answer), config);
    expectFailedAttempts(2);
    if (opens)
        expectOpening();
    ask(gateway);
    ask(gateway);
    QCOMPARE(state(gateway), opens ? 2 : 0);
}

void TargetPermitTest::countsAStreamThatBreaks()
{
    Config config = oneProvider();
    config.circuitBreaker.failureThreshold = 2;
    const Script broken = std::move(Script().data(contentChunk("a")).fail(transportError()));
    const Script good = Script::stream({contentChunk("a")});
    GatewayInMemory gateway({broken, good, broken}, config);
    for (const bool breaks : {true, false, true}) {
        if (breaks)
            QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^stream broke")));
        if (breaks && state(gateway) == 0 && gateway.transport->requests.size() == 2)
            expectOpening();
        gateway.forgetAnswer();
        gateway.postStream();
        QTRY_VERIFY(gateway.isAnswered());
        QCOMPARE(gateway.status(), 200);
    }
    QCOMPARE(state(gateway), 2);
}

void TargetPermitTest::forgetsAProbeWhoseClientLeft()
{
    Config config = oneProvider(kShortRest);
    config.circuitBreaker.failureThreshold = 1;
    config.circuitBreaker.halfOpenProbes = 1;
    GatewayInMemory gateway({status(500), Script::silent()}, config);
    expectFailedAttempts(1);
    expectOpening();
    QCOMPARE(ask(gateway), 500);
    QTRY_COMPARE(state(gateway), 1);
    expectChange("half-open");
    gateway.forgetAnswer();
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 1);
    QVERIFY(gateway.services().breakers->isRefused("one", "m1", Clock::now()));
    gateway.client.socket.abort();
    QTRY_COMPARE(gateway.transport->alive, 0);
    QVERIFY(!gateway.services().breakers->isRefused("one", "m1", Clock::now()));
    QCOMPARE(state(gateway), 1);
}

void TargetPermitTest::coolsDownAfter429()
{
    GatewayInMemory gateway({status(429, {{"Retry-After", "60"}}), whole(), whole()}, withFallback());
    expectFailedAttempts(1);
    QCOMPARE(ask(gateway), 200);
    QCOMPARE(ask(gateway), 200);
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "1");
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "two");
    QCOMPARE(state(gateway), 0);
    QCOMPARE(refusals(gateway, "provider_cooling_down"), 1);
}

void TargetPermitTest::tellsWhatAProviderSaidRatherThanItsOwnRefusal()
{
    Config config = withFallback();
    config.circuitBreaker.failureThreshold = 1;
    GatewayInMemory gateway({status(500)}, config);
    expectChange("open");
    gateway.services().breakers->forceOpen("two", Clock::now());
    expectFailedAttempts(1);
    expectOpening();
    QCOMPARE(ask(gateway), 500);
    QCOMPARE(gateway.header("X-LunarGate-Error-Source"), "upstream");
    QCOMPARE(gateway.header("X-LunarGate-Fallback-Used"), ""); // it was refused

    QCOMPARE(ask(gateway), 503); // now nobody is asked
    QCOMPARE(gateway.error("code"), "circuit_open");
}

void TargetPermitTest::asksTheLeastBadTarget()
{
    Config config = withFallback();
    config.circuitBreaker.lastTarget = LastTargetPolicy::LeastBad;
    GatewayInMemory gateway({whole()}, config);
    expectChange("open");
    gateway.services().breakers->forceOpen("one", Clock::now(), 1h);
    expectOpening();
    gateway.services().breakers->forceOpen("two", Clock::now(), 1min);
    QCOMPARE(ask(gateway), 200);
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "two");
    QCOMPARE(gateway.header("X-LunarGate-Fallback-Used"), "true");
    QCOMPARE(state(gateway, "two"), 2);
}

void TargetPermitTest::asksTheLeastBadTargetOnlyOnce()
{
    Config config = withFallback();
    config.circuitBreaker.lastTarget = LastTargetPolicy::LeastBad;
    GatewayInMemory gateway({status(500)}, config);
    expectChange("open");
    gateway.services().breakers->forceOpen("two", Clock::now(), 1h);
    expectOpening();
    gateway.services().breakers->forceOpen("one", Clock::now(), 1min);
    expectFailedAttempts(1);
    QCOMPARE(ask(gateway), 500);
    QCOMPARE(gateway.transport->requests.size(), 1U);
}

namespace {

Config limited(int limit, int queueSize = 10, milliseconds queueTimeout = 30s)
{
    Config config = oneProvider();
    config.providers.front().concurrency = {.limit = limit, .queueSize = queueSize, .queueTimeout = queueTimeout};
    return config;
}

ConcurrencySlots::View queue(GatewayInMemory &gateway)
{
    return gateway.services().slots->views().front();
}

} // namespace

void TargetPermitTest::queuesCallsAboveTheLimit()
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

void TargetPermitTest::passesOnASlotWhenTheClientLeaves()
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

void TargetPermitTest::keepsTheSlotUntilTheStreamEnds()
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

void TargetPermitTest::givesTheSlotBackBetweenAttempts()
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

void TargetPermitTest::fallsBackWhenTheQueueIsFull()
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

void TargetPermitTest::refusesWhenTheQueueIsFullAndNothingIsLeft()
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

void TargetPermitTest::doesNotSendWhatWaitedForAProviderThatIsDown()
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

void TargetPermitTest::keepsCircuitsAndQueuesOverAReload()
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

void TargetPermitTest::tellsAndTakesOrders()
{
    Config config = limited(3);
    config.circuitBreaker.failureThreshold = 1;
    GatewayInMemory gateway({status(500)}, config);
    expectFailedAttempts(1);
    expectOpening();
    QCOMPARE(ask(gateway), 500);

    const auto circuit = [&gateway](const QByteArray &member) {
        const auto document = json::Document::parse(gateway.body());
        return document ? document->root()["data"].at(0)[member].toByteArray() : QByteArray("no JSON");
    };
    gateway.forgetAnswer();
    gateway.get("/admin/v1/circuits");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(circuit("provider"), "one");
    QCOMPARE(circuit("state"), "open");
    QCOMPARE(circuit("cause"), "failures");
    const QByteArray lastError = R"("last_error":{"reason":"upstream_error","status":500,"at":")";
    QVERIFY(gateway.body().contains(lastError));
    const QByteArray queues = R"("queues":[{"provider":"one","limit":3,"running_calls":0,"waiting_calls":0}])";
    QVERIFY(gateway.body().contains(queues));
    QVERIFY(!gateway.body().contains("sk-canary"));

    const auto order = [&gateway](const QByteArray &path) {
        gateway.forgetAnswer();
        gateway.post({}, {}, "/admin/v1/circuits/" + path);
        return QTest::qWaitFor([&] { return gateway.isAnswered(); }) ? gateway.status() : -1;
    };
    expectChange("half-open");
    QCOMPARE(order("one/probe"), 200);
    QCOMPARE(circuit("state"), "half-open");
    expectChange("closed");
    QCOMPARE(order("one/reset"), 200);
    QCOMPARE(circuit("state"), "closed");
    expectOpening();
    QCOMPARE(order("one/open?for=5m"), 200);
    QCOMPARE(circuit("cause"), "forced");
    const milliseconds left = gateway.services().breakers->views(Clock::now()).front().untilHalfOpen;
    QVERIFY(left > 4min && left <= 5min);
    QCOMPARE(ask(gateway), 503);
}

void TargetPermitTest::refusesOrdersThatItCannotCarryOut_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("code");
    QTest::newRow("nobody") << QByteArray("nobody/reset") << 404 << QByteArray("circuit_not_found");
    QTest::newRow("no name") << QByteArray("reset") << 400 << QByteArray("unknown_circuit_action");
    QTest::newRow("no such action") << QByteArray("one/destroy") << 400 << QByteArray("unknown_circuit_action");
    QTest::newRow("no duration") << QByteArray("one/open?for=soon") << 400 << QByteArray("invalid_duration");
    QTest::newRow("no time at all") << QByteArray("one/open?for=0") << 400 << QByteArray("invalid_duration");
}

void TargetPermitTest::refusesOrdersThatItCannotCarryOut()
{
    QFETCH(const QByteArray, path);
    QFETCH(const int, status);
    QFETCH(const QByteArray, code);
    GatewayInMemory gateway({});
    gateway.post({}, {}, "/admin/v1/circuits/" + path);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), status);
    QCOMPARE(gateway.error("code"), code);
    QCOMPARE(state(gateway), 0);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::TargetPermitTest)
#include "tst_target_permit.moc"
