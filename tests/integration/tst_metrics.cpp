// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/metrics_text.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using Labels = MetricsText::Labels;
using namespace std::chrono_literals;

namespace {

MetricsText metricsOf(const GatewayFixture &fixture)
{
    return MetricsText(fixture.client().get("/metrics").body);
}

} // namespace

/// Every request counts once, whatever became of it, under labels that nobody outside can invent.
class MetricsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void everyOutcomeCountsOnce_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<HeaderList>("headers");
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<QByteArray>("provider");
        const QByteArray whole = chatBody("fake-model");
        const QByteArray stream = chatBody("fake-model", R"("stream":true)");
        const QByteArray fake = "fake";
        const QByteArray none = "none";
        const HeaderList plain;
        QTest::newRow("success") << Script::chat() << whole << plain << QByteArray("200") << fake;
        QTest::newRow("stream") << Script::chatStream() << stream << plain << QByteArray("200") << fake;
        QTest::newRow("upstream says no") << Script::json(404, "{}") << whole << plain << QByteArray("404") << fake;
        QTest::newRow("upstream says no to a stream")
            << Script::json(404, "{}") << stream << plain << QByteArray("404") << fake;
        QTest::newRow("upstream fails") << Script::json(503, "{}") << whole << plain << QByteArray("503") << fake;
        QTest::newRow("upstream breaks") << Script().reset() << whole << plain << QByteArray("502") << fake;
        QTest::newRow("upstream talks nonsense")
            << Script::json(200, "x") << whole << plain << QByteArray("502") << fake;
        QTest::newRow("stream breaks") << Script::eventStream().content("a").close() << stream << plain
                                       << QByteArray("502") << fake;
        QTest::newRow("bad JSON") << Script::chat() << QByteArray("{") << plain << QByteArray("400") << none;
        QTest::newRow("unknown provider")
            << Script::chat() << whole << HeaderList{{"X-LunarGate-Provider", "nobody"}} << QByteArray("400") << none;
        QTest::newRow("web page") << Script::chat() << whole << HeaderList{{"Origin", "https://evil.example"}}
                                  << QByteArray("403") << none;
    }

    void everyOutcomeCountsOnce()
    {
        QFETCH(Script, script);
        QFETCH(QByteArray, body);
        QFETCH(HeaderList, headers);
        QFETCH(QByteArray, status);
        QFETCH(QByteArray, provider);
        GatewayFixture fixture;
        fixture.upstream.otherwise([script](const ReceivedRequest &) { return script; });
        QVERIFY(fixture.start({.retry = "max_attempts: 1"}));
        fixture.chat(body, headers);
        // The client has its last byte a moment before the request is counted.
        QVERIFY(waitUntil([&] { return metricsOf(fixture).sum("ai_router_requests_total") >= 1; }));
        const MetricsText metrics = metricsOf(fixture);
        QCOMPARE(metrics.sum("ai_router_requests_total"), 1.0);
        QCOMPARE(metrics.sum("ai_router_requests_total", {{"status_code", status}, {"provider", provider}}), 1.0);
        QCOMPARE(metrics.sum("ai_router_request_duration_seconds_count"), 1.0);
        QCOMPARE(metrics.sum("ai_router_active_requests"), 0.0);
    }

    // Not only what a call began with.
    void attemptsCountByHowTheyEnd_data()
    {
        QTest::addColumn<Script>("script");
        QTest::addColumn<QByteArray>("outcome");
        QTest::newRow("whole") << Script::chat() << QByteArray("success");
        QTest::newRow("stream") << Script::chatStream() << QByteArray("success");
        QTest::newRow("stream breaks") << Script::eventStream().content("a").close() << QByteArray("transport");
        QTest::newRow("stream tells an error")
            << Script::eventStream().content("a").data(R"({"error":{"message":"x","code":500}})").end()
            << QByteArray("server_error");
    }

    void attemptsCountByHowTheyEnd()
    {
        QFETCH(const Script, script);
        QFETCH(const QByteArray, outcome);
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        fixture.upstream.enqueue(script);
        const bool isStream = QByteArray(QTest::currentDataTag()).contains("stream");
        fixture.chat(chatBody("fake-model", isStream ? R"("stream":true)" : ""));
        const MetricsText metrics = metricsOf(fixture);
        QCOMPARE(metrics.sum("lunargate_attempts_total"), 1.0);
        QCOMPARE(metrics.sum("lunargate_attempts_total", {{"provider", "fake"}, {"outcome", outcome}}), 1.0);
        QCOMPARE(metrics.sum("lunargate_attempt_failures_total"), outcome == "success" ? 0.0 : 1.0);
    }

    void aLeavingClientCancelsTheAttempt()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        fixture.upstream.enqueue(Script::eventStream().content("a").stall());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        QVERIFY(client.waitForBody("a"));
        client.close();
        QVERIFY(fixture.upstream.waitForCancel(0));
        const auto cancelled = [&] {
            return metricsOf(fixture).sum("lunargate_attempts_total", {{"provider", "fake"}, {"outcome", "cancelled"}});
        };
        QTRY_COMPARE(cancelled(), 1.0);
        QCOMPARE(metricsOf(fixture).sum("lunargate_attempts_total"), 1.0);
    }

    void aWrongMethodCounts()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.client().get("/v1/chat/completions").status, 405);
        QCOMPARE(metricsOf(fixture).sum("ai_router_requests_total"), 1.0);
    }

    void noRouteCountsOnce()
    {
        GatewayFixture fixture;
        QVERIFY(
            fixture.gateway.start(simpleConfig(fixture.upstream)
                                      .replace("- name: default\n", "- name: default\n      match: {path: /other}\n")));
        QCOMPARE(fixture.chat().status, 502);
        QCOMPARE(metricsOf(fixture).sum("ai_router_requests_total", {{"status_code", "502"}}), 1.0);
        QCOMPARE(metricsOf(fixture).sum("ai_router_requests_total"), 1.0);
    }

    void leavingClientCountsOnceAs499()
    {
        GatewayFixture fixture;
        fixture.upstream.enqueue(Script::eventStream().content("a").stall());
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        QVERIFY(client.waitForBody("\"a\""));
        QCOMPARE(metricsOf(fixture).sum("ai_router_active_requests"), 1.0);
        QCOMPARE(metricsOf(fixture).sum("lunargate_open_streams"), 1.0);
        client.close();
        QVERIFY(waitUntil([&] { return metricsOf(fixture).sum("ai_router_requests_total") >= 1; }));
        QCOMPARE(metricsOf(fixture).sum("ai_router_requests_total", {{"status_code", "499"}}), 1.0);
        QCOMPARE(metricsOf(fixture).sum("ai_router_requests_total"), 1.0);
        QCOMPARE(metricsOf(fixture).sum("ai_router_active_requests"), 0.0);
        QCOMPARE(metricsOf(fixture).sum("lunargate_open_streams"), 0.0);
    }

    void streamsTellTheTimesOfTheirPieces()
    {
        constexpr auto kPause = 300ms;
        GatewayFixture fixture;
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script::eventStream().content("one").hold(gate).content("two").data("[DONE]").end());
        QVERIFY(fixture.start());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody("fake-model", R"("stream":true)"));
        QVERIFY(client.waitForBody("one"));
        QVERIFY(!client.waitForBody("two", kPause));
        gate->open();
        QVERIFY2(client.waitForAnswer(), client.answer().error().constData());
        const MetricsText metrics = metricsOf(fixture);
        const Labels target = {{"provider", "fake"}, {"model", "fake-model"}};
        const double pause = std::chrono::duration<double>(kPause).count();
        QCOMPARE(metrics.sum("lunargate_time_between_chunks_seconds_count", target), 1.0);
        QVERIFY(metrics.sum("lunargate_time_between_chunks_seconds_sum", target) > 0.9 * pause);
        // Waiting for the provider is not what the gateway itself takes.
        QCOMPARE(metrics.sum("lunargate_gateway_own_seconds_count"), 1.0);
        QVERIFY(metrics.sum("lunargate_gateway_own_seconds_sum") > 0);
        QVERIFY(metrics.sum("lunargate_gateway_own_seconds_sum") < 0.5 * pause);
    }

    void modelListAndHealthDoNotCount()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        for (const char *path : {"/health", "/ready", "/v1/models", "/metrics", "/nowhere"})
            fixture.client().get(path);
        QCOMPARE(metricsOf(fixture).sum("ai_router_requests_total"), 0.0);
    }

    void namesTypesHelpAndLabelsAreTheFamiliarOnes()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.chat(chatBody("fake-model")).status, 200);
        QVERIFY(waitUntil([&] { return metricsOf(fixture).sum("ai_router_requests_total") >= 1; }));
        const MetricsText metrics = metricsOf(fixture);
        QCOMPARE(metrics.error(), "");
        QCOMPARE(metrics.type("ai_router_requests_total"), "counter");
        QCOMPARE(metrics.help("ai_router_requests_total"), "Total number of requests processed");
        QCOMPARE(
            metrics.sum("ai_router_requests_total",
                        {{"provider", "fake"}, {"model", "fake-model"}, {"status_code", "200"}, {"route", "default"}}),
            1.0);
        const Labels target = {{"provider", "fake"}, {"model", "fake-model"}};
        QCOMPARE(metrics.type("ai_router_request_duration_seconds"), "histogram");
        QCOMPARE(metrics.help("ai_router_request_duration_seconds"), "Request duration in seconds");
        QCOMPARE(metrics.count("ai_router_request_duration_seconds_bucket", target), 11);
        for (const char *bound : {"0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60", "120", "+Inf"})
            QCOMPARE(metrics.count("ai_router_request_duration_seconds_bucket", {{"le", bound}}), 1);
        QCOMPARE(metrics.sum("ai_router_tokens_total", {{"direction", "input"}, {"provider", "fake"}}), 7.0);
        QCOMPARE(metrics.sum("ai_router_tokens_total", {{"direction", "output"}, {"model", "fake-model"}}), 3.0);
        QCOMPARE(metrics.type("ai_router_fallbacks_used_total"), "counter");
        QCOMPARE(metrics.type("ai_router_active_requests"), "gauge");
        QCOMPARE(metrics.count("lunargate_build_info"), 1);
        QCOMPARE(metrics.sum("lunargate_build_info"), 1.0);
        QVERIFY(metrics.sum("process_resident_memory_bytes") > 0);
    }

    void tokensOfAStreamAreCountedEvenIfTheClientDidNotAsk()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.chat(chatBody("fake-model", R"("stream":true)")).status, 200);
        QVERIFY(waitUntil(
            [&] { return metricsOf(fixture).sum("ai_router_tokens_total", {{"direction", "output"}}) == 3; }));
        QCOMPARE(metricsOf(fixture).sum("ai_router_tokens_total", {{"direction", "input"}}), 7.0);
    }

    void fallbacksAndProviderErrorsAreCounted()
    {
        GatewayFixture fixture;
        FakeUpstream broken;
        broken.otherwise([](const ReceivedRequest &) { return Script::json(503, "{}"); });
        QVERIFY(fixture.gateway.start("providers:\n"
                                      "  broken: {type: openai, base_url: \"" +
                                      broken.url() +
                                      "\"}\n"
                                      "  fake: {type: openai, base_url: \"" +
                                      fixture.upstream.url() +
                                      "\"}\n"
                                      "retry: {max_attempts: 1}\n"
                                      "routing:\n  routes:\n"
                                      "    - name: default\n"
                                      "      targets: [{provider: broken, model: m1}]\n"
                                      "      fallback: [{provider: fake, model: m2}]\n"));
        QCOMPARE(fixture.chat().status, 200);
        QVERIFY(waitUntil([&] { return metricsOf(fixture).sum("ai_router_requests_total") >= 1; }));
        QCOMPARE(metricsOf(fixture).sum("ai_router_fallbacks_used_total"), 1.0);
        QCOMPARE(metricsOf(fixture).sum("ai_router_requests_total", {{"provider", "fake"}, {"model", "m2"}}), 1.0);
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::json(503, "{}"); });
        QCOMPARE(fixture.chat().status, 503);
        QVERIFY(waitUntil([&] { return metricsOf(fixture).sum("ai_router_provider_errors_total") >= 1; }));
        QCOMPARE(metricsOf(fixture).sum("ai_router_provider_errors_total"), 1.0);
        // The label is the first target's, since nobody else could help either.
        QCOMPARE(metricsOf(fixture).sum("ai_router_provider_errors_total",
                                        {{"provider", "broken"}, {"error_type", "all_failed"}}),
                 1.0);
        QCOMPARE(metricsOf(fixture).sum("ai_router_fallbacks_used_total"), 1.0);
    }

    void inventedNamesDoNotBecomeLabels()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        for (int i = 0; i < 50; ++i) {
            const QByteArray name = "invented-" + QByteArray::number(i);
            fixture.upstream.enqueue(Script::json(404, R"({"error":{"message":"x","type":")" + name + R"("}})"));
            QCOMPARE(fixture.chat(chatBody(name), {{"X-LunarGate-Route", "default"}}).status, 404);
            fixture.chat(chatBody(name + "/x"), {{"X-LunarGate-Route", name}});
        }
        const HttpAnswer page = fixture.client().get("/metrics");
        QVERIFY(!page.body.contains("invented-"));
        const MetricsText metrics(page.body);
        QVERIFY(metrics.count("ai_router_requests_total") < 6);
        QCOMPARE(metrics.sum("ai_router_requests_total"), 100.0);
    }
};

QTEST_GUILESS_MAIN(MetricsTest)
#include "tst_metrics.moc"
