// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/metrics_text.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

namespace {

// What needs no libcurl needs nothing warm either.
constexpr const char *kCurl = "upstream: {transport: curl}\n";
const ConfigChanges kCold{.server = "workers: 1", .sections = kCurl};
const ConfigChanges kWarm{.provider = "warm_connections: 2", .server = "workers: 1", .sections = kCurl};

} // namespace

/// Connections to providers that are there before anybody asks.
class GatewayWarmConnectionsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void theyAreThereBeforeTheFirstRequest()
    {
        GatewayFixture fixture;
        fixture.upstream.on("/", Script::json(404, {}));
        QVERIFY(fixture.start(kWarm));
        QVERIFY(fixture.upstream.waitForAnswer(0));
        QVERIFY(fixture.upstream.waitForAnswer(1));
        QCOMPARE(fixture.upstream.connectionCount(), 2);
        for (const int index : {0, 1}) {
            const ReceivedRequest &request = fixture.upstream.request(index);
            QCOMPARE(request.method, "HEAD");
            QCOMPARE(request.path, "/");
            QVERIFY(!request.headers.contains("Authorization"));
        }
        // The worker has read their answers when it answers this.
        const MetricsText metrics(fixture.client().get("/metrics").body);
        QCOMPARE(metrics.sum("lunargate_attempts_total"), 0.0);
        QCOMPARE(metrics.sum("lunargate_attempt_failures_total"), 0.0);
        QCOMPARE(fixture.chat(chatBody()).status, 200);
        QCOMPARE(fixture.upstream.connectionCount(), 2);
    }

    void aReloadOpensThem()
    {
        GatewayFixture fixture;
        fixture.upstream.on("/", Script::json(404, {}));
        QVERIFY(fixture.start(kCold));
        QCOMPARE(fixture.chat(chatBody()).status, 200);
        QCOMPARE(fixture.upstream.requestCount(), 1);
        QVERIFY(fixture.gateway.writeConfig(simpleConfig(fixture.upstream, kWarm)));
        QVERIFY(fixture.upstream.waitForAnswer(2)); // the file is watched
        QCOMPARE(fixture.upstream.request(1).method, "HEAD");
        QCOMPARE(fixture.upstream.request(2).method, "HEAD");
    }
};

QTEST_GUILESS_MAIN(GatewayWarmConnectionsTest)
#include "tst_warm_connections.moc"
