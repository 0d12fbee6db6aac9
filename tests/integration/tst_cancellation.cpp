// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/metrics_text.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

// The goal is 100 ms; the rest is for a loaded machine.
constexpr auto kPromptly = 500ms;

} // namespace

/// The client leaves: the provider must not go on working for nobody, in whatever phase.
class CancellationTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void leavingCancelsTheCallPromptly_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("seen"); // what the client waits for before it leaves
        QTest::addColumn<bool>("reset");
        const QByteArray stream = chatBody("fake-model", R"("stream":true)");
        const QByteArray whole = chatBody("fake-model");
        for (const bool reset : {false, true}) {
            const QByteArray how = reset ? ", reset" : ", in order";
            QTest::newRow(QByteArray("waiting for headers" + how).constData())
                << Script::silence() << stream << QByteArray() << reset;
            QTest::newRow(QByteArray("waiting for the first byte" + how).constData())
                << Script::eventStream().stall() << stream << QByteArray() << reset;
            QTest::newRow(QByteArray("only comments so far" + how).constData())
                << Script::eventStream().body(": wait\n\n").stall() << stream << QByteArray() << reset;
            QTest::newRow(QByteArray("mid-stream" + how).constData())
                << Script::eventStream().content("one").stall() << stream << QByteArray("one") << reset;
            QTest::newRow(QByteArray("whole answer, waiting for headers" + how).constData())
                << Script::silence() << whole << QByteArray() << reset;
            QTest::newRow(QByteArray("whole answer, half of it here" + how).constData())
                << Script::head(200, {{"Content-Type", "application/json"}}).body("{\"choices\":").stall() << whole
                << QByteArray() << reset;
        }
    }

    void leavingCancelsTheCallPromptly()
    {
        QFETCH(Script, script);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, seen);
        QFETCH(bool, reset);
        GatewayFixture fixture;
        fixture.upstream.enqueue(script);
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", body);
        QVERIFY(fixture.upstream.waitForRequests(1));
        if (!seen.isEmpty())
            QVERIFY(client.waitForBody(seen));
        else
            QVERIFY(!client.waitForHead(50ms)); // what the script says first has arrived meanwhile
        const Clock::time_point left = Clock::now();
        reset ? client.reset() : client.close();
        QVERIFY(fixture.upstream.waitForCancel(0));
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(fixture.upstream.request(0).cancelledAt - left);
        QVERIFY2(took <= kPromptly, (QByteArray::number(qint64(took.count())) + " ms").constData());
        // It is over for good, and the gateway is well.
        QCOMPARE(fixture.client().get("/health").status, 200);
        QCOMPARE(fixture.upstream.requestCount(), 1);
    }

    void leavingWhileConnectingEndsTheRequest()
    {
        GatewayFixture fixture;
        const DeafPort deaf;
        QByteArray yaml = simpleConfig(fixture.upstream);
        yaml.replace(fixture.upstream.url(), "http://127.0.0.1:" + QByteArray::number(deaf.port()) + "/v1");
        QVERIFY(fixture.gateway.start(yaml));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model"));
        QVERIFY(waitUntil([&] { return activeRequests(fixture) == 1; }));
        client.close();
        QVERIFY(waitUntil([&] { return activeRequests(fixture) == 0; }, kPromptly));
        QVERIFY(waitUntil([&] { return counted(fixture, "499") == 1; }));
    }

    void leavingWhileTheRequestIsSentOnCancelsIt()
    {
        GatewayFixture fixture;
        fixture.upstream.holdBodies(Gate::make());
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        const QByteArray text(8 * 1024 * 1024, 'x');
        client.sendRequest("POST", "/v1/chat/completions",
                           R"({"model":"fake-model","messages":[{"role":"user","content":")" + text + R"("}]})");
        QVERIFY(waitUntil([&] { return fixture.upstream.requestCount() == 1; }));
        QVERIFY(waitUntil([&] { return activeRequests(fixture) == 1; }));
        client.reset();
        QVERIFY(waitUntil([&] { return activeRequests(fixture) == 0; }, kPromptly));
    }

    void noFurtherAttemptComesAfterTheClientLeftDuringTheBackOff()
    {
        GatewayFixture fixture;
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::json(503, "{}"); });
        QVERIFY(fixture.start({.retry = "initial_delay: 400ms\njitter_factor: 0"}));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model"));
        QVERIFY(fixture.upstream.waitForAnswer(0));
        QVERIFY(!client.waitForHead(50ms));
        client.close();
        QVERIFY(!waitUntil([&] { return fixture.upstream.requestCount() > 1; }, 1200ms));
        QCOMPARE(counted(fixture, "499"), 1);
    }

    void noFallbackIsTriedAfterTheClientLeft()
    {
        GatewayFixture fixture;
        const FakeUpstream second;
        fixture.upstream.enqueue(Script::silence());
        QVERIFY(fixture.gateway.start("providers:\n"
                                      "  first: {type: openai, base_url: \"" +
                                      fixture.upstream.url() +
                                      "\"}\n"
                                      "  second: {type: openai, base_url: \"" +
                                      second.url() +
                                      "\"}\n"
                                      "routing:\n"
                                      "  routes:\n"
                                      "    - name: default\n"
                                      "      targets: [{provider: first, model: m1}]\n"
                                      "      fallback: [{provider: second, model: m2}]\n"));
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody());
        QVERIFY(fixture.upstream.waitForRequests(1));
        client.close();
        QVERIFY(fixture.upstream.waitForCancel(0));
        QVERIFY(!waitUntil([&] { return second.connectionCount() > 0; }, 300ms));
    }

    void oneClientLeavingDoesNotDisturbAnother()
    {
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        for (int i = 0; i < 2; ++i)
            fixture.upstream.enqueue(
                Script::eventStream().content("one").hold(gate).content("two").data("[DONE]").end());
        QVERIFY(fixture.start({.server = "workers: 1"}));
        RawClient stays(fixture.port());
        RawClient leaves(fixture.port());
        for (RawClient *client : {&stays, &leaves}) {
            client->sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
            QVERIFY(client->waitForBody("one"));
        }
        leaves.close();
        QVERIFY(fixture.upstream.waitForCancel(1));
        gate->open();
        QVERIFY2(stays.waitForAnswer(), stays.answer().error().constData());
        QVERIFY(stays.answer().body().contains("two"));
    }

    void clientThatGoesAwayBetweenPipelinedRequestsIsNoticed()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::silence());
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model"));
        client.sendRequest("GET", "/health"); // unread bytes must not hide that the client left
        QVERIFY(fixture.upstream.waitForRequests(1));
        client.close();
        QVERIFY(fixture.upstream.waitForCancel(0));
    }

private:
    static double activeRequests(const GatewayFixture &fixture)
    {
        return MetricsText(fixture.client().get("/metrics").body).sum("ai_router_active_requests");
    }

    static int counted(const GatewayFixture &fixture, const QByteArray &status)
    {
        const MetricsText metrics(fixture.client().get("/metrics").body);
        return static_cast<int>(metrics.sum("ai_router_requests_total", {{"status_code", status}}));
    }
};

QTEST_GUILESS_MAIN(CancellationTest)
#include "tst_cancellation.moc"
