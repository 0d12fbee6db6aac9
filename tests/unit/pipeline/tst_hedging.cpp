// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using namespace std::chrono_literals;
using test::expectFailedAttempts;
using test::GatewayInMemory;
using test::Script;

/// A second target is asked while the first one is silent.
class HedgingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void asksASecondTargetAndTakesTheFirstAnswer();
    void takesTheFirstTargetsAnswerAllTheSame();
    void asksNobodyElseWhenTheAnswerComesInTime();
    void neverHedgesStreams();
    void hedgesEmbeddings();
    void waitsForTheOtherWhenOneFails_data();
    void waitsForTheOtherWhenOneFails();
    void tellsTheLastFailureWhenBothFail();
    void asksNoMoreThanTwoAtATime();
    void aFailureBeforeTheTimeFallsBackAsUsual();
    void anAnswerThatIsNoUseDoesNotWin();
    void aTargetThatIsRefusedWasNotAsked();
    void theNextOneIsAskedInsteadOfARefusedOne();
    void bothMayAnswerInTheSameTurn();
    void aClientThatLeavesStopsBoth();
    void holdsTheDeadlineOfTheRequest();
};

namespace {

constexpr milliseconds kSoon = 20ms;

Config hedging(milliseconds after = kSoon)
{
    Config config = test::twoProviders();
    config.retry.maxAttempts = 1;
    config.routing.routes.front().hedgeAfter = after;
    return config;
}

Config threeTargets()
{
    Config config = hedging();
    ProviderConfig provider = config.providers.back();
    provider.id = "three";
    provider.baseUrl = "http://three.test/v1";
    config.providers.push_back(provider);
    config.routing.routes.front().fallback.push_back({.provider = "three", .model = "m3"});
    return config;
}

QByteArray answerOf(const QByteArray &who)
{
    return R"({"choices":[{"message":{"content":")" + who + R"("}}]})";
}

Script whole(const QByteArray &who)
{
    return std::move(Script().bytes(answerOf(who)));
}

Script status(int code)
{
    return std::move(Script(code).bytes(R"({"error":{"message":"no"}})"));
}

void open(GatewayInMemory &gateway, const QByteArray &provider)
{
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^circuit breaker state change ")));
    gateway.services().breakers->forceOpen(provider, Clock::now());
}

double refusals(const GatewayInMemory &gateway, const QByteArray &provider)
{
    return gateway.metrics().value("lunargate_refused_calls_total{provider=\"" + provider +
                                   "\",reason=\"circuit_open\"}");
}

} // namespace

void HedgingTest::asksASecondTargetAndTakesTheFirstAnswer()
{
    GatewayInMemory gateway({Script::silent(), whole("two")}, hedging());
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.body(), answerOf("two"));
    QCOMPARE(gateway.transport->requests.size(), 2);
    QCOMPARE(gateway.transport->requests[1].body, R"({"model":"m2","messages":[]})");
    QCOMPARE(gateway.transport->alive, 0); // the loser was aborted
    QCOMPARE(gateway.header("X-LunarGate-Hedged"), "true");
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "2");
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "two");
    QCOMPARE(gateway.header("X-LunarGate-Fallback-Used"), "true");
    QCOMPARE(gateway.attempts("one", "superseded"), 1);
    QCOMPARE(gateway.attempts("one", "cancelled"), 0);
    QCOMPARE(gateway.attempts("two", "success"), 1);
    QCOMPARE(gateway.requests(200), 1);
    QCOMPARE(gateway.metrics().sum("ai_router_requests_total"), 1);
}

void HedgingTest::takesTheFirstTargetsAnswerAllTheSame()
{
    GatewayInMemory gateway({Script::silent(whole("one")), Script::silent()}, hedging());
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 2);
    gateway.transport->letGo(0);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), answerOf("one"));
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "one");
    QCOMPARE(gateway.header("X-LunarGate-Model"), "one/m1");
    QCOMPARE(gateway.header("X-LunarGate-Hedged"), "true");
    QCOMPARE(gateway.header("X-LunarGate-Fallback-Used"), "");
    QCOMPARE(gateway.attempts("two", "superseded"), 1);
    QCOMPARE(gateway.transport->alive, 0);
}

void HedgingTest::asksNobodyElseWhenTheAnswerComesInTime()
{
    GatewayInMemory gateway({Script::silent(whole("one"))}, hedging(1h));
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 1);
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.transport->requests.size(), 1);
    QCOMPARE(gateway.header("X-LunarGate-Hedged"), "");
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "1");
}

void HedgingTest::neverHedgesStreams()
{
    GatewayInMemory gateway({Script::silent(Script::stream({test::contentChunk("a")}))}, hedging(1ms));
    gateway.postStream();
    QTRY_COMPARE(gateway.transport->alive, 1);
    QTest::qWait(20);
    QCOMPARE(gateway.transport->requests.size(), 1);
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.header("X-LunarGate-Hedged"), "");
}

void HedgingTest::hedgesEmbeddings()
{
    const QByteArray vectors = R"({"object":"list","data":[{"index":0,"embedding":[0.5]}]})";
    GatewayInMemory gateway({Script::silent(), std::move(Script().bytes(vectors))}, hedging());
    gateway.post(R"({"model":"m1","input":"x"})", {}, "/v1/embeddings");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), vectors);
    QCOMPARE(gateway.header("X-LunarGate-Hedged"), "true");
}

void HedgingTest::waitsForTheOtherWhenOneFails_data()
{
    QTest::addColumn<bool>("isSecond"); // the one that fails
    QTest::addColumn<int>("code");
    QTest::newRow("the first") << false << 503;
    QTest::newRow("the second") << true << 503;
    QTest::newRow("the second does not like the request") << true << 400;
}

void HedgingTest::waitsForTheOtherWhenOneFails()
{
    QFETCH(const bool, isSecond);
    QFETCH(const int, code);
    const Script failing = Script::silent(status(code));
    const Script good = Script::silent(whole("good"));
    GatewayInMemory gateway({isSecond ? good : failing, isSecond ? failing : good}, hedging());
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 2);
    expectFailedAttempts(1);
    gateway.transport->letGo(isSecond ? 1 : 0);
    QTRY_COMPARE(gateway.transport->alive, 1);
    QVERIFY(!gateway.isAnswered());
    gateway.transport->letGo(isSecond ? 0 : 1);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.header("X-LunarGate-Provider"), isSecond ? "one" : "two");
    QCOMPARE(gateway.transport->requests.size(), 2);
}

void HedgingTest::tellsTheLastFailureWhenBothFail()
{
    GatewayInMemory gateway({Script::silent(status(503)), Script::silent(status(500))}, hedging());
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 2);
    expectFailedAttempts(2);
    gateway.transport->letGo(1);
    gateway.transport->letGo(0);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 503);
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "one");
    QCOMPARE(gateway.header("X-LunarGate-Hedged"), "true");
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "2");
    QCOMPARE(gateway.header("X-Should-Retry"), "false");
}

void HedgingTest::asksNoMoreThanTwoAtATime()
{
    GatewayInMemory gateway({Script::silent(), Script::silent(status(503)), whole("three")}, threeTargets());
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 2);
    QTest::qWait(3 * int(kSoon.count()));
    QCOMPARE(gateway.transport->requests.size(), 2);
    expectFailedAttempts(1);
    gateway.transport->letGo(1); // one place is free now
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), answerOf("three"));
    QCOMPARE(gateway.transport->alive, 0);
}

void HedgingTest::aFailureBeforeTheTimeFallsBackAsUsual()
{
    GatewayInMemory gateway({status(503), whole("two")}, hedging(1h));
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), answerOf("two"));
    QCOMPARE(gateway.header("X-LunarGate-Hedged"), "");
    QCOMPARE(gateway.header("X-LunarGate-Fallback-Used"), "true");
}

void HedgingTest::anAnswerThatIsNoUseDoesNotWin()
{
    GatewayInMemory gateway({Script::silent(whole("one")), std::move(Script().bytes("<html>"))}, hedging());
    expectFailedAttempts(1);
    gateway.post();
    QTRY_COMPARE(gateway.transport->requests.size(), 2);
    gateway.transport->letGo(0);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), answerOf("one"));
}

void HedgingTest::aTargetThatIsRefusedWasNotAsked()
{
    GatewayInMemory gateway({Script::silent(whole("one"))}, hedging());
    open(gateway, "two");
    gateway.post();
    QTRY_COMPARE(refusals(gateway, "two"), 1);
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), answerOf("one"));
    QCOMPARE(gateway.header("X-LunarGate-Hedged"), "");
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "1");
}

void HedgingTest::theNextOneIsAskedInsteadOfARefusedOne()
{
    Config config = threeTargets();
    config.routing.routes.front().hedgeAfter = 1s;
    GatewayInMemory gateway({Script::silent(), whole("three")}, config);
    open(gateway, "two");
    gateway.post();
    QTRY_COMPARE(refusals(gateway, "two"), 1);
    QTRY_VERIFY_WITH_TIMEOUT(gateway.isAnswered(), 500);
    QCOMPARE(gateway.body(), answerOf("three"));
    QCOMPARE(gateway.header("X-LunarGate-Hedged"), "true");
}

void HedgingTest::bothMayAnswerInTheSameTurn()
{
    GatewayInMemory gateway({Script::silent(whole("one")), Script::silent(whole("two"))}, hedging());
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 2);
    gateway.transport->letGo(1);
    gateway.transport->letGo(0);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.body(), answerOf("two")); // it was first
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "two");
    QCOMPARE(gateway.transport->alive, 0);
    QCOMPARE(gateway.requests(200), 1);
}

void HedgingTest::aClientThatLeavesStopsBoth()
{
    GatewayInMemory gateway({Script::silent(), Script::silent()}, hedging());
    gateway.post();
    QTRY_COMPARE(gateway.transport->alive, 2);
    gateway.client.socket.abort();
    QTRY_COMPARE(gateway.transport->alive, 0);
    QCOMPARE(gateway.requests(499), 1);
    QCOMPARE(gateway.attempts("one", "cancelled"), 1);
    QCOMPARE(gateway.attempts("two", "cancelled"), 1);
    QCOMPARE(TimerQueue::current().size(), 0);
}

void HedgingTest::holdsTheDeadlineOfTheRequest()
{
    Config config = hedging();
    config.routing.requestTimeout = 100ms;
    GatewayInMemory gateway({Script::silent(), Script::silent()}, config);
    expectFailedAttempts(2);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 504);
    QCOMPARE(gateway.error("code"), "request_timeout");
    QCOMPARE(gateway.transport->alive, 0);
    QCOMPARE(gateway.transport->requests.size(), 2);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::HedgingTest)
#include "tst_hedging.moc"
