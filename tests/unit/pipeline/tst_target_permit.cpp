// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/permit_testing.h"

namespace lunargate {

using test::ask;
using test::contentChunk;
using test::expectChange;
using test::expectFailedAttempts;
using test::expectOpening;
using test::GatewayInMemory;
using test::oneProvider;
using test::refusals;
using test::Script;
using test::state;
using test::status;
using test::transportError;
using test::whole;

/// Circuits, from a client's request to its answer, with providers that are scripts.
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
};

namespace {

constexpr auto kShortRest = std::chrono::milliseconds(300);

Config withFallback()
{
    Config config = test::twoProviders();
    config.retry.enabled = false;
    return config;
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

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::TargetPermitTest)
#include "tst_target_permit.moc"
