// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using namespace std::chrono_literals;
using test::contentChunk;
using test::expectFailedAttempts;
using test::GatewayInMemory;
using test::Script;

/// `request_timeout`: all attempts and waits of a request together.
class RequestDeadlineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void endsEveryWaitBeforeTheAnswer_data();
    void endsEveryWaitBeforeTheAnswer();
    void coversAllAttemptsTogether();
    void theRoutesOwnWins_data();
    void theRoutesOwnWins();
    void waitsForNoRetryThatComesTooLate();
    void goesOnWhereTheWaitIsTooLong();
    void isNoLimitForAStreamThatHasBegun();
    void anErrorsBodyIsCutInTime();
};

namespace {

constexpr milliseconds kShort = 60ms;

Config limited(milliseconds limit = kShort)
{
    Config config = test::twoProviders();
    config.routing.requestTimeout = limit;
    return config;
}

} // namespace

void RequestDeadlineTest::endsEveryWaitBeforeTheAnswer_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<bool>("stream");
    QTest::newRow("no head") << Script::silent() << false;
    QTest::newRow("no body") << std::move(Script().wait()) << false;
    QTest::newRow("half a body") << std::move(Script().bytes("{").wait()) << false;
    QTest::newRow("no head of a stream") << Script::silent() << true;
    QTest::newRow("no content of a stream") << std::move(Script().data(test::kRoleChunk).wait()) << true;
}

void RequestDeadlineTest::endsEveryWaitBeforeTheAnswer()
{
    QFETCH(const Script, script);
    QFETCH(const bool, stream);
    GatewayInMemory gateway({script}, limited());
    expectFailedAttempts(1);
    if (stream)
        gateway.postStream();
    else
        gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 504);
    QCOMPARE(gateway.error("code"), "request_timeout");
    QCOMPARE(gateway.error("type"), "upstream_timeout");
    QCOMPARE(gateway.error("message"), "the request was not answered in time: all attempts together may take 60 ms "
                                       "(routing.request_timeout); the last one was at provider 'one'");
    QCOMPARE(gateway.header("X-Should-Retry"), "false");
    QCOMPARE(gateway.transport->requests.size(), 1); // nothing else is tried
    QCOMPARE(gateway.transport->alive, 0);
    QCOMPARE(gateway.attempts("one", "timeout"), 1);
    QCOMPARE(gateway.metrics().value(R"(lunargate_attempt_failures_total{provider="one",reason="request_timeout"})"),
             1);
    QCOMPARE(gateway.requests(504), 1);
}

void RequestDeadlineTest::coversAllAttemptsTogether()
{
    Config config = limited(400ms);
    config.providers[0].timeout = 150ms;
    config.retry.maxAttempts = 10;
    GatewayInMemory gateway({Script::silent(), Script::silent(), Script::silent(), Script::silent()}, config);
    expectFailedAttempts(3);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 504);
    QCOMPARE(gateway.header("X-LunarGate-Attempts"), "3"); // two of 150 ms, and what was left
}

void RequestDeadlineTest::theRoutesOwnWins_data()
{
    QTest::addColumn<milliseconds>("general");
    QTest::newRow("stricter") << milliseconds(1h);
    QTest::newRow("laxer") << 1ms;
    QTest::newRow("the only one") << 0ms;
}

void RequestDeadlineTest::theRoutesOwnWins()
{
    QFETCH(const milliseconds, general);
    Config config = limited(general);
    config.routing.routes.front().requestTimeout = kShort;
    GatewayInMemory gateway({Script::silent()}, config);
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 504);
    QVERIFY(gateway.error("message").contains("60 ms (request_timeout of route 'main')"));
}

void RequestDeadlineTest::waitsForNoRetryThatComesTooLate()
{
    Config config = limited(10s);
    config.routing.routes.front().fallback.clear();
    config.retry.maxDelay = 30s;
    Script busy(429, {{"Retry-After", "20"}, {"x-ratelimit-remaining-tokens", "0"}});
    GatewayInMemory gateway({std::move(busy.bytes(R"({"error":{"message":"slow down"}})"))}, config);
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered()); // at once: the client can do more with this than with a timeout
    QCOMPARE(gateway.status(), 429);
    QCOMPARE(gateway.header("Retry-After"), "20");
    QCOMPARE(gateway.header("x-ratelimit-remaining-tokens"), "0");
    QCOMPARE(TimerQueue::current().size(), 1); // the client's connection
}

void RequestDeadlineTest::goesOnWhereTheWaitIsTooLong()
{
    Config config = limited(10s);
    config.retry.initialDelay = config.retry.maxDelay = 30s;
    GatewayInMemory gateway({std::move(Script(503).bytes("{}")), std::move(Script().bytes(test::kWholeAnswer))},
                            config);
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(gateway.header("X-LunarGate-Provider"), "two");
}

void RequestDeadlineTest::isNoLimitForAStreamThatHasBegun()
{
    GatewayInMemory gateway({std::move(Script().data(contentChunk("a")).wait().data("[DONE]"))}, limited());
    gateway.postStream();
    QTRY_VERIFY(gateway.body().contains("\"a\""));
    QTest::qWait(2 * int(kShort.count()));
    QVERIFY(!gateway.isAnswered());
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.body().endsWith("data: [DONE]\n\n"));
}

void RequestDeadlineTest::anErrorsBodyIsCutInTime()
{
    Config config = limited();
    config.routing.routes.front().fallback.clear();
    GatewayInMemory gateway({std::move(Script(503).wait())}, config);
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 503); // it is known, whatever the body would have said
    QCOMPARE(gateway.error("message"), "provider returned status 503");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::RequestDeadlineTest)
#include "tst_request_deadline.moc"
