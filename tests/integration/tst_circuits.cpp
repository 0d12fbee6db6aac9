// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"
#include "tests/support/raw_client.h"

#include <QTest>

#include <deque>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

double metric(const GatewayFixture &fixture, const QByteArray &name)
{
    return MetricsText(fixture.client().get("/metrics").body).sum(name, {{"provider", "fake"}});
}

double state(const GatewayFixture &fixture)
{
    return metric(fixture, "ai_router_circuit_breaker_state");
}

} // namespace

/// Circuits and queues of the whole program, with workers in threads of their own.
class CircuitsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void aFailingProviderGetsARestAndComesBack()
    {
        GatewayFixture fixture;
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::json(500, "{}"); });
        QVERIFY(fixture.start({.sections = "circuit_breaker: {open_for: 1s}\n", .retry = "enabled: false"}));
        for (int i = 0; i < 5; ++i)
            QCOMPARE(fixture.chat().status, 500);
        QCOMPARE(state(fixture), 2);
        QVERIFY(fixture.gateway.waitForLog("circuit breaker state change"));

        const HttpAnswer refused = fixture.chat();
        QVERIFY2(refused.status == 503, refused.summary().constData());
        QCOMPARE(errorShapeProblem(refused), "");
        QCOMPARE(textAt(refused.body, "error.code"), "circuit_open");
        QCOMPARE(refused.header("Retry-After"), "1");
        QCOMPARE(fixture.upstream.requestCount(), 5);

        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::chat(); });
        QTRY_COMPARE(state(fixture), 1);
        for (int i = 0; i < 3; ++i)
            QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(state(fixture), 0);
    }

    void anAdministratorOpensAndClosesACircuit()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        const auto order = [&fixture](const QByteArray &path) {
            return fixture.client().post("/admin/v1/circuits/" + path, {});
        };
        const HttpAnswer opened = order("fake/open?for=1h");
        QVERIFY2(opened.status == 200, opened.summary().constData());
        QCOMPARE(textAt(opened.body, "data.0.state"), "open");
        QCOMPARE(fixture.chat().status, 503);
        QCOMPARE(order("fake/reset").status, 200);
        QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(textAt(fixture.client().get("/admin/v1/circuits").body, "data.0.state"), "closed");
        QCOMPARE(order("unknown/reset").status, 404);
    }

    // The clients' connections are spread over the workers, so nearly every slot goes to another thread.
    void aLimitHoldsOverAllWorkers()
    {
        constexpr int kClients = 12;
        constexpr int kLimit = 2;
        GatewayFixture fixture;
        std::deque<GatePointer> gates;
        fixture.upstream.otherwise([&gates](const ReceivedRequest &) {
            gates.push_back(Gate::make());
            Script script;
            script.hold(gates.back());
            const QByteArray body = R"({"choices":[{"index":0,"finish_reason":"stop","message":{"content":"x"}}]})";
            return script.wire("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                               QByteArray::number(body.size()) + "\r\n\r\n" + body);
        });
        QVERIFY(fixture.start({.provider = "concurrency: {limit: 2, queue_timeout: 1m}", .server = "workers: 4"}));
        std::deque<RawClient> clients;
        for (int i = 0; i < kClients; ++i)
            clients.emplace_back(fixture.port()).sendRequest("POST", "/v1/chat/completions", chatBody());
        QVERIFY(fixture.upstream.waitForRequests(kLimit));
        QTRY_COMPARE(metric(fixture, "lunargate_provider_waiting_calls"), kClients - kLimit);
        clients[kClients - 1].reset(); // whoever leaves the queue takes no slot with it
        QTRY_COMPARE(metric(fixture, "lunargate_provider_waiting_calls"), kClients - kLimit - 1);
        for (int answered = 0; answered < kClients - 1; ++answered) {
            QTRY_COMPARE(fixture.upstream.requestCount(), std::min(answered + kLimit, kClients - 1));
            QVERIFY(metric(fixture, "lunargate_provider_running_calls") <= kLimit);
            // At the end nobody takes the slot of a call whose answer may still be on its way through the gateway.
            QTRY_COMPARE(metric(fixture, "lunargate_provider_running_calls"),
                         double(std::min(kLimit, kClients - 1 - answered)));
            gates[size_t(answered)]->open();
            QVERIFY(fixture.upstream.waitForAnswer(answered));
        }
        for (int i = 0; i < kClients - 1; ++i)
            QVERIFY2(clients[size_t(i)].waitForAnswer(), clients[size_t(i)].answer().error().constData());
        QTRY_COMPARE(metric(fixture, "lunargate_provider_running_calls"), 0);
        QCOMPARE(state(fixture), 0);
    }
};

QTEST_GUILESS_MAIN(CircuitsTest)
#include "tst_circuits.moc"
