// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/routing/target_loads.h"
#include "tests/unit/pipeline/gateway_in_memory.h"

#include <cmath>

namespace lunargate {

using test::contentChunk;
using test::expectFailedAttempts;
using test::GatewayInMemory;
using test::Script;
using test::transportError;

/// What requests tell of the targets that they were sent to, for the strategies that want to know.
class TargetCallsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aWholeAnswerIsMeasured();
    void aStreamIsPendingUntilItsEnd();
    void aStreamThatBreaksIsAFailure();
    void aClientThatLeavesIsNoFailure();
    void failuresOfTheTargetCountAgainstIt_data();
    void failuresOfTheTargetCountAgainstIt();
    void mistakesOfTheClientTellNothing();
    void attemptsAreCallsOfTheirOwn();
};

namespace {

/// The fastest target is chosen, of one.
Config fastest()
{
    Config config = test::twoProviders();
    config.routing.defaultStrategy = Strategy::Latency;
    config.routing.routes[0].fallback.clear();
    config.retry.enabled = false;
    return config;
}

std::shared_ptr<TargetLoad> loadOf(GatewayInMemory &gateway)
{
    return gateway.services().loads->of("one", "m1");
}

Script status(int code)
{
    return std::move(Script(code).bytes(R"({"error":{"message":"m","type":"t"}})"));
}

} // namespace

void TargetCallsTest::aWholeAnswerIsMeasured()
{
    GatewayInMemory gateway({Script::silent(std::move(Script().bytes(test::kWholeAnswer)))}, fastest());
    const auto load = loadOf(gateway);
    gateway.post();
    QTRY_COMPARE(load->pending(), 1);
    QVERIFY(!load->latency());
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 200);
    QCOMPARE(load->pending(), 0);
    QCOMPARE_GT(load->latency().value(), 0.0);
}

void TargetCallsTest::aStreamIsPendingUntilItsEnd()
{
    GatewayInMemory gateway({std::move(Script().data(contentChunk("a")).wait().data("[DONE]"))}, fastest());
    const auto load = loadOf(gateway);
    gateway.postStream();
    QTRY_VERIFY(gateway.body().contains("\"a\""));
    QCOMPARE(load->pending(), 1);
    const double untilContent = load->latency().value();
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.isAnswered());
    QTRY_COMPARE(load->pending(), 0);
    QCOMPARE_LE(load->latency().value(), untilContent);
}

void TargetCallsTest::aStreamThatBreaksIsAFailure()
{
    GatewayInMemory gateway({std::move(Script().data(contentChunk("a")).wait().fail(transportError()))}, fastest());
    const auto load = loadOf(gateway);
    gateway.postStream();
    QTRY_VERIFY(gateway.body().contains("\"a\""));
    const double untilContent = load->latency().value();
    const TargetCall another(load); // no decay
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^stream broke ")));
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.isAnswered());
    QTRY_COMPARE(load->pending(), 1);
    QCOMPARE_GE(load->latency().value(), 4 * untilContent);
}

void TargetCallsTest::aClientThatLeavesIsNoFailure()
{
    GatewayInMemory gateway({Script::silent()}, fastest());
    const auto load = loadOf(gateway);
    gateway.post();
    QTRY_COMPARE(load->pending(), 1);
    gateway.connection.reset();
    QTRY_COMPARE(load->pending(), 0);
    QCOMPARE_LT(load->latency().value_or(0), 10'000.0);
}

void TargetCallsTest::failuresOfTheTargetCountAgainstIt_data()
{
    QTest::addColumn<Script>("script");
    QTest::addColumn<double>("latency"); // after 10 s before
    QTest::newRow("not reached") << Script::failing(transportError()) << 40'000.0;
    QTest::newRow("503") << status(503) << 40'000.0;
    QTest::newRow("429") << status(429) << 40'000.0;
    QTest::newRow("wrong key") << status(401) << 40'000.0;
    QTest::newRow("no such model") << status(404) << 40'000.0;
    QTest::newRow("no JSON") << std::move(Script().bytes("<html>")) << 40'000.0;
    QTest::newRow("a request that it does not like") << status(400) << 10'000.0;
}

void TargetCallsTest::failuresOfTheTargetCountAgainstIt()
{
    QFETCH(const Script, script);
    GatewayInMemory gateway({script}, fastest());
    const auto load = loadOf(gateway);
    TargetCall(load).failed();
    const TargetCall another(load); // no decay
    expectFailedAttempts(1);
    gateway.post();
    QTRY_VERIFY(gateway.isAnswered());
    const double latency = std::round(load->latency().value());
    QTEST(latency, "latency");
    QCOMPARE(load->pending(), 1);
}

void TargetCallsTest::mistakesOfTheClientTellNothing()
{
    Config config = fastest();
    config.providers[0].quirks.refused = {"n"};
    GatewayInMemory gateway({}, config);
    const auto load = loadOf(gateway);
    gateway.post(R"({"model":"m1","messages":[],"n":2})");
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), 400);
    QVERIFY(!load->latency());
    QCOMPARE(load->pending(), 0);
}

void TargetCallsTest::attemptsAreCallsOfTheirOwn()
{
    Config config = fastest();
    config.retry.enabled = true;
    GatewayInMemory gateway({status(503), status(503), Script::silent(status(503))}, config);
    const auto load = loadOf(gateway);
    expectFailedAttempts(3);
    gateway.post();
    QTRY_COMPARE(gateway.transport->requests.size(), size_t{3});
    QCOMPARE(load->pending(), 1);
    QCOMPARE(std::round(load->latency().value()), 40'000.0); // 10 s, and four times that
    gateway.transport->letGo();
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(load->pending(), 0);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::TargetCallsTest)
#include "tst_target_calls.moc"
