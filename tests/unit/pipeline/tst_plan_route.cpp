// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/gateway_in_memory.h"

namespace lunargate {

using test::expectFailedAttempts;
using test::GatewayInMemory;
using test::Script;

/// What the choice of a target looks at beside the configuration.
class PlanRouteTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void prefersTargetsWhoseCircuitIsClosed();
    void choosesAmongTheTargetsThatTheKeyAllows();
};

namespace {

/// The route has two targets, and no fallback that could hide which one was chosen.
Config twoTargets()
{
    Config config = test::twoProviders();
    config.routing.routes[0].targets.push_back({.provider = "two", .model = "m2"});
    config.routing.routes[0].fallback.clear();
    config.retry.enabled = false;
    config.circuitBreaker.failureThreshold = 1;
    return config;
}

Script whole()
{
    return std::move(Script().bytes(test::kWholeAnswer));
}

/// Who answered; `failed` if nobody did.
QByteArray ask(GatewayInMemory &gateway, const QByteArray &fields = {})
{
    gateway.forgetAnswer();
    gateway.post(R"({"messages":[]})", fields);
    if (!QTest::qWaitFor([&] { return gateway.isAnswered(); }))
        return "nothing";
    return gateway.status() == 200 ? gateway.header("X-LunarGate-Provider") : "failed";
}

} // namespace

void PlanRouteTest::prefersTargetsWhoseCircuitIsClosed()
{
    GatewayInMemory gateway({Script(503), whole(), whole(), whole()}, twoTargets());
    expectFailedAttempts(1);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(QStringLiteral("^circuit breaker state change ")));
    QCOMPARE(ask(gateway), "failed");
    for (int request = 0; request < 3; ++request)
        QCOMPARE(ask(gateway), "two");
}

void PlanRouteTest::choosesAmongTheTargetsThatTheKeyAllows()
{
    Config config = twoTargets();
    config.security.enabled = true;
    config.security.provider = AuthProvider::ApiKey;
    config.security.keys = {{.name = "app", .value = SecretString("app-key"), .models = {"two/*"}}};
    GatewayInMemory gateway({whole(), whole(), whole()}, config);
    for (int request = 0; request < 3; ++request)
        QCOMPARE(ask(gateway, "Authorization: Bearer app-key\r\n"), "two");
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::PlanRouteTest)
#include "tst_plan_route.moc"
