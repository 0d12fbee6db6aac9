// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/unit/pipeline/permit_testing.h"

namespace lunargate {

using test::ask;
using test::expectChange;
using test::expectFailedAttempts;
using test::expectOpening;
using test::GatewayInMemory;
using test::limited;
using test::state;
using test::status;

/// Administrators see circuits and queues, and open, probe and close circuits.
class CircuitOrdersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void tellsAndTakesOrders();
    void refusesOrdersThatItCannotCarryOut_data();
    void refusesOrdersThatItCannotCarryOut();
};

void CircuitOrdersTest::tellsAndTakesOrders()
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
    gateway.get("/admin/v1/circuits", test::kAsAdmin);
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
        gateway.post({}, test::kAsAdmin, "/admin/v1/circuits/" + path);
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

void CircuitOrdersTest::refusesOrdersThatItCannotCarryOut_data()
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

void CircuitOrdersTest::refusesOrdersThatItCannotCarryOut()
{
    QFETCH(const QByteArray, path);
    QFETCH(const int, status);
    QFETCH(const QByteArray, code);
    GatewayInMemory gateway({});
    gateway.post({}, test::kAsAdmin, "/admin/v1/circuits/" + path);
    QTRY_VERIFY(gateway.isAnswered());
    QCOMPARE(gateway.status(), status);
    QCOMPARE(gateway.error("code"), code);
    QCOMPARE(state(gateway), 0);
}

} // namespace lunargate

QTEST_GUILESS_MAIN(lunargate::CircuitOrdersTest)
#include "tst_circuit_orders.moc"
