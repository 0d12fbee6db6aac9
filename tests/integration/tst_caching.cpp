// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/integration/caching_fixture.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;

/// Equal requests are answered from memory, and no others are.
class CachingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void equalRequestsAreAnsweredFromMemory()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start());
        const HttpAnswer first = fixture.chat(chatBody("fake-model", R"("user":"a")"));
        QCOMPARE(cacheStatus(first), "MISS");
        const HttpAnswer second = fixture.chat(chatBody("fake/fake-model", R"( "user" : "b" )"));
        QCOMPARE(cacheStatus(second), "HIT");
        QCOMPARE(second.body, first.body);
        QCOMPARE(second.header("Content-Type"), "application/json");
        QCOMPARE(second.header("X-LunarGate-Provider"), "fake");
        QCOMPARE(second.header("X-LunarGate-Model"), "fake/fake-model");
        QCOMPARE(second.header("X-LunarGate-Route"), "default");
        QCOMPARE(second.header("X-LunarGate-Attempts"), "0");
        QVERIFY(second.header("Age") == "0" || second.header("Age") == "1");
        QCOMPARE(second.header("X-LunarGate-Latency-Ms"), second.header("X-LunarGate-Overhead-Duration-Ms"));
        QVERIFY(second.header("X-LunarGate-Request-ID") != first.header("X-LunarGate-Request-ID"));
        QCOMPARE(fixture.upstream.requestCount(), 1);
    }

    // T79: a sample through the whole gateway; tst_cache_key has the table.
    void otherRequestsAreNot()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start());
        int calls = 0;
        for (const QByteArray &body :
             {chatBody(), chatBody("other-model"), chatBody({}, R"("n":2)"), chatBody({}, R"("stop":"x")"),
              chatBody({}, R"("seed":1)"), chatBody({}, R"("response_format":{"type":"json_object"})"),
              chatBody({}, R"("reasoning_effort":"low")"), chatBody({}, R"("temperature":0)")}) {
            QCOMPARE(cacheStatus(fixture.chat(body)), "MISS");
            QCOMPARE(fixture.upstream.requestCount(), ++calls);
            QCOMPARE(cacheStatus(fixture.chat(body)), "HIT");
        }
    }

    void responsesAreKeptOnlyWhereNobodyGoesOnFromThem_data()
    {
        QTest::addColumn<QByteArray>("members");
        QTest::addColumn<bool>("isKept");
        QTest::newRow("not stored") << QByteArray(R"("store":false)") << true;
        QTest::newRow("stored unless said") << QByteArray(R"("user":"a")") << false;
        QTest::newRow("stored") << QByteArray(R"("store":true)") << false;
        QTest::newRow("in the background") << QByteArray(R"("store":false,"background":true)") << false;
        QTest::newRow("a conversation") << QByteArray(R"("store":false,"conversation":"conv_1")") << false;
    }

    void responsesAreKeptOnlyWhereNobodyGoesOnFromThem()
    {
        QFETCH(const QByteArray, members);
        QFETCH(const bool, isKept);
        CachingFixture fixture;
        fixture.upstream.otherwise([](const ReceivedRequest &) {
            return Script::json(200, R"({"id":"resp_1","object":"response","status":"completed","output":[]})");
        });
        QVERIFY(fixture.gateway.start(
            simpleConfig(fixture.upstream, {.sections = "caching:\n  enabled: true\n"})
                .replace("- provider: fake\n", "- provider: fake\n          upstream_request_type: responses\n")));
        const QByteArray body = R"({"model":"fake-model","input":"hi",)" + members + '}';
        QCOMPARE(cacheStatus(fixture.client().post("/v1/responses", body)), isKept ? "MISS" : "");
        QCOMPARE(cacheStatus(fixture.client().post("/v1/responses", body)), isKept ? "HIT" : "");
        QCOMPARE(fixture.upstream.requestCount(), isKept ? 1 : 2);
    }

    void responsesThatGoOnAreNotKept()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start());
        const QByteArray first = R"({"model":"fake-model","input":"hi"})";
        const QByteArray id = textAt(fixture.client().post("/v1/responses", first).body, "id");
        QVERIFY(!id.isEmpty());
        const QByteArray next =
            "{\"model\":\"fake-model\",\"input\":\"on\",\"store\":false,\"previous_response_id\":\"" + id + "\"}";
        for (int call = 2; call < 4; ++call) {
            QCOMPARE(cacheStatus(fixture.client().post("/v1/responses", next)), "");
            QCOMPARE(fixture.upstream.requestCount(), call);
        }
    }

    void isOffByDefault()
    {
        GatewayFixture fixture;
        QVERIFY(fixture.start());
        for (int i = 0; i < 2; ++i)
            QCOMPARE(fixture.chat().header("X-LunarGate-Cache-Status"), "");
        QCOMPARE(fixture.upstream.requestCount(), 2);
    }

    void clientsMayForbidIt()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start());
        const HeaderList noCache{{"Cache-Control", "no-cache"}};
        const HeaderList noStore{{"Cache-Control", "no-store"}};
        const HeaderList ours{{"X-LunarGate-No-Cache", "true"}};
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), noStore)), "");
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), ours)), "");
        const HttpAnswer first = fixture.chat();
        QCOMPARE(cacheStatus(first), "MISS"); // neither of them was kept
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), noStore)), "");
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), ours)), "");
        QCOMPARE(fixture.chat().body, first.body);
        const HttpAnswer fresh = fixture.chat(chatBody(), noCache);
        QCOMPARE(cacheStatus(fresh), "");
        QVERIFY(fresh.body != first.body);
        const HttpAnswer last = fixture.chat();
        QCOMPARE(cacheStatus(last), "HIT");
        QCOMPARE(last.body, fresh.body); // it took the place of the older one
    }

    void failuresAreNotKept_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("answered");
        QTest::newRow("refused") << 400 << 400;
        QTest::newRow("not found") << 404 << 404;
        QTest::newRow("failed") << 500 << 500;
        QTest::newRow("nonsense") << 200 << 502;
    }

    void failuresAreNotKept()
    {
        QFETCH(const int, status);
        QFETCH(const int, answered);
        CachingFixture fixture;
        QVERIFY(fixture.start());
        const HeaderList once{{"X-LunarGate-No-Retry", "true"}};
        fixture.upstream.enqueue(Script::json(status, "nonsense"));
        QCOMPARE(fixture.chat(chatBody(), once).status, answered);
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), once)), "MISS");
        QCOMPARE(fixture.upstream.requestCount(), 2);
    }

    // W3: what a fallback said is the fallback's.
    void fallbackAnswersAreNotThePrimarys()
    {
        FakeUpstream primary;
        FakeUpstream fallback;
        primary.enqueue(Script::json(503, "{}"));
        GatewayProcess gateway;
        QVERIFY(gateway.start("providers:\n"
                              "  primary: {type: openai, base_url: \"" +
                              primary.url() + "\"}\n  fallback: {type: openai, base_url: \"" + fallback.url() +
                              "\"}\n"
                              "retry: {max_attempts: 1}\ncaching: {enabled: true}\n"
                              "routing:\n  routes:\n    - name: both\n"
                              "      targets: [{provider: primary, model: m1}]\n"
                              "      fallback: [{provider: fallback, model: m2}]\n"
                              "    - name: second\n      match: {headers: {x-team: b}}\n"
                              "      targets: [{provider: fallback, model: m2}]\n"));
        const HttpClient client(gateway.port());
        const HttpAnswer first = client.chat(chatBody());
        QCOMPARE(cacheStatus(first), "MISS");
        QCOMPARE(first.header("X-LunarGate-Provider"), "fallback");
        const HttpAnswer second = client.chat(chatBody());
        QCOMPARE(cacheStatus(second), "MISS");
        QCOMPARE(second.header("X-LunarGate-Provider"), "primary");
        const HttpAnswer third = client.chat(chatBody());
        QCOMPARE(cacheStatus(third), "HIT");
        QCOMPARE(third.header("X-LunarGate-Provider"), "primary");
        const HttpAnswer direct = client.chat(chatBody(), {{"X-LunarGate-Route", "second"}, {"X-Team", "b"}});
        QCOMPARE(cacheStatus(direct), "HIT");
        QCOMPARE(direct.body, first.body);
        QCOMPARE(direct.header("X-LunarGate-Provider"), "fallback");
        QCOMPARE(direct.header("X-LunarGate-Fallback-Used"), "");
        QCOMPARE(primary.requestCount(), 2);
        QCOMPARE(fallback.requestCount(), 1);
    }

    void embeddingsAreKeptToo()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start());
        fixture.upstream.otherwise([](const ReceivedRequest &) {
            return Script::json(200, R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1]}]})");
        });
        const auto embed = [&fixture](const QByteArray &more) {
            return fixture.client().post("/v1/embeddings", R"({"model":"fake-model","input":"a")" + more + "}");
        };
        QCOMPARE(cacheStatus(embed("")), "MISS");
        QCOMPARE(cacheStatus(embed(R"(,"user":"u")")), "HIT");
        QCOMPARE(cacheStatus(embed(R"(,"dimensions":5)")), "MISS");
        QCOMPARE(cacheStatus(embed(R"(,"encoding_format":"float")")), "MISS");
        QCOMPARE(fixture.upstream.requestCount(), 3);
    }

    void metricsTellOfIt()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start());
        QCOMPARE(fixture.metrics().sum("lunargate_cache_entries"), 0);
        for (int i = 0; i < 3; ++i)
            fixture.chat();
        fixture.chat(chatBody(), {{"Cache-Control", "no-cache"}});
        const MetricsText metrics = fixture.metrics();
        QCOMPARE(metrics.error(), "");
        QCOMPARE(metrics.sum("ai_router_cache_hits_total", {{"status", "hit"}}), 2);
        QCOMPARE(metrics.sum("ai_router_cache_hits_total", {{"status", "miss"}}), 1);
        // W51: hits are requests like others.
        QCOMPARE(metrics.sum("ai_router_requests_total",
                             {{"provider", "fake"}, {"model", "fake-model"}, {"status_code", "200"}}),
                 4);
        // Only two of them cost something.
        const double tokens = metrics.sum("ai_router_tokens_total", {{"direction", "output"}});
        fixture.chat();
        QVERIFY(tokens > 0);
        QCOMPARE(fixture.metrics().sum("ai_router_tokens_total", {{"direction", "output"}}), tokens);
        QCOMPARE(metrics.sum("lunargate_cache_entries"), 1);
        QVERIFY(metrics.sum("lunargate_cache_bytes") > 100);
        QCOMPARE(metrics.count("lunargate_cache_evictions_total"), 4);
        QCOMPARE(metrics.type("lunargate_cache_evictions_total"), "counter");
        QCOMPARE(metrics.type("lunargate_cache_entries"), "gauge");
        QVERIFY(fixture.gateway.waitForLog("cache=hit"));
        QVERIFY(fixture.gateway.log().contains("cache=miss"));
    }

    void hitsCostNoTokensOfALimit()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start({}, "rate_limiting: {enabled: true, requests_per_minute: 1, burst_size: 3, "
                                  "tokens_per_minute: 200}\n"));
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::json(200, kAnswer); });
        const QByteArray body = chatBody({}, R"("max_tokens":100)");
        QCOMPARE(cacheStatus(fixture.chat(body)), "MISS");
        QCOMPARE(cacheStatus(fixture.chat(body)), "HIT");
        const HttpAnswer other = fixture.chat(chatBody({}, R"("max_tokens":100,"n":1)"));
        QCOMPARE(other.status, 429);
        QVERIFY(textAt(other.body, "error.message").contains("tokens a minute"));
        // They are requests all the same.
        QCOMPARE(cacheStatus(fixture.chat(body)), "HIT");
        const HttpAnswer last = fixture.chat(body);
        QCOMPARE(last.status, 429);
        QVERIFY(textAt(last.body, "error.message").contains("requests a minute"));
    }

    void administratorsSeeAndEmptyIt()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start("max_size: 2"));
        for (const char *more : {R"("n":1)", R"("n":2)", R"("n":3)", R"("n":3)"})
            fixture.chat(chatBody({}, more));
        const QByteArray statistics = fixture.statistics().body;
        QCOMPARE(jsonAt(statistics, "enabled").toBool(), true);
        QCOMPARE(jsonAt(statistics, "max_size").toInt(), 2);
        QCOMPARE(jsonAt(statistics, "entries").toInt(), 2);
        QCOMPARE(jsonAt(statistics, "hits").toInt(), 1);
        QCOMPARE(jsonAt(statistics, "misses").toInt(), 3);
        QCOMPARE(jsonAt(statistics, "stored").toInt(), 3);
        QCOMPARE(jsonAt(statistics, "evictions.max_size").toInt(), 1);
        const HttpAnswer purge = fixture.client().request("DELETE", "/admin/v1/cache");
        QCOMPARE(purge.status, 200);
        QCOMPARE(purge.body, R"({"purged":2})");
        QCOMPARE(fixture.number("entries"), 0);
        QCOMPARE(fixture.number("evictions.purged"), 2);
        QCOMPARE(cacheStatus(fixture.chat(chatBody({}, R"("n":3)"))), "MISS");
        QCOMPARE(fixture.client().get("/admin/v1/cache", {{"X-Forwarded-For", "10.0.0.1"}}).status, 403);
    }

    void largeAnswersAreNotKept()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start("max_entry_bytes: 600"));
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::chat(QByteArray(1000, 'x')); });
        for (int i = 0; i < 2; ++i)
            QCOMPARE(cacheStatus(fixture.chat()), "MISS");
        QCOMPARE(fixture.number("too_large"), 2);
    }

    void answersAreForgottenInTime()
    {
        CachingFixture fixture;
        QVERIFY(fixture.start("ttl: 1ms"));
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(cacheStatus(fixture.chat()), "MISS");
            QTest::qWait(2);
        }
    }
};

QTEST_GUILESS_MAIN(CachingTest)
#include "tst_caching.moc"
