// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/gateway_fixture.h"
#include "tests/support/json_path.h"
#include "tests/support/metrics_text.h"
#include "tests/support/raw_client.h"

#include <QTest>

using namespace lunargate;
using namespace lunargate::test;
using namespace std::chrono_literals;

namespace {

/// A gateway with a cache in front of an upstream whose answers tell which call they came from.
struct Fixture : GatewayFixture
{
    bool start(const QByteArray &caching = {}, const QByteArray &sections = {})
    {
        upstream.otherwise([this](const ReceivedRequest &request) {
            if (request.body.contains(R"("stream":true)"))
                return Script::chatStream({"call ", QByteArray::number(upstream.requestCount())});
            return Script::chat("call " + QByteArray::number(upstream.requestCount()));
        });
        return GatewayFixture::start({.sections = "caching:\n  enabled: true\n" + indented(caching, 2) + sections});
    }
    MetricsText metrics() const { return MetricsText(client().get("/metrics").body); }
    HttpAnswer statistics() const { return client().get("/admin/v1/cache"); }
    double number(const QByteArray &member) const { return jsonAt(statistics().body, member).toDouble(-1); }
};

QByteArray cacheStatus(const HttpAnswer &answer)
{
    return answer.status == 200 ? answer.header("X-LunarGate-Cache-Status") : answer.summary();
}

const QByteArray kStream = R"("stream":true)";
const QByteArray kAnswer =
    R"({"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],)"
    R"("usage":{"prompt_tokens":90,"completion_tokens":100}})";

} // namespace

/// Equal requests are answered from memory, and no others are.
class CachingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void equalRequestsAreAnsweredFromMemory()
    {
        Fixture fixture;
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
        Fixture fixture;
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
        Fixture fixture;
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
        Fixture fixture;
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
        Fixture fixture;
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

    void streamsAreNotKeptUnlessAskedFor()
    {
        Fixture fixture;
        QVERIFY(fixture.start());
        for (int i = 0; i < 2; ++i)
            QCOMPARE(cacheStatus(fixture.chat(chatBody({}, kStream))), "");
        QCOMPARE(fixture.upstream.requestCount(), 2);
    }

    void streamsAreReplayedFrameByFrame_data()
    {
        QTest::addColumn<QByteArray>("interval");
        QTest::addColumn<QByteArray>("options");
        QTest::newRow("as fast as it can be taken") << QByteArray() << kStream;
        QTest::newRow("in a rhythm") << QByteArray("stream_interval: 2ms") << kStream;
        QTest::newRow("with usage") << QByteArray() << kStream + R"(,"stream_options":{"include_usage":true})";
    }

    void streamsAreReplayedFrameByFrame()
    {
        QFETCH(const QByteArray, interval);
        QFETCH(const QByteArray, options);
        Fixture fixture;
        QVERIFY(fixture.start("streams: true\n" + interval));
        const HttpAnswer first = fixture.chat(chatBody({}, options));
        QCOMPARE(cacheStatus(first), "MISS");
        const HttpAnswer second = fixture.chat(chatBody({}, options));
        QCOMPARE(cacheStatus(second), "HIT");
        QCOMPARE(second.body, first.body);
        QVERIFY(second.body.endsWith("data: [DONE]\n\n"));
        for (const char *name : {"Content-Type", "Cache-Control", "X-Accel-Buffering", "X-LunarGate-Model"})
            QCOMPARE(second.header(name), first.header(name));
        QVERIFY(!second.header("Age").isEmpty());
        QCOMPARE(fixture.upstream.requestCount(), 1);
        // A whole answer is something else than a stream.
        QCOMPARE(cacheStatus(fixture.chat(chatBody({}, R"("stream":false)"))), "MISS");
    }

    void replaysKeepTheRhythm()
    {
        Fixture fixture;
        QVERIFY(fixture.start("streams: true\nstream_interval: 30ms"));
        fixture.chat(chatBody({}, kStream));
        const auto begin = std::chrono::steady_clock::now();
        const HttpAnswer answer = fixture.chat(chatBody({}, kStream));
        QCOMPARE(cacheStatus(answer), "HIT");
        const qsizetype frames = answer.body.count("\n\n");
        QVERIFY(frames >= 5);
        QVERIFY(std::chrono::steady_clock::now() - begin >= 30ms * (frames - 1));
    }

    void replaysEndWithTheirClient()
    {
        Fixture fixture;
        QVERIFY(fixture.start("streams: true\nstream_interval: 20s"));
        fixture.chat(chatBody({}, kStream));
        {
            RawClient client(fixture.port());
            client.sendRequest("POST", "/v1/chat/completions", chatBody({}, kStream));
            QVERIFY(client.waitForBody("data: "));
            client.reset();
            QVERIFY(waitUntil([&] { return fixture.metrics().sum("ai_router_active_requests") == 0; }));
        }
        QCOMPARE(fixture.metrics().sum("ai_router_requests_total", {{"status_code", "499"}}), 1);
        QCOMPARE(fixture.number("entries"), 1);
    }

    void replaysGoAsFastAsTheClient()
    {
        Fixture fixture;
        QVERIFY(fixture.start("streams: true"));
        const QByteArray piece(64 * 1024, 'x');
        fixture.upstream.otherwise(
            [&](const ReceivedRequest &) { return Script::chatStream(std::vector<QByteArray>(200, piece)); });
        const HttpAnswer first = fixture.chat(chatBody({}, kStream));
        QCOMPARE(cacheStatus(first), "MISS");
        QVERIFY(first.body.size() > 200 * piece.size());
        RawClient slow(fixture.port());
        slow.stopReading();
        slow.sendRequest("POST", "/v1/chat/completions", chatBody({}, kStream));
        // It comes again, whole, although somebody else takes nothing.
        QCOMPARE(fixture.chat(chatBody({}, kStream)).body, first.body);
        QCOMPARE(fixture.metrics().sum("ai_router_active_requests"), 1);
        slow.resumeReading();
        QVERIFY(slow.waitForAnswer());
        QCOMPARE(slow.answer().body(), first.body);
        QCOMPARE(fixture.upstream.requestCount(), 1);
    }

    void brokenStreamsAreNotKept_data()
    {
        QTest::addColumn<Script>("script");
        QTest::newRow("cut") << Script::eventStream().content("a").close();
        QTest::newRow("error") << Script::eventStream().content("a").data(R"({"error":{"message":"no"}})").end();
        QTest::newRow("without its end mark") << Script::eventStream().content("a").end();
    }

    void brokenStreamsAreNotKept()
    {
        QFETCH(const Script, script);
        Fixture fixture;
        QVERIFY(fixture.start("streams: true"));
        fixture.upstream.enqueue(script);
        QVERIFY(!fixture.chat(chatBody({}, kStream)).body.contains("[DONE]"));
        QCOMPARE(cacheStatus(fixture.chat(chatBody({}, kStream))), "MISS");
        QCOMPARE(cacheStatus(fixture.chat(chatBody({}, kStream))), "HIT");
    }

    void streamsWithoutTheirClientAreNotKept()
    {
        Fixture fixture;
        QVERIFY(fixture.start("streams: true"));
        fixture.upstream.enqueue(Script::eventStream().content("a").stall());
        RawClient client(fixture.port());
        client.sendRequest("POST", "/v1/chat/completions", chatBody({}, kStream));
        QVERIFY(client.waitForBody("data: "));
        client.reset();
        QVERIFY(fixture.upstream.waitForCancel(0));
        QCOMPARE(cacheStatus(fixture.chat(chatBody({}, kStream))), "MISS");
    }

    // T97
    void callersDoNotShareUnlessTheyMay_data()
    {
        QTest::addColumn<QByteArray>("caching");
        QTest::addColumn<QByteArray>("others");
        QTest::newRow("by default") << QByteArray() << QByteArray("MISS");
        QTest::newRow("caller") << QByteArray("scope: caller") << QByteArray("MISS");
        QTest::newRow("everybody") << QByteArray("scope: everybody") << QByteArray("HIT");
    }

    void callersDoNotShareUnlessTheyMay()
    {
        QFETCH(const QByteArray, caching);
        QFETCH(const QByteArray, others);
        Fixture fixture;
        QVERIFY(fixture.start(caching, "server:\n  trusted_proxies: [127.0.0.1]\n"));
        const HeaderList alice{{"X-Forwarded-For", "10.0.0.1"}};
        const HeaderList bob{{"X-Forwarded-For", "10.0.0.2"}};
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), alice)), "MISS");
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), alice)), "HIT");
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), bob)), others);
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), bob)), "HIT");
        QCOMPARE(cacheStatus(fixture.chat()), others);
    }

    void keysAreCallersToo_data() { callersDoNotShareUnlessTheyMay_data(); }

    void keysAreCallersToo()
    {
        QFETCH(const QByteArray, caching);
        QFETCH(const QByteArray, others);
        Fixture fixture;
        QVERIFY(fixture.start(caching, "security:\n  provider: api_key\n  api_key:\n    keys:\n"
                                       "      - {name: alice, value: alice-key-123456}\n"
                                       "      - {name: bob, value: bob-key-12345678}\n"));
        const HeaderList alice{{"Authorization", "Bearer alice-key-123456"}};
        const HeaderList bob{{"Authorization", "Bearer bob-key-12345678"}};
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), alice)), "MISS");
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), alice)), "HIT");
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), bob)), others);
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), bob)), "HIT");
    }

    // A nameless key must not get the answers of the one that stood before it.
    void keysKeepToTheirAnswersWhenOneIsRemoved()
    {
        const auto keys = [](const QByteArray &items) {
            return "security: {provider: api_key, api_key: {keys: [{name: boss, value: boss-key-1, admin: true}, " +
                   items + "]}}\n";
        };
        Fixture fixture;
        QVERIFY(fixture.start({}, keys("{value: alice-key-1}, {value: bob-key-1}")));
        const HeaderList alice{{"Authorization", "Bearer alice-key-1"}};
        const HeaderList bob{{"Authorization", "Bearer bob-key-1"}};
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), alice)), "MISS");
        QVERIFY(fixture.gateway.writeConfig(
            simpleConfig(fixture.upstream, {.sections = "caching: {enabled: true}\n" + keys("{value: bob-key-1}")})));
        fixture.client().post("/admin/v1/reload", {}, {{"Authorization", "Bearer boss-key-1"}});
        QTRY_COMPARE(fixture.chat(chatBody(), alice).status, 401);
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), bob)), "MISS");
        QCOMPARE(cacheStatus(fixture.chat(chatBody(), bob)), "HIT");
    }

    void equalRequestsWaitForOneAnother()
    {
        Fixture fixture;
        QVERIFY(fixture.start("single_flight: true"));
        const GatePointer gate = Gate::make();
        fixture.upstream.enqueue(Script().hold(gate).wire(
            "HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(kAnswer.size()) + "\r\n\r\n" + kAnswer));
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 8; ++i) {
            clients.push_back(std::make_unique<RawClient>(fixture.port()));
            clients.back()->sendRequest("POST", "/v1/chat/completions", chatBody());
        }
        QVERIFY(waitUntil([&] { return fixture.number("waiting") == 7; }));
        QCOMPARE(fixture.upstream.requestCount(), 1);
        // Another request waits for nobody.
        QCOMPARE(cacheStatus(fixture.chat(chatBody({}, R"("n":2)"))), "MISS");
        gate->open();
        int hits = 0;
        for (const auto &client : clients) {
            QVERIFY(client->waitForAnswer());
            QCOMPARE(client->answer().body(), kAnswer);
            hits += client->answer().header("X-LunarGate-Cache-Status") == "HIT";
        }
        QCOMPARE(hits, 7);
        QCOMPARE(fixture.upstream.requestCount(), 2);
        QCOMPARE(fixture.number("shared"), 7);
    }

    void theNextOneAsksWhenTheFirstLeaves()
    {
        Fixture fixture;
        QVERIFY(fixture.start("single_flight: true"));
        fixture.upstream.enqueue(Script::silence());
        RawClient first(fixture.port());
        first.sendRequest("POST", "/v1/chat/completions", chatBody());
        QVERIFY(fixture.upstream.waitForRequests(1));
        std::vector<std::unique_ptr<RawClient>> others;
        for (int i = 0; i < 4; ++i) {
            others.push_back(std::make_unique<RawClient>(fixture.port()));
            others.back()->sendRequest("POST", "/v1/chat/completions", chatBody());
        }
        QVERIFY(waitUntil([&] { return fixture.number("waiting") == 4; }));
        others.back()->reset(); // one that waits leaves too
        QVERIFY(waitUntil([&] { return fixture.number("waiting") == 3; }));
        others.pop_back();
        first.reset();
        for (const auto &client : others) {
            QVERIFY(client->waitForAnswer());
            QCOMPARE(textAt(client->answer().body(), "choices.0.message.content"), "call 2");
        }
        QCOMPARE(fixture.upstream.requestCount(), 2);
    }

    void failuresAreNotShared()
    {
        Fixture fixture;
        QVERIFY(fixture.start("single_flight: true"));
        const GatePointer gate = Gate::make();
        for (int i = 0; i < 2; ++i)
            fixture.upstream.enqueue(Script().hold(gate).wire("HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\n{}"));
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 4; ++i) {
            clients.push_back(std::make_unique<RawClient>(fixture.port()));
            clients.back()->sendRequest("POST", "/v1/chat/completions", chatBody());
            if (i == 0)
                QVERIFY(fixture.upstream.waitForRequests(1));
        }
        QVERIFY(waitUntil([&] { return fixture.number("waiting") == 3; }));
        gate->open();
        int failures = 0;
        for (const auto &client : clients) {
            QVERIFY(client->waitForAnswer());
            failures += client->answer().status() == 400;
        }
        QCOMPARE(failures, 2); // those who really got that answer
    }

    void metricsTellOfIt()
    {
        Fixture fixture;
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
        Fixture fixture;
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
        Fixture fixture;
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
        Fixture fixture;
        QVERIFY(fixture.start("max_entry_bytes: 600"));
        fixture.upstream.otherwise([](const ReceivedRequest &) { return Script::chat(QByteArray(1000, 'x')); });
        for (int i = 0; i < 2; ++i)
            QCOMPARE(cacheStatus(fixture.chat()), "MISS");
        QCOMPARE(fixture.number("too_large"), 2);
    }

    void answersAreForgottenInTime()
    {
        Fixture fixture;
        QVERIFY(fixture.start("ttl: 1ms"));
        for (int i = 0; i < 2; ++i) {
            QCOMPARE(cacheStatus(fixture.chat()), "MISS");
            QTest::qWait(2);
        }
    }
};

QTEST_GUILESS_MAIN(CachingTest)
#include "tst_caching.moc"
