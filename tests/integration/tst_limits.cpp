// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"
#include "tests/support/raw_client.h"
#include "tests/support/wait.h"

#include <QJsonValue>
#include <QTest>

#include <memory>

using namespace lunargate;
using namespace lunargate::test;

namespace {

ConfigChanges limits(const QByteArray &keys, const QByteArray &more = {})
{
    return {.server = "workers: 2", .sections = "rate_limiting:\n  enabled: true\n" + indented(keys, 2) + more};
}

using Clients = std::vector<std::unique_ptr<RawClient>>;

/// So many chat requests at once, each on a connection of its own.
Clients startChats(quint16 port, int count, const QByteArray &more = {})
{
    Clients clients;
    for (int i = 0; i < count; ++i) {
        clients.push_back(std::make_unique<RawClient>(port));
        clients.back()->sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", more),
                                    {{"Content-Type", "application/json"}});
    }
    return clients;
}

int countStatus(const Clients &clients, int status)
{
    int count = 0;
    for (const std::unique_ptr<RawClient> &client : clients)
        count += client->answer().status() == status ? 1 : 0;
    return count;
}

} // namespace

/// Limits of requests, tokens and concurrency, over sockets and with several workers.
class LimitsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void placesAreSharedByAllWorkersAndComeBack()
    {
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.otherwise([gate](const ReceivedRequest &) { return Script().hold(gate).wire(held()); });
        QVERIFY(fixture.start(limits("requests_per_minute: 0\nmax_concurrent: 2")));
        Clients clients = startChats(fixture.port(), 6);
        QTRY_COMPARE(countStatus(clients, 429), 4);
        QVERIFY(fixture.upstream.waitForRequests(2)); // the refusals can be quicker than the way to the provider
        QCOMPARE(fixture.upstream.requestCount(), 2);
        gate->open();
        QTRY_COMPARE(countStatus(clients, 200), 2);
        for (const std::unique_ptr<RawClient> &client : clients) {
            QVERIFY(client->waitForAnswer());
            if (client->answer().status() == 429)
                QCOMPARE(client->answer().header("Retry-After"), "1");
        }
        QCOMPARE(fixture.chat().status, 200);
    }

    void aStreamHoldsItsPlaceUntilItsEnd()
    {
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script::eventStream().content("a").hold(gate).content("b").data("[DONE]").end());
        QVERIFY(fixture.start(limits("requests_per_minute: 0\nmax_concurrent: 1")));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        QVERIFY(client.waitForBody("\"a\""));
        QCOMPARE(fixture.chat().status, 429);
        gate->open();
        QVERIFY(client.waitForAnswer());
        QCOMPARE(fixture.chat().status, 200); // at once: it came back before the last bytes left
    }

    void aClientThatLeavesLeavesItsPlace()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::silence());
        QVERIFY(fixture.start(limits("requests_per_minute: 0\nmax_concurrent: 1")));
        Clients clients = startChats(fixture.port(), 1);
        QVERIFY(fixture.upstream.waitForRequests(1));
        clients.front()->reset();
        QVERIFY(fixture.upstream.waitForCancel(0));
        QVERIFY(waitForStatus(fixture, 200));
    }

    // Elsewhere five calls at once used 663 tokens of a limit of 100.
    void tokensOfParallelCallsDoNotAddUpOverTheLimit()
    {
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.otherwise([gate](const ReceivedRequest &) { return Script().hold(gate).wire(held()); });
        QVERIFY(fixture.start(limits("requests_per_minute: 0\ntokens_per_minute: 100")));
        Clients clients = startChats(fixture.port(), 5, R"("max_tokens":40)");
        QTRY_COMPARE(countStatus(clients, 429), 3); // each may need 42
        gate->open();
        QTRY_COMPARE(countStatus(clients, 200), 2);
        QCOMPARE(fixture.upstream.requestCount(), 2);
    }

    void theTimeToWaitIsTheTimeToWait()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start(limits("requests_per_minute: 300\nburst_size: 1")));
        QCOMPARE(fixture.chat().status, 200);
        HttpAnswer refused = fixture.chat();
        for (int i = 0; i < 20 && refused.status != 429; ++i) // on a slow machine one comes in between
            refused = fixture.chat();
        QCOMPARE(refused.status, 429);
        QVERIFY2(errorShapeProblem(refused).isEmpty(), errorShapeProblem(refused).constData());
        QCOMPARE(refused.header("Retry-After"), "1");
        const int wait = refused.header("Retry-After-Ms").toInt();
        QVERIFY(wait > 0 && wait <= 200);
        QTest::qWait(wait);
        QCOMPARE(fixture.chat().status, 200);
    }

    void aRefusalIsCountedAndLoggedOnce()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start(limits("requests_per_minute: 1\nburst_size: 1")));
        QCOMPARE(fixture.chat().status, 200);
        const HttpAnswer refused = fixture.chat();
        QCOMPARE(refused.status, 429);
        const MetricsText metrics(fixture.client().get("/metrics").body);
        QCOMPARE(metrics.sum("ai_router_requests_total", {{"status_code", "429"}}), 1);
        QCOMPARE(metrics.sum("lunargate_limiter_refusals_total", {{"limit", "requests"}}), 1);
        QCOMPARE(metrics.sum("lunargate_limiter_refusals_total"), 1);
        QVERIFY(fixture.gateway.waitForLog("error=rate_limit_exceeded"));
        QCOMPARE(fixture.gateway.log().count(refused.header("X-LunarGate-Request-ID")), 1);
        QVERIFY(!fixture.gateway.log().contains("does not act on this setting"));
    }

    void forgedAddressesMakeNoNewClients()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start(limits("requests_per_minute: 1\nburst_size: 3")));
        for (int i = 0; i < 5; ++i) {
            const QByteArray address = "203.0.113." + QByteArray::number(i);
            const HttpAnswer answer = fixture.chat(
                chatBody(), {{"X-Forwarded-For", address}, {"X-Real-IP", address}, {"X-API-Key", address}});
            QCOMPARE(answer.status, i < 3 ? 200 : 429);
        }
        const HttpAnswer seen = fixture.client().get("/admin/v1/limits");
        QCOMPARE(jsonAt(seen.body, "clients").toInt(), 1);
        QCOMPARE(textAt(seen.body, "least_left.0.client"), "address:127.0.0.1");
    }

    void theGlobalLimitCountsEverybody()
    {
        GatewayFixture fixture;
        const QByteArray global = "  global:\n    requests_per_minute: 1\n    burst_size: 2\n";
        QVERIFY(fixture.start({.server = "workers: 2\ntrusted_proxies: [127.0.0.1]",
                               .sections = "rate_limiting:\n  enabled: true\n" + global}));
        for (int i = 0; i < 3; ++i) {
            const QByteArray address = "203.0.113." + QByteArray::number(i);
            const HttpAnswer answer = fixture.chat(chatBody(), {{"X-Forwarded-For", address}});
            QCOMPARE(answer.status, i < 2 ? 200 : 429);
            QCOMPARE(answer.header("x-ratelimit-limit-requests"), "1"); // the one that leaves less
            if (i == 2)
                QVERIFY(answer.body.contains("all clients together"));
        }
    }

    void aNewLimitCountsForTheNextRequest()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start(limits("requests_per_minute: 1\nburst_size: 1")));
        QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(fixture.chat().status, 429);
        QVERIFY(reload(fixture, limits("requests_per_minute: 6000\nburst_size: 10")));
        const HttpAnswer wider = fixture.chat(); // full or not, it fills a hundred times a second now
        QCOMPARE(wider.header("x-ratelimit-limit-requests"), "6000");
        QVERIFY(waitForStatus(fixture, 200));
        QVERIFY(reload(fixture, {.server = "workers: 2"}));
        for (int i = 0; i < 20; ++i)
            QCOMPARE(fixture.chat().status, 200);
    }

    // Elsewhere every reload gave everybody a full bucket.
    void aChangedLimitKeepsThePartThatIsLeft()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start(limits("requests_per_minute: 1\nburst_size: 4")));
        QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(fixture.chat().status, 200);
        QVERIFY(reload(fixture, limits("requests_per_minute: 1\nburst_size: 2")));
        QCOMPARE(fixture.chat().status, 200); // half of it was left
        QCOMPARE(fixture.chat().status, 429);
    }

    void limitsThatDidNotChangeKeepWhatIsLeft()
    {
        GatewayFixture fixture;
        const QByteArray global = "  global:\n    requests_per_minute: 1\n    burst_size: 3\n";
        QVERIFY(fixture.start(limits("requests_per_minute: 1\nburst_size: 5", global)));
        QCOMPARE(fixture.chat().status, 200);
        QVERIFY(reload(fixture, limits("requests_per_minute: 1\nburst_size: 50", global)));
        QCOMPARE(fixture.chat().status, 200);
        QCOMPARE(fixture.chat().status, 200);
        const HttpAnswer refused = fixture.chat();
        QCOMPARE(refused.status, 429);
        QVERIFY(refused.body.contains("all clients together"));
    }

private:
    /// Asks until a chat request gets that status; never once more than that, as QTRY_COMPARE would.
    static bool waitForStatus(const GatewayFixture &fixture, int status)
    {
        return waitUntil([&fixture, status] { return fixture.chat().status == status; });
    }

    /// Writes another configuration and has it take over, unless it did so by itself already.
    static bool reload(const GatewayFixture &fixture, const ConfigChanges &changes)
    {
        return fixture.gateway.writeConfig(simpleConfig(fixture.upstream, changes)) &&
               fixture.client().post("/admin/v1/reload", {}).status == 200;
    }

    /// A whole answer as it goes over the wire, for scripts that wait before their head.
    static QByteArray held()
    {
        const QByteArray body =
            R"({"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}]})";
        return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
               QByteArray::number(body.size()) + "\r\n\r\n" + body;
    }
};

QTEST_GUILESS_MAIN(LimitsTest)
#include "tst_limits.moc"
